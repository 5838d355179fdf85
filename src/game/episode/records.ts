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

export type Leans = Readonly<Record<Target, Lean>>;

/** The contradictions of a fraud. An honest ad has none. */
export type Lies = Readonly<Record<keyof typeof contradictionChance, boolean>>;

/** Draws the lean of each target of an ad. */
export function drawLeans(streams: AdStreams, truth: Truth): Leans {
  const draws = streams('leans');
  return Object.fromEntries(targets.map((target) => [target, drawLean(draws, target, truth)])) as Leans;
}

/** Draws the contradictions of an ad. One can only show in a target that leans to fraud. */
export function drawLies(streams: AdStreams, truth: Truth, leans: Leans): Lies {
  const draws = streams('lies');
  const tells = (target: Target, kind: keyof Lies) =>
    draws.chance(contradictionChance[kind]) && truth === 'fraud' && leans[target] === 'fraud';
  return {
    accountName: tells('advertiser_history', 'accountName'),
    createdOn: tells('advertiser_history', 'createdOn'),
    domain: tells('landing_page', 'domain'),
    pageBusiness: tells('landing_page', 'pageBusiness'),
  };
}

/**
 * Draws all records of a business and one of its ads. They depend on the truth through leans and lies, the
 * free facts and the classifier's confidence.
 */
export function drawRecords(
  streams: AdStreams,
  truth: Truth,
  { leans, lies }: { readonly leans: Leans; readonly lies: Lies },
  business: Business,
  text: string,
  markers: readonly string[],
): AdRecords {
  const read = (target: Target) => drawFields(streams(target), evidenceModel[target].fields, leans[target]);
  const reach = read('targeting_overlap');
  const free = drawFields(streams('free'), freeModel, truth);
  const ids = streams('ids');
  const campaign = campaignOf(ids, read('campaign_structure'));
  const advertiser = advertiserOf(streams, ids, read('advertiser_history'), free, campaign, business, lies);
  return {
    brand: business.brand,
    advertiser,
    payment: paymentOf(ids, read('payment_method'), word(free, 'paymentType')),
    targeting: {
      targetingFingerprint: opaqueId(ids, 'aud'),
      overlapPercent: figure(reach, 'overlapPercent'),
      regions: figure(reach, 'regions'),
      excludedAudiences: figure(reach, 'excludedAudiences'),
      sensitiveInterests: figure(reach, 'sensitiveInterests'),
    },
    campaign,
    page: pageOf(streams, ids, read('landing_page'), business, lies),
    classification: classify(streams, leans.policy_classifier, truth, text, markers),
  };
}

/** The classifier's result for one text of an ad: the same text always gets the same result. */
export function classify(
  streams: AdStreams,
  lean: Lean,
  truth: Truth,
  text: string,
  markers: readonly string[],
): Classification {
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
    markers,
  };
}

/** A random id: the prefix and 8 characters. It reveals nothing about its owner. */
export function opaqueId(draws: Draws, prefix: string): string {
  const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';
  let id = `${prefix}_`;
  for (let count = 0; count < 8; count += 1) id += alphabet[draws.below(alphabet.length)] ?? '';
  return id;
}

/** The usual daily budget, which `budgetPercent` refers to. */
const usualDailyBudgetUsd = 60;

function campaignOf(ids: Draws, read: Reading): AdRecords['campaign'] {
  const budgetPercent = figure(read, 'budgetPercent');
  return {
    creativeFingerprint: opaqueId(ids, 'cre'),
    objective: word(read, 'objective'),
    bidStrategy: word(read, 'bidStrategy'),
    dailyBudgetUsd: Math.max(1, Math.floor((usualDailyBudgetUsd * budgetPercent) / 100)),
    budgetPercent,
    adSets: figure(read, 'adSets'),
    claimVariants: figure(read, 'claimVariants'),
    audienceNetwork: word(read, 'audienceNetwork') === 'yes',
  };
}

function advertiserOf(
  streams: AdStreams,
  ids: Draws,
  read: Reading,
  free: Reading,
  { dailyBudgetUsd }: AdRecords['campaign'],
  business: Business,
  lies: Lies,
): AdRecords['advertiser'] {
  const draws = streams('advertiser');
  const accountAgeDays = figure(free, 'accountAgeDays');
  const form = draws.pick(['Ltd', 'Co', 'Group', 'Trading', 'Studio', 'Partners']);
  const named = lies.accountName ? business.otherBrand : business.brand;
  // Ads run only on some days, and use only a part of the budget.
  const activeDays = Math.ceil((accountAgeDays * draws.between(30, 95)) / 100);
  const pacingPercent = draws.between(55, 100);
  const misdated = lies.createdOn ? draws.between(40, 400) : 0;
  return {
    advertiserId: opaqueId(ids, 'adv'),
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
    billingContact: opaqueId(ids, 'bil'),
  };
}

function paymentOf(ids: Draws, read: Reading, paymentType: string): AdRecords['payment'] {
  return {
    paymentId: opaqueId(ids, 'pmt'),
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

function pageOf(
  streams: AdStreams,
  ids: Draws,
  read: Reading,
  business: Business,
  lies: Lies,
): AdRecords['page'] {
  const draws = streams('page');
  const ending = draws.pick(['com', 'co', 'net', 'shop', 'store', 'org', 'io', 'online']);
  const label = lies.domain ? business.otherDomainLabel : business.domainLabel;
  return {
    domain: `${label}.${ending}`,
    domainAgeDays: figure(read, 'domainAgeDays'),
    registrar: draws.pick(registrars),
    analyticsId: opaqueId(ids, 'ana'),
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

/** The difficulty of an ad: how many of its six targets lean to its truth. */
export function difficultyOf(leans: Leans, truth: Truth): 'easy' | 'medium' | 'hard' {
  const plain = leanOrder.includes(truth) ? targets.filter((target) => leans[target] === truth).length : 0;
  if (plain >= 6) return 'easy';
  return plain === 5 ? 'medium' : 'hard';
}
