import { businessCategories } from './episode/words/vocabulary.ts';
import type { TaskId } from './task.ts';

type CategoriesByTask = Readonly<Record<TaskId, readonly string[]>>;

/** The original's categories of genuine businesses. A fraudster may use them too. */
export const genuineCategories = ['ecommerce', 'saas', 'local_service', 'education', 'fitness'] as const;

const basic = [...genuineCategories, 'fake_giveaway', 'miracle_cure'];
const mixed = [
  ...basic,
  'counterfeit_goods',
  'advance_fee',
  'fake_crypto',
  'celebrity_endorsement_fraud',
  'clone_brand',
  'gray_area_supplements',
];
/** In the order of the original's default list. */
const all = [
  ...genuineCategories,
  'fake_giveaway',
  'counterfeit_goods',
  'miracle_cure',
  'advance_fee',
  'fake_crypto',
  'celebrity_endorsement_fraud',
  'clone_brand',
  'gray_area_supplements',
  'network_crypto',
  'network_ecommerce',
  'network_fintech',
  'network_health',
];

/**
 * The categories that a proposal may declare in `classic`. Their names reveal the label. Source: match spec,
 * section 2.1.
 */
export const originalCategories: CategoriesByTask = {
  task_1: basic,
  task_2: mixed,
  task_3: all,
  task_3_unseen: all,
};

/**
 * The categories of `standard`, as many per task as in `classic`: lines of business that honest and dishonest
 * ads both claim.
 */
export const businessesByTask: CategoriesByTask = {
  task_1: businessCategories.slice(0, basic.length),
  task_2: businessCategories.slice(0, mixed.length),
  task_3: businessCategories,
  task_3_unseen: businessCategories,
};
