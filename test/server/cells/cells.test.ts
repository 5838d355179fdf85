import { describe, expect, it } from 'vitest';
import { matchMachine } from '../../../machines/match.machine.ts';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import { hosting } from './cells-kit.ts';
import type { Hosted } from './cells-kit.ts';
import type { RoleClient } from '../../support/role-client.ts';
import type { Frame } from '../../support/socket-client.ts';
import { cellsOf, frameOf, legalFields, legalIn, phases } from './cells-table.ts';
import type { AnswerCell, PhaseName } from './cells-table.ts';
import { someOf } from '../../support/sizes.ts';

type RulesetName = 'classic' | 'standard';
type Hints = 'none' | 'types' | 'full';
type Lines = Readonly<Record<Role, RoleClient>>;

interface Stage {
  readonly id: string;
  readonly lines: Lines;
  readonly ads: readonly string[];
}

const onTurnIn: Readonly<Record<PhaseName, Role | null>> = {
  fraudster_turn: 'fraudster',
  investigator_turn: 'investigator',
  audit_phase: 'auditor',
  done: null,
  aborted: null,
};

const idleMs = 1000;
const endTurn = { action_type: 'end_turn' };

/** A match of three seated players in a phase, as anybody could have brought it there. */
async function stageIn(hosted: Hosted, ruleset: RulesetName, hints: Hints, phase: PhaseName): Promise<Stage> {
  const [fraudster, investigator, auditor] = await Promise.all(roles.map((role) => hosted.open(role)));
  const lines = { fraudster, investigator, auditor } as Lines;
  const created = await lines.fraudster.request({
    type: 'reset',
    data: {
      seed: 7,
      ruleset,
      max_rounds: 1,
      max_investigator_actions_per_turn: 9,
      policies: { legal_hints: hints, auth: 'seats' },
    },
  });
  const id = String(created.data['match_id']);
  const seen = await lines.investigator.request({ type: 'join', data: { match_id: id } });
  await lines.auditor.request({ type: 'join', data: { match_id: id } });
  const ads = seen.data['available_ads'] as readonly string[];
  await lines.fraudster.step({ action_type: 'propose_ad', ad_copy: 'Candles.', category: 'ecommerce' });
  const reach = phases.indexOf(phase);
  if (phase === 'investigator_turn') await lines.fraudster.step(endTurn);
  else if (phase === 'aborted') await abortIdle(hosted, lines.fraudster);
  else if (reach > 0) {
    const isClassic = ruleset === 'classic';
    await lines.fraudster.step(isClassic ? { action_type: 'commit_final' } : endTurn);
    if (!isClassic) await lines.investigator.step(endTurn);
    if (phase === 'done') await lines.auditor.step({ action_type: 'submit_audit_report' });
  }
  return { id, lines, ads };
}

/** Time goes by until the server gives up what nobody plays. */
async function abortIdle(hosted: Hosted, line: RoleClient) {
  await line.request({ type: 'subscribe' });
  await hosted.clock.advance(2 * idleMs);
  await line.pushedUntil(({ type }) => type === 'match_over');
  await line.request({ type: 'unsubscribe' });
}

const isRefusal = ({ answer }: AnswerCell) => !/^(ok|penalty:|=)/.test(answer);
const limits = { matchIdleMs: idleMs, framesPerSecond: 1_000_000 };

describe.each(['classic', 'standard'] as const)('%s', (ruleset) => {
  const cells = cellsOf(ruleset);

  describe.each(someOf(['full', 'types', 'none'] as const, 1))('legal hints: %s', (hints) => {
    it.each(phases)('every command of every role in %s is answered as the table says', async (phase) => {
      await hosting({ limits }, async (hosted) => {
        const shared = await stageIn(hosted, ruleset, hints, phase);
        for (const cell of cells.filter((each) => each.phase === phase)) {
          // What is refused changes nothing, so that the next cell may go on from it.
          const stage = isRefusal(cell) ? shared : await stageIn(hosted, ruleset, hints, phase);
          await expectAnswer(stage, cell, hints, ruleset);
        }
      });
    });
  });

  it('has a cell for every phase, role, action and request that there is', async () => {
    const states = Object.keys(matchMachine.states).filter((state) => state !== 'round_end');
    expect([...phases].sort()).toEqual(states.sort());
    await hosting({}, async (hosted) => {
      const listed = await listedBy(hosted);
      expect(listed.actions.sort()).toEqual(Object.keys(legalFields).sort());
      const named = cells.map(({ role, phase, command }) => `${role} ${phase} ${command}`);
      const wanted = [...listed.actions, ...listed.requests.filter((type) => type !== 'step')].flatMap(
        (command) => roles.flatMap((role) => phases.map((phase) => `${role} ${phase} ${command}`)),
      );
      expect(wanted.filter((cell) => !named.includes(cell))).toEqual([]);
      expect(new Set(named).size).toBe(cells.length);
    });
    // 3 roles in 5 phases: 10 actions, 18 other commands; and 8 faulty actions of one role each.
    expect(cells).toHaveLength(3 * 5 * (10 + 18) + 5 * 8);
  });
});

