import * as z from 'zod';
import { targets, verdictWords } from '../game/ad.ts';
import { roles } from '../game/command.ts';
import { endReasons } from '../game/event.ts';
import { taskIds } from '../game/task.ts';
import { errorCatalogue } from '../shared/errors.ts';
import { idPattern } from '../shared/ids.ts';

/**
 * The answers of the HTTP API, as schemas. The API description is generated from them, and tests check the
 * answers against them.
 */

export const count = z.number().int().min(0);
const share = z.number().min(0).max(1);
const perRole = <T extends z.ZodType>(value: T) =>
  z.object({ fraudster: value, investigator: value, auditor: value });
const idText = z.string().regex(idPattern);
/** A path on this server. */
const addressText = z.string().regex(/^\//);
const runningPhases = ['fraudster_turn', 'investigator_turn', 'audit_phase'] as const;
export const playersShape = z.object(Object.fromEntries(roles.map((role) => [role, z.string().optional()])));

export const runningShape = z
  .object({
    match_id: idText,
    task_id: z.enum(taskIds),
    phase: z.enum(runningPhases),
    round_number: count,
    max_rounds: count,
    proposals_used: z.null(),
    max_proposals: count,
    fraudster_committed: z.null(),
    grader_score: z.null(),
    end_reason: z.null(),
    rewards: z.null(),
    connected_roles: z.array(z.enum(roles)),
    done: z.literal(false),
    ruleset: z.string(),
    players: playersShape,
    spectators: z.enum(['none', 'public']),
    started_at: z.number().describe('Seconds since the Unix epoch.'),
  })
  .meta({ id: 'RunningMatch', description: 'A running match: what anybody may know of it.' });

export const finishedShape = z
  .object({
    match_id: idText,
    task_id: z.enum(taskIds),
    phase: z.enum(['done', 'aborted']),
    round_number: count,
    max_rounds: count,
    /** Null, like the other nullable fields, if the match does not reveal itself at its end. */
    proposals_used: count.nullable(),
    max_proposals: count,
    fraudster_committed: z.boolean().nullable(),
    grader_score: share.nullable(),
    end_reason: z.enum(endReasons).nullable(),
    rewards: perRole(z.number()).nullable(),
    connected_roles: z.array(z.enum(roles)),
    done: z.boolean(),
    ruleset: z.string(),
    players: playersShape,
    events: count.nullable(),
    archived_at: z.number(),
    reward_curve: z
      .object({ fraudster: z.array(z.number()), investigator: z.array(z.number()) })
      .optional()
      .describe(
        'Running sums of the step rewards at a few even places; absent where the match does not reveal itself.',
      ),
  })
  .meta({ id: 'FinishedMatch', description: 'A finished match, from its archive.' });

export const matchListShape = z
  .object({
    active: z.array(runningShape),
    history: z.array(finishedShape),
    next_cursor: z.string().nullable(),
    next_active_cursor: z.string().nullable(),
    total: z.object({ active: count, finished: count }),
  })
  .meta({ id: 'MatchList' });

export const createdShape = z
  .object({
    match_id: idText,
    task_id: z.enum(taskIds),
    phase: z.enum(runningPhases),
    round_number: count,
    max_rounds: count,
    websocket: perRole(z.string()),
    rest: z.object({ summary: z.string(), events: z.string(), report: z.string(), stream: z.string() }),
    owner_token: z.string(),
    seat_tokens: perRole(z.string()).nullable(),
  })
  .meta({ id: 'CreatedMatch' });

export const leaderboardShape = z
  .object({
    entries: z.array(
      z.object({
        agent: z.string(),
        role: z.enum(roles),
        ruleset: z.string(),
        task_id: z.enum(taskIds),
        games: count,
        rating: z.number().describe('Mean episode reward.'),
        standard_error: z.number().nullable().describe('Of the mean.'),
        win_rate: z
          .number()
          .nullable()
          .describe('Share of games in which it earned more than the other side, ties counting half.'),
      }),
    ),
  })
  .meta({ id: 'Leaderboard' });

export const eventsShape = z
  .object({ match_id: idText, count, events: z.array(z.record(z.string(), z.unknown())) })
  .meta({ id: 'MatchEvents' });

const flagShape = z.object({
  track: z.enum(['A', 'B']),
  target_ad_id: z.string().nullable(),
  flag_type: z.string(),
  severity: share,
  note: z.string(),
});

const auditReportShape = z
  .object({
    track_a_flags: z.array(flagShape),
    track_b_flags: z.array(flagShape),
    investigator_audit_score: share,
    fraudster_plausibility_score: share,
    notes: z.string(),
    /** The auditor's own scores, if the ruleset keeps them apart from the arena's scores. */
    opinion: z.record(z.string(), z.number()),
    missed: z.boolean(),
  })
  .meta({ id: 'AuditReport' });

export const reportShape = z
  .object({
    match_id: idText,
    task_id: z.enum(taskIds),
    grader_score: share.nullable(),
    end_reason: z.enum(endReasons).nullable(),
    audit_report: auditReportShape.nullable(),
    rewards: perRole(z.number()).nullable(),
    generated_at: z.number(),
  })
  .meta({ id: 'MatchReport' });

export const problemShape = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(Object.keys(errorCatalogue)),
    detail: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Problem', description: 'A failure (RFC 9457) with the stable code of docs/errors.md.' });

export const infoShape = z
  .object({
    name: z.literal('FraudArena'),
    tagline: z.string(),
    description: z.string(),
    themes: z.array(z.string()),
    capabilities: z.array(z.string()),
    rulesets: z.array(z.object({ name: z.string(), version: count })),
    /** Paths on this server. */
    documentation: z.record(z.string(), addressText),
  })
  .meta({ id: 'Info' });

export const versionShape = z
  .object({ version: z.string(), uptime_seconds: z.number().min(0) })
  .meta({ id: 'Version' });

/** The fields that all health answers share. */
const healthParts = {
  state: z.string(),
  adapter: z.enum(['uws', 'ws']),
  durability: z.string(),
  loss_window: z.string(),
  log: z.string(),
  disk: z.string(),
  sockets: count,
  spectators: count,
  matches: z.object({ unfinished: count, living: count }),
};

export const liveShape = z.object({ status: z.literal('healthy'), ...healthParts }).meta({ id: 'Live' });

export const healthShape = z
  .object({
    status: z.literal('ok'),
    ...healthParts,
    uptime_seconds: z.number().min(0),
    active_matches: count,
    archived_matches: count,
    env_name: z.string(),
  })
  .meta({ id: 'Health' });

export const readyShape = z
  .object({
    status: z.literal('ready'),
    state: z.string(),
    checks: z.object({
      state: z.literal(true),
      log: z.literal(true),
      disk: z.literal(true),
      event_loop: z.literal(true),
    }),
  })
  .meta({ id: 'Ready' });

export const taskShape = z
  .object({
    id: z.enum(taskIds),
    name: z.string(),
    difficulty: z.string(),
    queue_size: count,
    action_budget: count,
    description: z.string(),
  })
  .meta({ id: 'Task' });

export const tasksShape = z.object({ tasks: z.array(taskShape) }).meta({ id: 'Tasks' });

const playerShape = z
  .object({
    name: z.string(),
    role: z.enum(roles),
    kind: z.enum(['scripted', 'llm', 'trained']),
    source: z.string(),
    description: z.string(),
  })
  .meta({ id: 'Player' });

export const playerListShape = z
  .object({ scripted: z.array(playerShape), llm: z.array(playerShape), trained: z.array(playerShape) })
  .meta({ id: 'Players' });

const queueRowShape = z.object({
  ad_id: z.string(),
  ad_copy: z.string(),
  category: z.string(),
  status: z.enum(['pending', ...verdictWords]),
  targets_pulled: z.array(z.enum(targets)),
});

/** A running match with the spectator's view; `view` is null if nobody may watch, or only with a delay. */
export const watchedShape = runningShape
  .extend({
    /** The number of frames that a spectator has received. */
    seq: count,
    view: z
      .object({
        phase: z.enum(runningPhases),
        round_number: count,
        max_rounds: count,
        rounds_remaining: count,
        ruleset: z.string(),
        done: z.literal(false),
        reward: z.literal(0),
        metadata: z.object({}),
        task_id: z.enum(taskIds),
        steps: count,
        end_reason: z.enum(endReasons).nullable(),
        queue: z.array(queueRowShape),
        links: z.array(z.object({ ad_id_1: z.string(), ad_id_2: z.string() })),
        grader_score: z.null(),
        rewards: z.null(),
      })
      .nullable(),
  })
  .meta({ id: 'WatchedMatch', description: 'A running match, and what a spectator sees of it.' });

/** A JSON Schema, whose content this description does not specify. */
const schemaShape = z.record(z.string(), z.unknown());

export const originalMatchesShape = z
  .object({
    active_matches: z.record(
      idText,
      z.object({
        phase: z.enum(runningPhases),
        round_number: count,
        done: z.literal(false),
        connected_roles: z.array(z.enum(roles)),
      }),
    ),
  })
  .meta({ id: 'OriginalMatches' });

export const originalTasksShape = z
  .object({
    tasks: z.array(taskShape),
    action_schema: schemaShape,
    roles: perRole(z.object({ description: z.string(), ws: z.string(), action_schema: schemaShape })),
    multi_agent_endpoints: z.record(z.string(), addressText),
  })
  .meta({ id: 'OriginalTasks' });

export const originalGraderShape = z
  .union([
    z.object({ error: z.string(), grader_score: z.null() }),
    z.object({
      match_id: idText,
      task_id: z.enum(taskIds),
      grader_score: share.nullable(),
      phase: z.enum(['done', 'aborted']),
      proposals_used: count,
      end_reason: z.enum(endReasons).nullable(),
      mode: z.literal('multi_agent'),
      total_steps: count,
      fraudster_reward: z.number(),
      investigator_reward: z.number(),
      auditor_reward: z.number(),
      per_ad_plausibility: z.record(z.string(), z.number()),
      audit_ground_truth: z.record(z.string(), z.number()),
      audit_report: auditReportShape.nullable(),
    }),
  ])
  .meta({ id: 'OriginalGrader' });

export const classifiedShape = z
  .object({
    mock: z.literal(true),
    model: z.string(),
    ad_id: z.string(),
    verdict: z.enum(['safe', 'unsafe']),
    confidence: share,
    triggered_lg_categories: z.array(z.object({ code: z.string(), name: z.string() })),
    triggered_fraud_markers: z.array(z.object({ code: z.string(), description: z.string() })),
    explanation: z.string(),
    notes: z.string(),
  })
  .meta({ id: 'Classified' });
