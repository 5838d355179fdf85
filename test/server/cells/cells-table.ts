import type { Role } from '../../../src/game/command.ts';

/**
 * What every role is answered in every phase, whatever it sends. One line for each command, one column for each phase.
 *
 * - `!` is `phase_violation`, `?` is `validation_error`, another code is an error of that code; all with the facts of
 *   the match;
 * - `ok` is done and leaves the phase as it is, `ok>phase` leads on; `penalty:code` is done and penalised;
 * - `frame:code` is an error of the frame, which no match has part in;
 * - `=type` is a reply of that type; `=closed` is a closed connection;
 * - `a/b` is `a` in `classic` and `b` in `standard`.
 */
export const phases = ['fraudster_turn', 'investigator_turn', 'audit_phase', 'done', 'aborted'] as const;
export type PhaseName = (typeof phases)[number];

const actions: Readonly<Record<Role, string>> = {
  fraudster: `
    propose_ad           ok                                    !  !  !  !
    modify_pending_ad    ok                                    !  !  !  !
    end_turn             ok>investigator_turn                  !  !  !  !
    commit_final         ok>audit_phase/ok>investigator_turn   !  !  !  !
    investigate          ?                                     ?  ?  ?  ?
    verdict              ?                                     ?  ?  ?  ?
    link_accounts        ?                                     ?  ?  ?  ?
    flag_investigator    ?                                     ?  ?  ?  ?
    flag_fraudster       ?                                     ?  ?  ?  ?
    submit_audit_report  ?                                     ?  ?  ?  ?`,
  investigator: `
    propose_ad           ?    ?                 ?    ?    ?
    modify_pending_ad    ?    ?                 ?    ?    ?
    end_turn             ?/!  ?/ok>audit_phase  ?/!  ?/!  ?/!
    commit_final         ?    ?                 ?    ?    ?
    investigate          !    ok                !    !    !
    verdict              !    ok                !    !    !
    link_accounts        !    ok                !    !    !
    flag_investigator    ?    ?                 ?    ?    ?
    flag_fraudster       ?    ?                 ?    ?    ?
    submit_audit_report  ?    ?                 ?    ?    ?`,
  auditor: `
    propose_ad           ?  ?  ?        ?  ?
    modify_pending_ad    ?  ?  ?        ?  ?
    end_turn             ?  ?  ?        ?  ?
    commit_final         ?  ?  ?        ?  ?
    investigate          ?  ?  ?        ?  ?
    verdict              ?  ?  ?        ?  ?
    link_accounts        ?  ?  ?        ?  ?
    flag_investigator    !  !  ok       !  !
    flag_fraudster       !  !  ok       !  !
    submit_audit_report  !  !  ok>done  !  !`,
};

/** Well-formed, of the role's own, and wrong. */
const faulty: Readonly<Record<Role, string>> = {
  fraudster: `
    blank_copy           penalty:ad_copy_missing  !  !  !  !
    unknown_slot         penalty:slot_unknown     !  !  !  !`,
  investigator: `
    unknown_ad           !  penalty:unknown_ad         !  !  !
    linked_to_itself     !  penalty:linked_to_itself   !  !  !`,
  auditor: `
    unknown_flag_type    !  !  ok/flag_type_unknown    !  !
    no_target            !  !  ok/flag_target_missing  !  !
    unknown_target       !  !  ok/flag_target_unknown  !  !
    unreadable_score     !  !  execution_error         !  !`,
};

/** The same for every role. */
const common = `
    no_action_type       ?  ?  ?  ?  ?
    unknown_action_type  ?  ?  ?  ?  ?
    unknown_field        ?  ?  ?  ?  ?
    out_of_range         ?  ?  ?  ?  ?
    prototype_key        ?  ?  ?  ?  ?
    list_for_data        frame:validation_error  frame:validation_error  frame:validation_error  frame:validation_error  frame:validation_error
    not_json             frame:invalid_json      frame:invalid_json      frame:invalid_json      frame:invalid_json      frame:invalid_json
    unknown_type         frame:unknown_type      frame:unknown_type      frame:unknown_type      frame:unknown_type      frame:unknown_type
    reset_refused        frame:reset_error       frame:reset_error       frame:reset_error       frame:reset_error       frame:reset_error
    join_nowhere         frame:unknown_match     frame:unknown_match     frame:unknown_match     frame:unknown_match     frame:unknown_match
    join_nothing         frame:missing_match_id  frame:missing_match_id  frame:missing_match_id  frame:missing_match_id  frame:missing_match_id
    obs                  =observation   =observation   =observation   =observation   =observation
    state                =state         =state         =state         =state         =state
    subscribe            =subscribed    =subscribed    =subscribed    =subscribed    =subscribed
    unsubscribe          =unsubscribed  =unsubscribed  =unsubscribed  =unsubscribed  =unsubscribed
    join                 =observation   =observation   =observation   =observation   =observation
    reset                =observation   =observation   =observation   =observation   =observation
    close                =closed        =closed        =closed        =closed        =closed`;

export interface AnswerCell {
  readonly role: Role;
  readonly phase: PhaseName;
  readonly command: string;
  readonly answer: string;
}