/** The action types and the types of requests, as the server itself lists them. */
async function listedBy(hosted: Hosted) {
  const names = (text: unknown) => Array.from(String(text).matchAll(/"(\w+)"/g), ([, name = '']) => name);
  const actions = new Set<string>();
  for (const role of roles) {
    const line = await hosted.open(role);
    await line.request({ type: 'reset' });
    const refused = await line.step({ action_type: 'resign' });
    const { faults } = refused.data['details'] as { faults: readonly { message: string }[] };
    for (const name of names(faults[0]?.message)) actions.add(name);
  }
  const line = await hosted.open('auditor');
  const unknown = await line.request({ type: 'shout' });
  const requests = String(unknown.data['message'])
    .replace(/.*the types | *\.$/g, '')
    .split(', ');
  return { actions: [...actions], requests };
}

async function expectAnswer(stage: Stage, cell: AnswerCell, hints: Hints, ruleset: RulesetName) {
  const { role, phase, command, answer } = cell;
  const line = stage.lines[role];
  const name = `${role} / ${phase} / ${command}: ${answer}`;
  const frame = frameOf(role, command, stage.id, stage.ads);
  if (answer === '=closed') {
    line.send(frame);
    expect(await line.closed, name).toEqual({ code: 1000, reason: 'bye' });
    return;
  }
  const before = await line.request({ type: 'obs' });
  const reply = await line.request(frame);
  const [kind = '', detail = phase] = answer.split(/[>:]/);
  const isTaken = kind === 'ok' || kind === 'penalty';
  if (isTaken) expectTaken(reply, { kind, detail, phase }, name);
  else if (kind.startsWith('=')) expectReply(reply, kind.slice(1), stage, cell, name);
  else expectRefused(reply, cell, { hints, ruleset, name });
  const after = await line.request({ type: 'obs' });
  if (isRefusal(cell)) expect(after, name).toEqual(before);
  else if (command !== 'reset') expect(after.data['phase'], name).toBe(reply.data['phase'] ?? phase);
}

function expectTaken(
  reply: Frame,
  { kind, detail, phase }: Readonly<Record<'kind' | 'detail' | 'phase', string>>,
  name: string,
) {
  const isOk = kind === 'ok';
  expect(reply, name).toMatchObject({
    type: 'observation',
    data: { accepted: isOk, reason_code: isOk ? null : detail, phase: isOk ? detail : phase },
  });
}

function expectReply(
  reply: Frame,
  type: string,
  { id }: Stage,
  { role, phase, command }: AnswerCell,
  name: string,
) {
  expect(reply.type, name).toBe(type);
  const { data } = reply;
  if (command === 'reset') {
    expect(data, name).toMatchObject({ role, phase: 'fraudster_turn', round_number: 1, done: false });
    expect(data['match_id'], name).not.toBe(id);
    return;
  }
  expect(data['match_id'], name).toBe(id);
  if (type === 'observation' || type === 'state') expect(data['phase'], name).toBe(phase);
  if (type === 'observation') expect(data['done'], name).toBe(phase === 'done' || phase === 'aborted');
}

const codes: Readonly<Record<string, string>> = { '!': 'phase_violation', '?': 'validation_error' };

function expectRefused(
  reply: Frame,
  { role, phase, answer }: AnswerCell,
  { hints, ruleset, name }: { readonly hints: Hints; readonly ruleset: RulesetName; readonly name: string },
) {
  const isOfFrame = answer.startsWith('frame:');
  const code = isOfFrame ? answer.slice('frame:'.length) : (codes[answer] ?? answer);
  expect(reply, name).toMatchObject({ type: 'error', data: { code } });
  expect(String(reply.data['message']), name).not.toBe('');
  const details = reply.data['details'] as Readonly<Record<string, unknown>>;
  if (isOfFrame) {
    for (const fact of ['phase', 'on_turn', 'legal_actions']) expect(details, name).not.toHaveProperty(fact);
    return;
  }
  expect(details, name).toMatchObject({ phase, on_turn: onTurnIn[phase] });
  if (hints === 'none') expect(details, name).not.toHaveProperty('legal_actions');
  else expectLegal(details['legal_actions'], { role, phase, hints, ruleset, name });
}

function expectLegal(
  told: unknown,
  at: { readonly role: Role; readonly phase: PhaseName; hints: Hints; ruleset: RulesetName; name: string },
) {
  const { role, phase, hints, ruleset, name } = at;
  const legal = told as readonly Readonly<Record<string, unknown>>[];
  const types = role === onTurnIn[phase] ? (legalIn[phase]?.split(' ') ?? []) : [];
  const here = types.filter(
    (type) => !(ruleset === 'classic' && role === 'investigator' && type === 'end_turn'),
  );
  if (hints === 'types') {
    expect(legal, name).toEqual(here.map((type) => ({ action_type: type })));
    return;
  }
  expect(
    legal.map((action) => action['action_type']),
    name,
  ).toEqual(here);
  for (const { action_type: type, ...values } of legal) {
    const account = ruleset === 'standard' && type === 'propose_ad' ? ['fund_from_slot'] : [];
    expect(Object.keys(values), name).toEqual([...(legalFields[String(type)] ?? []), ...account]);
    for (const listed of Object.values(values))
      expect(Object.keys(listed as object), name).not.toHaveLength(0);
  }
}
