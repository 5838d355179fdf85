import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { BareSocket } from '../../../src/testing/socket-port/bare-socket.ts';
import { frame, opcodes } from '../../../src/testing/socket-port/wire.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { Attacker, adapters, eventually, healthOf, outcomeOf, parsed, underAttack } from './hostile-kit.ts';
import type { Frame } from './hostile-kit.ts';

const obs = (index: number) => frame(opcodes.text, JSON.stringify({ type: 'obs', request_id: `r-${index}` }));
const many = (count: number, make: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));

describe.each(adapters)('limits under attack over %s', (adapter) => {
  it('a flood is answered in order, warned, and closed with 4004', async () => {
    const clock = new TestClock();
    await underAttack(adapter, { clock, limits: { framesPerSecond: 20 } }, async ({ port }) => {
      const flooder = await Attacker.connect(port, 'auditor');
      flooder.socket.raw(many(1000, obs));
      const heard = (await flooder.socket.rest()).map(parsed);
      expect(heard.slice(0, 20).map(({ request_id: id }) => id)).toEqual(
        heard.slice(0, 20).map((_, at) => `r-${at}`),
      );
      expect(heard.map(outcomeOf)).toEqual([
        ...Array.from({ length: 20 }, () => 'no_match'),
        ...Array.from({ length: 20 }, () => 'rate_limited'),
      ]);
      expect(heard.at(-1)?.data['retryable']).toBe(true);
      expect(await flooder.socket.ended).toEqual({ code: 4004, reason: 'rate_limited' });
    });
  });

  it('who slows down after the warning is served on', async () => {
    const clock = new TestClock();
    await underAttack(adapter, { clock, limits: { framesPerSecond: 20 } }, async ({ port }) => {
      const hasty = await Attacker.connect(port, 'auditor');
      for (let second = 0; second < 5; second += 1) {
        hasty.socket.raw(many(40, obs));
        const heard = (await hasty.replies(40)).map(outcomeOf);
        expect(heard.filter((code) => code === 'rate_limited')).toHaveLength(20);
        await clock.advance(1000);
      }
      expect(outcomeOf(await hasty.request({ type: 'obs' }))).toBe('no_match');
    });
  });

  it('frames of all kinds count: binary, too long, no JSON', async () => {
    const clock = new TestClock();
    await underAttack(adapter, { clock, limits: { framesPerSecond: 10 } }, async ({ port }) => {
      const flooder = await Attacker.connect(port, 'auditor');
      flooder.socket.frame(opcodes.binary, Buffer.alloc(10));
      flooder.socket.send('x'.repeat(70_000));
      for (let count = 0; count < 40; count += 1) flooder.socket.send('no JSON');
      const heard = (await flooder.socket.rest()).map((text) => outcomeOf(parsed(text)));
      expect(heard).toEqual([
        'validation_error',
        'frame_too_large',
        ...Array.from({ length: 8 }, () => 'invalid_json'),
        ...Array.from({ length: 10 }, () => 'rate_limited'),
      ]);
      expect((await flooder.socket.ended).code).toBe(4004);
    });
  });

  it('what waits for its answer is bounded: the rest is told so in order, and has no effect', async () => {
    await underAttack(adapter, { limits: { framesPerSecond: 10_000 } }, async ({ server, port }) => {
      const eager = await Attacker.connect(port, 'fraudster');
      const match = await eager.reset();
      const before = server.log.streams().length;
      // Each is recorded before it is answered, so that the others wait.
      const steps = many(1000, (index) =>
        frame(
          opcodes.text,
          JSON.stringify({ type: 'step', request_id: `s-${index}`, data: { action_type: 'no' } }),
        ),
      );
      eager.socket.raw(steps);
      const heard = await eager.replies(1000);
      const served = heard.flatMap((each, index) =>
        outcomeOf(each) === 'rate_limited' ? [] : [{ each, index }],
      );
      expect(served.length).toBeLessThan(1000);
      expect(served.length).toBeGreaterThan(0);
      for (const { each, index } of served)
        expect([outcomeOf(each), each.request_id]).toEqual(['validation_error', `s-${index}`]);
      expect(server.log.streams()).toHaveLength(before);
      expect(await eager.request({ type: 'obs' })).toMatchObject({ data: { match_id: match } });
    });
  });

  it('2,000 sockets that send nothing of use are closed with 4002, and who plays stays', async () => {
    const clock = new TestClock();
    await underAttack(adapter, { clock }, async ({ port, health }) => {
      const player = await Attacker.connect(port, 'fraudster');
      const match = await player.reset();
      const idle: BareSocket[] = [];
      for (let lane = 0; lane < 40; lane += 1)
        idle.push(
          ...(await Promise.all(
            Array.from({ length: 50 }, (_, index) =>
              BareSocket.open({
                port,
                path: `/ws/${roles[index % 3] ?? ''}${index % 5 === 0 ? '?match_id=nobodys' : ''}`,
              }),
            ),
          )),
        );
      const chatty = await Attacker.connect(port, 'auditor');
      expect((await health()).sockets).toBe(2002);
      await clock.advance(60_000);
      expect(outcomeOf(await chatty.request({ type: 'reset', data: { seed: 'x' } }))).toBe('reset_error');
      expect(outcomeOf(await chatty.request({ type: 'join', data: { match_id: 'nobodys' } }))).toBe(
        'unknown_match',
      );
      await clock.advance(60_000);
      for (const socket of [...idle, chatty.socket])
        expect(await socket.ended).toEqual({ code: 4002, reason: 'no_match' });
      await eventually(async () => (await health()).sockets === 1);
      await clock.advance(600_000);
      expect(await player.request({ type: 'obs' })).toMatchObject({ data: { match_id: match } });
    });
  });

  it('sockets above what an address, or the server, may have are refused before they are one', async () => {
    const limits = { socketsPerAddress: 3, sockets: 5 };
    await underAttack(adapter, { limits }, async ({ port, health }) => {
      const dial = (from: string) => BareSocket.dial({ port, path: '/ws/auditor', from });
      const held: BareSocket[] = [];
      for (const from of ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.2']) {
        const dialled = await dial(from);
        if (dialled.ok) held.push(dialled.socket);
      }
      expect(held).toHaveLength(5);
      for (const [from, status] of [
        ['127.0.0.1', 429],
        ['127.0.0.3', 503],
      ] as const)
        for (let count = 0; count < 50; count += 1) {
          const dialled = await dial(from);
          if (dialled.ok) throw new Error(`One too many of ${from} was let in.`);
          const { answer } = dialled;
          expect(answer.status).toBe(status);
          expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
          expect(JSON.parse(answer.body)).toMatchObject({ status, code: 'capacity_reached' });
        }
      expect((await health()).sockets).toBe(5);
      await held[0]?.close();
      await eventually(async () => (await health()).sockets === 4);
      expect((await dial('127.0.0.1')).ok).toBe(true);
    });
  });

  it('matches above what an address, or the server, may have are refused, and room is given back', async () => {
    const limits = { matchesPerAddress: 3, matches: 5 };
    await underAttack(adapter, { limits }, async ({ port, health }) => {
      const reset = async (from: string) => {
        const attacker = await Attacker.connect(port, 'fraudster', '', from);
        return { attacker, reply: await attacker.request({ type: 'reset' }) };
      };
      const made: Frame[] = [];
      for (const from of ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.2'])
        made.push((await reset(from)).reply);
      expect(made.map(outcomeOf)).toEqual(made.map(() => 'observation'));
      for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
        const { attacker, reply } = await reset(from);
        expect(reply).toMatchObject({ type: 'error', data: { code: 'capacity_reached', retryable: true } });
        expect(outcomeOf(await attacker.request({ type: 'obs' }))).toBe('no_match');
      }
      expect((await health()).matches.unfinished).toBe(5);
    });
  });

  it('frames above the hard limit end their connection, and no other', async () => {
    await underAttack(adapter, {}, async ({ port, health, complaints }) => {
      const player = await Attacker.connect(port, 'fraudster');
      const match = await player.reset();
      for (let count = 0; count < 10; count += 1) {
        const [text, fragments, head] = await Promise.all(
          roles.map((role) => BareSocket.open({ port, path: `/ws/${role}` })),
        );
        text?.send(Buffer.alloc(2 * 1024 * 1024 + 1, 0x20));
        for (let part = 0; part < 20; part += 1)
          fragments?.frame(part === 0 ? opcodes.text : opcodes.more, Buffer.alloc(150_000, 0x20), {
            isLast: false,
          });
        head?.raw(Buffer.from([0x81, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]));
        const codes = [await text?.ended, await fragments?.ended, await head?.ended].map((end) => end?.code);
        for (const code of codes) expect([1006, 1009]).toContain(code);
      }
      await eventually(async () => (await health()).sockets === 1);
      expect(await player.request({ type: 'obs' })).toMatchObject({ data: { match_id: match } });
      expect(complaints).toEqual([]);
    });
  });

  it('who asks for much and reads nothing is closed with 4003, after what was taken for it', async () => {
    const limits = { framesPerSecond: 1_000_000, outgoingBytesHard: 300_000, outgoingBytes: 100_000 };
    await underAttack(adapter, { limits }, async ({ port, complaints }) => {
      const slow = await Attacker.connect(port, 'fraudster');
      const match = await slow.reset();
      await slow.request({ type: 'subscribe', data: { from_seq: 0 } });
      slow.socket.stopReading();
      const asked = 10_000;
      for (let sent = 0; sent < asked; sent += 50) {
        slow.socket.raw(many(50, obs));
        // The server has had its turn when it has answered somebody else.
        await healthOf(port);
      }
      slow.socket.goOnReading();
      const heard = await slow.socket.rest();
      expect(await slow.socket.ended).toEqual({ code: 4003, reason: 'slow_reader' });
      expect(heard.length).toBeGreaterThan(0);
      expect(heard.length).toBeLessThan(asked);
      const replies = heard.map(parsed).filter(({ type }) => type === 'observation');
      for (const { data } of replies) expect(data['match_id']).toBe(match);
      expect(complaints).toEqual([]);
    });
  });

  it('who is gone without a word loses the seat after the grace period', async () => {
    const limits = { silentMs: 8000, graceMs: 10 };
    await underAttack(adapter, { limits }, async ({ port, health }) => {
      const watching = await Attacker.connect(port, 'fraudster');
      const match = await watching.reset();
      await watching.request({ type: 'subscribe' });
      const mute = await BareSocket.open({ port, path: `/ws/auditor?match_id=${match}`, isPolite: false });
      const statuses: unknown[] = [];
      while (statuses.length < 3) {
        const { type, data } = parsed(await watching.socket.next());
        if (type === 'presence') statuses.push(data['status']);
      }
      expect(statuses).toEqual(['held', 'dropped', 'released']);
      await mute.ended;
      expect((await health()).sockets).toBe(1);
    });
  });
});
