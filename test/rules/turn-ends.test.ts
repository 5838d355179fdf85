import { cellsOfTurnEnds } from './turn-ends.cells.ts';
import { describeCells } from './expect-cells.ts';

describeCells(cellsOfTurnEnds);
