import type { Viewer } from '../../../src/game/command.ts';
import type { Position } from '../../../src/game/position.ts';
import { spectatorView } from '../../../src/game/view/spectator.ts';
import { stateFor } from '../../../src/game/view/state.ts';
import type { PublicEvent } from '../../../src/game/view/public-events.ts';
import { viewFor } from '../../../src/game/view/view.ts';

/**
 * Where a viewer's view shows what a frame tells. Every told event has an entry, which says of each field whether the
 * view shows that value, before the event or after it; a field without an entry is shown nowhere.
 */
interface Sides<View> {
  readonly was: View;
  readonly is: View;
}
type Fields = Readonly<Record<string, boolean>>;
type Shown<View> = Readonly<Record<string, (told: PublicEvent, sides: Sides<View>) => Fields>>;

const views = {
  fraudster: (position: Position) => ({
    obs: viewFor('fraudster', position, 0),
    state: stateFor('fraudster', position),
  }),
  investigator: (position: Position) => ({
    obs: viewFor('investigator', position, 0),
    state: stateFor('investigator', position),
  }),
  auditor: (position: Position) => ({
    obs: viewFor('auditor', position, 0),
    state: stateFor('auditor', position),
  }),
  spectator: spectatorView,
};
type Views = { readonly [Each in keyof typeof views]: ReturnType<(typeof views)[Each]> };

/** Everything that a viewer can read of a match, as text. */
export const viewText = (viewer: Viewer, position: Position): string =>
  JSON.stringify(views[viewer](position));

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const turnOf = (by: unknown): string => `${String(by)}_turn`;
const text = (told: PublicEvent, field: string): string => {
  const value = told[field];
  return typeof value === 'string' ? value : '';
};
const byId = <Row extends { readonly ad_id: string }>(rows: readonly Row[], { ad_id: id }: PublicEvent) =>
  rows.find((row) => row.ad_id === id);

const shownToFraudster: Shown<Views['fraudster']> = {
  'ad.joined': (told, { was, is }) => {
    const row = byId(is.obs.current_queue, told);
    return {
      ad_id: row !== undefined && byId(was.obs.current_queue, told) === undefined,
      category: row?.category === told['category'],
      ad_copy: row?.ad_copy === told['ad_copy'],
      slot_index: row?.slot_index === told['slot_index'],
      reward: isLastReward(is.state, told),
    };
  },
  'ad.changed': (told, { is }) => {
    const row = byId(is.obs.current_queue, told);
    return {
      ad_id: row !== undefined,
      slot_index: row?.slot_index === told['slot_index'],
      ad_copy: row?.ad_copy === told['ad_copy'],
      reward: isLastReward(is.state, told),
    };
  },
  'proposals.committed': (told, { is }) => ({ reward: isLastReward(is.state, told) }),
  'action.penalised': (told, { is }) => {
    const last = is.state.fraudster_proposals.at(-1);
    return {
      action_type: last?.action_type === told['action_type'],
      reason_code: last?.reason_code === told['reason_code'],
      reward: isLastReward(is.state, told),
    };
  },
  'finding.revealed': (told, { was, is }) => {
    const pulled = (view: Views['fraudster']) => view.obs.investigation_targets_used[text(told, 'ad_id')];
    const isNew = !same(pulled(was), pulled(is));
    return { ad_id: isNew, target: isNew && pulled(is)?.at(-1) === told['target'] };
  },
  'verdict.given': (told, { was, is }) => {
    const isNew = byId(was.obs.current_queue, told)?.status === 'pending';
    const last = is.obs.prior_verdicts.at(-1);
    return {
      ad_id: isNew && last?.ad_id === told['ad_id'],
      verdict: byId(is.obs.current_queue, told)?.status === told['verdict'],
      confidence: last?.confidence === told['confidence'],
      rationale: last?.rationale === told['rationale'],
    };
  },
  'verdict.refused': (told, { was, is }) => {
    const isNew = is.obs.prior_verdicts.length > was.obs.prior_verdicts.length;
    const last = is.obs.prior_verdicts.at(-1);
    return {
      ad_id: isNew && last?.ad_id === told['ad_id'],
      verdict: last?.verdict === told['verdict'],
      confidence: last?.confidence === told['confidence'],
      rationale: last?.rationale === told['rationale'],
    };
  },
  'turn.ended': ({ by }, { was }) => ({ by: was.obs.phase === turnOf(by) }),
  'review.closed': ({ settled }, { was, is }) => ({
    settled: same(
      settled,
      is.obs.current_queue.flatMap(({ ad_id, status }, index) =>
        status === 'approve' && was.obs.current_queue[index]?.status === 'pending' ? [ad_id] : [],
      ),
    ),
  }),
};

function isLastReward(state: Views['fraudster']['state'], { reward }: PublicEvent): boolean {
  return state.fraudster_proposals.at(-1)?.reward === reward;
}

