import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { adapters, withServer } from './frames/feed-kit.ts';
import { codeOf, joinFrame, stepFrame } from '../support/role-client.ts';
import type { Served } from './frames/feed-kit.ts';
import type { RoleClient } from '../support/role-client.ts';
import { withGuarded } from './guarded.ts';
import { someOf } from '../support/sizes.ts';

const endTurn = { action_type: 'end_turn' };
const proposal = (copy: string) => ({ action_type: 'propose_ad', ad_copy: copy, category: 'ecommerce' });
const report = { action_type: 'submit_audit_report', audit_report: { notes: 'All is well.' } };

/** What a step can come to, each with the type or the code of its answer. */
const steps = [
  ['accepted', proposal('Plain wooden bowls.'), 'observation'],
  ['a penalty', proposal(' '), 'observation'],
  ['the end of a turn', endTurn, 'observation'],
  ['a refusal by its shape', { action_type: 'propose_ad', slot_index: -1 }, 'validation_error'],
  [
    'a refusal that quotes what was sent',
    { action_type: 'sing', 'a "key"': { b: 1, a: 2 } },
    'validation_error',
  ],
  ['a verdict, which is not the role’s', { action_type: 'verdict', ad_id: 'ad_001' }, 'validation_error'],
] as const;

const kindOf = (text: string) => {
  const { type, data } = JSON.parse(text) as { type: string; data: { code?: string } };
  return type === 'error' ? data.code : type;
};

const counted = async (served: Served, id: string) => (await served.events(id)).length;

/** A match with its fraudster, and time that passed since. */
async function scene(served: Served) {
  const id = await served.plant('match', 'standard', { policies: { legalHints: 'full' } });
  return { id, ...(await served.seat('fraudster', id)) };
}

/** What happened between the two sendings, which the second answer tells nothing of. */
async function somethingElse(served: Served, peer: RoleClient): Promise<void> {
  await served.clock.advance(5000);
  await peer.step(proposal('Something else.'));
  await peer.step({ action_type: 'no such' });
}

