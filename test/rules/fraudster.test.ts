import { cellsOfFraudster } from './fraudster.cells.ts';
import { describeCells } from './expect-cells.ts';

describeCells(cellsOfFraudster);
