import * as z from 'zod';
import { roles } from '../game/command.ts';

/** What is pushed to those who subscribe, and to those who watch: numbered from 1 without gaps for each viewer. */

export const phases = ['fraudster_turn', 'investigator_turn', 'audit_phase', 'done', 'aborted'] as const;

/** Every event that somebody is told of; docs/play-a-seat.md says who, and with which fields. */
export const toldEvents = [
  ...(['match.created', 'ad.joined', 'ad.changed', 'proposals.committed'] as const),
  ...(['finding.revealed', 'verdict.given', 'verdict.refused', 'accounts.linked'] as const),
  ...(['action.penalised', 'turn.ended', 'review.closed', 'flag.raised', 'audit.submitted'] as const),
] as const;

const count = z.number().int().min(0);

const push = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.strictObject({
    type: z.literal(type),
    seq: z.number().int().min(1),
    /** Milliseconds since the Unix epoch. */
    at: z.number().int(),
    data,
  });

export const pushShape = z.discriminatedUnion('type', [
  push('event', z.looseObject({ event: z.enum(toldEvents) })),
  push(
    'turn',
    z.strictObject({
      phase: z.enum(phases),
      on_turn: z.enum(roles),
      /** Absent for those who watch. */
      your_turn: z.boolean().optional(),
      round_number: count,
      rounds_remaining: count,
      /** Milliseconds since the Unix epoch. */
      deadline_at: z.number().nullable(),
      /** For the role on turn, as far as `legal_hints` tells. */
      legal_actions: z.array(z.looseObject({ action_type: z.string() })).optional(),
    }),
  ),
  push('presence', z.strictObject({ role: z.enum(roles), status: z.enum(['held', 'dropped', 'released']) })),
  push(
    'match_over',
    z.strictObject({
      phase: z.enum(['done', 'aborted']),
      end_reason: z.string().nullable(),
      grader_score: z.number().nullable(),
      /** The seat's own; absent for those who watch. */
      reward: z.number().nullable().optional(),
      /** Everybody's, where the match reveals itself. */
      rewards: z
        .strictObject({ fraudster: z.number(), investigator: z.number(), auditor: z.number() })
        .nullable()
        .optional(),
    }),
  ),
]);
