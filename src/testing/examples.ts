import { targets } from '../game/ad.ts';
import type { Ad, AdRecords, Findings, Ring, Target, Truth, VerdictWord } from '../game/ad.ts';
import type {
  AuditorAction,
  FraudsterAction,
  HostCommand,
  InvestigatorAction,
  Role,
  RoleCommand,
} from '../game/command.ts';
import type { ProposalSource } from '../game/decide/decision.ts';
import type { Created } from '../game/event.ts';
import type { Arrival, Episode } from '../game/episode/episode.ts';
import type { Knobs } from '../game/task.ts';
import { openingFor } from '../match/new-match.ts';
import type { NewMatch } from '../match/new-match.ts';

/**
 * Small openings and commands for tests of the rules. Everything is fixed: no random draws, no episode
 * generator.
 */
export interface Example extends Partial<Pick<NewMatch, 'ruleset' | 'machine' | 'policies' | 'deadlines'>> {
  /** Overrides of the knobs of `task_1`. Unlike a creator, an example may also set the action budget. */
  readonly knobs?: Partial<Knobs>;
  readonly ads?: readonly Ad[];
  readonly rings?: readonly Ring[];
  readonly arrivals?: readonly Arrival[];
  readonly seed?: number;
}

/**
 * The opening of a match of `task_1`, by default in `standard` with {@link exampleAds} and {@link
 * exampleRing}.
 */
export function exampleOpening(example: Example = {}): Created {
  const { knobs = {}, ads = exampleAds, arrivals = [], seed = 7, ...rest } = example;
  const { rings = ads === exampleAds ? [exampleRing] : [], ...wanted } = rest;
  const episode = exampleEpisode({ ads, rings, arrivals });
  const created = openingFor({ task: 'task_1', seed, episode, knobs, ...wanted });
  return { ...created, knobs: { ...created.knobs, ...knobs } };
}

export function exampleEpisode(parts: Partial<Omit<Episode, 'episodeVersion'>> = {}): Episode {
  return { episodeVersion: 1, ads: exampleAds, rings: [], arrivals: [], ...parts };
}

/** An ad whose texts and records contain its id and reveal nothing of its truth. */
export function exampleAd(adId: string, truth: Truth, changes: Partial<Ad> = {}): Ad {
  return {
    adId,
    category: 'ecommerce',
    adCopy: `Plain wooden bowls and spoons, made by hand for ${adId}.`,
    targetingSummary: `adults who cook at home, list ${adId}`,
    pageSummary: `A small shop for kitchen goods named after ${adId}.`,
    riskSignals: [],
    truth,
    fraudType: truth === 'fraud' ? 'phantom_goods' : '',
    severity: { fraud: 0.9, legit: 0, escalate: 0.4 }[truth],
    difficulty: 'easy',
    records: exampleRecords(adId),
    findings: exampleFindings(adId, 1),
    ...changes,
  };
}

/** The findings for a version of an ad. */
export function exampleFindings(adId: string, version: number): Findings {
  const texts = targets.map((target) => [target, `${target} of ${adId}, version ${version}`]);
  return Object.fromEntries(texts) as Findings;
}

export function exampleRecords(adId: string): AdRecords {
  return {
    brand: `brand of ${adId}`,
    advertiser: {
      advertiserId: `adv of ${adId}`,
      accountName: `account of ${adId}`,
      country: 'DE',
      accountAgeDays: 400,
      createdOn: '2025-03-02',
      verifiedBusiness: true,
      totalSpendUsd: 1200,
      approvalPercent: 90,
      violations: 0,
      claimReviews: 0,
      burstPercent: 10,
      billingContact: `bil of ${adId}`,
    },
    payment: {
      paymentId: `pmt of ${adId}`,
      paymentType: 'card',
      accountsOnMethod: 1,
      disputes: 0,
      refundPercent: 1,
      failedCharges: 0,
    },
    targeting: {
      targetingFingerprint: `aud of ${adId}`,
      overlapPercent: 5,
      regions: 1,
      excludedAudiences: 0,
      sensitiveInterests: 0,
    },
    campaign: {
      creativeFingerprint: `cre of ${adId}`,
      objective: 'sales',
      bidStrategy: 'lowest cost',
      dailyBudgetUsd: 60,
      budgetPercent: 100,
      adSets: 2,
      claimVariants: 1,
      audienceNetwork: false,
    },
    page: {
      domain: `${adId.replaceAll('_', '-')}.example`,
      domainAgeDays: 900,
      registrar: 'Portly',
      analyticsId: `ana of ${adId}`,
      sslValid: true,
      redirects: 0,
      similarityPercent: 3,
      missingElements: 0,
      disclaimers: 0,
      claims: [],
    },
    classification: { verdict: 'safe', hazard: 'none', confidencePercent: 80, markers: [] },
  };
}

