import type { Role } from '../command.ts';
import { auditorView } from './auditor.ts';
import { fraudsterView } from './fraudster.ts';
import { investigatorView, investigatorViewToWrite } from './investigator.ts';
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
  return views[role](seen, rewardShown(seen, stepReward)) as Observations[R];
}

/** As {@link viewFor}, to be written as JSON by `viewText` of the server: what is long was written before, as far as it can be. */
export function viewToWrite(role: Role, seen: Seen, stepReward: number): object {
  return role === 'investigator'
    ? investigatorViewToWrite(seen, rewardShown(seen, stepReward))
    : viewFor(role, seen, stepReward);
}

const rewardShown = ({ match }: Seen, reward: number): number =>
  match.policies.stepRewards === 'shown' ? reward : 0;
