import * as z from 'zod';
import { roles } from '../game/command.ts';
import type { Role } from '../game/command.ts';
import { taskIds } from '../game/task.ts';
import { seatToken } from './seat-token.ts';

/**
 * The answers and pushed frames of the role sockets, as schemas (protocol spec, 3.4 and 3.6). The game's
 * views produce these values; the API descriptions, the client's types and the tests use these schemas.
 */

const count = z.number().int().min(0);
const text = z.string();
const facts = z
  .record(text, z.union([text, z.number(), z.boolean()]))
  .describe('What is known of an ad from the targets pulled.');
const phase = z.enum(['fraudster_turn', 'investigator_turn', 'reviewing', 'audit_phase', 'done', 'aborted']);

const common = {
  phase,
  round_number: count.describe('From 1.'),
  max_rounds: count,
  rounds_remaining: count.describe('The current one included.'),
  ruleset: text,
  done: z.boolean(),
  reward: z.number().describe('Of the action that this answers; 0 where the match withholds step rewards.'),
  metadata: z.strictObject({}),
  feedback: text.describe('For reading; programs go by `reason_code`.'),
  episode_reward: z.number().nullable().describe('Of the whole match, once it is graded.'),
};

/** The fields of an observation besides the view: match, seat, and the answered step. */
const place = <R extends Role>(role: R) => ({
  match_id: text,
  role: z.literal(role),
  seq: count.describe('How many frames the role has been told: what a subscription can go on from.'),
  seat_token: seatToken.optional().describe('In the first observation after the seat was taken.'),
  accepted: z.boolean().optional().describe('In the answer to a step.'),
  reason_code: text.nullable().optional().describe('Why a step was penalised.'),
});

const fraudster = z.strictObject({
  ...common,
  ...place('fraudster'),
  task_id: z.enum(taskIds),
  proposals_used: count,
  proposals_remaining: count,
  actions_left_this_turn: count,
  current_queue: z.array(
    z.strictObject({
      ad_id: text,
      ad_copy: text,
      category: text,
      status: text.describe('`pending`, or the verdict where the match tells it.'),
      is_my_proposal: z.boolean(),
      slot_index: count.optional(),
    }),
  ),
  prior_verdicts: z.array(
    z.strictObject({
      ad_id: text,
      verdict: text.nullable(),
      confidence: z.number().nullable(),
      rationale: text.nullable(),
      was_my_proposal: z.boolean(),
    }),
  ),
  investigation_targets_used: z.record(text, z.array(text)),
  allowed_categories: z.array(text),
  my_proposal_signals: z.record(text, z.record(text, z.union([text, z.number(), z.boolean(), z.null()]))),
});

const investigator = z.strictObject({
  ...common,
  ...place('investigator'),
  queue_summary: text,
  current_ad_info: text,
  investigation_findings: text,
  verdict_history_summary: text,
  available_ads: z.array(text).describe('The ads without a verdict.'),
  queue_status: z.strictObject({
    total_ads: count,
    reviewed: count,
    pending: count,
    investigation_budget: z.number().int(),
    steps_remaining: z.number().int(),
    step: count,
    task_id: z.enum(taskIds),
  }),
  queue_may_grow: z.boolean(),
  evidence_ledger: z.record(text, facts),
  queue_digest: z.array(facts),
  decided_ads: z.array(facts),
});

const auditor = z.strictObject({
  ...common,
  ...place('auditor'),
  full_episode_record: z.record(text, z.unknown()).describe('Empty before the audit, except in `classic`.'),
  investigator_actions: z.array(z.record(text, z.unknown())),
  fraudster_proposals: z.array(z.record(text, z.unknown())),
  investigation_data_seen: z.record(text, z.record(text, text)),
  pending_flags: z.array(
    z.strictObject({
      track: z.enum(['A', 'B']),
      target_ad_id: text.nullable(),
      flag_type: text,
      severity: z.number(),
      note: text,
    }),
  ),
});

/** The `data` of an `observation` reply, by role. */
export const observationShape = { fraudster, investigator, auditor } as const;

export type ObservationOf<R extends Role> = z.infer<(typeof observationShape)[R]>;

const legalAction = z
  .looseObject({ action_type: text })
  .describe('An action type that would be accepted now; under `full` with the values its fields may have.');

/** The events that some viewer receives; docs/play-a-seat.md lists their receivers and fields. */
export const toldEvents = [
  ...(['match.created', 'ad.joined', 'ad.changed', 'proposals.committed'] as const),
  ...(['finding.revealed', 'verdict.given', 'verdict.refused', 'accounts.linked'] as const),
  ...(['action.penalised', 'turn.ended', 'review.closed', 'flag.raised', 'audit.submitted'] as const),
] as const;

/** The `data` of a pushed frame, by frame type. */
export const pushedShape = {
  event: z
    .looseObject({ event: z.enum(toldEvents) })
    .describe('What happened, as far as the role may know; docs/play-a-seat.md lists the events.'),
  turn: z.strictObject({
    phase,
    on_turn: z.enum(roles),
    your_turn: z.boolean().optional(),
    round_number: count,
    rounds_remaining: count,
    deadline_at: z.number().nullable().describe('Milliseconds since the Unix epoch.'),
    legal_actions: z.array(legalAction).optional(),
  }),
  presence: z.strictObject({ role: z.enum(roles), status: z.enum(['held', 'dropped', 'released']) }),
  match_over: z.strictObject({
    phase: z.enum(['done', 'aborted']),
    end_reason: text.nullable(),
    grader_score: z.number().nullable(),
    reward: z.number().nullable().optional(),
    rewards: z
      .strictObject({ fraudster: z.number(), investigator: z.number(), auditor: z.number() })
      .nullable()
      .optional(),
  }),
} as const;

/** The `data` of an `error` reply. Programs should rely on `code`. */
export const errorShape = z.strictObject({
  code: text.describe('One of docs/errors.md.'),
  message: text,
  details: z.record(text, z.unknown()),
  retryable: z.literal(true).optional().describe('The same frame may be sent again.'),
});
