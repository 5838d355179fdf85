import { cellsOfInvestigator } from './investigator.cells.ts';
import { describeCells } from './expect-cells.ts';

describeCells(cellsOfInvestigator);
