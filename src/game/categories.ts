import { businessCategories } from './episode/words/vocabulary.ts';
import type { TaskId } from './task.ts';

type CategoriesByTask = Readonly<Record<TaskId, readonly string[]>>;

/** Categories of genuine businesses in the original; a fraudster may hide behind them. */
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

/** What a proposal may call itself in `classic`. The names give the label away. Source: match spec, section 2.1. */
export const originalCategories: CategoriesByTask = {
  task_1: basic,
  task_2: mixed,
  task_3: all,
  task_3_unseen: all,
};

/** The same numbers of categories in `standard`: lines of business, each of which honest and dishonest ads claim. */
export const businessesByTask: CategoriesByTask = {
  task_1: businessCategories.slice(0, basic.length),
  task_2: businessCategories.slice(0, mixed.length),
  task_3: businessCategories,
  task_3_unseen: businessCategories,
};
