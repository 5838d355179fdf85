import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ad } from '../../../src/game/ad.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import type { Episode } from '../../../src/game/episode/episode.ts';
import type * as Streams from '../../../src/game/episode/streams.ts';
import { tasks } from '../../../src/game/task.ts';

/** One draw more at the beginning of one part of one ad. */
const extra = vi.hoisted(() => ({ part: '', index: -1 }));

vi.mock('../../../src/game/episode/streams.ts', async (importOriginal) => {
  const { streamsOf } = await importOriginal<typeof Streams>();
  const disturbed: typeof streamsOf = (seed, ...path) => {
    const streams = streamsOf(seed, ...path);
    return (part) => {
      const draws = streams(part);
      if (part.split('/')[0] === extra.part && path.includes('ad') && path[2] === extra.index) draws.below(7);
      return draws;
    };
  };
  return { streamsOf: disturbed };
});

beforeEach(() => Object.assign(extra, { part: '', index: -1 }));

const seeds = Array.from({ length: 12 }, (_, index) => 500 + index);
/** Without rings: whom a ring takes depends on the copies of all frauds. */
const task = tasks.task_2;
const disturbedAd = 3;

/** What a part of an ad decides, as patterns of paths; everything else of the ad stays. */
const decides: Readonly<Record<string, RegExp>> = {
  id: /^adId$/,
  targeting_text: /^targetingSummary$/,
  copy: /^(adCopy|riskSignals|records\.classification\.)/,
  page_text: /^(pageSummary|records\.page\.claims|records\.classification\.)/,
  risk_signals: /^riskSignals/,
  scheme: /^(fraudType|severity)$/,
  ids: /(advertiserId|billingContact|paymentId|targetingFingerprint|creativeFingerprint|analyticsId)$/,
  free: /^records\.(advertiser\.(accountAgeDays|country|createdOn|totalSpendUsd)|payment\.paymentType)$/,
  advertiser: /^records\.advertiser\.(accountName|createdOn|totalSpendUsd)$/,
  page: /^records\.page\.(domain|registrar)$/,
  advertiser_history:
    /^records\.advertiser\.(approvalPercent|violations|claimReviews|verifiedBusiness|burstPercent)$/,
  landing_page:
    /^records\.page\.(domainAgeDays|sslValid|redirects|similarityPercent|missingElements|disclaimers)$/,
  payment_method: /^records\.payment\.(accountsOnMethod|disputes|refundPercent|failedCharges)$/,
  targeting_overlap: /^records\.targeting\.(overlapPercent|regions|excludedAudiences|sensitiveInterests)$/,
  campaign_structure: /^records\.(campaign\.(?!creativeFingerprint)\w+|advertiser\.totalSpendUsd)$/,
  policy_classifier: /^records\.classification\.(verdict|hazard|confidencePercent)$/,
};

/** The paths of the leaves in which two values differ; findings follow from the records. */
function differences(one: unknown, other: unknown, path = ''): readonly string[] {
  if (path === 'findings' || one === other) return [];
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return [path];
  const [left, right] = [one, other] as readonly Readonly<Record<string, unknown>>[];
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return [...keys].flatMap((key) =>
    differences(left?.[key], right?.[key], path === '' ? key : `${path}.${key}`),
  );
}

const adsOf = ({ ads, arrivals }: Episode): readonly Ad[] => [...ads, ...arrivals.map(({ ad }) => ad)];

function disturbances(part: string) {
  return seeds.map((seed) => {
    Object.assign(extra, { part: '', index: -1 });
    const before = generateEpisode(task, seed);
    Object.assign(extra, { part, index: disturbedAd });
    return { before, after: generateEpisode(task, seed) };
  });
}

describe('a draw more in one part of one ad', () => {
  it.each([...Object.keys(decides), 'leans', 'lies', 'business'])(
    'of %s changes no other ad, ring or arrival',
    (part) => {
      for (const { before, after } of disturbances(part)) {
        const others = (episode: Episode) => adsOf(episode).toSpliced(disturbedAd, 1);
        expect(others(after)).toEqual(others(before));
        expect(after.rings).toEqual(before.rings);
        expect(after.arrivals.map(({ round }) => round)).toEqual(before.arrivals.map(({ round }) => round));
      }
    },
  );

  it.each(Object.entries(decides))(
    'of %s changes what the part decides, and nothing else',
    (part, decided) => {
      const changed = disturbances(part).flatMap(({ before, after }) =>
        differences(before.ads[disturbedAd], after.ads[disturbedAd]),
      );
      expect(changed).not.toHaveLength(0);
      expect(changed.filter((path) => !decided.test(path))).toEqual([]);
    },
  );
});
