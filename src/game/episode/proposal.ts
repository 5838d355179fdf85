import type { Ad, AdRecords, Findings, Target } from '../ad.ts';
import { targets } from '../ad.ts';
import type { ProposalSource, Submission } from '../decide/decision.ts';
import type { GameState } from '../state.ts';
import { splitFor } from './business.ts';
import { quietProposal } from './evidence-model.ts';
import { renderFinding } from './findings.ts';
import { noFindings, riskSignals, textOf, unite, withFindings } from './generate.ts';
import { markersIn } from './markers.ts';
import { classify, difficultyOf, drawLeans, drawLies, drawRecords, opaqueId } from './records.ts';
import type { Leans } from './records.ts';
import { streamsOf } from './streams.ts';
import type { AdStreams } from './streams.ts';
import { writePage, writeTargeting } from './text/copy.ts';
import { brandName, domainLabel, placeName } from './words/names.ts';
import { businessCategories } from './words/vocabulary.ts';
import type { BusinessCategory } from './words/vocabulary.ts';

/**
 * Completes proposals from the match's seed: the n-th accepted proposal of a match with the same texts is
 * always the same ad. A proposal is always fraud; its severity and how visible it is follow from its text,
 * not from its category.
 */
export const generatedProposals: ProposalSource = { complete, refresh };

const proposalStreams = ({ seed, taskId }: GameState, slot: number): AdStreams =>
  streamsOf(seed, taskId, 'proposal', slot);

function complete(state: GameState, submission: Submission): Ad {
  const { slot, category, adCopy } = submission;
  const streams = proposalStreams(state, slot);
  const split = splitFor(state.taskId, state.seed);
  const known = knownCategory(category);
  const brand = brandIn(adCopy) ?? brandName(streams('brand'), split);
  const place = placeName(streams('place'), split);
  const order = { category: known, split, brand, place, claim: 'bold', pressure: [] } as const;
  const page = writePage(streams('page_text'), order);
  const words = {
    adCopy,
    pageSummary: submission.pageSummary ?? page.summary,
    targetingSummary: submission.targetingSummary ?? writeTargeting(streams('targeting_text'), known, split),
  };
  const inCopy = markersIn(words.adCopy);
  const markers = unite(inCopy, markersIn(words.pageSummary));
  const { fundedLike } = submission;
  const drawn = proposalLeans(streams, markers.length);
  // A reused account has a clean payment history. The price is that both ads show its id.
  const leans: Leans = fundedLike === null ? drawn : { ...drawn, payment_method: 'legit' };
  const lies = drawLies(streams, 'fraud', leans);
  const otherBrand = brandName(streams('other_brand'), split);
  const business = {
    category,
    brand,
    domainLabel: domainLabel(brand),
    otherBrand,
    otherDomainLabel: domainLabel(otherBrand),
    pageClaims: page.claims,
  };
  const records = drawRecords(streams, 'fraud', { leans, lies }, business, textOf(words), markers);
  return withFindings({
    adId: freshId(state, streams),
    category,
    adCopy: words.adCopy,
    targetingSummary: words.targetingSummary,
    pageSummary: words.pageSummary,
    riskSignals: riskSignals(streams, inCopy),
    truth: 'fraud',
    fraudType: schemeBy(markers),
    severity: severityBy(markers),
    difficulty: difficultyOf(leans, 'fraud'),
    records: fundedLike?.records == null ? records : withAccount(records, fundedLike.records),
    findings: noFindings,
  });
}

function withAccount(records: AdRecords, { payment }: AdRecords): AdRecords {
  const { paymentId, paymentType, accountsOnMethod } = payment;
  return {
    ...records,
    payment: { ...records.payment, paymentId, paymentType, accountsOnMethod: accountsOnMethod + 1 },
  };
}

/** The given findings, rendered from the changed texts. The classifier reads the new text. */
function refresh(state: GameState, ad: Ad, stale: readonly Target[]): Partial<Findings> {
  const { records } = ad;
  if (records === null) return {};
  const slot = state.queue.find((entry) => entry.ad.adId === ad.adId)?.slot ?? 0;
  const streams = proposalStreams(state, slot);
  const markers = unite(markersIn(ad.adCopy), markersIn(ad.pageSummary));
  const lean = proposalLeans(streams, markers.length).policy_classifier;
  const classification = classify(streams, lean, 'fraud', textOf(ad), markers);
  const described = { ...ad, records: { ...records, classification } };
  return Object.fromEntries(stale.map((target) => [target, renderFinding(described, target)]));
}

/** Texts with little pressure make the records quieter. */
function proposalLeans(streams: AdStreams, markerCount: number): Leans {
  const leans = drawLeans(streams, 'fraud');
  const chance = quietProposal[Math.min(markerCount, quietProposal.length - 1)] ?? 0;
  const quieted = targets.map((target) => {
    const isQuiet = leans[target] === 'fraud' && streams(`${target}/quiet`).chance(chance);
    return [target, isQuiet ? 'legit' : leans[target]] as const;
  });
  return Object.fromEntries(quieted) as Leans;
}

/** The severity by number of markers: bolder texts pay more but show more. */
function severityBy(markers: readonly string[]): number {
  return [0.5, 0.7, 0.85, 0.95][Math.min(3, markers.length)] ?? 0.95;
}

function schemeBy(markers: readonly string[]): string {
  const schemes: Readonly<Record<string, string>> = {
    get_rich_quick: 'false_returns',
    phishing_credential_request: 'data_harvest',
    counterfeit_indicator: 'counterfeit',
    fake_authority_claim: 'false_cure',
    unrealistic_guarantee: 'bait_subscription',
  };
  const kind = Object.keys(schemes).find((each) => markers.includes(each));
  return (kind === undefined ? undefined : schemes[kind]) ?? 'phantom_goods';
}

/**
 * The brand in a copy, so that domain and account can match it: the first capitalised word inside a sentence,
 * else the first word of the copy; null if there is none.
 */
function brandIn(adCopy: string): string | null {
  const inside = /(?<=[\p{Ll},:] )\p{Lu}[\p{L}\p{N}]{2,20}/u.exec(adCopy)?.[0];
  const brand = inside ?? /^\p{Lu}[\p{L}\p{N}]{3,20}/u.exec(adCopy)?.[0] ?? null;
  return brand !== null && domainLabel(brand).length >= 3 ? brand : null;
}

function knownCategory(category: string): BusinessCategory {
  return businessCategories.find((known) => known === category) ?? 'ecommerce';
}

/** An opaque id that no ad of the match or its arrivals has. */
function freshId(state: GameState, streams: AdStreams): string {
  const taken = new Set([...state.queue, ...state.arrivals].map((entry) => entry.ad.adId));
  const draws = streams('id');
  for (;;) {
    const adId = opaqueId(draws, 'ad');
    if (!taken.has(adId)) return adId;
  }
}