/** The cells of one ruleset. */
export function cellsOf(ruleset: 'classic' | 'standard'): readonly AnswerCell[] {
  return (['fraudster', 'investigator', 'auditor'] as const).flatMap((role) =>
    `${actions[role]}${faulty[role]}${common}`
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [command = '', ...answers] = line.trim().split(/\s+/);
        if (answers.length !== phases.length)
          throw new Error(`${role} ${command}: ${answers.length} answers`);
        return phases.map((phase, index) => {
          const [classic = '', standard = classic] = (answers[index] ?? '').split('/');
          return { role, phase, command, answer: ruleset === 'classic' ? classic : standard };
        });
      }),
  );
}

/** The frame of a command, in a match whose queue begins with these ads. */
export function frameOf(role: Role, command: string, id: string, [ad = '', other = '']: readonly string[]) {
  const step = (data: object) => ({ type: 'step', data });
  const own = {
    fraudster: {
      action_type: 'propose_ad',
      ad_copy: 'Plain wooden spoons, by the dozen.',
      category: 'ecommerce',
    },
    investigator: { action_type: 'verdict', ad_id: ad, verdict: 'escalate' },
    auditor: { action_type: 'flag_investigator', flag_type: 'missing_citation', target_ad_id: ad },
  }[role];
  const outOfRange = {
    fraudster: { action_type: 'modify_pending_ad', slot_index: -1, new_ad_copy: 'Other words.' },
    investigator: { ...own, confidence: 1.01 },
    auditor: { ...own, severity: -0.1 },
  }[role];
  const frames: Readonly<Record<string, object | string>> = {
    propose_ad: step({ action_type: 'propose_ad', ad_copy: 'Plain wooden bowls.', category: 'ecommerce' }),
    modify_pending_ad: step({ action_type: 'modify_pending_ad', slot_index: 0, new_ad_copy: 'Other words.' }),
    end_turn: step({ action_type: 'end_turn' }),
    commit_final: step({ action_type: 'commit_final' }),
    investigate: step({ action_type: 'investigate', ad_id: ad, investigation_target: 'landing_page' }),
    verdict: step({ action_type: 'verdict', ad_id: ad, verdict: 'reject', confidence: 0.9 }),
    link_accounts: step({ action_type: 'link_accounts', ad_id: ad, linked_ad_id: other }),
    flag_investigator: step({ action_type: 'flag_investigator', flag_type: 'bias' }),
    flag_fraudster: step({ action_type: 'flag_fraudster', flag_type: 'gibberish', target_ad_id: ad }),
    submit_audit_report: step({ action_type: 'submit_audit_report' }),

    blank_copy: step({ ...own, ad_copy: ' ' }),
    unknown_slot: step({ action_type: 'modify_pending_ad', slot_index: 9, new_ad_copy: 'Other words.' }),
    unknown_ad: step({ ...own, ad_id: 'ad_none' }),
    linked_to_itself: step({ action_type: 'link_accounts', ad_id: ad, linked_ad_id: ad }),
    unknown_flag_type: step({ ...own, flag_type: 'too_slow' }),
    no_target: step({ action_type: 'flag_fraudster', flag_type: 'gibberish' }),
    unknown_target: step({ ...own, target_ad_id: 'ad_none' }),
    unreadable_score: step({
      action_type: 'submit_audit_report',
      audit_report: { investigator_audit_score: 'high' },
    }),

    no_action_type: step({ ...own, action_type: undefined }),
    unknown_action_type: step({ ...own, action_type: 'resign' }),
    unknown_field: step({ ...own, hint: 'please' }),
    out_of_range: step(outOfRange),
    prototype_key: JSON.stringify(step({ ...own, PROTO: { polluted: true } })).replace('PROTO', '__proto__'),
    list_for_data: { type: 'step', data: [own] },
    not_json: '{"type":"step",',
    unknown_type: { type: 'shout', data: {} },
    reset_refused: { type: 'reset', data: { max_rounds: 0 } },
    join_nowhere: { type: 'join', data: { match_id: 'no-such-match' } },
    join_nothing: { type: 'join', data: {} },
    join: { type: 'join', data: { match_id: id } },
  };
  return frames[command] ?? { type: command };
}

/** What the role on turn is told to be legal, in a match whose fraudster has proposed one ad. */
export const legalIn: Readonly<Partial<Record<PhaseName, string>>> = {
  fraudster_turn: 'propose_ad modify_pending_ad end_turn commit_final',
  investigator_turn: 'investigate verdict link_accounts end_turn',
  audit_phase: 'flag_investigator flag_fraudster submit_audit_report',
};

/** The fields that each legal action lists values of. */
export const legalFields: Readonly<Record<string, readonly string[]>> = {
  propose_ad: ['category'],
  modify_pending_ad: ['slot_index'],
  end_turn: [],
  commit_final: [],
  investigate: ['targets_by_ad'],
  verdict: ['ad_id', 'verdict'],
  link_accounts: ['linked_ads_by_ad'],
  flag_investigator: ['targets_by_flag_type'],
  flag_fraudster: ['targets_by_flag_type'],
  submit_audit_report: [],
};
