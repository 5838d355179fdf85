import type { MatchEvent } from './event.ts';
import type { Phase } from './phase.ts';
import type { Ruleset } from './ruleset.ts';
import type { GameState } from './state.ts';

/** A match at one version: all that rules and views read. */
export interface Position {
  readonly phase: Phase;
  readonly state: GameState;
  readonly rules: Ruleset;
  /** When the log lines were stored; absent in a position made without a stream. */
  readonly logTimes?: LogTimes;
}

/** Milliseconds since the Unix epoch, one per line of each log. */
export interface LogTimes {
  readonly fraudster: readonly number[];
  readonly investigator: readonly number[];
}

/** An event with the positions before and after it. */
export interface Step {
  readonly event: MatchEvent;
  readonly before: Position;
  readonly after: Position;
}

export const isOver = ({ phase }: Pick<Position, 'phase'>): boolean =>
  phase === 'done' || phase === 'aborted';
