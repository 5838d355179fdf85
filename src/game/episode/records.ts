import { targets } from '../ad.ts';
import type { AdRecords, Classification, Target, Truth } from '../ad.ts';
import { murmur3 } from '../random.ts';
import type { Draws } from '../random.ts';
import type { AdStreams } from './streams.ts';
import type { Business } from './business.ts';
import { isoDate, today } from './day.ts';
import { drawFields, drawLean } from './evidence.ts';
import type { Reading } from './evidence.ts';
import { contradictionChance, evidenceModel, freeModel, leanOrder } from './evidence-model.ts';
import type { Lean } from './evidence-model.ts';
import { markersIn } from './markers.ts';

export type Leans = Readonly<Record<Target, Lean>>;

export function drawLeans(streams: AdStreams, truth: Truth): Leans {
  return Object.fromEntries(
    targets.map((target) => [target, drawLean(streams(`${target}/lean`), target, truth)]),
  ) as Leans;
}

/** Everything on file about a business and one of its ads; what a fraudster does to it shows by its leans. */
export function drawRecords(
  streams: AdStreams,
  truth: Truth,
  leans: Leans,
  business: Business,
  text: string,
): AdRecords {
  const read = (target: Target) =>
    drawFields(streams(`${target}/fields`), evidenceModel[target].fields, leans[target]);
  const free = drawFields(streams('free'), freeModel, truth);
  const lies = (target: Target, kind: keyof typeof contradictionChance) =>
    truth === 'fraud' &&
    leans[target] === 'fraud' &&
    streams(`lie/${kind}`).chance(contradictionChance[kind]);
  const campaign = campaignOf(streams, read('campaign_structure'));
  return {
    brand: business.brand,
    advertiser: advertiserOf(
      streams,
      read('advertiser_history'),
      free,
      campaign.dailyBudgetUsd,
      business,
      lies,
    ),
    payment: paymentOf(streams, read('payment_method'), word(free, 'paymentType')),
    targeting: {
      targetingFingerprint: opaqueId(streams('fingerprint'), 'aud'),
      overlapPercent: figure(read('targeting_overlap'), 'overlapPercent'),
      regions: figure(read('targeting_overlap'), 'regions'),
      excludedAudiences: figure(read('targeting_overlap'), 'excludedAudiences'),
      sensitiveInterests: figure(read('targeting_overlap'), 'sensitiveInterests'),
    },
    campaign,
    page: pageOf(streams, read('landing_page'), business, lies),
    classification: classify(streams, leans.policy_classifier, truth, text),
  };
}

/** The classifier's opinion of one version of a text. Another text is another draw; the same text is not. */
export function classify(streams: AdStreams, lean: Lean, truth: Truth, text: string): Classification {
  const draws = streams(`policy_classifier/${murmur3(text, 0)}`);
  const model = evidenceModel.policy_classifier;
  const hazard = word(drawFields(draws, model.fields, lean), 'hazard');
  const sureness = draws.weighted(
    (model.confidence ?? []).map((each) => [each, lean === truth ? each.right : each.wrong]),
  );
  return {
    verdict: hazard === 'none' ? 'safe' : 'unsafe',
    hazard,
    confidencePercent: draws.between(sureness.least, sureness.most),
    markers: markersIn(text),
  };
}

/** Ids of all kinds look alike, whoever they belong to. */
export function opaqueId(draws: Draws, prefix: string): string {
  const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';
  const letters = Array.from({ length: 8 }, () => alphabet[draws.below(alphabet.length)]);
  return `${prefix}_${letters.join('')}`;
}

/** The middle of the usual daily spend, against which budgets are measured. */
const usualDailyBudgetUsd = 60;

function campaignOf(streams: AdStreams, read: Reading): AdRecords['campaign'] {
  const budgetPercent = figure(read, 'budgetPercent');
  return {
    creativeFingerprint: opaqueId(streams('creative'), 'cre'),
    objective: word(read, 'objective'),
    bidStrategy: word(read, 'bidStrategy'),
    dailyBudgetUsd: Math.max(1, Math.floor((usualDailyBudgetUsd * budgetPercent) / 100)),
    budgetPercent,
    adSets: figure(read, 'adSets'),
    claimVariants: figure(read, 'claimVariants'),
    audienceNetwork: word(read, 'audienceNetwork') === 'yes',
  };
}

