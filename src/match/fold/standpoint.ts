import type { Role } from '../../game/command.ts';
import type { Created } from '../../game/event.ts';
import type { Ruleset } from '../../game/ruleset.ts';
import type { Seen } from '../../game/view/situation.ts';
import type { StreamVersion } from '../../shared/ids.ts';
import type { Standing } from './bookkeeping.ts';
import type { Statechart } from './chart.ts';

/** What of a match's opening is no part of its state. */
export type Origin = Pick<Created, 'players' | 'ownerTokenHash' | 'seatTokenHashes'>;

/** What an actor starts from: a stream folded to its end. */
export interface Revived {
  readonly chart: Statechart;
  readonly rules: Ruleset;
  readonly version: StreamVersion;
  readonly createdAt: number;
  /** When the current phase began, and the version it began with. */
  readonly phaseSince: { readonly at: number; readonly version: StreamVersion };
  readonly origin: Origin;
  readonly standing: Standing;
}

/** A match at one version, with what stands beside its state: what any view of it is made of. */
export interface Standpoint {
  readonly version: StreamVersion;
  readonly seen: Seen;
  readonly onTurn: Role | null;
  readonly standing: Standing;
}

export function standpointOf({ chart, rules, version, standing }: Revived): Standpoint {
  const { phase, match } = chart.moment;
  const seen = { match, phase, rules, logTimes: standing.logTimes };
  return { version, seen, onTurn: chart.meta.onTurn, standing };
}
