import { policiesOf } from '../event.ts';
import { proposalsUsed } from '../state.ts';
import { common, withoutUnannounced } from './common.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';

/**
 * The view of a spectator, in wire names: ads and verdicts while the match runs; truth and rewards once it is
 * over, if it reveals itself.
 */
export function spectatorView(whole: Position) {
  const position = withoutUnannounced(whole);
  const { state } = position;
  const isRevealed = isOver(position) && policiesOf(state).revealAtEnd;
  return {
    ...common(position, 0),
    task_id: state.taskId,
    // Before the end, the number of proposals would reveal how many of the late ads are fraud.
    ...(isRevealed ? { proposals_used: proposalsUsed(state) } : {}),
    steps: state.steps,
    end_reason: state.endReason,
    queue: state.queue.map(({ ad, slot, verdict, pulls }) => ({
      ad_id: ad.adId,
      ad_copy: ad.adCopy,
      category: ad.category,
      status: verdict?.verdict ?? 'pending',
      targets_pulled: pulls.map((pull) => pull.target),
      ...(isRevealed
        ? {
            ground_truth: ad.truth,
            severity: ad.severity,
            is_proposal: slot !== null,
            confidence: verdict?.confidence ?? null,
          }
        : {}),
    })),
    links: state.links.map(({ adId1, adId2, correct }) => ({
      ad_id_1: adId1,
      ad_id_2: adId2,
      ...(isRevealed ? { correct } : {}),
    })),
    grader_score: state.grades?.grade ?? null,
    rewards: isRevealed ? (state.grades?.rewards ?? null) : null,
  };
}
