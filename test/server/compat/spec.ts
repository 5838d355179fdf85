import * as z from 'zod';

/**
 * Section 3 of the protocol as shapes: every field it lists, with its type, and nothing else but the additions named
 * here. Written from the text alone; what these shapes do not hold is not the original's protocol.
 */

/** What our server adds. A client that reads the fields of the protocol only never meets it. */
export const additions = {
  observation: ['accepted', 'episode_reward', 'reason_code', 'ruleset', 'seq'],
  state: ['seq'],
  error: ['details', 'retryable'],
  logEntry: ['accepted', 'reason_code'],
  ledger: ['creative_fingerprint'],
  record: ['action_budget', 'total_steps'],
  recordAd: ['country', 'targeting_summary', 'versions'],
} as const;

/** An object of exactly these fields, and such additions as have none of their names. */
function withAdditions<Shape extends z.ZodRawShape>(added: readonly string[], fields: Shape) {
  const collisions = added.filter((name) => Object.hasOwn(fields, name));
  if (collisions.length > 0)
    throw new Error(`Additions collide with the protocol: ${collisions.join(', ')}.`);
  return z
    .looseObject(fields)
    .refine((value) => Object.keys(value).every((key) => Object.hasOwn(fields, key) || added.includes(key)), {
      error: ({ input }) => {
        const known = new Set([...Object.keys(fields), ...added]);
        const strange = Object.keys(input as object).filter((key) => !known.has(key));
        return `fields that neither the protocol nor the list of additions has: ${strange.join(', ')}`;
      },
    });
}

// --- 1, words ---

const count = z.number().int().min(0);
const share = z.number().min(0).max(1);
const phase = z.enum(['fraudster_turn', 'investigator_turn', 'audit_phase', 'done']);
const role = z.enum(['fraudster', 'investigator', 'auditor']);
const taskId = z.enum(['task_1', 'task_2', 'task_3', 'task_3_unseen']);
const verdictWord = z.enum(['approve', 'reject', 'escalate']);
const endReason = z.enum(['commit_final', 'investigator_done', 'max_rounds']);
const target = z.enum([
  'advertiser_history',
  'landing_page',
  'payment_method',
  'targeting_overlap',
  'campaign_structure',
  'policy_classifier',
]);
const upTo = (most: number) => z.string().refine((text) => Array.from(text).length <= most);

export type Role = z.infer<typeof role>;
export type Target = z.infer<typeof target>;

// --- 3.4, in every observation ---

const everyObservation = {
  match_id: z.string(),
  role,
  phase,
  round_number: z.number().int().min(1),
  max_rounds: z.number().int().min(1),
  rounds_remaining: count,
  done: z.boolean(),
  reward: z.number(),
  metadata: z.strictObject({}),
};

// --- 3.5, flags and reports ---

const flag = z.strictObject({
  track: z.enum(['A', 'B']),
  target_ad_id: z.string().nullable(),
  flag_type: upTo(64),
  severity: share,
  note: upTo(2000),
});

const report = z.strictObject({
  track_a_flags: z.array(flag),
  track_b_flags: z.array(flag),
  investigator_audit_score: share,
  fraudster_plausibility_score: share,
  notes: upTo(4000),
});

// --- 3.8, logs ---

const fraudsterEntry = withAdditions(additions.logEntry, {
  ts: z.number(),
  phase,
  round_number: z.number().int().min(1),
  action_type: z.enum(['propose_ad', 'modify_pending_ad', 'end_turn', 'commit_final']),
  ad_copy: z.string().nullable(),
  category: z.string().nullable(),
  landing_page_blurb: z.string().nullable(),
  targeting_summary: z.string().nullable(),
  slot_index: count.nullable(),
  new_ad_copy: z.string().nullable(),
  new_landing_page_blurb: z.string().nullable(),
  rationale: z.string().nullable(),
  reward: z.number(),
  ad_id: z.string().nullable(),
});

const investigatorEntry = withAdditions(additions.logEntry, {
  ts: z.number(),
  phase,
  round_number: z.number().int().min(1),
  action_type: z.enum(['investigate', 'verdict', 'link_accounts']),
  ad_id: z.string(),
  investigation_target: target.nullable(),
  verdict: verdictWord.nullable(),
  confidence: share.nullable(),
  rationale: z.string().nullable(),
  linked_ad_id: z.string().nullable(),
  link_reason: z.string().nullable(),
  reward: z.number(),
  findings_excerpt: upTo(500),
});

// --- 3.6, observations ---

const proposalSignals = z.strictObject({
  category: z.string(),
  country: z.string(),
  account_age_days: count,
  payment_id: z.string(),
  payment_type: z.string(),
  domain: z.string(),
  registrar: z.string(),
  domain_age_days: count,
  targeting_fingerprint: z.string(),
  advertiser_id: z.string(),
  verified_business: z.boolean(),
  slot_index: count,
  investigator_verdict: z.enum(['pending', 'approve', 'reject', 'escalate']),
});

const fraudsterObservation = withAdditions(additions.observation, {
  ...everyObservation,
  feedback: z.string().min(1),
  task_id: taskId,
  proposals_used: count,
  proposals_remaining: count,
  actions_left_this_turn: count,
  current_queue: z.array(
    z.strictObject({
      ad_id: z.string(),
      ad_copy: z.string(),
      category: z.string(),
      status: z.enum(['pending', 'approve', 'reject', 'escalate']),
      is_my_proposal: z.boolean(),
      slot_index: count.optional(),
    }),
  ),
  prior_verdicts: z.array(
    z.strictObject({
      ad_id: z.string(),
      verdict: verdictWord,
      confidence: share.nullable(),
      rationale: z.string().nullable(),
      was_my_proposal: z.boolean(),
    }),
  ),
  investigation_targets_used: z.record(z.string(), z.array(target)),
  allowed_categories: z.array(z.string()),
  my_proposal_signals: z.record(z.string(), proposalSignals),
});

