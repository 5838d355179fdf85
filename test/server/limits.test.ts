import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import { matchId } from '../../src/shared/ids.ts';
import { limits as shipped } from '../../src/shared/limits.ts';
import { hosting } from './cells/cells-kit.ts';
import type { Hosted } from './cells/cells-kit.ts';
import type { RoleClient } from '../support/role-client.ts';
import type { Frame } from '../support/socket-client.ts';

const reset = (data: object = {}) => ({ type: 'reset', data });
const quick = { ruleset: 'classic', max_rounds: 1, policies: { auth: 'open' } };

/** From the opening to the end in two actions. */
async function finish(hosted: Hosted, fraudster: RoleClient, id: string) {
  await fraudster.step({ action_type: 'commit_final' });
  const auditor = await hosted.open('auditor', `?match_id=${id}`);
  const over = await auditor.step({ action_type: 'submit_audit_report' });
  expect(over.data).toMatchObject({ phase: 'done' });
  void auditor.terminate();
}

const idOf = ({ data }: Frame) => String(data['match_id']);
const refusedFor = (reply: Frame) => expect(reply).toMatchObject({ type: 'error', data: refusedMatch });
const refusedMatch = { code: 'capacity_reached', retryable: true };
const eventTypes = async (hosted: Hosted, id: string) =>
  (await hosted.server.log.read(matchId(id))).flatMap(({ events }) => events.map(({ type }) => type));

describe('unfinished matches', () => {
  it.each([
    ['of one address', { matchesPerAddress: 3 }, /^Your address has 3 unfinished matches/],
    ['of all together', { matches: 3 }, /^The server holds 3 unfinished matches/],
  ])('%s are no more than the limit, and an end makes room', (_, limits, message) =>
    hosting({ limits }, async (hosted) => {
      const lines = await Promise.all([1, 2, 3, 4].map(() => hosted.open('fraudster')));
      const [first, second, , last] = lines as [RoleClient, RoleClient, RoleClient, RoleClient];
      const ids: string[] = [];
      for (const line of lines.slice(0, 3)) ids.push(idOf(await line.request(reset(quick))));
      const refused = await last.request(reset(quick));
      refusedFor(refused);
      expect(refused.data['message']).toMatch(message);
      expect(hosted.server.log.streams()).toHaveLength(3);
      // A match that everybody has left goes on counting: it may be come back to.
      void second.terminate();
      refusedFor(await last.request(reset(quick)));
      await finish(hosted, first, ids[0] ?? '');
      expect(await last.request(reset(quick))).toMatchObject({ type: 'observation' });
      refusedFor(await first.request(reset(quick)));
      expect(await hosted.matches()).toMatchObject({ unfinished: 3 });
    }),
  );

  it('asked for at the same time do not pass the limit together', () =>
    hosting({ limits: { matches: 5 } }, async (hosted) => {
      const lines = await Promise.all(Array.from({ length: 12 }, () => hosted.open('auditor')));
      const replies = await Promise.all(lines.map((line) => line.request(reset())));
      const made = replies.filter(({ type }) => type === 'observation');
      expect(made).toHaveLength(5);
      for (const reply of replies) if (!made.includes(reply)) refusedFor(reply);
      expect(await hosted.matches()).toMatchObject({ unfinished: 5 });
    }));

  it('that could not be made take no room', () =>
    hosting({ limits: { matchesPerAddress: 2 } }, async (hosted) => {
      const line = await hosted.open('fraudster');
      await line.request(reset({ episode_id: 'one' }));
      for (let attempt = 0; attempt < 4; attempt += 1) {
        expect(await line.request(reset({ episode_id: 'one' }))).toMatchObject({
          data: { code: 'match_exists' },
        });
        expect(await line.request(reset({ max_rounds: 99 }))).toMatchObject({
          data: { code: 'reset_error' },
        });
      }
      expect(await line.request(reset({ episode_id: 'two' }))).toMatchObject({ type: 'observation' });
      refusedFor(await line.request(reset({ episode_id: 'three' })));
    }));

  it('of a finished id that is asked for again take no room either', () =>
    hosting({ limits: { matchesPerAddress: 1 } }, async (hosted) => {
      const line = await hosted.open('fraudster');
      await line.request(reset({ ...quick, episode_id: 'one' }));
      await finish(hosted, line, 'one');
      for (let attempt = 0; attempt < 3; attempt += 1)
        expect(await line.request(reset({ episode_id: 'one' }))).toMatchObject({
          data: { code: 'match_exists' },
        });
      expect(await hosted.matches()).toMatchObject({ unfinished: 0 });
      expect(await line.request(reset({ episode_id: 'two' }))).toMatchObject({ type: 'observation' });
    }));
});