const shownToInvestigator: Shown<Views['investigator']> = {
  'ad.joined': (told, { was, is }) => {
    const id = text(told, 'ad_id');
    const verdicts = is.state.investigator_state?.verdicts ?? {};
    const facts = byId(is.obs.queue_digest, told) ?? is.obs.evidence_ledger[id];
    return {
      ad_id: !was.obs.available_ads.includes(id) && (is.obs.available_ads.includes(id) || id in verdicts),
      // The digest is cut for brevity, not for secrecy: a category never changes.
      category: facts === undefined || facts['category' as keyof typeof facts] === told['category'],
    };
  },
  'ad.changed': (told, { was, is }) => ({
    ad_id:
      was.obs.investigation_findings !== is.obs.investigation_findings ||
      was.obs.current_ad_info !== is.obs.current_ad_info,
  }),
  'finding.revealed': (told, { is }) => {
    const row = is.state.investigator_action_log.at(-1);
    return {
      ad_id: row?.ad_id === told['ad_id'],
      target: row?.investigation_target === told['target'],
      text: is.obs.investigation_findings.includes(text(told, 'text')),
      reward: row?.reward === told['reward'],
    };
  },
  'verdict.given': (told, { was, is }) => {
    const row = byId(is.obs.decided_ads, told);
    return {
      ad_id: row !== undefined && byId(was.obs.decided_ads, told) === undefined,
      verdict: row?.verdict === told['verdict'],
      confidence: row?.confidence === told['confidence'],
      reward: is.state.investigator_action_log.at(-1)?.reward === told['reward'],
    };
  },
  'accounts.linked': (told, { is }) => {
    const row = is.state.investigator_action_log.at(-1);
    return {
      ad_id_1: row?.ad_id === told['ad_id_1'],
      ad_id_2: row?.linked_ad_id === told['ad_id_2'],
      reason: row?.link_reason === told['reason'],
      reward: row?.reward === told['reward'],
    };
  },
  'action.penalised': (told, { is }) => {
    const row = is.state.investigator_action_log.at(-1);
    return {
      action_type: row?.action_type === told['action_type'],
      ad_id: row?.ad_id === told['ad_id'],
      reason_code: row?.reason_code === told['reason_code'],
      reward: row?.reward === told['reward'],
    };
  },
  'turn.ended': ({ by }, { was }) => ({ by: was.obs.phase === turnOf(by) }),
  'review.closed': ({ end_reason: reason, settled }, { was, is }) => {
    const verdicts = (view: Views['investigator']) => view.state.investigator_state?.verdicts ?? {};
    const isNew = (id: string) => !(id in verdicts(was));
    return {
      end_reason: is.state.end_reason === reason,
      settled: same(
        [...(settled as readonly string[])].sort(),
        Object.keys(verdicts(is)).filter(isNew).sort(),
      ),
    };
  },
};

const shownToSpectator: Shown<Views['spectator']> = {
  'ad.joined': (told, { was, is }) => {
    const row = byId(is.queue, told);
    return {
      ad_id: row !== undefined && byId(was.queue, told) === undefined,
      category: row?.category === told['category'],
      ad_copy: row?.ad_copy === told['ad_copy'],
    };
  },
  'ad.changed': (told, { was, is }) => {
    const [before, after] = [byId(was.queue, told), byId(is.queue, told)];
    return {
      ad_id: before !== undefined && before.ad_copy !== after?.ad_copy,
      ad_copy: after?.ad_copy === told['ad_copy'],
    };
  },
  'finding.revealed': (told, { is }) => {
    const row = byId(is.queue, told);
    return { ad_id: row !== undefined, target: row?.targets_pulled.at(-1) === told['target'] };
  },
  'verdict.given': (told, { was, is }) => ({
    ad_id: byId(was.queue, told)?.status === 'pending',
    verdict: byId(is.queue, told)?.status === told['verdict'],
  }),
  'accounts.linked': (told, { was, is }) => {
    const isNew = is.links.length > was.links.length;
    const last = is.links.at(-1);
    return {
      ad_id_1: isNew && last?.ad_id_1 === told['ad_id_1'],
      ad_id_2: isNew && last?.ad_id_2 === told['ad_id_2'],
    };
  },
  'action.penalised': ({ by }, { was, is }) => ({ by: by === 'investigator' && is.steps === was.steps + 1 }),
  'turn.ended': ({ by }, { was }) => ({ by: was.phase === turnOf(by) }),
  'review.closed': ({ end_reason: reason, settled }, { was, is }) => ({
    end_reason: is.end_reason === reason,
    settled: same(
      settled,
      is.queue.flatMap((row) => {
        const before = was.queue.find(({ ad_id: id }) => id === row.ad_id);
        return row.status === 'approve' && (before?.status ?? 'pending') === 'pending' ? [row.ad_id] : [];
      }),
    ),
  }),
};

