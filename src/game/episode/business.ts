import type { Truth } from '../ad.ts';
import type { TaskId } from '../task.ts';
import { claimWeights, pressureChance } from './evidence-model.ts';
import type { AdStreams } from './streams.ts';
import { offerOf, writeCopy, writePage, writeTargeting } from './text/copy.ts';
import { brandName, domainLabel, placeName } from './words/names.ts';
import { businessCategories, pressureKinds } from './words/vocabulary.ts';
import type { TextSplit } from './words/vocabulary.ts';

/** The business that an ad is for. In an honest ad all of it is consistent. */
export interface Business {
  readonly category: string;
  readonly brand: string;
  readonly domainLabel: string;
  /** Another business's brand, for a fraud that uses a false name. */
  readonly otherBrand: string;
  readonly otherDomainLabel: string;
  readonly pageClaims: readonly string[];
}

/** The texts of an ad. */
export interface AdWords {
  readonly adCopy: string;
  readonly targetingSummary: string;
  readonly pageSummary: string;
}

/**
 * The seeds of the evaluation suite, by task, inclusive; their texts are never used in training. Source:
 * episode spec, section 2.1.
 */
const evaluationSeeds: Readonly<Record<TaskId, readonly [first: number, last: number]>> = {
  task_1: [1001, 1010],
  task_2: [2001, 2010],
  task_3: [3001, 3010],
  task_3_unseen: [4001, 4005],
};

/** The set of texts that a seed uses: `held_out` for evaluation seeds and for `task_3_unseen`. */
export function splitFor(taskId: TaskId, seed: number): TextSplit {
  const [first, last] = evaluationSeeds[taskId];
  return taskId === 'task_3_unseen' || (seed >= first && seed <= last) ? 'held_out' : 'train';
}

/**
 * A business of a random category with the texts of one ad. Copy, claims and pressure depend on the truth
 * only as weakly as the evidence model says; the category not at all.
 */
export function drawBusiness(
  streams: AdStreams,
  truth: Truth,
  split: TextSplit,
  pageLies: boolean,
): { readonly business: Business; readonly words: AdWords } {
  const draws = streams('business');
  const category = draws.pick(businessCategories);
  const brand = brandName(draws, split);
  const otherBrand = brandName(draws, split);
  const place = placeName(draws, split);
  const [honest, bold, contestable] = claimWeights[truth];
  const claim = draws.weighted([
    ['honest', honest],
    ['bold', bold],
    ['contestable', contestable],
  ] as const);
  const pressure = pressureKinds.filter(() => draws.chance(pressureChance[truth]));
  const order = { category, split, brand, place, claim };
  const offer = offerOf(draws, category);
  // A lying page is about another line of business; any other has the ad's own offer.
  const others = () => businessCategories.filter((each) => each !== category);
  const subject = pageLies
    ? { ...order, category: streams('page_business').pick(others()) }
    : { category, split, brand, place, claim, offer };
  const page = writePage(streams('page_text'), subject);
  return {
    business: {
      category,
      brand,
      domainLabel: domainLabel(brand),
      otherBrand,
      otherDomainLabel: domainLabel(otherBrand),
      pageClaims: page.claims,
    },
    words: {
      adCopy: writeCopy(streams('copy'), { category, split, brand, place, claim, offer, pressure }),
      targetingSummary: writeTargeting(streams('targeting_text'), category, split, place),
      pageSummary: page.summary,
    },
  };
}