async function socketsOf({ server }: Hosted): Promise<number> {
  const health = await fetch(`http://127.0.0.1:${server.port}/health`);
  return ((await health.json()) as { sockets: number }).sockets;
}

describe('sockets', () => {
  it.each([
    ['of one address', { socketsPerAddress: 2 }, 429],
    ['of all together', { sockets: 2 }, 503],
  ])('%s are no more than the limit, and one that goes makes room', (_, limits, status) =>
    hosting({ limits }, async (hosted) => {
      const first = await hosted.open('fraudster');
      await hosted.open('auditor');
      await expect(hosted.open('investigator')).rejects.toThrow(`refused with ${status}`);
      expect(await socketsOf(hosted)).toBe(2);
      first.send({ type: 'close' });
      await first.closed;
      // The server may learn of the end a little later than the client.
      while ((await socketsOf(hosted)) > 1);
      const third = await hosted.open('investigator');
      expect(await third.request({ type: 'obs' })).toMatchObject({ data: { code: 'no_match' } });
    }),
  );
});

describe('a match in which nothing happens', () => {
  const limits = { matchIdleMs: 60_000, unseatedMs: 10 * 60_000 };

  it('is aborted after the limit, and its room is free again', () =>
    hosting({ limits: { ...limits, matches: 1 } }, async (hosted) => {
      const line = await hosted.open('fraudster');
      const id = idOf(await line.request(reset()));
      await line.request({ type: 'subscribe' });
      await hosted.clock.advance(59_000);
      expect(await line.request({ type: 'obs' })).toMatchObject({ data: { phase: 'fraudster_turn' } });
      await hosted.clock.advance(31_000);
      const frames = await line.pushedUntil(({ type }) => type === 'match_over');
      expect(frames.at(-1)?.data).toMatchObject({ phase: 'aborted', end_reason: 'aborted', reward: null });
      expect(await line.request({ type: 'state' })).toMatchObject({ data: { end_reason: 'aborted' } });
      expect(await hosted.matches()).toMatchObject({ unfinished: 0 });
      const other = await hosted.open('fraudster');
      expect(await other.request(reset())).toMatchObject({ type: 'observation' });
      expect((await eventTypes(hosted, id)).filter((type) => type === 'match.aborted')).toHaveLength(1);
    }));

  it('lives as long as something is done in it, a refused attempt included', () =>
    hosting({ limits }, async (hosted) => {
      const line = await hosted.open('fraudster');
      await line.request(reset({ max_rounds: 1 }));
      for (let minute = 0; minute < 5; minute += 1) {
        await hosted.clock.advance(45_000);
        const action =
          minute % 2 === 0 ? { action_type: 'resign' } : { action_type: 'propose_ad', ...candles };
        expect((await line.step(action)).data).not.toMatchObject({ code: 'phase_violation' });
      }
      expect(await line.request({ type: 'obs' })).toMatchObject({ data: { done: false } });
      expect(await hosted.matches()).toMatchObject({ unfinished: 1 });
    }));

  const candles = { ad_copy: 'Candles, by the dozen.', category: 'ecommerce' };
});

describe('a socket without a match', () => {
  const limits = { unseatedMs: 5000 };

  it('is closed after the limit, whatever it asks meanwhile', () =>
    hosting({ limits }, async (hosted) => {
      const line = await hosted.open('auditor');
      await hosted.clock.advance(4999);
      for (const frame of [
        { type: 'obs' },
        { type: 'join', data: { match_id: 'none' } },
        reset({ seed: -1 }),
      ])
        expect((await line.request(frame)).type).toBe('error');
      await hosted.clock.advance(1);
      expect(await line.closed).toEqual({ code: 4002, reason: 'no_match' });
    }));

  it('that named a match in its address which is not there is closed as well', () =>
    hosting({ limits }, async (hosted) => {
      const line = await hosted.open('auditor', '?match_id=none');
      expect(await line.request({ type: 'obs' })).toMatchObject({
        data: { code: 'no_match', details: { reason_code: 'unknown_match' } },
      });
      await hosted.clock.advance(5000);
      expect(await line.closed).toMatchObject({ code: 4002 });
    }));

  it('stays once it has sat down, by a reset, a join or its address', () =>
    hosting({ limits }, async (hosted) => {
      const line = await hosted.open('fraudster');
      const id = idOf(await line.request(reset()));
      const joined = await hosted.open('auditor');
      await joined.request({ type: 'join', data: { match_id: id } });
      const silent = await hosted.open('investigator', `?match_id=${id}`);
      await silent.request({ type: 'obs' });
      await hosted.clock.advance(60_000);
      for (const each of [line, joined, silent])
        expect(await each.request({ type: 'obs' })).toMatchObject({ type: 'observation' });
    }));
});