const adsOf = ({ obs }: Views['auditor']) => obs.full_episode_record.ads ?? [];
const verdictsOf = ({ obs }: Views['auditor']) => obs.full_episode_record.verdicts ?? [];

const shownToAuditor: Shown<Views['auditor']> = {
  'ad.joined': (told, { was, is }) => {
    const row = byId(adsOf(is), told);
    return {
      ad_id: row !== undefined && byId(adsOf(was), told) === undefined,
      category: row?.category === told['category'],
      ad_copy: row?.ad_copy === told['ad_copy'],
      slot_index: is.obs.fraudster_proposals.at(-1)?.slot_index === told['slot_index'],
    };
  },
  'ad.changed': (told, { is }) => {
    const row = byId(adsOf(is), told);
    return {
      ad_id: row !== undefined,
      ad_copy: row?.versions.at(-1)?.ad_copy === told['ad_copy'],
      slot_index: is.obs.fraudster_proposals.at(-1)?.slot_index === told['slot_index'],
    };
  },
  'proposals.committed': () => ({}),
  'finding.revealed': (told, { is }) => {
    const { ad_id: id, investigation_target: target } = is.obs.investigator_actions.at(-1) ?? {};
    const seen = is.obs.investigation_data_seen[text(told, 'ad_id')]?.[text(told, 'target')];
    return { ad_id: id === told['ad_id'], target: target === told['target'], text: seen === told['text'] };
  },
  'verdict.given': (told, { was, is }) => {
    const row = byId(verdictsOf(is), told);
    return {
      ad_id: row !== undefined && byId(verdictsOf(was), told) === undefined,
      verdict: row?.verdict === told['verdict'],
      confidence: row?.confidence === told['confidence'],
    };
  },
  'accounts.linked': (told, { is }) => {
    const last = is.obs.full_episode_record.links?.at(-1);
    return {
      ad_id_1: last?.ad_id_1 === told['ad_id_1'],
      ad_id_2: last?.ad_id_2 === told['ad_id_2'],
      reason: last?.reason === told['reason'],
    };
  },
  'action.penalised': (told, { was, is }) => {
    const rows = { fraudster: is.obs.fraudster_proposals, investigator: is.obs.investigator_actions };
    const { by, action_type: type, reason_code: code } = told;
    if (by === 'auditor') {
      const isCounted = was.obs.feedback !== is.obs.feedback;
      return { by: isCounted, action_type: isCounted, reason_code: code === 'flag_repeated' };
    }
    const last = rows[by as keyof typeof rows].at(-1);
    return { by: true, action_type: last?.action_type === type, reason_code: last?.reason_code === code };
  },
  'turn.ended': ({ by }, { was }) => ({ by: was.obs.phase === turnOf(by) }),
  'review.closed': ({ end_reason: reason, settled }, { is }) => ({
    end_reason: is.obs.full_episode_record.end_reason === reason,
    settled: same(
      [...(settled as readonly string[])].sort(),
      verdictsOf(is)
        .flatMap((row) => ('auto_approved' in row ? [row.ad_id] : []))
        .sort(),
    ),
  }),
  'flag.raised': (told, { is }) => {
    const last = is.obs.pending_flags.at(-1);
    return {
      track: last?.track === told['track'],
      flag_type: last?.flag_type === told['flag_type'],
      target_ad_id: last?.target_ad_id === told['target_ad_id'],
      severity: last?.severity === told['severity'],
    };
  },
  // A report that is missing is one the auditor has not sent.
  'audit.submitted': ({ missed }, { is }) => ({
    missed: typeof missed === 'boolean' && is.state.audit_report !== null,
  }),
};

/** The fields of one told event that the viewer's view shows neither before nor after it. */
export function unshown(
  viewer: Viewer,
  told: PublicEvent,
  before: Position,
  after: Position,
): readonly string[] {
  const ofViewer = {
    fraudster: () => shownToFraudster[told.event]?.(told, sidesOf('fraudster', before, after)),
    investigator: () => shownToInvestigator[told.event]?.(told, sidesOf('investigator', before, after)),
    auditor: () => shownToAuditor[told.event]?.(told, sidesOf('auditor', before, after)),
    spectator: () => shownToSpectator[told.event]?.(told, sidesOf('spectator', before, after)),
  };
  const fields = ofViewer[viewer]();
  if (fields === undefined) return [told.event];
  return Object.keys(told).filter((key) => key !== 'event' && fields[key] !== true);
}

function sidesOf<Each extends Viewer>(viewer: Each, before: Position, after: Position): Sides<Views[Each]> {
  const view = views[viewer] as (position: Position) => Views[Each];
  return { was: view(before), is: view(after) };
}
