import type { Appended, Commit } from '../../log/event-log.ts';
import type { Step } from './frames.ts';
import type { Standing } from './bookkeeping.ts';
import type { Moment } from './chart.ts';

/** A commit that was stored and applied, with the moment it led to and the steps to it. */
export interface Applied {
  readonly commit: Commit & Appended;
  readonly moment: Moment;
  readonly steps: readonly { readonly step: Step; readonly standing: Standing }[];
}
