import { randomBytes } from 'node:crypto';
import { snakeCase } from '../shared/case.ts';
import { AppError } from '../shared/errors.ts';
import { earlierPolicies } from '../game/event.ts';
import type { Created, Deadlines, Policies } from '../game/event.ts';
import type { Role } from '../game/command.ts';
import type { Episode } from '../game/episode/episode.ts';
import { rulesetNamed, rulesets } from '../game/ruleset.ts';
import type { Ruleset } from '../game/ruleset.ts';
import { isTaskId, knobBounds, knobsFor, taskIds, tasks } from '../game/task.ts';
import type { KnobOverrides, Knobs, TaskId } from '../game/task.ts';
import { commitmentOf, rulesetHash } from './proof/digest.ts';
import { machineVersion } from './fold/chart.ts';

/** What the creator of a match chooses. Defaults come from the task and the ruleset. */
export interface NewMatch {
  readonly task: string;
  readonly ruleset?: string;
  readonly machine?: Created['machine'];
  readonly seed: number;
  /** Default: 16 random bytes, hex. */
  readonly salt?: string;
  readonly episode: Episode;
  readonly knobs?: KnobOverrides;
  readonly policies?: Partial<Policies>;
  readonly deadlines?: Partial<Deadlines>;
  readonly players?: Partial<Record<Role, string>>;
  readonly ownerTokenHash?: string;
  readonly seatTokenHashes?: Created['seatTokenHashes'];
}

/** Policies of new matches, unless the ruleset or the creator sets others. */
const newPolicies = { ...earlierPolicies, legalHints: 'types', auth: 'seats' } as const;

const defaultRuleset = 'standard';
const noDeadlines: Deadlines = { turnMs: null, auditMs: null, matchMs: null };

/**
 * The data of `match.created`: everything that the rules need, so that a replay reads nothing else. The
 * default ruleset is `standard`.
 * @throws AppError `unknown_task`, `unknown_ruleset`, `knob_invalid`.
 */
export function openingFor(wanted: NewMatch): Created {
  const taskId = taskNamed(wanted.task);
  const rules = rulesFromName(wanted.ruleset ?? defaultRuleset);
  const machine = wanted.machine ?? 'match';
  const { name, version } = rules;
  const salt = wanted.salt ?? randomBytes(16).toString('hex');
  return {
    machine,
    machineVersion: machineVersion(machine),
    taskId,
    ruleset: { name, version, hash: rulesetHash(rules) },
    knobs: machine === 'review' ? soloKnobs(taskId) : matchKnobs(taskId, wanted.knobs ?? {}, rules),
    policies: { ...newPolicies, ...rules.policies, ...wanted.policies },
    deadlines: { ...noDeadlines, ...wanted.deadlines },
    seed: wanted.seed,
    salt,
    seedCommitment: commitmentOf(wanted.seed, salt),
    episode: wanted.episode,
    players: wanted.players ?? {},
    ...(wanted.ownerTokenHash === undefined ? {} : { ownerTokenHash: wanted.ownerTokenHash }),
    ...(wanted.seatTokenHashes === undefined ? {} : { seatTokenHashes: wanted.seatTokenHashes }),
  };
}

/** @throws AppError `unknown_task` */
export function taskNamed(name: string): TaskId {
  if (isTaskId(name)) return name;
  throw new AppError('unknown_task', `There is no task "${name}". Tasks: ${taskIds.join(', ')}.`, {
    task: name,
    tasks: [...taskIds],
  });
}

/** @throws AppError `unknown_ruleset` */
function rulesFromName(name: string): Ruleset {
  const rules = rulesetNamed(name);
  if (rules !== undefined) return rules;
  const names = rulesets.map((ruleset) => ruleset.name);
  throw new AppError('unknown_ruleset', `There is no ruleset "${name}". Rulesets: ${names.join(', ')}.`, {
    ruleset: name,
    rulesets: names,
  });
}

function matchKnobs(taskId: TaskId, overrides: KnobOverrides, rules: Ruleset): Knobs {
  for (const [knob, [least, most]] of Object.entries(knobBounds)) {
    const value = overrides[knob as keyof typeof knobBounds];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw new AppError(
        'knob_invalid',
        `${snakeCase(knob)} must be a whole number from ${least} to ${most}, not ${value}.`,
        {
          knob,
          least,
          most,
        },
      );
    }
  }
  const knobs = knobsFor(taskId, overrides, rules.queue.categories[taskId]);
  const reachable = knobs.maxRounds * knobs.maxInvestigatorActionsPerTurn;
  const actionBudget =
    rules.flow.actionBudget === 'reachable' ? Math.min(knobs.actionBudget, reachable) : knobs.actionBudget;
  return { ...knobs, actionBudget };
}

/** A solo review has one turn, which only the task's action budget ends. */
function soloKnobs(taskId: TaskId): Knobs {
  const { actionBudget } = tasks[taskId];
  const maxInvestigatorActionsPerTurn = Number.MAX_SAFE_INTEGER;
  const alone = { maxRounds: 1, maxProposals: 0, maxFraudsterActionsPerTurn: 1, allowedCategories: [] };
  return { ...alone, maxInvestigatorActionsPerTurn, actionBudget };
}
