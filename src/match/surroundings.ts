import type { ProposalSource } from '../game/decide/decision.ts';
import type { Documents } from '../log/documents.ts';
import type { Appended, Commit, EventLog } from '../log/event-log.ts';
import type { Clock } from './clock.ts';
import type { Step } from './frames.ts';
import type { MatchActor } from './match-actor.ts';
import type { Standing } from './standing.ts';
import type { Moment } from './statechart.ts';

/** A commit that was stored and applied, with the moment it led to and the steps to it. */
export interface Applied {
  readonly commit: Commit & Appended;
  readonly moment: Moment;
  readonly steps: readonly { readonly step: Step; readonly standing: Standing }[];
}

export interface Surroundings {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly source: ProposalSource;
  /** Refused attempts of one role that a match keeps; default: as in limits.ts. */
  readonly refusalsPerSeat?: number;
  /** Where unfinished matches keep their state while they have no actor; without it they are replayed whole. */
  readonly checkpoints?: Documents;
  /** Called with every commit of every match, once it is applied. */
  readonly applied?: (actor: MatchActor, applied: Applied) => void;
}
