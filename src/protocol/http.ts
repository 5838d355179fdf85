import * as z from 'zod';
import { roles } from '../game/command.ts';
import { taskIds } from '../game/task.ts';

/** What the HTTP API answers, as schemas: the description is made from them, and tests hold the answers to them. */

const count = z.number().int().min(0);
const perRole = <T extends z.ZodType>(value: T) =>
  z.object({ fraudster: value, investigator: value, auditor: value });
const playersShape = z.object(Object.fromEntries(roles.map((role) => [role, z.string().optional()])));

export const runningShape = z
  .object({
    match_id: z.string(),
    task_id: z.enum(taskIds),
    phase: z.string(),
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
    match_id: z.string(),
    task_id: z.enum(taskIds),
    phase: z.enum(['done', 'aborted']),
    round_number: count,
    max_rounds: count,
    proposals_used: count,
    max_proposals: count,
    fraudster_committed: z.boolean(),
    grader_score: z.number().nullable(),
    end_reason: z.string().nullable(),
    rewards: perRole(z.number()),
    connected_roles: z.array(z.enum(roles)),
    done: z.boolean(),
    ruleset: z.string(),
    players: playersShape,
    events: count,
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
    total: z.object({ active: count, finished: count }),
  })
  .meta({ id: 'MatchList' });

export const createdShape = z
  .object({
    match_id: z.string(),
    task_id: z.enum(taskIds),
    phase: z.string(),
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
  .object({ match_id: z.string(), count: count, events: z.array(z.record(z.string(), z.unknown())) })
  .meta({ id: 'MatchEvents' });

const momentsCommon = {
  match_id: z.string(),
  machine: z.enum(['match', 'review']),
  task_id: z.enum(taskIds),
  ruleset: z.string(),
  max_rounds: count,
  players: playersShape,
  starting_ads: z.array(z.record(z.string(), z.unknown())),
};

export const momentsShape = z
  .union([
    z.object({
      ...momentsCommon,
      source: z.literal('spectator'),
      seed: z.null(),
      frames: z.array(
        z.object({
          seq: count,
          type: z.enum(['event', 'turn', 'presence', 'match_over']),
          at: z.number(),
          data: z.record(z.string(), z.unknown()),
        }),
      ),
      verification: z.null(),
    }),
    z.object({
      ...momentsCommon,
      source: z.literal('record'),
      seed: z.number(),
      moments: z.array(
        z.object({
          version: count,
          at: z.number(),
          by: z.enum([...roles, 'host']),
          event: z.string(),
          round: count,
          data: z.record(z.string(), z.unknown()),
          action: z.record(z.string(), z.unknown()).nullable(),
          reward: z.number().nullable(),
          phase: z.string(),
          edges: z.array(z.string()).describe('Transitions of the chart that the event took, in order.'),
        }),
      ),
      verification: z.object({
        verified: z.boolean(),
        digest: z.string().nullable().describe('Of the last state, as a replay gives it.'),
        digests_compared: count,
        message: z.string().nullable().describe('Where the replay parts from the record.'),
      }),
    }),
  ])
  .meta({ id: 'MatchMoments' });

export type MatchMoments = z.infer<typeof momentsShape>;

export const reportShape = z
  .object({
    match_id: z.string(),
    task_id: z.enum(taskIds),
    grader_score: z.number().nullable(),
    end_reason: z.string().nullable(),
    audit_report: z.record(z.string(), z.unknown()).nullable(),
    rewards: perRole(z.number()).nullable(),
    generated_at: z.number(),
  })
  .meta({ id: 'MatchReport' });

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Problem', description: 'A failure (RFC 9457) with the stable code of docs/errors.md.' });
