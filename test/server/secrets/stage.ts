import { targets, truths } from '../../../src/game/ad.ts';
import type { Ad, AdRecords, Findings, Ring, Target } from '../../../src/game/ad.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import { nextSequentialId } from '../../../src/game/decide/late-ads.ts';
import type { Created, Deadlines, Policies } from '../../../src/game/event.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Knobs } from '../../../src/game/task.ts';
import type { GameState } from '../../../src/game/state.ts';
import { exampleAd, exampleOpening, exampleRecords } from '../../../src/testing/examples.ts';
import type { Knower } from './knows.ts';
import type { RulesetName } from './random-match.ts';
import { somePolicies } from './random-play.ts';

/** The two matches of a pair. */
export type Side = 'a' | 'b';
export const sides = ['a', 'b'] as const;

/** An ad that comes late: in one world the fraudster may propose it, in the other it joins by itself. */
export interface Late {
  readonly round: number;
  readonly ad: Ad;
  readonly proposedIn: Readonly<Record<Side, boolean>>;
  /** Its first words, where the fraudster changes them later on. */
  readonly draftIn: Readonly<Record<Side, string | null>>;
}

/** What a pair begins with. */
export interface Stage {
  readonly knower: Knower;
  readonly ruleset: RulesetName;
  readonly policies: Required<Policies>;
  readonly deadlines: Deadlines;
  readonly knobs: Partial<Knobs>;
  readonly ads: Readonly<Record<Side, readonly Ad[]>>;
  readonly rings: Readonly<Record<Side, readonly Ring[]>>;
  readonly late: readonly Late[];
  readonly seeds: Readonly<Record<Side, number>>;
  /** The investigator of `classic` is told its result before the audit: then nothing of it may differ. */
  readonly isTruthKept: boolean;
}

/** An ad as it is in one of the worlds. */
export type Dress = (ad: Ad, side: Side, isOwn: boolean) => Ad;

/** As it is while the pair is planned: the same in both worlds. */
export const plain: Dress = (ad) => withFindings(ad);

const dependsOnCopy: readonly Target[] = ['landing_page', 'targeting_overlap', 'policy_classifier'];

/** What a target gives away, which follows from the ad as it reads at the time. */
export function findingOf({ adId, adCopy }: Ad, target: Target): string {
  return `${target} of ${adId}${dependsOnCopy.includes(target) ? `: ${adCopy}` : ''}`;
}

export function withFindings(ad: Ad, other: (target: Target) => string | null = () => null): Ad {
  const texts = targets.map((target) => [target, other(target) ?? findingOf(ad, target)]);
  return { ...ad, findings: Object.fromEntries(texts) as Findings };
}

const categories = ['ecommerce', 'saas', 'fitness'] as const;

function someAd(draws: Draws, adId: string): Ad {
  return exampleAd(adId, draws.pick(truths), {
    category: draws.pick(categories),
    adCopy: `Copy ${draws.below(1_000_000)} of an ad.`,
    riskSignals: draws.chance(300) ? [`signal ${draws.below(100)}`] : [],
    severity: draws.below(100) / 100,
    difficulty: draws.pick(['easy', 'medium', 'hard']),
  });
}

export function someStage(draws: Draws, knower: Knower, index: number): Stage {
  const ruleset = knower === 'auditor' || index % 2 === 0 ? 'standard' : 'classic';
  const policies: Required<Policies> = {
    ...somePolicies(draws),
    verdictsToFraudster:
      (['none', 'verdict', 'verdict_and_targets', 'full'] as const)[(index >> 1) % 4] ?? 'none',
    stepRewards: (index >> 3) % 2 === 0 ? 'shown' : 'withheld',
    legalHints: (['none', 'types', 'full'] as const)[(index >> 4) % 3] ?? 'none',
    auth: draws.weighted([
      ['seats', 6],
      ['invited', 2],
      ['open', 1],
    ]),
  };
  const isTimed = draws.chance(350);
  const rounds = draws.between(1, 4);
  const names = idsFor(draws);
  const ads = Array.from({ length: draws.between(2, 7) }, () => someAd(draws, names()));
  const others = Array.from({ length: draws.between(2, 7) }, () => someAd(draws, names()));
  const rings = ringOf(draws, ads);
  return {
    knower,
    ruleset,
    policies,
    deadlines: isTimed ? draws.pick(limits) : noDeadlines,
    knobs: {
      maxRounds: rounds,
      maxProposals: 40,
      maxFraudsterActionsPerTurn: ruleset === 'standard' ? 25 : draws.between(2, 5),
      maxInvestigatorActionsPerTurn: ruleset === 'standard' ? 25 : draws.between(2, 6),
      actionBudget: ruleset === 'standard' ? 90 : draws.between(8, 25),
      allowedCategories: categories,
    },
    ads: { a: ads, b: knower === 'auditor' ? others : ads },
    rings: { a: rings, b: knower === 'record' ? rings : ringOf(draws, knower === 'auditor' ? others : ads) },
    late: ruleset === 'standard' ? someLate(draws, knower, rounds, names) : [],
    seeds: { a: draws.below(2 ** 32), b: draws.below(2 ** 32) },
    isTruthKept: draws.chance(500),
  };
}

