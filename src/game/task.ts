import type { Difficulty } from './ad.ts';

export const taskIds = ['task_1', 'task_2', 'task_3', 'task_3_unseen'] as const;
export type TaskId = (typeof taskIds)[number];

/** The size of a match. */
export interface Knobs {
  readonly maxRounds: number;
  readonly maxProposals: number;
  readonly maxFraudsterActionsPerTurn: number;
  readonly maxInvestigatorActionsPerTurn: number;
  /** The investigator's actions in the whole match, faulty ones included. */
  readonly actionBudget: number;
  /** The categories that a proposal may declare. */
  readonly allowedCategories: readonly string[];
}

/** The knobs that a creator may set. */
export type KnobOverrides = Partial<Omit<Knobs, 'actionBudget'>>;

/** The least and the most that a creator may set. Source: the original's HTTP creation route. */
export const knobBounds = {
  maxRounds: [1, 20],
  maxProposals: [0, 50],
  maxFraudsterActionsPerTurn: [1, 10],
  maxInvestigatorActionsPerTurn: [1, 30],
} as const;

/** A task: the composition of its initial queue, and its default knobs. */
export interface Task extends Omit<Knobs, 'allowedCategories'> {
  readonly taskId: TaskId;
  readonly name: string;
  readonly difficulty: Difficulty;
  readonly legit: number;
  readonly fraud: number;
  readonly escalate: number;
  readonly rings: number;
}

/** The tasks. Source of the numbers: the task table of the original arena. */
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
  },
};

/** The number of ads in the task's initial queue. */
export function queueSize(task: Task): number {
  return task.legit + task.fraud + task.escalate;
}

export function isTaskId(text: string): text is TaskId {
  return (taskIds as readonly string[]).includes(text);
}

/**
 * The task's knobs with the creator's overrides. The action budget is always the task's. `categories` is the
 * default for `allowedCategories`.
 */
export function knobsFor(taskId: TaskId, overrides: KnobOverrides, categories: readonly string[]): Knobs {
  const task = tasks[taskId];
  return {
    maxRounds: overrides.maxRounds ?? task.maxRounds,
    maxProposals: overrides.maxProposals ?? task.maxProposals,
    maxFraudsterActionsPerTurn: overrides.maxFraudsterActionsPerTurn ?? task.maxFraudsterActionsPerTurn,
    maxInvestigatorActionsPerTurn:
      overrides.maxInvestigatorActionsPerTurn ?? task.maxInvestigatorActionsPerTurn,
    actionBudget: task.actionBudget,
    allowedCategories: overrides.allowedCategories ?? categories,
  };
}
