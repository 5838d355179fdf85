import type { Viewer } from '../game/command.ts';
import { auditorView } from '../game/view/auditor.ts';
import { fraudsterView } from '../game/view/fraudster.ts';
import { investigatorView } from '../game/view/investigator.ts';
import type { Position } from '../game/position.ts';
import { spectatorView } from '../game/view/spectator.ts';
import type { Json } from '../shared/canonical-json.ts';

type Row = Readonly<Record<string, Json>>;

/** The ads of a match in wire names, with exactly the fields that the viewer's own view shows. */
export function adsShown(viewer: Viewer, position: Position): readonly Row[] {
  switch (viewer) {
    case 'spectator':
      return spectatorView(position).queue.map(words);
    case 'fraudster':
      return fraudsterView(position, 0).current_queue.map(words);
    case 'investigator': {
      // The view shows an ad's texts only while it is in focus. The digest adds the category of the first
      // pending ads.
      const { available_ads, queue_digest } = investigatorView(position, 0);
      const categories = new Map(queue_digest.map(({ ad_id, category }) => [ad_id, { category }]));
      return available_ads.map((ad_id) => ({ ad_id, ...categories.get(ad_id) }));
    }
    case 'auditor': {
      const { ads = [] } = auditorView(position).full_episode_record;
      return ads.map(({ ground_truth, severity, fraud_type, ...ad }) => ({
        ...words(ad),
        ground_truth,
        severity,
        fraud_type,
      }));
    }
  }
}

const words = ({ ad_id, ad_copy, category }: Readonly<Record<'ad_id' | 'ad_copy' | 'category', string>>) => ({
  ad_id,
  ad_copy,
  category,
});