/** Never both: the turn's would always come first. */
const limits: readonly Deadlines[] = [
  { turnMs: 600_000, auditMs: 700_000, matchMs: null },
  { turnMs: null, auditMs: null, matchMs: 3_000_000 },
];
const noDeadlines: Deadlines = { turnMs: null, auditMs: null, matchMs: null };

/** Ids that tell nothing, none of them twice. */
function idsFor(draws: Draws): () => string {
  const letters = draws.shuffle(Array.from({ length: 26 * 26 }, (_, index) => index));
  let next = 0;
  return () => {
    const number = letters[next++] ?? 0;
    return `ad_${String.fromCharCode(97 + (number % 26), 97 + Math.floor(number / 26))}`;
  };
}

function ringOf(draws: Draws, ads: readonly Ad[]): readonly Ring[] {
  const memberAdIds = draws.shuffle(ads.map(({ adId }) => adId)).slice(0, 2);
  return [{ ringId: `grp_${draws.below(1000)}`, memberAdIds, edges: [] }];
}

/** Late ads of every round; whoever may not know who brings them meets the same ones in both worlds. */
function someLate(draws: Draws, knower: Knower, rounds: number, names: () => string): readonly Late[] {
  const isBrought = knower === 'investigator' || knower === 'spectator';
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    Array.from({ length: draws.below(3) }, () => {
      const ad = someAd(draws, names());
      const proposedIn = { a: isBrought && draws.chance(600), b: isBrought && draws.chance(600) };
      const draft = (side: Side) =>
        proposedIn[side] && draws.chance(350) ? `Draft ${draws.below(1_000_000)} of an ad.` : null;
      return { round, ad, proposedIn, draftIn: { a: draft('a'), b: draft('b') } };
    }),
  );
}

export function openingOf(stage: Stage, side: Side, dress: Dress, more: Partial<Created> = {}): Created {
  const { ruleset, policies, deadlines, knobs, ads, rings, late, seeds } = stage;
  const arrivals = late.filter(({ proposedIn }) => !proposedIn[side]);
  const created = exampleOpening({
    ruleset,
    policies,
    deadlines,
    seed: seeds[side],
    rings: rings[side],
    ads: ads[side].map((ad) => dress(ad, side, false)),
    arrivals: arrivals.map(({ round, ad }) => ({ round, ad: dress(ad, side, false) })),
  });
  // Wider than a creator may ask for, so that hidden actions do not run into a cap in one world only.
  return { ...created, knobs: { ...created.knobs, ...knobs }, ...more };
}

/** Completes proposals: a late ad that is this world's to propose, or one of the fraudster's own making. */
export function sourceOf({ late, ruleset }: Stage, side: Side, dress: Dress): ProposalSource {
  return {
    complete: (state, { slot, category, adCopy, pageSummary, targetingSummary, fundedLike }) => {
      const known = late.find(({ ad, draftIn }) => [ad.adCopy, draftIn[side]].includes(adCopy))?.ad;
      const adId = ruleset === 'classic' ? nextSequentialId(state) : (known?.adId ?? `ad_p${slot}`);
      const ad: Ad = known ?? exampleAd(adId, 'fraud');
      const words = {
        category,
        adCopy,
        pageSummary: pageSummary ?? ad.pageSummary,
        targetingSummary: targetingSummary ?? ad.targetingSummary,
      };
      return dress({ ...ad, ...words, adId, records: paidLike(ad, fundedLike) }, side, true);
    },
    refresh: (state: GameState, ad, stale) => {
      const isOwn = state.queue.some((entry) => entry.ad.adId === ad.adId && entry.slot !== null);
      const { findings } = dress(ad, side, isOwn);
      return Object.fromEntries(stale.map((target) => [target, findings[target]]));
    },
  };
}

function paidLike({ records }: Ad, funded: Ad | null): AdRecords | null {
  if (records === null || funded?.records == null) return records;
  return { ...records, payment: funded.records.payment };
}

