import * as z from 'zod';
import type { Role } from '../game/command.ts';
import type { Policies } from '../game/event.ts';
import { knobBounds } from '../game/task.ts';
import { rulesets } from '../game/ruleset.ts';
import { taskIds } from '../game/task.ts';
import type { KnobOverrides, TaskId } from '../game/task.ts';
import { limits } from '../shared/limits.ts';
import { idPattern } from '../shared/ids.ts';
import { faultsOf } from './faults.ts';
import type { Fault } from './faults.ts';
import { text } from './action.ts';

/**
 * The settings that a creator may request: the data of `reset`, and the body of a creation over HTTP. The
 * first eight are the original's (protocol spec, 3.2). Null means absent, also within groups; unknown keys
 * are refused.
 */

const ruleset = z.enum(rulesets.map(({ name }) => name));
/** A whole number within bounds. Adding 0 turns -0 into 0, which the log would refuse. */
const whole = ([least, most]: readonly [number, number]) =>
  z
    .number()
    .int()
    .min(least)
    .max(most)
    .overwrite((value) => value + 0);
const limitMs = whole([100, limits.matchIdleMs]);

const playerName = text(64).min(1);

export const policiesShape = z.strictObject({
  step_rewards: z.enum(['shown', 'withheld']).optional(),
  verdicts_to_fraudster: z.enum(['none', 'verdict', 'verdict_and_targets', 'full']).optional(),
  legal_hints: z.enum(['none', 'types', 'full']).optional(),
  spectators: z.enum(['none', 'public']).optional(),
  spectator_delay: whole([0, 1000]).optional(),
  reveal_at_end: z.boolean().optional(),
  open_state: z.boolean().optional(),
  auth: z.enum(['open', 'seats', 'invited']).optional(),
});

export const matchRequestShape = z.strictObject({
  seed: whole([0, 2 ** 32 - 1]).optional(),
  episode_id: z
    .string()
    .regex(idPattern, 'letters, digits, dots, underscores and hyphens, 1 to 128')
    .optional(),
  task_id: z.enum(taskIds).optional(),
  max_rounds: whole(knobBounds.maxRounds).optional(),
  max_proposals: whole(knobBounds.maxProposals).optional(),
  max_fraudster_actions_per_turn: whole(knobBounds.maxFraudsterActionsPerTurn).optional(),
  max_investigator_actions_per_turn: whole(knobBounds.maxInvestigatorActionsPerTurn).optional(),
  allowed_categories: z
    .array(text(64).min(1).meta({ maxLength: 64 }))
    .min(1)
    .max(64)
    .refine((names) => new Set(names).size === names.length, 'no category twice')
    .meta({ uniqueItems: true })
    .optional(),
  ruleset: ruleset.optional(),
  /** Player names for lists and the leaderboard. They are not verified. */
  players: z
    .strictObject({
      fraudster: playerName.optional(),
      investigator: playerName.optional(),
      auditor: playerName.optional(),
    })
    .optional(),
  policies: policiesShape.optional(),
  deadlines: z
    .strictObject({ turn_ms: limitMs.optional(), audit_ms: limitMs.optional(), match_ms: limitMs.optional() })
    .optional(),
});

/** A parsed match request. Absent fields take the server's defaults; deadlines are in milliseconds. */
export interface MatchRequest {
  readonly seed?: number;
  readonly matchId?: string;
  readonly task?: TaskId;
  readonly ruleset?: string;
  readonly players: Readonly<Partial<Record<Role, string>>>;
  readonly knobs: KnobOverrides;
  readonly policies: Partial<Policies>;
  readonly deadlines: { readonly turnMs?: number; readonly auditMs?: number; readonly matchMs?: number };
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: MatchRequest }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Parses a match request. Never throws: what does not fit is returned as faults. */
export function parseMatchRequest(data: Readonly<Record<string, unknown>>): ParsedRequest {
  const parsed = matchRequestShape.safeParse(withoutNulls(data, groups));
  if (!parsed.success) return { ok: false, faults: faultsOf(parsed.error) };
  const { data: wanted } = parsed;
  return {
    ok: true,
    request: {
      ...given({
        seed: wanted.seed,
        matchId: wanted.episode_id,
        task: wanted.task_id,
        ruleset: wanted.ruleset,
      }),
      players: given(wanted.players ?? {}),
      knobs: given({
        maxRounds: wanted.max_rounds,
        maxProposals: wanted.max_proposals,
        maxFraudsterActionsPerTurn: wanted.max_fraudster_actions_per_turn,
        maxInvestigatorActionsPerTurn: wanted.max_investigator_actions_per_turn,
        allowedCategories: wanted.allowed_categories,
      }),
      policies: policiesFrom(wanted.policies ?? {}),
      deadlines: given({
        turnMs: wanted.deadlines?.turn_ms,
        auditMs: wanted.deadlines?.audit_ms,
        matchMs: wanted.deadlines?.match_ms,
      }),
    },
  };
}

export function policiesFrom(wanted: z.infer<typeof policiesShape>): Partial<Policies> {
  return given({
    stepRewards: wanted.step_rewards,
    verdictsToFraudster: wanted.verdicts_to_fraudster,
    legalHints: wanted.legal_hints,
    spectators: wanted.spectators,
    spectatorDelay: wanted.spectator_delay,
    revealAtEnd: wanted.reveal_at_end,
    openState: wanted.open_state,
    auth: wanted.auth,
  });
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** The settings that are groups of settings. */
const groups: readonly string[] = ['policies', 'deadlines', 'players'];

function withoutNulls(
  data: Readonly<Record<string, unknown>>,
  deeper: readonly string[] = [],
): Record<string, unknown> {
  const given = Object.entries(data).filter(([, value]) => value !== null);
  return Object.fromEntries(
    given.map(([key, value]) => [key, deeper.includes(key) && isPlain(value) ? withoutNulls(value) : value]),
  );
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
