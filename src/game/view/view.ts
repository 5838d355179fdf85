import type { Role } from '../command.ts';
import { auditorView } from './auditor.ts';
import { fraudsterView } from './fraudster.ts';
import { investigatorView } from './investigator.ts';
import type { Position } from '../position.ts';
import type { Remember } from './remember.ts';

export type FraudsterObservation = ReturnType<typeof fraudsterView>;
export type InvestigatorObservation = ReturnType<typeof investigatorView>;
export type AuditorObservation = ReturnType<typeof auditorView>;

/** The observation of each role. */
export interface Observations {
  readonly fraudster: FraudsterObservation;
  readonly investigator: InvestigatorObservation;
  readonly auditor: AuditorObservation;
}

/**
 * The view of a match for a role. Pure. `stepReward` is the reward of the role's own action that this view
 * answers; it is shown only if the match's policy shows step rewards. The auditor sees its episode reward
 * instead.
 */
export function viewFor<R extends Role>(
  role: R,
  position: Position,
  stepReward: number,
  remember?: Remember,
): Observations[R];
export function viewFor(role: Role, position: Position, stepReward: number, remember?: Remember): object {
  const reward = rewardShown(position, stepReward);
  switch (role) {
    case 'fraudster':
      return fraudsterView(position, reward, remember);
    case 'investigator':
      return investigatorView(position, reward, remember);
    case 'auditor':
      return auditorView(position, remember);
  }
}

/** The reward of a step if the match's policy shows it, else 0. */
export const rewardShown = ({ state }: Position, reward: number): number =>
  state.policies.stepRewards === 'shown' ? reward : 0;
