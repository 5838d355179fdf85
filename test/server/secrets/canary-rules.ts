import { policiesOf } from '../../../src/game/event.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import type { Canary } from '../../game/view/canaries.ts';
import { isAllowed } from '../../game/view/may-know.ts';
import type { Viewer } from '../../game/view/may-know.ts';
import type { RulesetName } from './random-match.ts';

/** What `state` adds to a role's view, and what the policies of a match change. */
export function mayBeSent(ruleset: RulesetName, viewer: Viewer, canary: Canary, scene: Scene): boolean {
  if (canary.kind === 'investigator.reward') return mayReadReward(ruleset, viewer, canary, scene);
  if (viewer !== 'spectator' && (isOwn(viewer, canary, scene) || isOpen(canary, scene))) return true;
  // The tables of the views go by the ruleset's own policy.
  if (viewer === 'fraudster' && /^investigator\./.test(canary.kind))
    return policiesOf(scene.state).verdictsToFraudster === 'full' && /rationale|confidence/.test(canary.kind);
  return isAllowed(ruleset, viewer, canary, scene);
}

/** Its own words come back to it, those of the arena for its own ads too. */
function isOwn(viewer: Viewer, canary: Canary, scene: Scene): boolean {
  if (canary.kind.startsWith(`${viewer}.`)) return true;
  const isText = ['pageSummary', 'targetingSummary'].includes(canary.kind);
  return viewer === 'fraudster' && isText && isProposal(canary, scene);
}

/** Whether the canary is in the state, and the state everybody's. */
function isOpen(canary: Canary, scene: Scene): boolean {
  const { revealAtEnd, openState } = policiesOf(scene.state);
  const isOver = scene.phase === 'done' || scene.phase === 'aborted';
  return (openState || (isOver && revealAtEnd)) && isOfState(canary, scene);
}

/** A reward tells of the truth, and of the severity, of what was judged. */
function mayReadReward(ruleset: RulesetName, viewer: Viewer, canary: Canary, scene: Scene): boolean {
  const { state } = scene;
  if (state.policies.stepRewards === 'withheld' && state.grades === null) return false;
  if (viewer === 'investigator') return true;
  return (viewer !== 'spectator' && isOpen(canary, scene)) || isAllowed(ruleset, viewer, canary, scene);
}

const isProposal = ({ adId }: Canary, { state }: Scene): boolean =>
  state.queue.some((entry) => entry.ad.adId === adId && entry.slot !== null);

/** What the state holds that all may read: both logs with their rewards, and the report. Truth and records it does not. */
function isOfState(canary: Canary, scene: Scene): boolean {
  const [writer = ''] = canary.kind.split('.');
  if (['adCopy', 'pageSummary', 'targetingSummary'].includes(canary.kind)) return isProposal(canary, scene);
  if (writer === 'findings')
    return scene.state.queue.some(({ pulls }) => pulls.some(({ text }) => text === canary.text));
  if (/\.(attempt|repeated)$/.test(canary.kind)) return false;
  return ['fraudster', 'investigator', 'auditor'].includes(writer);
}