describe.each(someOf(adapters, 1).map((adapter) => [adapter.name, adapter] as const))(
  'a command id that comes again (%s)',
  (_, adapter) => {
    describe.each(steps)('for %s', (__, action, kind) => {
      it(
        'gets the same bytes and makes no second event: on its socket, on another, after a restart, with another action in it',
        withServer({ adapter }, async (served) => {
          const { id, peer, token } = await scene(served);
          const first = await peer.asked(stepFrame(action, 'same'));
          expect(kindOf(first)).toBe(kind);
          expect(await peer.asked(stepFrame(action, 'same'))).toBe(first);
          await somethingElse(served, peer);
          const events = await counted(served, id);
          for (const other of [action, proposal('Other words.'), endTurn, {}, { action_type: 'sing' }])
            expect(await peer.asked(stepFrame(other, 'same'))).toBe(first);
          const next = await served.seat('fraudster', id, token);
          expect(await next.peer.asked(stepFrame(action, 'same'))).toBe(first);
          expect(await counted(served, id)).toBe(events);
          void next.peer.terminate();
          await served.until(id, 'dropped fraudster');
          const third = await served.seat('fraudster', id, token);
          expect(await third.peer.asked(stepFrame(action, 'same'))).toBe(first);
          await served.restart();
          const fourth = await served.seat('fraudster', id, token);
          expect(await fourth.peer.asked(stepFrame(action, 'same'))).toBe(first);
          const moves = (await served.events(id)).filter(({ type }) => !type.startsWith('seat.'));
          // The claim is the one event of a seat before; what came after is of seats only.
          expect(moves).toHaveLength(events - 1);
        }),
      );
    });

    it(
      'while the first is under way waits for it: sent in one breath, on one socket and on two',
      withServer({ adapter, policies: { auth: 'open' } }, async (served) => {
        const peers = await Promise.all([served.open('fraudster'), served.open('fraudster')]);
        const [one, two] = peers;
        await one.reset({
          episode_id: 'match',
          seed: 7,
          max_fraudster_actions_per_turn: 10,
          max_proposals: 20,
        });
        await two.join('match');
        for (let round = 0; round < 10; round += 1) {
          const [first, second] = [one.replyTexts.length, two.replyTexts.length];
          for (const peer of [one, two, one, two, one]) {
            const copy = peer === one ? 'From one.' : 'From the other.';
            peer.send(stepFrame(proposal(`${copy} ${round}`), `same-${round}`));
          }
          await one.until(() => one.replyTexts.length === first + 3);
          await two.until(() => two.replyTexts.length === second + 2);
          const answers = new Set([...one.replyTexts.slice(first), ...two.replyTexts.slice(second)]);
          expect(answers.size).toBe(1);
          const proposed = (await served.events('match')).filter(({ type }) => type === 'ad.proposed');
          expect(proposed).toHaveLength(round + 1);
        }
      }),
    );

    it(
      'is each role’s own, and without one the same action is done twice',
      withServer({ adapter }, async (served) => {
        const { id, peer } = await scene(served);
        const auditor = (await served.seat('auditor', id)).peer;
        const own = await peer.asked(stepFrame(proposal('Plain wooden bowls.'), 'same'));
        const others = await auditor.asked(stepFrame(report, 'same'));
        expect(kindOf(own)).toBe('observation');
        expect(kindOf(others)).toBe('phase_violation');
        expect(await auditor.asked(stepFrame(report, 'same'))).toBe(others);
        expect(await peer.asked(stepFrame(report, 'same'))).toBe(own);
        await peer.step(proposal('Plain wooden bowls.'));
        await peer.step(proposal('Plain wooden bowls.'));
        const proposed = (await served.events(id)).filter(({ type }) => type === 'ad.proposed');
        expect(proposed).toHaveLength(3);
      }),
    );

    it(
      'has the answer of then but for the request id, which is that of now',
      withServer({ adapter }, async (served) => {
        const { peer } = await scene(served);
        const frame = stepFrame(proposal('Plain wooden bowls.'), 'same');
        const first = await peer.asked({ ...frame, request_id: 'one' });
        await peer.step(endTurn);
        const again = await peer.asked({ ...frame, request_id: 'two' });
        expect(again).toBe(first.replace('"request_id":"one"', '"request_id":"two"'));
        expect(again).not.toBe(first);
        expect(await peer.asked(frame)).toBe(first.replace('"request_id":"one",', ''));
      }),
    );

    it(
      'is answered as then after the match is over, and a new one is refused, alike each time',
      withServer({ adapter }, async (served) => {
        const { id, peer, token } = await scene(served);
        const investigator = (await served.seat('investigator', id)).peer;
        const auditor = await served.seat('auditor', id);
        const proposed = await peer.asked(stepFrame(proposal('Plain wooden bowls.'), 'early'));
        const refused = await auditor.peer.asked(stepFrame(report, 'early'));
        for (let phase = ''; phase !== 'audit_phase';) {
          await peer.step(endTurn);
          phase = String((await investigator.step(endTurn)).data['phase']);
        }
        const last = await auditor.peer.asked(stepFrame(report, 'last'));
        expect(JSON.parse(last)).toMatchObject({ data: { done: true, accepted: true } });
        const late = await peer.asked(stepFrame(endTurn, 'late'));
        expect(kindOf(late)).toBe('phase_violation');
        const events = await counted(served, id);
        const expectSame = async (fraudster: RoleClient, reporter: RoleClient) => {
          expect(await fraudster.asked(stepFrame(proposal('Plain wooden bowls.'), 'early'))).toBe(proposed);
          expect(await fraudster.asked(stepFrame(endTurn, 'late'))).toBe(late);
          expect(await reporter.asked(stepFrame(report, 'early'))).toBe(refused);
          expect(await reporter.asked(stepFrame(report, 'last'))).toBe(last);
        };
        await expectSame(peer, auditor.peer);
        const again = await Promise.all([
          served.seat('fraudster', id, token),
          served.seat('auditor', id, auditor.token),
        ]);
        await expectSame(again[0].peer, again[1].peer);
        await served.restart();
        const back = await Promise.all([
          served.seat('fraudster', id, token),
          served.seat('auditor', id, auditor.token),
        ]);
        await expectSame(back[0].peer, back[1].peer);
        expect(await counted(served, id)).toBe(events);
      }),
    );

    it.each(['', ' ', 'x'.repeat(101), 'a b', '..', '.', 'é', 7, null, [], {}])(
      'that is none is a fault of the frame, and nothing is done: %j',
      async (commandId) =>
        withServer({ adapter }, async (served) => {
          const { id, peer } = await scene(served);
          const reply = await peer.request({ type: 'step', command_id: commandId, data: endTurn });
          expect(codeOf(reply)).toBe('validation_error');
          expect(reply.data).toMatchObject({ details: { faults: [{ path: 'command_id' }] } });
          expect(await counted(served, id)).toBe(2);
        })(),
    );

    it.each(['x', 'x'.repeat(100), 'a.b_c-D9', '...', 'seat-3', 'create', 'deadline-turn-1', '__proto__'])(
      'may be %s',
      async (commandId) =>
        withServer({ adapter }, async (served) => {
          const { id, peer } = await scene(served);
          const first = await peer.asked(stepFrame(proposal('Plain wooden bowls.'), commandId));
          expect(kindOf(first)).toBe('observation');
          expect(await peer.asked(stepFrame(proposal('Plain wooden bowls.'), commandId))).toBe(first);
          expect(await counted(served, id)).toBe(3);
        })(),
    );
  },
);