describe('refused attempts', () => {
  it('of each seat are recorded up to the limit, and answered for ever', () =>
    hosting({ limits: { refusalsPerSeat: 5 } }, async (hosted) => {
      const fraudster = await hosted.open('fraudster');
      const id = idOf(await fraudster.request(reset()));
      const auditor = await hosted.open('auditor', `?match_id=${id}`);
      const frames = [
        '{"type":"step",',
        { type: 'step', data: { action_type: 'resign' } },
        { type: 'step', command_id: 'mine', data: { action_type: 'submit_audit_report' } },
      ];
      for (const line of [fraudster, auditor])
        for (let attempt = 0; attempt < 12; attempt += 1) {
          const reply = await line.request(frames[attempt % 3] ?? '');
          expect(reply.type).toBe('error');
          expect(reply.data['code']).toMatch(/^(invalid_json|validation_error|phase_violation)$/);
        }
      const commits = await hosted.server.log.read(matchId(id));
      const refused = commits.flatMap(({ events }) =>
        events.flatMap((event) => (event.type === 'action.refused' ? [event.data.by] : [])),
      );
      for (const role of ['fraudster', 'auditor'] as const)
        expect(refused.filter((by) => by === role)).toHaveLength(5);
      // The match goes on.
      expect(await fraudster.step({ action_type: 'end_turn' })).toMatchObject({ data: { accepted: true } });
    }));

  it(`are ${shipped.refusalsPerSeat} where the server sets no other limit`, () =>
    hosting({ limits: { framesPerSecond: 1_000_000 } }, async (hosted) => {
      const line = await hosted.open('auditor');
      const id = idOf(await line.request(reset()));
      for (let attempt = 0; attempt <= shipped.refusalsPerSeat; attempt += 1)
        await line.step({ action_type: 'submit_audit_report' });
      const types = await eventTypes(hosted, id);
      expect(types.filter((type) => type === 'action.refused')).toHaveLength(shipped.refusalsPerSeat);
    }));
});

describe('the flags of an audit', () => {
  async function inAudit(hosted: Hosted, ruleset: string) {
    const data = { ruleset, task_id: 'task_3', max_rounds: 1, policies: { auth: 'open' } };
    const fraudster = await hosted.open('fraudster');
    const id = idOf(await fraudster.request(reset({ ...data, max_investigator_actions_per_turn: 1 })));
    await fraudster.step({ action_type: 'end_turn' });
    const investigator = await hosted.open('investigator', `?match_id=${id}`);
    await investigator.step({ action_type: 'verdict', ad_id: 'ad_none', verdict: 'reject' });
    const auditor = await hosted.open('auditor', `?match_id=${id}`);
    const { data: seen } = await auditor.request({ type: 'obs' });
    expect(seen).toMatchObject({ phase: 'audit_phase' });
    const { ads } = seen['full_episode_record'] as { ads: readonly { ad_id: string }[] };
    return { auditor, ads: ads.map((ad) => ad.ad_id) };
  }

  it.each([
    ['classic', shipped.flagsPerAudit],
    ['standard', 60],
  ])('in %s are %i at most', (ruleset, most) =>
    hosting({ limits: { framesPerSecond: 1_000_000 } }, async (hosted) => {
      const { auditor, ads } = await inAudit(hosted, ruleset);
      const types = ['gibberish', 'parameter_mismatch', 'template_repetition', 'market_implausible'];
      const flags = Array.from({ length: most + 1 }, (_, index) => ({
        action_type: 'flag_fraudster',
        flag_type: types[index % types.length],
        target_ad_id: ads[Math.floor(index / types.length) % ads.length],
      }));
      for (const flag of flags.slice(0, most))
        expect((await auditor.step(flag)).data).toMatchObject({ accepted: true });
      const spent = await auditor.step(flags[most] ?? {});
      expect(spent).toMatchObject({
        type: 'error',
        data: { code: 'flags_spent', details: { flags_max: most } },
      });
      const { data } = await auditor.request({ type: 'obs' });
      expect(data['pending_flags']).toHaveLength(most);
      expect((await auditor.step({ action_type: 'submit_audit_report' })).data).toMatchObject({ done: true });
    }),
  );
});

it('no role has a limit of its own to lose: the three count alike', () =>
  hosting({ limits: { socketsPerAddress: 3 } }, async (hosted) => {
    for (const role of roles) await hosted.open(role);
    for (const role of roles) await expect(hosted.open(role)).rejects.toThrow('refused with 429');
  }));
