import { policiesOf } from '../event.ts';
import { proposalsUsed } from '../state.ts';
import { common, isOver, withoutUnannounced } from './situation.ts';
import type { Seen } from './situation.ts';

/**
 * The match as anybody may watch it: ads and verdicts while it runs; truth and rewards once it is over, where it reveals
 * itself.
 */
export function spectatorView(whole: Seen) {
  const seen = withoutUnannounced(whole);
  const { match } = seen;
  const isRevealed = isOver(seen) && policiesOf(match).revealAtEnd;
  return {
    ...common(seen, 0),
    task_id: match.taskId,
    // Before the end even the number of proposals would tell how many of the late ads are fraud.
    ...(isRevealed ? { proposals_used: proposalsUsed(match) } : {}),
    steps: match.steps,
    end_reason: match.endReason,
    queue: match.queue.map(({ ad, slot, verdict, pulls }) => ({
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
    links: match.links.map(({ adId1, adId2, correct }) => ({
      ad_id_1: adId1,
      ad_id_2: adId2,
      ...(isRevealed ? { correct } : {}),
    })),
    grader_score: match.grades?.grade ?? null,
    rewards: isRevealed ? (match.grades?.rewards ?? null) : null,
  };
}