describe('a command that is still being stored', () => {
  it(
    'is done once though its socket is taken over meanwhile, and the new one gets its answer',
    withGuarded(async (guarded) => {
      const { log } = guarded;
      const id = await guarded.plant('match');
      const old = await guarded.open('fraudster');
      const token = String((await old.join(id)).data['seat_token']);
      let goOn: () => void = () => undefined;
      const isHeld = new Promise<void>((resolve) => {
        log.before = async ({ events }) => {
          if (events[0]?.type !== 'ad.proposed') return;
          resolve();
          await new Promise<void>((stored) => (goOn = stored));
        };
      });
      old.send(stepFrame(proposal('Plain wooden bowls.'), 'same'));
      await isHeld;
      const next = await guarded.open('fraudster');
      next.send(joinFrame(id, token));
      next.send(stepFrame(proposal('Other words.'), 'same'));
      next.send({ type: 'obs' });
      // Both are at the server, and the store takes its time.
      await (await guarded.open('auditor')).reset({ seed: 9 });
      log.before = () => undefined;
      goOn();
      await next.until(() => next.replies.length === 3);
      expect(await old.closed).toMatchObject({ code: 4001 });
      const [, step, seen] = next.replies;
      expect(step?.data).toMatchObject({ accepted: true, proposals_used: 1 });
      expect(JSON.stringify(seen?.data['current_queue'])).toContain('Plain wooden bowls.');
      expect(JSON.stringify(seen?.data['current_queue'])).not.toContain('Other words.');
      const types = (await log.read(id)).flatMap(({ events }) => events.map(({ type }) => type));
      expect(types).toEqual(['match.created', 'seat.claimed', 'ad.proposed']);
    }),
  );

  it(
    'and could not be may be sent again with the same id, and is then done once',
    withGuarded(async (guarded) => {
      const { log } = guarded;
      const id = await guarded.plant('match');
      const peer = await guarded.open('fraudster');
      await peer.join(id);
      log.before = () => {
        throw new AppError('log_overloaded', 'Too many commits wait.');
      };
      const failed = await peer.step(proposal('Plain wooden bowls.'), 'same');
      expect(failed).toMatchObject({ type: 'error', data: { code: 'log_overloaded', retryable: true } });
      log.before = () => undefined;
      const first = await peer.asked(stepFrame(proposal('Plain wooden bowls.'), 'same'));
      expect(kindOf(first)).toBe('observation');
      expect(await peer.asked(stepFrame(proposal('Plain wooden bowls.'), 'same'))).toBe(first);
      const types = (await log.read(id)).flatMap(({ events }) => events.map(({ type }) => type));
      expect(types).toEqual(['match.created', 'seat.claimed', 'ad.proposed']);
    }),
  );
});
