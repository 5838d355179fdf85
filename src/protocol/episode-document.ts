import * as z from 'zod';
import { difficulties, targets, truths } from '../game/ad.ts';
import type { Ad } from '../game/ad.ts';
import type { Episode } from '../game/episode/episode.ts';
import { renderFindings } from '../game/episode/findings.ts';
import { AppError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { text } from './action.ts';

/**
 * Episodes as JSON documents, so that users can supply their own. An ad with records may omit its findings;
 * they are then rendered from the records. Limits are those of the wire.
 */

const adId = z.string().refine(isId, 'is made of 1 to 128 letters, digits, dots, underscores and hyphens');
/** JSON allows negative zero, the log does not. */
const plain = (value: number) => value + 0;
const count = z.number().int().min(0).max(1_000_000_000).transform(plain);
const percent = z.number().int().min(0).max(10_000).transform(plain);
const line = text(200);

const records = z.strictObject({
  brand: line,
  advertiser: z.strictObject({
    advertiserId: line,
    accountName: line,
    country: z.string().regex(/^[A-Z]{2}$/, 'is a two-letter country code'),
    accountAgeDays: count,
    createdOn: z.iso.date(),
    verifiedBusiness: z.boolean(),
    totalSpendUsd: count,
    approvalPercent: percent,
    violations: count,
    claimReviews: count,
    burstPercent: percent,
    billingContact: line,
  }),
  payment: z.strictObject({
    paymentId: line,
    paymentType: line,
    accountsOnMethod: count,
    disputes: count,
    refundPercent: percent,
    failedCharges: count,
  }),
  targeting: z.strictObject({
    targetingFingerprint: line,
    overlapPercent: percent,
    regions: count,
    excludedAudiences: count,
    sensitiveInterests: count,
  }),
  campaign: z.strictObject({
    creativeFingerprint: line,
    objective: line,
    bidStrategy: line,
    dailyBudgetUsd: count,
    budgetPercent: percent,
    adSets: count,
    claimVariants: count,
    audienceNetwork: z.boolean(),
  }),
  page: z.strictObject({
    domain: line,
    domainAgeDays: count,
    registrar: line,
    analyticsId: line,
    sslValid: z.boolean(),
    redirects: count,
    similarityPercent: percent,
    missingElements: count,
    disclaimers: count,
    claims: z.array(line).max(20),
  }),
  classification: z.strictObject({
    verdict: z.enum(['safe', 'unsafe']),
    hazard: line,
    confidencePercent: percent,
    markers: z.array(line).max(20),
  }),
});

const findings = z.strictObject(
  Object.fromEntries(targets.map((target) => [target, text(10_000)])) as Record<
    (typeof targets)[number],
    z.ZodString
  >,
);

const ad = z
  .strictObject({
    adId,
    category: text(64),
    adCopy: text(2000),
    targetingSummary: text(512),
    pageSummary: text(2000).default(''),
    riskSignals: z.array(line).max(20).default([]),
    truth: z.enum(truths),
    fraudType: text(64).default(''),
    severity: z.number().min(0).max(1).transform(plain),
    difficulty: z.enum(difficulties).default('medium'),
    records: records.nullable().default(null),
    findings: findings.optional(),
  })
  .refine((each) => each.records !== null || each.findings !== undefined, 'needs records or findings');

const document = z.strictObject({
  episodeVersion: z.literal(1),
  ads: z.array(ad).min(1).max(200),
  rings: z
    .array(
      z.strictObject({
        ringId: line,
        memberAdIds: z.array(adId).min(2),
        edges: z.array(z.tuple([adId, adId])).default([]),
      }),
    )
    .default([]),
  arrivals: z.array(z.strictObject({ round: z.number().int().min(1).max(20), ad })).default([]),
});

/**
 * Parses an episode document and checks its references. `source` names the document in error messages.
 * @throws AppError `episode_invalid` with the JSON path and the violated rule.
 */
export function parseEpisode(json: unknown, source: string): Episode {
  const parsed = document.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(source, `/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'unknown rule');
  }
  const { data } = parsed;
  const ads = data.ads.map(complete);
  const arrivals = data.arrivals.map((arrival) => ({ round: arrival.round, ad: complete(arrival.ad) }));
  const known = new Set<string>();
  const all = [
    ...ads.map(({ adId: id }, index) => [id, `/ads/${index}/adId`] as const),
    ...arrivals.map(({ ad: { adId: id } }, index) => [id, `/arrivals/${index}/ad/adId`] as const),
  ];
  for (const [id, path] of all) {
    if (known.has(id)) throw invalid(source, path, `"${id}" names an earlier ad already`);
    known.add(id);
  }
  for (const [index, ring] of data.rings.entries()) {
    const members = new Set(ring.memberAdIds);
    const stranger = ring.memberAdIds.find((id) => !known.has(id));
    if (stranger !== undefined)
      throw invalid(source, `/rings/${index}/memberAdIds`, `no ad is called "${stranger}"`);
    if (members.size < ring.memberAdIds.length)
      throw invalid(source, `/rings/${index}/memberAdIds`, 'an ad is named twice');
    if (ring.edges.some(([a, b]) => a === b || !members.has(a) || !members.has(b)))
      throw invalid(source, `/rings/${index}/edges`, 'an edge joins two different members of its ring');
  }
  return { episodeVersion: 1, ads, rings: data.rings, arrivals };
}

function complete(parsed: z.infer<typeof ad>): Ad {
  const { findings: given, records: known, ...rest } = parsed;
  const rendered = known === null ? given : (given ?? renderFindings({ ...rest, records: known }));
  // The schema guarantees that one of the two is present.
  return { ...rest, records: known, findings: rendered ?? renderEmpty() };
}

const renderEmpty = (): Ad['findings'] =>
  Object.fromEntries(targets.map((target) => [target, ''])) as Ad['findings'];

function invalid(source: string, path: string, rule: string): AppError {
  return new AppError('episode_invalid', `${source} is no episode: at ${path}: ${rule}.`, { path, rule });
}