// --- the other world ---

/** What both worlds have in common although it is hidden from somebody, since the viewer has come to know it. */
export interface Pins {
  readonly isSeen: (adId: string, target: Target) => boolean;
  readonly isTruthKnown: (adId: string) => boolean;
}

/** Both worlds as the pair is played: whatever the viewer may not know is different in the second one. */
export function dressFor({ knower, ruleset }: Pick<Stage, 'knower' | 'ruleset'>, pins: Pins): Dress {
  return (ad, side, isOwn) => {
    if (side === 'a') return withFindings(ad);
    const isSeen = (target: Target) =>
      knower === 'record' && ruleset === 'classic' ? true : pins.isSeen(ad.adId, target);
    // The log of its own actions gives the fraudster the texts of its ads, those that it left to the arena too.
    const keepsTexts = knower === 'record' || (knower === 'fraudster' && isOwn);
    const truth = truths[(truths.indexOf(ad.truth) + 1) % truths.length] ?? 'fraud';
    const judged = { truth, fraudType: 'other', severity: 0.31, difficulty: 'hard' } as const;
    const other: Ad = {
      ...ad,
      ...(pins.isTruthKnown(ad.adId) ? {} : judged),
      pageSummary: keepsTexts ? ad.pageSummary : `Another page of ${ad.adId}.`,
      riskSignals: knower === 'investigator' ? ad.riskSignals : ['other'],
      targetingSummary: keepsTexts || knower === 'investigator' ? ad.targetingSummary : 'other people',
      records: ad.records && mixed(ad.records, ad.adId, { knower, ruleset, isOwn, isSeen }),
    };
    return withFindings(other, (target) => (isSeen(target) ? null : `other ${target}`));
  };
}

interface Sight extends Pick<Stage, 'knower' | 'ruleset'> {
  readonly isOwn: boolean;
  readonly isSeen: (target: Target) => boolean;
}

/** The other world's records, but for what this viewer is shown of them. */
function mixed(here: AdRecords, adId: string, { knower, ruleset, isOwn, isSeen }: Sight): AdRecords {
  const other = exampleRecords(`other ${adId}`);
  const { country, accountAgeDays, advertiserId, verifiedBusiness } = here.advertiser;
  const strange = { country: 'NL', accountAgeDays: 3, verifiedBusiness: !verifiedBusiness };
  const unlike: AdRecords = {
    ...other,
    advertiser: { ...other.advertiser, ...strange },
    payment: { ...other.payment, paymentType: 'invoice' },
    page: { ...other.page, domainAgeDays: 3, registrar: 'Elsewhere' },
  };
  if (knower === 'record') {
    // Who pays together is no secret of the auditor's, but with what is.
    const { paymentId } = here.payment;
    const payment = { ...unlike.payment, paymentId: `other ${paymentId.replace(/^other /, '')}` };
    return { ...unlike, payment, advertiser: { ...unlike.advertiser, country } };
  }
  if (knower === 'fraudster') {
    if (!isOwn) return unlike;
    const { targetingFingerprint } = here.targeting;
    return {
      ...unlike,
      advertiser: { ...unlike.advertiser, country, accountAgeDays, advertiserId, verifiedBusiness },
      payment: {
        ...unlike.payment,
        paymentId: here.payment.paymentId,
        paymentType: here.payment.paymentType,
      },
      targeting: { ...unlike.targeting, targetingFingerprint },
      page: { ...unlike.page, ...pageFacts(here) },
    };
  }
  if (knower !== 'investigator') return unlike;
  const history = isSeen('advertiser_history') ? { advertiserId, verifiedBusiness } : {};
  const { domain, registrar } = here.page;
  return {
    ...unlike,
    advertiser: { ...unlike.advertiser, country, accountAgeDays, ...history },
    payment: {
      ...unlike.payment,
      paymentType: here.payment.paymentType,
      ...(isSeen('payment_method') ? { paymentId: here.payment.paymentId } : {}),
    },
    page: {
      ...unlike.page,
      ...(ruleset === 'classic' ? { domain, registrar } : {}),
      ...(isSeen('landing_page') ? pageFacts(here) : {}),
    },
    targeting: isSeen('targeting_overlap') ? here.targeting : unlike.targeting,
    campaign: isSeen('campaign_structure') ? here.campaign : unlike.campaign,
  };
}

const pageFacts = ({ page: { domain, registrar, domainAgeDays } }: AdRecords) => ({
  domain,
  registrar,
  domainAgeDays,
});