/** Two frauds of one ring, an honest ad and an ambiguous one. */
export const exampleAds: readonly Ad[] = [
  exampleAd('ad_001', 'fraud'),
  exampleAd('ad_002', 'legit'),
  exampleAd('ad_003', 'fraud', { severity: 0.8 }),
  exampleAd('ad_004', 'escalate'),
];

export const exampleRing: Ring = { ringId: 'grp_1', memberAdIds: ['ad_001', 'ad_003'], edges: [] };

/**
 * Completes proposals deterministically: a fraud of severity 0.9 whose id is the next number of the queue, so
 * that it is the same in both rulesets. The findings of a modified ad name the version they describe.
 */
export const exampleProposals: ProposalSource = {
  complete: ({ queue }, { category, adCopy, pageSummary, targetingSummary }) => {
    const adId = `ad_${String(queue.length + 1).padStart(3, '0')}`;
    const plain = exampleAd(adId, 'fraud');
    return {
      ...plain,
      category,
      adCopy,
      pageSummary: pageSummary ?? plain.pageSummary,
      targetingSummary: targetingSummary ?? plain.targetingSummary,
    };
  },
  refresh: ({ queue }, { adId }, stale) => {
    const versions = queue.find((entry) => entry.ad.adId === adId)?.versions.length ?? 0;
    const texts = exampleFindings(adId, versions + 1);
    return Object.fromEntries(stale.map((target) => [target, texts[target]]));
  },
};

// --- commands ---

const byFraudster = (action: FraudsterAction): RoleCommand => ({ by: 'fraudster', action });
const byInvestigator = (action: InvestigatorAction): RoleCommand => ({ by: 'investigator', action });
const byAuditor = (action: AuditorAction): RoleCommand => ({ by: 'auditor', action });

export const propose = (
  adCopy = 'Hand-made candles from our own workshop, sent within two days.',
  more: Partial<FraudsterAction> = {},
): RoleCommand => byFraudster({ actionType: 'propose_ad', adCopy, category: 'ecommerce', ...more });

export const modify = (slotIndex: number, more: Partial<FraudsterAction>): RoleCommand =>
  byFraudster({ actionType: 'modify_pending_ad', slotIndex, ...more });

export const commit = (): RoleCommand => byFraudster({ actionType: 'commit_final' });

export const endTurn = (by: Exclude<Role, 'auditor'>): RoleCommand =>
  by === 'fraudster'
    ? byFraudster({ actionType: 'end_turn' })
    : byInvestigator({ actionType: 'end_turn', adId: '' });

export const pull = (adId: string, investigationTarget: Target): RoleCommand =>
  byInvestigator({ actionType: 'investigate', adId, investigationTarget });

export const judge = (
  adId: string,
  verdict: VerdictWord,
  more: Partial<InvestigatorAction> = {},
): RoleCommand => byInvestigator({ actionType: 'verdict', adId, verdict, ...more });

export const link = (adId: string, linkedAdId: string, linkReason = 'same payment'): RoleCommand =>
  byInvestigator({ actionType: 'link_accounts', adId, linkedAdId, linkReason });

export const flag = (track: 'A' | 'B', flagType: string, more: Partial<AuditorAction> = {}): RoleCommand =>
  byAuditor({ actionType: track === 'A' ? 'flag_investigator' : 'flag_fraudster', flagType, ...more });

export const report = (auditReport: AuditorAction['auditReport'] = {}): RoleCommand =>
  byAuditor({ actionType: 'submit_audit_report', auditReport });

/** `armedAt` is 0: the rules ignore it, only the actor checks it. */
export const miss = (missed: 'turn' | 'match'): HostCommand => ({ by: 'clock', missed, armedAt: 0 });

export const abort = (reason = 'closed by its owner'): HostCommand => ({ by: 'owner', abort: reason });
