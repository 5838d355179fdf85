import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/testing/socket-port/bare-socket.ts';
import { Attacker, adapters, eventually, outcomeOf, underAttack } from './hostile-kit.ts';
import type { Attacked } from './hostile-kit.ts';
import { playMatchAt } from './hostile-players.ts';

/** The text of the data, and where its fault is said to be. */
const bad: readonly (readonly [data: string, path: string])[] = [
  ['{"max_rounds":-3}', 'max_rounds'],
  ['{"max_rounds":1e999}', 'max_rounds'],
  ['{"max_proposals":51}', 'max_proposals'],
  ['{"max_fraudster_actions_per_turn":0}', 'max_fraudster_actions_per_turn'],
  ['{"max_investigator_actions_per_turn":2.5}', 'max_investigator_actions_per_turn'],
  ['{"allowed_categories":"legit"}', 'allowed_categories'],
  ['{"allowed_categories":[]}', 'allowed_categories'],
  ['{"allowed_categories":["a","a"]}', 'allowed_categories'],
  ['{"seed":"7"}', 'seed'],
  ['{"seed":-1}', 'seed'],
  ['{"seed":4294967296}', 'seed'],
  ['{"episode_id":"../../x"}', 'episode_id'],
  ['{"episode_id":""}', 'episode_id'],
  ['{"task_id":"task_9"}', 'task_id'],
  ['{"task_id":"__proto__"}', 'task_id'],
  ['{"ruleset":"constructor"}', 'ruleset'],
  ['{"policies":{"auth":"everybody"}}', 'policies.auth'],
  ['{"policies":{"spectator_delay":1e9}}', 'policies.spectator_delay'],
  ['{"deadlines":{"turn_ms":0}}', 'deadlines.turn_ms'],
  ['{"seat_token":"short"}', 'seat_token'],
  ['{"seat_token":{}}', 'seat_token'],
  ['{"__proto__":{"max_rounds":1}}', ''],
  ['{"salt":"mine"}', ''],
];

async function look({ port, server, health }: Attacked) {
  const { status, matches } = await health();
  const { status: code, body } = await ask(port, 'GET', '/api/v1/matches');
  return { status, matches, listed: { status: code, body }, streams: server.log.streams().length };
}

describe.each(adapters)('a bad reset over %s', (adapter) => {
  it('names its fault, leaves nothing, and breaks nothing', async () => {
    await underAttack(adapter, {}, async (attacked) => {
      const { port, complaints } = attacked;
      const player = await Attacker.connect(port, 'fraudster');
      const match = await player.reset();
      const before = await look(attacked);
      expect(before).toMatchObject({ status: 'healthy', streams: 1, listed: { status: 200 } });
      for (const [data, path] of bad)
        for (const attacker of [player, await Attacker.connect(port, 'auditor')]) {
          attacker.socket.send(`{"type":"reset","request_id":"bad","data":${data}}`);
          const reply = await attacker.reply();
          expect(reply, data).toMatchObject({
            type: 'error',
            request_id: 'bad',
            data: { code: 'reset_error', details: { faults: [{ path }] } },
          });
        }
      expect(await look(attacked)).toEqual(before);
      expect(await player.request({ type: 'obs' })).toMatchObject({ data: { match_id: match } });
      await playMatchAt(`http://127.0.0.1:${port}`, 3);
      expect(complaints).toEqual([]);
    });
  });

  it('is an invitation that nobody could have', async () => {
    await underAttack(adapter, {}, async ({ port, server }) => {
      const attacker = await Attacker.connect(port, 'fraudster');
      const reply = await attacker.request({ type: 'reset', data: { policies: { auth: 'invited' } } });
      expect(outcomeOf(reply)).toBe('reset_error');
      expect(server.log.streams()).toEqual([]);
    });
  });

  it('is every one but the first of many that want the same id at once', async () => {
    await underAttack(adapter, {}, async ({ port, server, health, complaints }) => {
      const attackers = await Promise.all(
        Array.from({ length: 50 }, () => Attacker.connect(port, 'fraudster')),
      );
      for (let round = 0; round < 5; round += 1) {
        const frame = { type: 'reset', data: { episode_id: `wanted-${round}` } };
        const replies = await Promise.all(attackers.map((attacker) => attacker.request(frame)));
        const outcomes = replies.map(outcomeOf);
        expect(outcomes.filter((outcome) => outcome === 'observation')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'match_exists')).toHaveLength(49);
      }
      expect(server.log.streams()).toHaveLength(5);
      expect((await health()).matches.unfinished).toBe(5);
      expect(complaints).toEqual([]);
    });
  });

  it('is not one that is odd and sound', async () => {
    await underAttack(adapter, {}, async ({ port, server }) => {
      const player = await Attacker.connect(port, 'fraudster');
      const odd = [
        '{"seed":-0}',
        '{"seed":1e-400}',
        '{"max_proposals":-0}',
        '{"policies":{"spectator_delay":-0}}',
        '{"seed":4294967295,"task_id":null}',
        '{"allowed_categories":["\\u0000"]}',
        '{"episode_id":"-rf"}',
        '{"episode_id":"constructor"}',
        '{"episode_id":"__proto__"}',
        `{"episode_id":"${'x'.repeat(128)}"}`,
      ];
      for (const data of odd) {
        player.socket.send(`{"type":"reset","data":${data}}`);
        expect(outcomeOf(await player.reply()), data).toBe('observation');
        expect(outcomeOf(await player.request({ type: 'step', data: { action_type: 'end_turn' } }))).toBe(
          'observation',
        );
      }
      expect(server.log.streams()).toHaveLength(odd.length);
    });
  });

  it('may lose its socket at any moment', async () => {
    await underAttack(adapter, { limits: { graceMs: 0 } }, async ({ port, server, health, complaints }) => {
      for (let round = 0; round < 20; round += 1)
        await Promise.all(
          Array.from({ length: 10 }, async (_, index) => {
            const attacker = await Attacker.connect(port, 'fraudster');
            attacker.socket.send(JSON.stringify({ type: 'reset', data: { seed: index } }));
            attacker.socket.send(JSON.stringify({ type: 'step', data: { action_type: 'end_turn' } }));
            attacker.socket.send(JSON.stringify({ type: 'reset', data: {} }));
            if (index % 3 === 0) await attacker.socket.flushed();
            if (index % 3 === 1) await attacker.reply();
            attacker.socket.destroy();
            await attacker.socket.ended;
          }),
        );
      await eventually(async () => (await health()).sockets === 0);
      // A match counts before it is stored.
      await eventually(async () => (await health()).matches.unfinished === server.log.streams().length);
      const last = await Attacker.connect(port, 'fraudster');
      for (const match of server.log.streams())
        // The seat is released once its loss is stored.
        await eventually(
          async () =>
            outcomeOf(await last.request({ type: 'join', data: { match_id: match } })) === 'observation',
        );
      expect(complaints).toEqual([]);
    });
  });
});