/** What is known of an ad, by what was pulled of it (episodes, 12). */
const ledgerFields = {
  category: z.string(),
  country: z.string(),
  account_age_days: count,
  payment_id: z.string().optional(),
  payment_type: z.string().optional(),
  domain: z.string().optional(),
  registrar: z.string().optional(),
  domain_age_days: count.optional(),
  targeting_fingerprint: z.string().optional(),
  advertiser_id: z.string().optional(),
  verified_business: z.boolean().optional(),
};

const investigatorObservation = withAdditions(additions.observation, {
  ...everyObservation,
  queue_summary: z.string().min(1),
  current_ad_info: z.string(),
  investigation_findings: z.string(),
  verdict_history_summary: z.string(),
  feedback: z.string().min(1),
  available_ads: z.array(z.string()),
  queue_status: z.strictObject({
    total_ads: count,
    reviewed: count,
    pending: count,
    investigation_budget: count,
    steps_remaining: count,
    step: count,
    task_id: taskId,
  }),
  queue_may_grow: z.literal(true),
  evidence_ledger: z.record(z.string(), withAdditions(additions.ledger, ledgerFields)),
  queue_digest: z
    .array(
      z.strictObject({
        ad_id: z.string(),
        category: z.string(),
        country: z.string().optional(),
        account_age_days: count.optional(),
        payment_type: z.string().optional(),
        domain: z.string().optional(),
        registrar: z.string().optional(),
      }),
    )
    .max(12),
  decided_ads: z.array(
    withAdditions(additions.ledger, {
      ad_id: z.string(),
      verdict: verdictWord,
      confidence: share,
      ...ledgerFields,
    }),
  ),
});

const allFindings = z.record(target, z.string());

const auditorObservation = withAdditions(additions.observation, {
  ...everyObservation,
  feedback: z.string().min(1),
  full_episode_record: withAdditions(additions.record, {
    task_id: taskId,
    round_number: z.number().int().min(1),
    proposals_used: count,
    end_reason: endReason.nullable(),
    ads: z.array(
      withAdditions(additions.recordAd, {
        ad_id: z.string(),
        ad_copy: z.string(),
        category: z.string(),
        ground_truth: z.enum(['fraud', 'legit', 'escalate']),
        severity: share,
        fraud_type: z.string(),
        difficulty: z.enum(['easy', 'medium', 'hard']),
        is_fraudster_proposal: z.boolean(),
      }),
    ),
    verdicts: z.array(
      z.strictObject({
        ad_id: z.string(),
        verdict: verdictWord,
        confidence: share,
        ground_truth: z.enum(['fraud', 'legit', 'escalate']),
        auto_approved: z.boolean().optional(),
      }),
    ),
    links: z.array(
      z.strictObject({
        ad_id_1: z.string(),
        ad_id_2: z.string(),
        reason: z.string(),
        correct: z.boolean(),
      }),
    ),
    grader_score: share.nullable(),
    fraud_rings: z.array(
      z.strictObject({
        ring_id: z.string(),
        topology: z.string(),
        case_name: z.string().nullable(),
        provenance: z.string().nullable(),
        member_ad_ids: z.array(z.string()).min(2),
        shared_signal_types: z.array(z.string()).min(1),
      }),
    ),
  }),
  investigator_actions: z.array(investigatorEntry),
  fraudster_proposals: z.array(fraudsterEntry),
  investigation_data_seen: z.record(z.string(), allFindings),
  pending_flags: z.array(flag),
});

export const observations = {
  fraudster: fraudsterObservation,
  investigator: investigatorObservation,
  auditor: auditorObservation,
};
export type Observation<R extends Role> = z.infer<(typeof observations)[R]>;
export type AnyObservation = Observation<'fraudster'> | Observation<'investigator'> | Observation<'auditor'>;

// --- 3.7, state ---

export const stateShape = withAdditions(additions.state, {
  episode_id: z.string(),
  match_id: z.string(),
  step_count: count,
  task_id: taskId,
  phase,
  round_number: z.number().int().min(1),
  max_rounds: z.number().int().min(1),
  proposals_used: count,
  max_proposals: count,
  actions_this_turn: count,
  max_actions_per_turn: z.number().int().min(1),
  investigator_state: z.strictObject({
    episode_id: z.string(),
    step_count: count,
    task_id: taskId,
    total_ads: count,
    reviewed_count: count,
    remaining_budget: count,
    verdicts: z.record(z.string(), verdictWord),
    grader_score: share.nullable(),
  }),
  fraudster_proposals: z.array(fraudsterEntry),
  investigator_action_log: z.array(investigatorEntry),
  fraudster_committed: z.boolean(),
  audit_report: report.nullable(),
  fraudster_reward: z.number(),
  investigator_reward: z.number(),
  auditor_reward: z.number(),
  grader_score: share.nullable(),
  end_reason: endReason.nullable(),
});
export type State = z.infer<typeof stateShape>;

// --- 3.10, errors ---

/** Messages are free; what they may not hold are the insides of a program: its validator, its stack, its addresses. */
export const errorShape = withAdditions(additions.error, {
  message: z
    .string()
    .min(1)
    .refine((text) => !/zod|https?:|\n\s*at |\.ts:|node:|undefined|\[object/i.test(text)),
  code: z.enum([
    'invalid_json',
    'unknown_type',
    'no_match',
    'missing_match_id',
    'unknown_match',
    'reset_error',
    'validation_error',
    'phase_violation',
    'execution_error',
    'match_exists',
  ]),
});
