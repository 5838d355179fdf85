import Table from 'cli-table3';
import { targets, truths } from '../../src/game/ad.ts';
import type { Ad, AdRecords, Target, Truth } from '../../src/game/ad.ts';
import { evidenceModel } from '../../src/game/episode/evidence-model.ts';
import { likelihoods } from '../../src/game/episode/evidence.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import type { Episode } from '../../src/game/episode/episode.ts';
import { markerKinds, markersIn } from '../../src/game/episode/markers.ts';
import { readingOf } from '../../src/game/episode/reading.ts';
import { idsOf, innocentCollisionChance, sharedIds } from '../../src/game/episode/rings.ts';
import { countCopies } from '../../src/game/episode/text/copy.ts';
import { domainLabel } from '../../src/game/episode/words/names.ts';
import { businessCategories } from '../../src/game/episode/words/vocabulary.ts';
import { taskIds, tasks } from '../../src/game/task.ts';
import type { TaskId } from '../../src/game/task.ts';
import { accuracy, growTree } from './tree.ts';
import type { Case } from './tree.ts';

/**
 * Measures what episodes reveal and checks the bounds. `npm run episodes:audit -- [seeds]`, default 2,000 per
 * task.
 */

type Known = Ad & { readonly records: AdRecords };

let [passed, failed] = [0, 0];
function bound(what: string, value: number, least: number, most: number): void {
  const holds = value >= least && value <= most;
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}: ${value.toFixed(4)} (${least}..${most})`);
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.length === 0 ? 1 : items.filter(holds).length / items.length;

// --- readers ---

const evidence = new WeakMap<AdRecords, Map<Target, Readonly<Record<Truth, number>>>>();

/** P(reading | truth) of a target. A visible contradiction proves a fraud. */
function weigh({ records }: Known, target: Target): Readonly<Record<Truth, number>> {
  const known = evidence.get(records) ?? new Map<Target, Readonly<Record<Truth, number>>>();
  evidence.set(records, known);
  let weight = known.get(target);
  if (weight === undefined) {
    const lies = contradictions(records);
    weight = lies.includes(target)
      ? { legit: 0, fraud: 1, escalate: 0 }
      : likelihoods(evidenceModel[target], readingOf(records, target));
    known.set(target, weight);
  }
  return weight;
}

function contradictions({ brand, advertiser, page }: AdRecords): readonly Target[] {
  const created = Date.parse(advertiser.createdOn);
  const stated = Date.parse('2026-04-06') - advertiser.accountAgeDays * 86_400_000;
  return [
    ...(advertiser.accountName.startsWith(brand) && created === stated
      ? []
      : (['advertiser_history'] as const)),
    ...(page.domain.startsWith(`${domainLabel(brand)}.`) ? [] : (['landing_page'] as const)),
  ];
}

function guess(ad: Known, read: readonly Target[], prior: Readonly<Record<Truth, number>>): Truth {
  const belief = (truth: Truth) =>
    read.reduce((product, target) => product * weigh(ad, target)[truth], prior[truth]);
  return truths.reduce((best, truth) => (belief(truth) > belief(best) ? truth : best));
}

/** The mutual information of truth and reading, in bits. */
function bits(ads: readonly Known[], target: Target, prior: Readonly<Record<Truth, number>>): number {
  const gains = ads.map((ad) => {
    const weight = weigh(ad, target);
    const all = truths.reduce((sum, truth) => sum + prior[truth] * weight[truth], 0);
    return Math.log2(weight[ad.truth] / all);
  });
  return gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
}

const triples = targets.flatMap((a, i) =>
  targets.slice(i + 1).flatMap((b, j) => targets.slice(i + j + 2).map((c) => [a, b, c] as const)),
);

// --- free fields ---

const countries = ['US', 'GB', 'DE', 'CA', 'NL', 'AU', 'FR', 'ES'];
const paymentTypes = [
  'credit_card',
  'bank_account',
  'corporate_card',
  'prepaid_card',
  'virtual_card',
  'wire_transfer',
];

function freeFeatures({
  adCopy,
  targetingSummary,
  category,
  riskSignals,
  records,
}: Known): readonly number[] {
  const found = markersIn(adCopy);
  return [
    adCopy.length,
    targetingSummary.length,
    adCopy.split('. ').length,
    records.advertiser.accountAgeDays,
    riskSignals.length,
    found.length,
    ...markerKinds.flatMap((kind) => [Number(riskSignals.includes(kind)), Number(found.includes(kind))]),
    ...countries.map((country) => Number(records.advertiser.country === country)),
    ...paymentTypes.map((type) => Number(records.payment.paymentType === type)),
    ...businessCategories.map((each) => Number(category === each)),
  ];
}

function allFeatures(ad: Known): readonly number[] {
  const numbers = targets.flatMap((target) =>
    Object.entries(readingOf(ad.records, target)).map(([, value]) =>
      typeof value === 'number' ? value : value.length,
    ),
  );
  return [
    ...freeFeatures(ad),
    ...numbers,
    ad.records.payment.accountsOnMethod,
    ad.records.advertiser.totalSpendUsd,
  ];
}

function treeGain(
  cases: readonly Case[],
  depth: number,
): { readonly accuracy: number; readonly majority: number } {
  const half = Math.floor(cases.length / 2);
  const test = cases.slice(half);
  const counts = [0, 1, 2].map((label) => share(test, (each) => each.label === label));
  return { accuracy: accuracy(growTree(cases.slice(0, half), depth), test), majority: Math.max(...counts) };
}

// --- the audit ---

function auditTask(taskId: TaskId, seeds: number): void {
  const task = tasks[taskId];
  const episodes = Array.from({ length: seeds }, (_, index) => generateEpisode(task, 10_000 + index));
  const ads = episodes.flatMap((episode) => episode.ads as readonly Known[]);
  const size = task.legit + task.fraud + task.escalate;
  const prior = { legit: task.legit / size, fraud: task.fraud / size, escalate: task.escalate / size };
  console.log(`\n${taskId}: ${seeds} seeds, ${ads.length} ads`);

  const free = treeGain(
    ads.map((ad) => ({ features: freeFeatures(ad), label: truths.indexOf(ad.truth) })),
    5,
  );
  bound('free fields: tree above the majority', free.accuracy - free.majority, -1, 0.1);

  const single = new Table({ head: ['target', 'accuracy', 'bits'], style: { head: [], border: [] } });
  for (const target of targets) {
    const right = share(ads, (ad) => guess(ad, [target], prior) === ad.truth);
    const information = bits(ads, target, prior);
    single.push([target, right.toFixed(3), information.toFixed(3)]);
    bound(`one target, ${target}`, right, 0.7, 0.85);
    bound(`bits, ${target}`, information, 0.05, 1.2);
  }
  console.log(single.toString());
  const accuracies = triples.map((triple) => share(ads, (ad) => guess(ad, triple, prior) === ad.truth));
  bound('any three targets, worst', Math.min(...accuracies), 0.88, 0.96);
  bound('any three targets, best', Math.max(...accuracies), 0.88, 0.96);
  if (task.escalate > 0) auditEscalate(ads);
  if (task.rings > 0) auditRings(episodes);
  auditTexts(episodes);
}

function auditEscalate(ads: readonly Known[]): void {
  for (const other of ['fraud', 'legit'] as const) {
    const pair = ads.filter((ad) => ad.truth === 'escalate' || ad.truth === other);
    const even = { legit: 0, fraud: 0, escalate: 0.5, [other]: 0.5 };
    const balanced = (triple: readonly Target[]) =>
      (share(
        pair.filter((ad) => ad.truth === 'escalate'),
        (ad) => guess(ad, triple, even) === 'escalate',
      ) +
        share(
          pair.filter((ad) => ad.truth === other),
          (ad) => guess(ad, triple, even) === other,
        )) /
      2;
    bound(`escalate against ${other}, three targets, worst`, Math.min(...triples.map(balanced)), 0.85, 1);
    const few = Math.min(
      ...['escalate', other].map((truth) => pair.filter((ad) => ad.truth === truth).length),
    );
    const even2 = ['escalate', other].flatMap((truth) =>
      pair.filter((ad) => ad.truth === truth).slice(0, few),
    );
    const cases = even2.map((ad) => ({ features: freeFeatures(ad), label: Number(ad.truth === other) }));
    const mixed = cases.map((_, index) => cases[(index % 2) * few + Math.floor(index / 2)] as Case);
    const free = treeGain(mixed, 5);
    bound(`escalate against ${other}, free fields above chance`, free.accuracy - 0.5, -1, 0.12);
  }
}

function auditRings(episodes: readonly Episode[]): void {
  let [edges, found, right] = [0, 0, 0];
  let collisions = 0;
  for (const { ads: queue, rings, arrivals } of episodes) {
    const real = new Set(rings.flatMap((ring) => ring.edges.map((edge) => [...edge].sort().join(' '))));
    const all = [...queue, ...arrivals.map((arrival) => arrival.ad)] as readonly Known[];
    const links = sharingPairs(all);
    edges += real.size;
    found += links.length;
    right += links.filter((link) => real.has(link)).length;
    collisions += links.filter((link) => !real.has(link)).length;
  }
  const [precision, recall] = [right / found, right / edges];
  bound(
    'ring oracle with all findings, F1 on edges',
    (2 * precision * recall) / (precision + recall),
    0.9,
    1,
  );
  const stated = sharedIds.reduce((sum, kind) => sum + innocentCollisionChance[kind] / 1000, 0);
  bound(
    'innocent collisions per episode against the stated',
    collisions / episodes.length / stated,
    0.85,
    1.15,
  );

  const members = new Set(
    episodes.flatMap(({ rings }, index) =>
      rings.flatMap((ring) => ring.memberAdIds.map((id) => `${index} ${id}`)),
    ),
  );
  const frauds = episodes.flatMap(({ ads: queue }, index) =>
    (queue as readonly Known[])
      .filter((ad) => ad.truth === 'fraud')
      .map((ad) => ({ ad, isMember: members.has(`${index} ${ad.adId}`) })),
  );
  const one = treeGain(
    frauds.map(({ ad, isMember }) => ({ features: allFeatures(ad), label: Number(isMember) })),
    4,
  );
  bound('ring oracle that sees one ad, above the base rate', one.accuracy - one.majority, -0.05, 0.05);
}

function sharingPairs(ads: readonly Known[]): readonly string[] {
  const holders = new Map<string, string>();
  const pairs = new Set<string>();
  for (const { adId, records } of ads) {
    for (const id of Object.values(idsOf(records))) {
      const other = holders.get(id);
      if (other === undefined) holders.set(id, adId);
      else pairs.add([adId, other].sort().join(' '));
    }
  }
  return [...pairs];
}

function auditTexts(episodes: readonly Episode[]): void {
  const everyAd = episodes.map(
    (episode) => [...episode.ads, ...episode.arrivals.map((arrival) => arrival.ad)] as readonly Known[],
  );
  const unique = share(everyAd, (ads) => new Set(ads.map((ad) => ad.adCopy)).size === ads.length);
  bound('episodes in which no two ads share a copy', unique, 1, 1);
  const legit = everyAd.flat().filter((ad) => ad.truth === 'legit');
  bound(
    'legitimate ads whose name, domain and dates agree',
    share(legit, (ad) => contradictions(ad.records).length === 0),
    1,
    1,
  );
  const isAffordable = ({ records: { advertiser, campaign } }: Known) =>
    advertiser.totalSpendUsd <= campaign.dailyBudgetUsd * advertiser.accountAgeDays;
  bound('legitimate ads whose spend fits budget and age', share(legit, isAffordable), 1, 1);
}

/** How many copies the grammar can write, for every category and split. */
function auditCounts(): void {
  const counts = (['train', 'held_out'] as const).flatMap((split) =>
    businessCategories.map((category) => ({ category, split, count: countCopies(category, split) })),
  );
  for (const { category, split, count } of counts) console.log(`${category} ${split}: ${count} copies`);
  bound(
    'families with a million copies or more',
    share(counts, ({ count }) => count >= 1_000_000n),
    1,
    1,
  );
}

function auditSplits(seeds: number): void {
  const sentences = (taskId: TaskId) =>
    new Set(
      Array.from({ length: seeds }, (_, index) => generateEpisode(tasks[taskId], 10_000 + index)).flatMap(
        (episode) => episode.ads.flatMap((ad) => `${ad.adCopy} ${ad.pageSummary}`.split(/(?<=[.!?]) /)),
      ),
    );
  const train = sentences('task_3');
  const heldOut = [...sentences('task_3_unseen')];
  console.log(`\n${train.size} sentences in training, ${heldOut.length} held out`);
  bound(
    'held-out sentences that occur in training',
    share(heldOut, (sentence) => train.has(sentence)),
    0,
    0,
  );
}

const seeds = Number(process.argv[2] ?? 2000);
for (const taskId of taskIds) auditTask(taskId, seeds);
auditSplits(Math.min(seeds, 500));
auditCounts();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
