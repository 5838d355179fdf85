import type { auditorView } from '../src/game/view/auditor.ts';
import type { fraudsterView } from '../src/game/view/fraudster.ts';
import type { investigatorView } from '../src/game/view/investigator.ts';
import type { common } from '../src/game/view/common.ts';
import { playMatch } from '../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../src/players/roster.ts';
import type { Extras } from '../src/server/sockets/replies.ts';
import { matchFor } from './seat-matches.ts';
import { code, table } from './table.ts';

type Common = keyof ReturnType<typeof common>;
type Fields<View> = Readonly<Record<Exclude<keyof View, Common>, string>>;

const everywhere: Readonly<Record<Common | keyof Extras | 'match_id' | 'role' | 'seq', string>> = {
  match_id: 'the match',
  role: 'yours',
  seq: 'how many frames your role has been told so far: what `from_seq` counts in',
  phase: '`fraudster_turn`, `investigator_turn`, `audit_phase`, `done`, `aborted`',
  round_number: 'from 1',
  max_rounds: 'rounds of the match',
  rounds_remaining: 'this one included',
  ruleset: '`standard` or `classic`',
  done: 'whether the match is over',
  reward:
    'the reward of your step, in its reply; else 0. For the auditor: its reward of the match, once the match is over',
  metadata: 'empty',
  seat_token: 'the token of your seat, in the first observation after you took it',
  accepted: 'in the reply to a step: false for a faulty action, which was carried out at its cost',
  reason_code: 'in the reply to a step: why it was faulty, or null',
};

const ofFraudster: Fields<ReturnType<typeof fraudsterView>> = {
  feedback: 'your last action in words',
  task_id: 'of the match',
  proposals_used: 'of the match',
  proposals_remaining: 'what you may still propose',
  actions_left_this_turn: '0 outside your turn',
  current_queue:
    'every ad: copy, category, `status` (`pending`, or the verdict you may see), whether it is yours',
  prior_verdicts: 'verdicts in their order, as `verdicts_to_fraudster` lets you see them',
  investigation_targets_used: 'pulled targets by ad, under `verdict_and_targets` and `full`',
  allowed_categories: 'what a proposal may call itself',
  my_proposal_signals: 'the records of your own ads by id, with `slot_index` for `modify_pending_ad`',
  episode_reward: 'your reward of the match, once it is graded',
};

const ofInvestigator: Fields<ReturnType<typeof investigatorView>> = {
  queue_summary: 'counts in words',
  current_ad_info: 'the ad in focus in words, its policy and risk signals',
  investigation_findings: 'the text of everything pulled, one block per pull',
  verdict_history_summary: 'your verdicts in words',
  feedback: 'your last action in words',
  available_ads: 'ids of the undecided ads: what `ad_id` may be',
  queue_status: 'counts: ads, decided ones, actions left',
  queue_may_grow: 'whether ads may still join',
  evidence_ledger: 'what the pulls showed, as fields, by ad',
  queue_digest: 'what is free to know of the first 12 undecided ads',
  decided_ads: 'your verdicts, with what was known',
  episode_reward: 'your reward of the match, once it is graded',
};

const ofAuditor: Fields<ReturnType<typeof auditorView>> = {
  feedback: 'your last action in words',
  full_episode_record: 'ads with their truth, verdicts, links, rings; empty before the audit in `standard`',
  investigator_actions: "the investigator's log, with rationales; empty before the audit in `standard`",
  fraudster_proposals: "the fraudster's log; empty before the audit in `standard`",
  investigation_data_seen: 'findings by ad and target: in `standard` those that were pulled',
  pending_flags: 'flags raised so far',
  episode_reward: 'your reward of the match, once it is graded',
};

const examples = {
  fraudster: [
    'phase',
    'proposals_remaining',
    'actions_left_this_turn',
    'current_queue',
    'my_proposal_signals',
  ],
  investigator: ['phase', 'available_ads', 'queue_status', 'investigation_findings', 'evidence_ledger'],
  auditor: ['phase', 'full_episode_record', 'investigation_data_seen', 'pending_flags'],
} as const;

/** The tables of observations, with a shortened real example for each role. */
export async function viewTables(): Promise<Readonly<Record<string, string>>> {
  const seen = await observed();
  const example = (role: keyof typeof examples): string => {
    const view = seen[role] as Readonly<Record<string, unknown>>;
    const picked = Object.fromEntries(examples[role].map((field) => [field, cut(view[field])]));
    return `\`\`\`json\n${JSON.stringify(picked)}\n\`\`\``;
  };
  const fieldsTable = (fields: Readonly<Record<string, string>>): string =>
    table(
      ['field', 'meaning'],
      Object.entries(fields).map(([field, meaning]) => [code(field), meaning]),
    );
  return {
    everyObservation: fieldsTable(everywhere),
    fraudsterFields: fieldsTable(ofFraudster),
    fraudsterExample: example('fraudster'),
    investigatorFields: fieldsTable(ofInvestigator),
    investigatorExample: example('investigator'),
    auditorFields: fieldsTable(ofAuditor),
    auditorExample: example('auditor'),
  };
}

/** An observation of each role from one match, at a moment with something to see. */
async function observed() {
  const actor = await matchFor({ task: 'task_1', seed: 7 });
  const seats = seatsFor(defaultPlayers, 7);
  const kept: { fraudster?: object; investigator?: object; auditor?: object } = {};
  await playMatch(actor, {
    fraudster: {
      act: (view) => {
        if (view.proposals_used > 0) kept.fraudster ??= view;
        return seats.fraudster.act(view);
      },
    },
    investigator: {
      act: (view) => {
        if (view.investigation_findings !== '') kept.investigator ??= view;
        return seats.investigator.act(view);
      },
    },
    auditor: {
      act: (view) => {
        kept.auditor ??= view;
        return seats.auditor.act(view);
      },
    },
  });
  return kept;
}

const textMax = 56;

/**
 * Shortens a value for a page: the first item of a list, the first entry of a record by ad ids, the beginning
 * of a long text.
 */
function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.length > textMax ? `${value.slice(0, textMax)}…` : value;
  if (Array.isArray(value)) return value.length > 1 ? [cut(value[0]), '…'] : value.map(cut);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const byId = entries.length > 1 && entries.every(([key]) => key.startsWith('ad_'));
  return Object.fromEntries([
    ...(byId ? entries.slice(0, 1) : entries).map(([key, item]) => [key, cut(item)]),
    ...(byId ? [['…', '…']] : []),
  ]) as unknown;
}
