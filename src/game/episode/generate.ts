import type { Ad, Truth } from '../ad.ts';
import { drawsFor } from '../random.ts';
import type { Task } from '../task.ts';
import { drawBusiness, splitFor } from './business.ts';
import type { AdWords } from './business.ts';
import type { Episode } from './episode.ts';
import { signalNoise } from './evidence-model.ts';
import { renderFindings } from './findings.ts';
import { markerKinds, markersIn } from './markers.ts';
import { difficultyOf, drawLeans, drawLies, drawRecords, opaqueId } from './records.ts';
import { streamsOf } from './streams.ts';
import type { AdStreams } from './streams.ts';
import { tieAds } from './rings.ts';

/**
 * Generates the episode of a task and a seed. Deterministic: the same pair gives the same episode on every
 * machine. Each part of each ad has its own random stream, so another draw in one part changes no other.
 */
export function generateEpisode(task: Task, seed: number): Episode {
  const truths = drawsFor(seed, task.taskId, 'truths').shuffle<Truth>([
    ...Array<Truth>(task.legit).fill('legit'),
    ...Array<Truth>(task.fraud).fill('fraud'),
    ...Array<Truth>(task.escalate).fill('escalate'),
  ]);
  const late = arrivalTruths(task, seed);
  const used = new Set<string>();
  const ads = [...truths, ...late.map(({ truth }) => truth)].map((truth, index) =>
    drawAd(task, seed, index, truth, used),
  );
  const tied = tieAds(seed, task, ads, (ad) => ad.riskSignals.length > 0);
  const rendered = tied.ads.map(withFindings);
  return {
    episodeVersion: 1,
    ads: rendered.slice(0, truths.length),
    rings: tied.rings,
    arrivals: rendered.slice(truths.length).map((ad, index) => ({ round: late[index]?.round ?? 1, ad })),
  };
}

/** Truths and rounds of the genuine late ads: about one for every three proposals. */
function arrivalTruths(
  task: Task,
  seed: number,
): readonly { readonly truth: Truth; readonly round: number }[] {
  const draws = drawsFor(seed, task.taskId, 'arrivals');
  const count = Math.max(1, Math.floor(task.maxProposals / 3));
  return Array.from({ length: count }, () => ({
    truth: draws.weighted<Truth>([
      ['legit', 3],
      ['escalate', task.escalate > 0 ? 1 : 0],
    ]),
    round: draws.between(1, task.maxRounds - 1),
  }));
}

/**
 * Draws one ad with its records; findings are rendered after rings are tied. Draws again until no text or id
 * repeats one in `used`.
 */
function drawAd(task: Task, seed: number, index: number, truth: Truth, used: Set<string>): Ad {
  for (let attempt = 0; ; attempt += 1) {
    const streams = streamsOf(seed, task.taskId, 'ad', index, attempt);
    const ad = describeAd(streams, truth, task, seed);
    const texts = [ad.adId, ad.adCopy, ad.targetingSummary, ad.pageSummary];
    if (texts.some((text) => used.has(text))) continue;
    for (const text of texts) used.add(text);
    return ad;
  }
}

function describeAd(streams: AdStreams, truth: Truth, task: Task, seed: number): Ad {
  const leans = drawLeans(streams, truth);
  const lies = drawLies(streams, truth, leans);
  const { business, words } = drawBusiness(streams, truth, splitFor(task.taskId, seed), lies.pageBusiness);
  const inCopy = markersIn(words.adCopy);
  const markers = unite(inCopy, markersIn(words.pageSummary));
  const records = drawRecords(streams, truth, { leans, lies }, business, textOf(words), markers);
  const { fraudType, severity } = schemeOf(streams, truth);
  return {
    adId: opaqueId(streams('id'), 'ad'),
    category: business.category,
    adCopy: words.adCopy,
    targetingSummary: words.targetingSummary,
    pageSummary: words.pageSummary,
    riskSignals: riskSignals(streams, inCopy),
    truth,
    fraudType,
    severity,
    difficulty: difficultyOf(leans, truth),
    records,
    findings: noFindings,
  };
}

/** A placeholder until the records are final. */
export const noFindings: Ad['findings'] = {
  advertiser_history: '',
  landing_page: '',
  payment_method: '',
  targeting_overlap: '',
  campaign_structure: '',
  policy_classifier: '',
};

export const textOf = ({ adCopy, pageSummary }: Pick<AdWords, 'adCopy' | 'pageSummary'>): string =>
  `${adCopy}\n${pageSummary}`;

/** The ad with findings rendered from its records; unchanged if it has none. */
export function withFindings(ad: Ad): Ad {
  return ad.records === null ? ad : { ...ad, findings: renderFindings({ ...ad, records: ad.records }) };
}

/** The union of both texts' markers, in the order of `markerKinds`. */
export function unite(one: readonly string[], other: readonly string[]): readonly string[] {
  return markerKinds.filter((kind) => one.includes(kind) || other.includes(kind));
}

/** The risk signals of a text: its markers with noise. Some are missed, some are reported without cause. */
export function riskSignals(streams: AdStreams, inCopy: readonly string[]): readonly string[] {
  const found = new Set(inCopy);
  const draws = streams('risk_signals');
  return markerKinds.filter((kind) => {
    const [missed, invented] = [draws.chance(signalNoise.missed), draws.chance(signalNoise.invented)];
    return found.has(kind) ? !missed : invented;
  });
}

/** The types of fraud with their severity, 0..1. */
const schemes: readonly (readonly [fraudType: string, severity: number])[] = [
  ['phantom_goods', 0.7],
  ['advance_fee', 0.85],
  ['impersonation', 0.75],
  ['counterfeit', 0.8],
  ['false_cure', 0.95],
  ['false_returns', 0.9],
  ['data_harvest', 0.6],
  ['bait_subscription', 0.5],
];

const contestableSeverity = 0.4;

function schemeOf(streams: AdStreams, truth: Truth): Pick<Ad, 'fraudType' | 'severity'> {
  if (truth === 'legit') return { fraudType: '', severity: 0 };
  if (truth === 'escalate') return { fraudType: 'contestable_claim', severity: contestableSeverity };
  const [fraudType, severity] = streams('scheme').pick(schemes);
  return { fraudType, severity };
}