type Lies = (target: Target, kind: keyof typeof contradictionChance) => boolean;

function advertiserOf(
  streams: AdStreams,
  read: Reading,
  free: Reading,
  dailyBudgetUsd: number,
  business: Business,
  lies: Lies,
): AdRecords['advertiser'] {
  const draws = streams('advertiser');
  const accountAgeDays = figure(free, 'accountAgeDays');
  const form = draws.pick(['Ltd', 'Co', 'Group', 'Trading', 'Studio', 'Partners']);
  const named = lies('advertiser_history', 'accountName') ? business.otherBrand : business.brand;
  // Some days no ad ran; on the others the budget was used in part.
  const activeDays = Math.ceil((accountAgeDays * draws.between(30, 95)) / 100);
  const pacingPercent = draws.between(55, 100);
  const misdated = lies('advertiser_history', 'createdOn') ? draws.between(40, 400) : 0;
  return {
    advertiserId: opaqueId(streams('advertiser_id'), 'adv'),
    accountName: `${named} ${form}`,
    country: word(free, 'country'),
    accountAgeDays,
    createdOn: isoDate(today - accountAgeDays - misdated),
    verifiedBusiness: word(read, 'verifiedBusiness') === 'yes',
    totalSpendUsd: Math.floor((dailyBudgetUsd * activeDays * pacingPercent) / 100),
    approvalPercent: figure(read, 'approvalPercent'),
    violations: figure(read, 'violations'),
    claimReviews: figure(read, 'claimReviews'),
    burstPercent: figure(read, 'burstPercent'),
    billingContact: opaqueId(streams('billing'), 'bil'),
  };
}

function paymentOf(streams: AdStreams, read: Reading, paymentType: string): AdRecords['payment'] {
  return {
    paymentId: opaqueId(streams('payment_id'), 'pmt'),
    paymentType,
    accountsOnMethod: 1 + figure(read, 'otherAccounts'),
    disputes: figure(read, 'disputes'),
    refundPercent: figure(read, 'refundPercent'),
    failedCharges: figure(read, 'failedCharges'),
  };
}

const registrars = [
  'Portly',
  'Namehaven',
  'Domora',
  'Hostwick',
  'Regnord',
  'Veladns',
  'Openpost',
  'Trueroot',
];

function pageOf(streams: AdStreams, read: Reading, business: Business, lies: Lies): AdRecords['page'] {
  const draws = streams('page');
  const ending = draws.pick(['com', 'co', 'net', 'shop', 'store', 'org', 'io', 'online']);
  const label = lies('landing_page', 'domain') ? business.otherDomainLabel : business.domainLabel;
  return {
    domain: `${label}.${ending}`,
    domainAgeDays: figure(read, 'domainAgeDays'),
    registrar: draws.pick(registrars),
    analyticsId: opaqueId(streams('analytics'), 'ana'),
    sslValid: word(read, 'sslValid') === 'yes',
    redirects: figure(read, 'redirects'),
    similarityPercent: figure(read, 'similarityPercent'),
    missingElements: figure(read, 'missingElements'),
    disclaimers: figure(read, 'disclaimers'),
    claims: business.pageClaims,
  };
}

const figure = (reading: Reading, name: string): number => Number(reading[name] ?? 0);
const word = (reading: Reading, name: string): string => String(reading[name] ?? '');

/** How plainly an ad's evidence speaks the truth. */
export function difficultyOf(leans: Leans, truth: Truth): 'easy' | 'medium' | 'hard' {
  const plain = leanOrder.includes(truth) ? targets.filter((target) => leans[target] === truth).length : 0;
  if (plain >= 6) return 'easy';
  return plain === 5 ? 'medium' : 'hard';
}
