import type { Role } from '../command.ts';
import { auditorView } from './auditor.ts';
import { fraudsterView } from './fraudster.ts';
import { investigatorView } from './investigator.ts';
import type { Seen } from './situation.ts';

export type FraudsterObservation = ReturnType<typeof fraudsterView>;
export type InvestigatorObservation = ReturnType<typeof investigatorView>;
export type AuditorObservation = ReturnType<typeof auditorView>;

/** What each role's player is shown. */
export interface Observations {
  readonly fraudster: FraudsterObservation;
  readonly investigator: InvestigatorObservation;
  readonly auditor: AuditorObservation;
}

const views = { fraudster: fraudsterView, investigator: investigatorView, auditor: auditorView };

/**
 * The match as a role may see it. `stepReward` is the reward of the role's own action that this view answers, and is
 * shown only where the match's policy shows step rewards; the auditor sees its episode reward instead.
 */
export function viewFor<R extends Role>(role: R, seen: Seen, stepReward: number): Observations[R] {
  const shown = seen.match.policies.stepRewards === 'shown' ? stepReward : 0;
  return views[role](seen, shown) as Observations[R];
}
