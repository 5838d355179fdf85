import type { MatchEvent } from './event.ts';
import type { Phase } from './phase.ts';
import type { Ruleset } from './ruleset.ts';
import type { GameState } from './state.ts';

/** A match at one version: all that the rules and the views need to know. */
export interface Position {
  readonly phase: Phase;
  readonly state: GameState;
  readonly rules: Ruleset;
  /** When the lines of the logs were stored; absent where nobody asks for times. */
  readonly logTimes?: LogTimes;
}

/** Milliseconds since the Unix epoch, one for each line of the log. */
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
