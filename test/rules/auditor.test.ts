import { cellsOfAuditor } from './auditor.cells.ts';
import { describeCells } from './expect-cells.ts';

describeCells(cellsOfAuditor);
