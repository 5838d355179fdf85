import type { Ad, AdRecords, Advertiser, Campaign, LandingPage, Payment, Ring, Targeting } from '../../ad.ts';
import { drawsFor } from '../../random.ts';
import type { Draws } from '../../random.ts';
import { isoDate, today } from '../day.ts';
import { noFindings, textOf, withFindings } from '../generate.ts';
import { markersIn } from '../markers.ts';
import { opaqueId } from '../records.ts';
import { edgesOf, idsOf, withId } from '../rings.ts';
import type { SharedId, Topology } from '../rings.ts';
import { domainLabel } from '../words/names.ts';
import type { BusinessCategory } from '../words/vocabulary.ts';

/**
 * An ad as its author writes it. The consistent rest is derived: account name and domain from the brand, the
 * creation date from the age, the budget from its percentage.
 */
export interface WrittenAd extends Pick<Ad, 'adId' | 'adCopy' | 'targetingSummary' | 'pageSummary'> {
  readonly brand: string;
  readonly category: BusinessCategory;
  readonly label: Pick<Ad, 'truth' | 'fraudType' | 'severity' | 'difficulty'>;
  readonly account: Pick<Advertiser, 'country' | 'accountAgeDays' | 'verifiedBusiness'> & {
    readonly form: string;
  };
  readonly history: Pick<
    Advertiser,
    'totalSpendUsd' | 'approvalPercent' | 'violations' | 'claimReviews' | 'burstPercent'
  >;
  readonly domain: Pick<LandingPage, 'registrar' | 'domainAgeDays' | 'sslValid' | 'redirects'> & {
    readonly ending: string;
  };
  readonly page: Pick<LandingPage, 'similarityPercent' | 'missingElements' | 'disclaimers'>;
  readonly claims: LandingPage['claims'];
  readonly payment: Omit<Payment, 'paymentId' | 'accountsOnMethod'> & { readonly otherAccounts: number };
  readonly reach: Omit<Targeting, 'targetingFingerprint'>;
  readonly size: Pick<Campaign, 'budgetPercent' | 'adSets' | 'audienceNetwork'>;
  readonly campaign: Pick<Campaign, 'objective' | 'bidStrategy' | 'claimVariants'>;
  readonly reader: Pick<AdRecords['classification'], 'hazard' | 'confidencePercent'>;
  /** Default: the markers of the copy. Set if a signal is missed or invented. */
  readonly riskSignals?: readonly string[];
  /** Values that contradict the derived ones. No honest ad has any. */
  readonly lie?: { readonly accountName?: string; readonly createdOn?: string; readonly domain?: string };
}

/** A hand-written case: eight ads, one ring, and two honest ads that share an id for an innocent reason. */
export interface CaseStudy {
  readonly ads: readonly WrittenAd[];
  readonly ring: {
    readonly ringId: string;
    readonly topology: Topology;
    /** The centre of a hub comes first. */
    readonly memberAdIds: readonly string[];
    /** The kind of id that the two ends of an edge share, by the edge's colour. */
    readonly shares: readonly SharedId[];
  };
  readonly collision: { readonly shares: SharedId; readonly adIds: readonly [string, string] };
}

/** The complete ads and the ring of a case study: ids shared, findings rendered. */
export function tellCaseStudy({ ads, ring, collision }: CaseStudy): { ads: readonly Ad[]; ring: Ring } {
  const { ringId, topology, memberAdIds, shares } = ring;
  const told = new Map(ads.map((written) => [written.adId, adOf(written)]));
  const edges = edgesOf(topology, memberAdIds.length).map(([from, to, colour]) => {
    const ends = [memberAdIds[from] ?? '', memberAdIds[to] ?? ''] as const;
    tie(told, shares[colour % shares.length] ?? 'payment', ends);
    return ends;
  });
  tie(told, collision.shares, collision.adIds);
  return { ads: [...told.values()].map(withFindings), ring: { ringId, memberAdIds, edges } };
}

/** Gives the second ad the id of the first. */
function tie(told: Map<string, Ad>, kind: SharedId, [first, second]: readonly [string, string]): void {
  const [giver, taker] = [told.get(first), told.get(second)];
  if (giver?.records == null || taker?.records == null) return;
  told.set(second, { ...taker, records: withId(taker.records, kind, idsOf(giver.records)[kind]) });
}

function adOf(written: WrittenAd): Ad {
  const { adId, category, adCopy, targetingSummary, pageSummary, label } = written;
  return {
    adId,
    category,
    adCopy,
    targetingSummary,
    pageSummary,
    riskSignals: written.riskSignals ?? markersIn(adCopy),
    ...label,
    records: recordsOf(written, drawsFor(0, 'holdout', adId)),
    findings: noFindings,
  };
}

/** The usual daily budget, as in generated campaigns. */
const usualDailyBudgetUsd = 60;

function recordsOf(written: WrittenAd, ids: Draws): AdRecords {
  const { brand, campaign, claims, history, page, reach, reader, size, lie } = written;
  const { form, ...account } = written.account;
  const { ending, ...domain } = written.domain;
  const { otherAccounts, ...payment } = written.payment;
  return {
    brand,
    advertiser: {
      advertiserId: opaqueId(ids, 'adv'),
      accountName: lie?.accountName ?? `${brand} ${form}`,
      ...account,
      createdOn: lie?.createdOn ?? isoDate(today - account.accountAgeDays),
      ...history,
      billingContact: opaqueId(ids, 'bil'),
    },
    payment: { paymentId: opaqueId(ids, 'pmt'), ...payment, accountsOnMethod: 1 + otherAccounts },
    targeting: { targetingFingerprint: opaqueId(ids, 'aud'), ...reach },
    campaign: {
      creativeFingerprint: opaqueId(ids, 'cre'),
      ...campaign,
      ...size,
      dailyBudgetUsd: Math.floor((usualDailyBudgetUsd * size.budgetPercent) / 100),
    },
    page: {
      domain: lie?.domain ?? `${domainLabel(brand)}.${ending}`,
      analyticsId: opaqueId(ids, 'ana'),
      ...domain,
      ...page,
      claims,
    },
    classification: {
      verdict: reader.hazard === 'none' ? 'safe' : 'unsafe',
      ...reader,
      markers: markersIn(textOf(written)),
    },
  };
}
