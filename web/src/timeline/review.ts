import { adOf, booleanOf, statusOf, versionOf } from './ad.ts';
import type { BoardAd, BoardLink } from './ad.ts';
import { fieldsOf, numberOf, textOf } from './moment.ts';
import type { Fields } from './moment.ts';

/** The ads and links in an auditor's view of the review. Empty if the view contains no review. */
export function reviewed(view: unknown): {
  readonly ads?: readonly BoardAd[];
  readonly links?: readonly BoardLink[];
} {
  const { full_episode_record, investigator_actions, investigation_data_seen } = fieldsOf(view);
  const { ads, verdicts, links } = fieldsOf(full_episode_record);
  const rows = rowsOf(ads);
  if (rows.length === 0) return {};
  const actions = rowsOf(investigator_actions).filter(({ accepted }) => accepted === true);
  const texts = fieldsOf(investigation_data_seen);
  return {
    ads: rows.map((row): BoardAd => {
      const ofAd = (all: readonly Fields[]) => all.filter(({ ad_id }) => ad_id === row['ad_id']);
      const ad = adOf({ ...row, is_proposal: row['is_fraudster_proposal'] }, 0, null);
      const found = fieldsOf(texts[ad.id]);
      const [verdict] = ofAd(rowsOf(verdicts));
      const decision = ofAd(actions).find(({ action_type }) => action_type === 'verdict');
      return {
        ...ad,
        versions: rowsOf(row['versions']).map((version) => versionOf(version, 0)),
        pulls: ofAd(actions)
          .filter(({ action_type }) => action_type === 'investigate')
          .map((pull) => textOf(pull, 'investigation_target'))
          .map((target) => ({ seq: 0, target, text: textOf(found, target) })),
        status: statusOf(verdict?.['verdict']),
        isSettled: verdict?.['auto_approved'] === true,
        // An ad that nobody decided has no confidence.
        confidence: decision === undefined ? null : numberOf(verdict ?? {}, 'confidence'),
        rationale: textOf(decision ?? {}, 'rationale'),
      };
    }),
    links: rowsOf(links).map((row, index) => ({
      seq: index,
      ads: [textOf(row, 'ad_id_1'), textOf(row, 'ad_id_2')],
      reason: textOf(row, 'reason'),
      isCorrect: booleanOf(row['correct']),
    })),
  };
}

const rowsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
