import * as z from 'zod';
import { roles } from '../game/command.ts';
import { taskIds } from '../game/task.ts';
import { count, playersShape } from './http.ts';

const momentsCommon = {
  match_id: z.string(),
  machine: z.enum(['match', 'review']),
  task_id: z.enum(taskIds),
  ruleset: z.string(),
  max_rounds: count,
  players: playersShape,
  starting_ads: z.array(z.record(z.string(), z.unknown())),
};

const toldCommon = {
  ...momentsCommon,
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
};

export const momentsShape = z
  .union([
    z.object({ ...toldCommon, source: z.literal('spectator') }),
    z.object({
      ...toldCommon,
      source: z.enum(roles),
      view: z.record(z.string(), z.unknown()).describe('What the role sees now: its observation.'),
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
