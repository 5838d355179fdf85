import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { BareSocket, ask, breakAfter } from '../../../src/testing/socket-port/bare-socket.ts';
import { closeFrame, frame, opcodes } from '../../../src/testing/socket-port/wire.ts';
import { Attacker, adapters, eventually, fromEnvironment, underAttack } from './hostile-kit.ts';
import { strings } from './hostile-values.ts';

const seed = fromEnvironment('HOSTILE_SEED', 1);

/** Bytes that may look like HTTP for a while. */
function garbage(draws: Draws): Buffer {
  const bytes = () => Buffer.from(Array.from({ length: draws.below(400) }, () => draws.below(256)));
  const line = draws.pick([
    'GET',
    'POST',
    'get',
    'PRI',
    'CONNECT',
    '',
    'OPTIONS',
    'HEAD',
    'DELETE',
    '\u0000',
  ]);
  const path = draws.pick([
    '/',
    '*',
    '/ws/auditor',
    '//',
    '/%',
    `/${'a'.repeat(9000)}`,
    'http://x/',
    '/ws/../..',
    '?',
  ]);
  const version = draws.pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'http/1.1', '', 'HTTP/1.1 x']);
  const header = draws.pick([
    'Host: a',
    'Host:',
    ': x',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Upgrade: websocket',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Connection: Upgrade',
    `X: ${'y'.repeat(5000)}`,
    'é: é',
    'Sec-WebSocket-Key: x',
    'Sec-WebSocket-Version: 99',
    'Content-Type: \u0000',
    'Host: a\r\nHost: b',
  ]);
  return draws.pick([
    bytes,
    () => Buffer.from(`${line} ${path} ${version}\r\n${header}\r\n\r\n`),
    () => Buffer.from(`${line} ${path} ${version}\r\n${header}\r\n`),
    () => Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`), bytes()]),
    () => Buffer.from('\r\n'.repeat(draws.between(1, 100))),
    () => Buffer.concat([Buffer.from([0x16, 3, 1]), bytes()]),
  ])();
}

/** Any text as a part of an address. */
const escaped = (draws: Draws): string =>
  encodeURIComponent(strings(draws).replace(/\p{Surrogate}/gu, '')).slice(0, 500);

describe.each(adapters)('hostile connections over %s', (adapter) => {
  it('of 1,500 that speak no sound HTTP none disturbs the others', async () => {
    console.log(`garbage over ${adapter}: HOSTILE_SEED=${seed}`);
    const draws = drawsFor(seed, 'garbage');
    await underAttack(adapter, {}, async ({ port, health, complaints }) => {
      const player = await Attacker.connect(port, 'fraudster');
      const match = await player.reset();
      const held: (() => void)[] = [];
      for (let round = 0; round < 30; round += 1) {
        await Promise.all(Array.from({ length: 40 }, () => breakAfter(port, garbage(draws))));
        // Some never end what they began.
        for (let count = 0; count < 10; count += 1) {
          const tcp = connect({ port, host: '127.0.0.1' });
          tcp.on('error', () => undefined);
          tcp.write('GET /health HTTP/1.1\r\nHost: a\r\nX: ');
          held.push(() => tcp.destroy());
        }
        expect(await player.request({ type: 'obs' })).toMatchObject({ data: { match_id: match } });
      }
      expect(await health()).toMatchObject({ status: 'healthy', sockets: 1, matches: { unfinished: 1 } });
      for (const letGo of held) letGo();
      expect(complaints).toEqual([]);
    });
  });

  it('that ask over HTTP for anything get an answer that is no failure', async () => {
    const draws = drawsFor(seed, 'requests');
    await underAttack(adapter, {}, async ({ port, complaints }) => {
      const steps = [
        'api',
        'v1',
        'matches',
        'health',
        'ws',
        'auditor',
        '..',
        '%2e%2e',
        '%00',
        '%',
        'constructor',
        'x',
      ];
      for (let count = 0; count < 400; count += 1) {
        const words = Array.from({ length: draws.below(6) }, () =>
          draws.chance(700) ? draws.pick(steps) : escaped(draws),
        );
        const query = draws.chance(300) ? `?${escaped(draws)}=1` : '';
        const method = draws.pick(['GET', 'GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS']);
        const { status, body } = await ask(port, method, `/${words.join('/')}${query}`);
        expect(status, `HOSTILE_SEED=${seed} ${method} /${words.join('/')}${query}: ${body}`).toBeLessThan(
          500,
        );
      }
      expect(complaints).toEqual([]);
    });
  });

  it('that come and go at any moment leave nothing behind', async () => {
    const draws = drawsFor(seed, 'churn');
    await underAttack(adapter, { limits: { graceMs: 0 } }, async ({ port, health, complaints }) => {
      const player = await Attacker.connect(port, 'fraudster');
      const match = await player.reset();
      const request = (frames: readonly object[]) =>
        Buffer.concat(frames.map((each) => frame(opcodes.text, JSON.stringify(each))));
      const ends = {
        destroy: (socket: BareSocket) => socket.destroy(),
        hangUp: (socket: BareSocket) => socket.hangUp(),
        close: (socket: BareSocket) => socket.raw(closeFrame(1000)),
        say: (socket: BareSocket) => socket.raw(request([{ type: 'close' }])),
        break: (socket: BareSocket) => socket.frame(3, 'x'),
      };
      for (let round = 0; round < 40; round += 1)
        await Promise.all(
          Array.from({ length: 25 }, async () => {
            const role = draws.pick(roles);
            const query = draws.pick([
              '',
              `?match_id=${match}`,
              '?match_id=..',
              `?match_id=${match}&seat_token=%00`,
            ]);
            const socket = await BareSocket.open({ port, path: `/ws/${role}${query}` });
            const frames = [
              { type: 'join', data: { match_id: match } },
              { type: 'subscribe', data: { from_seq: 0 } },
              { type: 'obs' },
              { type: 'step', data: { action_type: 'end_turn' } },
              { type: 'state' },
            ];
            socket.raw(request(frames.slice(0, draws.below(6))));
            const end = ends[draws.pick(Object.keys(ends) as (keyof typeof ends)[])];
            if (draws.chance(500)) await socket.flushed();
            end(socket);
            await socket.ended;
          }),
        );
      await eventually(async () => (await health()).sockets === 1);
      expect((await health()).matches.unfinished).toBe(1);
      expect(await player.request({ type: 'obs' })).toMatchObject({ data: { match_id: match } });
      for (const role of ['investigator', 'auditor'] as const) {
        const next = await Attacker.connect(port, role);
        const join = { type: 'join', data: { match_id: match } };
        await eventually(async () => (await next.request(join)).type === 'observation');
      }
      expect(complaints).toEqual([]);
    });
  });
});
