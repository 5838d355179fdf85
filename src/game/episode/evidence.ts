import { invariant } from '../../shared/invariant.ts';
import type { Target, Truth } from '../ad.ts';
import type { Draws } from '../random.ts';
import { evidenceModel, leanOrder } from './evidence-model.ts';
import type { Bucket, Field, Lean, TargetModel } from './evidence-model.ts';

/** A value per field name. */
export type Reading = Readonly<Record<string, number | string>>;

/** Draws the truth that a target of an ad leans to. */
export function drawLean(draws: Draws, target: Target, truth: Truth): Lean {
  const weights = evidenceModel[target].leans[truth];
  let left = draws.below(weights[0] + weights[1] + weights[2]);
  for (const [index, lean] of leanOrder.entries()) {
    left -= weights[index] ?? 0;
    if (left < 0) return lean;
  }
  return truth;
}

/** Draws a value for every field, independently, by the lean. */
export function drawFields(draws: Draws, fields: readonly Field[], lean: Lean): Reading {
  const index = leanOrder.indexOf(lean);
  const reading: Record<string, number | string> = {};
  for (const { name, buckets } of fields) {
    let left = draws.below(totalOf(buckets, index));
    for (const bucket of buckets) {
      left -= bucket.weights[index] ?? 0;
      if (left >= 0) continue;
      reading[name] = 'word' in bucket ? bucket.word : draws.between(bucket.least, bucket.most);
      break;
    }
  }
  return reading;
}

/** The total of a lean's weights. */
const totalOf = (buckets: readonly Bucket[], lean: number): number =>
  buckets.reduce((sum, { weights }) => sum + (weights[lean] ?? 0), 0);

/** P(reading | truth) for each truth, exactly by the evidence model. Absent fields do not count. */
export function likelihoods(model: TargetModel, reading: Reading): Readonly<Record<Truth, number>> {
  const byLean = leanOrder.map((_, lean) =>
    model.fields.reduce((product, field) => product * bucketShare(field, reading[field.name], lean), 1),
  );
  const weigh = (truth: Truth) =>
    leanOrder.reduce((sum, lean, index) => {
      const sureness = surenessShare(model, reading['confidencePercent'], lean === truth);
      return sum + (byLean[index] ?? 0) * leanShare(model, truth, index) * sureness;
    }, 0);
  return { legit: weigh('legit'), fraud: weigh('fraud'), escalate: weigh('escalate') };
}

function leanShare(model: TargetModel, truth: Truth, lean: number): number {
  const weights = model.leans[truth];
  return (weights[lean] ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);
}

/**
 * P(bucket of this value | lean). A number outside all buckets counts for the nearest one, because shared
 * accounts and supplied episodes exceed the generator's range; an unreadable value does not count.
 */
function bucketShare({ buckets }: Field, value: number | string | undefined, lean: number): number {
  const distance = (bucket: Bucket): number => {
    if ('word' in bucket) return bucket.word === value ? 0 : Infinity;
    return Math.max(bucket.least - Number(value), Number(value) - bucket.most, 0);
  };
  let nearest: Bucket | null = null;
  let least = Infinity;
  for (const bucket of buckets) {
    const far = distance(bucket);
    if (far < least) [nearest, least] = [bucket, far];
  }
  return nearest === null ? 1 : (nearest.weights[lean] ?? 0) / totalOf(buckets, lean);
}

/** P(stated confidence | whether it is right). */
function surenessShare(
  { confidence = [] }: TargetModel,
  value: number | string | undefined,
  isRight: boolean,
): number {
  const weightOf = (each: (typeof confidence)[number]) => (isRight ? each.right : each.wrong);
  const bucket = confidence.find(({ least, most }) => Number(value) >= least && Number(value) <= most);
  return bucket === undefined
    ? 1
    : weightOf(bucket) / confidence.reduce((sum, each) => sum + weightOf(each), 0);
}

/** The bucket of a field that contains the value. @throws InvariantError when none does. */
export function bucketOf(field: Field, value: number | string): Bucket {
  const found = field.buckets.find((bucket) =>
    'word' in bucket ? bucket.word === value : Number(value) >= bucket.least && Number(value) <= bucket.most,
  );
  invariant(found !== undefined, `${field.name} has no bucket for ${value}.`);
  return found;
}
