import { targets } from '../src/game/ad.ts';
import type { Target, Truth } from '../src/game/ad.ts';
import { likelihoods } from '../src/game/episode/evidence.ts';
import {
  claimWeights,
  contradictionChance,
  evidenceModel,
  freeModel,
  leanOrder,
  pressureChance,
  quietProposal,
  signalNoise,
} from '../src/game/episode/evidence-model.ts';
import type { Bucket, Field } from '../src/game/episode/evidence-model.ts';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { innocentCollisionChance } from '../src/game/episode/rings.ts';
import { claimKinds } from '../src/game/episode/words/vocabulary.ts';
import { tasks } from '../src/game/task.ts';
import { readFindings } from '../src/players/reading.ts';
import { table } from './table.ts';

/** A reading with its probability for each truth. */
export interface Row {
  readonly bucket: string;
  readonly shares: Readonly<Record<Truth, number>>;
}

/** All readings of one field, alone or combined with one reading of another field. */
export interface Distribution {
  readonly field: string;
  /** The other reading, such as `hazard S2`. */
  readonly together?: string;
  readonly rows: readonly Row[];
}

/** The generated sections of docs/episodes.md as Markdown, by name. */
export function episodeTables(): Readonly<Record<string, string>> {
  return {
    leans: leanTable(),
    ...Object.fromEntries(targets.map((target) => [target, targetTable(target)])),
    free: freeTable(),
    chances: chanceTables(),
  };
}

/** P(reading | truth) for every field of a target, over its leans. */
export function distributionsOf(target: Target): readonly Distribution[] {
  const model = evidenceModel[target];
  const sureness = (model.confidence ?? []).map((bucket) => ({ ...bucket, weights: [0, 0, 0] as const }));
  const stated: Field = { name: 'confidencePercent', buckets: sureness };
  const fields = sureness.length === 0 ? model.fields : [...model.fields, stated];
  const alone = fields.map(({ name, buckets }) => ({
    field: name,
    rows: buckets.map((bucket) => ({
      bucket: bucketName(bucket),
      shares: likelihoods(model, { [name]: valueIn(bucket) }),
    })),
  }));
  return sureness.length === 0 ? alone : [...alone, ...statedWith(target, stated)];
}

/** A stated confidence says little about the truth alone, but does in combination with the other fields. */
function statedWith(target: Target, stated: Field): readonly Distribution[] {
  const model = evidenceModel[target];
  return model.fields.flatMap(({ name, buckets }) =>
    buckets.map((other) => ({
      field: stated.name,
      together: `${name} ${bucketName(other)}`,
      rows: stated.buckets.map((bucket) => ({
        bucket: bucketName(bucket),
        shares: likelihoods(model, { [name]: valueIn(other), [stated.name]: valueIn(bucket) }),
      })),
    })),
  );
}

const valueIn = (bucket: Bucket): number | string => ('word' in bucket ? bucket.word : bucket.least);

function bucketName(bucket: Bucket): string {
  if ('word' in bucket) return bucket.word;
  const { least, most } = bucket;
  return least === most ? String(least) : `${least}–${most}`;
}

// --- tables ---

function leanTable(): string {
  const rows = targets.map((target) => ({
    target,
    cells: leanOrder.map((truth) => {
      const { leans } = evidenceModel[target];
      return [truth, ...leans[truth].map((weight) => percent(weight, sum(leans[truth])))];
    }),
  }));
  const isSame = rows.every(({ cells }) => JSON.stringify(cells) === JSON.stringify(rows[0]?.cells));
  const shown = isSame ? rows.slice(0, 1).map(({ cells }) => ({ target: 'every target', cells })) : rows;
  return table(
    ['target', 'truth', ...leanOrder.map((lean) => `leans to ${lean}`)],
    shown.flatMap(({ target, cells }) => cells.map((cell) => [target, ...cell])),
  );
}

function targetTable(target: Target): string {
  const lines = linesOf(target);
  const rows = distributionsOf(target).flatMap(({ field, together, rows: readings }) =>
    readings.map(({ bucket, shares }) => [
      `\`${field}\`${together === undefined ? '' : `, with ${together}`}`,
      lines.get(field) ?? '',
      bucket,
      ...leanOrder.map((truth) => percent(shares[truth])),
      ratio(shares.fraud, shares.legit),
      ratio(shares.escalate, shares.legit),
    ]),
  );
  return table(['field', 'line', 'bucket', ...leanOrder, 'fraud : legit', 'escalate : legit'], rows);
}

/** The label of the line that shows each field, as players parse it. */
function linesOf(target: Target): ReadonlyMap<string, string> {
  const finding = generateEpisode(tasks.task_1, 1).ads[0]?.findings[target] ?? '';
  const labels = finding.split('\n').flatMap((line) => {
    const reading = readFindings(`[ad ${target}]\n${line}`)[0]?.reading ?? {};
    return Object.keys(reading).map((field) => [field, line.split(':')[0] ?? ''] as const);
  });
  return new Map(labels);
}

function freeTable(): string {
  const rows = freeModel.flatMap(({ name, buckets }) =>
    buckets.map((bucket) => {
      const shares = leanOrder.map(
        (_, index) => (bucket.weights[index] ?? 0) / sum(buckets.map((each) => each.weights[index] ?? 0)),
      );
      const [legit = 0, fraud = 0, escalate = 0] = shares;
      const cells = [legit, fraud, escalate].map((share) => percent(share));
      return [`\`${name}\``, bucketName(bucket), ...cells, ratio(fraud, legit), ratio(escalate, legit)];
    }),
  );
  return table(['field', 'bucket', ...leanOrder, 'fraud : legit', 'escalate : legit'], rows);
}

function chanceTables(): string {
  const byTruth = table(
    ['what a text holds', ...leanOrder],
    [
      ['pressure of one kind', ...leanOrder.map((truth) => percent(pressureChance[truth], 1000))],
      ...claimKinds.map((kind, index) => [
        `${kind === 'honest' ? 'an' : 'a'} ${kind} claim`,
        ...leanOrder.map((truth) => percent(claimWeights[truth][index] ?? 0, sum(claimWeights[truth]))),
      ]),
    ],
  );
  const contradictions = Object.entries(contradictionChance).map(([kind, chance]) => [
    `contradiction \`${kind}\`, in a fraud whose target leans to fraud`,
    percent(chance, 1000),
  ]);
  const collisions = Object.entries(innocentCollisionChance).map(([kind, chance]) => [
    `two honest ads of an episode share the ${kind} id`,
    percent(chance, 1000),
  ]);
  const last = quietProposal.length - 1;
  const quiet = quietProposal.map((chance, patterns) => [
    `a proposal's target that leans to fraud turns to legit, with ${patterns}${patterns === last ? ' or more' : ''} kinds of pattern in its text`,
    percent(chance, 1000),
  ]);
  const single = table(
    ['what may happen', 'chance'],
    [
      ...contradictions,
      ['a pattern in the copy is missing from the risk signals', percent(signalNoise.missed, 1000)],
      ['a pattern that is not in the copy is among the risk signals', percent(signalNoise.invented, 1000)],
      ...collisions,
      ...quiet,
    ],
  );
  return `${byTruth}\n\n${single}`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Formats a percentage such as `12.5 %`. */
const percent = (part: number, whole = 1): string => `${((100 * part) / whole).toFixed(1)} %`;

/** A likelihood ratio with two significant digits. */
const ratio = (part: number, base: number): string =>
  base === 0 ? '∞' : String(Number((part / base).toPrecision(2)));
