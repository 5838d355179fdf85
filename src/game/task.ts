import type { Difficulty } from './ad.ts';

export const taskIds = ['task_1', 'task_2', 'task_3', 'task_3_unseen'] as const;
export type TaskId = (typeof taskIds)[number];

/** The numbers that set a match's size. */
export interface Knobs {
  readonly maxRounds: number;
  readonly maxProposals: number;
  readonly maxFraudsterActionsPerTurn: number;
  readonly maxInvestigatorActionsPerTurn: number;
  /** Investigator actions in the whole match, faulty ones included. */
  readonly actionBudget: number;
  /** What a proposal may call itself. */
  readonly allowedCategories: readonly string[];
}

/** The knobs a creator may set. */
export type KnobOverrides = Partial<Omit<Knobs, 'actionBudget'>>;

export interface Task extends Knobs {
  readonly taskId: TaskId;
  readonly name: string;
  readonly difficulty: Difficulty;
  readonly legit: number;
  readonly fraud: number;
  readonly escalate: number;
  readonly rings: number;
}

/** Categories of genuine businesses; a fraudster may hide behind them. */
export const genuineCategories = ['ecommerce', 'saas', 'local_service', 'education', 'fitness'] as const;

const basicCategories = [...genuineCategories, 'fake_giveaway', 'miracle_cure'];
const mixedCategories = [
  ...basicCategories,
  'counterfeit_goods',
  'advance_fee',
  'fake_crypto',
  'celebrity_endorsement_fraud',
  'clone_brand',
  'gray_area_supplements',
];
/** In the order of the original's default list. */
const allCategories = [
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

/** The curriculum. Figures: task table of the original arena. */
export const tasks: Readonly<Record<TaskId, Task>> = {
  task_1: {
    taskId: 'task_1',
    name: 'First shift',
    difficulty: 'easy',
    legit: 2,
    fraud: 3,
    escalate: 0,
    rings: 0,
    actionBudget: 25,
    maxRounds: 4,
    maxProposals: 3,
    maxFraudsterActionsPerTurn: 3,
    maxInvestigatorActionsPerTurn: 6,
    allowedCategories: basicCategories,
  },
  task_2: {
    taskId: 'task_2',
    name: 'Mixed queue',
    difficulty: 'medium',
    legit: 5,
    fraud: 5,
    escalate: 2,
    rings: 0,
    actionBudget: 30,
    maxRounds: 4,
    maxProposals: 6,
    maxFraudsterActionsPerTurn: 3,
    maxInvestigatorActionsPerTurn: 6,
    allowedCategories: mixedCategories,
  },
  task_3: {
    taskId: 'task_3',
    name: 'Rings at work',
    difficulty: 'hard',
    legit: 6,
    fraud: 10,
    escalate: 4,
    rings: 3,
    actionBudget: 35,
    maxRounds: 5,
    maxProposals: 7,
    maxFraudsterActionsPerTurn: 3,
    maxInvestigatorActionsPerTurn: 7,
    allowedCategories: allCategories,
  },
  task_3_unseen: {
    taskId: 'task_3_unseen',
    name: 'Rings at work, held out',
    difficulty: 'hard',
    legit: 8,
    fraud: 12,
    escalate: 5,
    rings: 4,
    actionBudget: 30,
    maxRounds: 5,
    maxProposals: 8,
    maxFraudsterActionsPerTurn: 3,
    maxInvestigatorActionsPerTurn: 7,
    allowedCategories: allCategories,
  },
};

export function queueSize(task: Task): number {
  return task.legit + task.fraud + task.escalate;
}

export function isTaskId(text: string): text is TaskId {
  return (taskIds as readonly string[]).includes(text);
}

/** Task values with the creator's overrides; the action budget is always the task's. */
export function knobsFor(taskId: TaskId, overrides: KnobOverrides): Knobs {
  const task = tasks[taskId];
  return {
    maxRounds: overrides.maxRounds ?? task.maxRounds,
    maxProposals: overrides.maxProposals ?? task.maxProposals,
    maxFraudsterActionsPerTurn: overrides.maxFraudsterActionsPerTurn ?? task.maxFraudsterActionsPerTurn,
    maxInvestigatorActionsPerTurn:
      overrides.maxInvestigatorActionsPerTurn ?? task.maxInvestigatorActionsPerTurn,
    actionBudget: task.actionBudget,
    allowedCategories: overrides.allowedCategories ?? task.allowedCategories,
  };
}
