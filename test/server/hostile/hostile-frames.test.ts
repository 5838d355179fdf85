import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { verify } from '../../../src/match/proof/verify.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { faultOf } from './hostile-frame.ts';
import type { Sender } from './hostile-frame.ts';
import { hostileFrame, onTheWire } from './hostile-frames.ts';
import { Attacker, adapters, eventually, fromEnvironment, underAttack } from './hostile-kit.ts';
import { playMatchAt } from './hostile-players.ts';

/** Per adapter: HOSTILE_FRAMES, HOSTILE_SEED. */
const frames = sizeFrom('HOSTILE_FRAMES', { small: 2400, all: 51_000 });
const seed = fromEnvironment('HOSTILE_SEED', 1);
const framesPerSender = 300;

interface Tally {
  readonly sent: Map<string, number>;
  total: number;
}

/** Sends frames in batches, and looks at every answer. */
async function attack(draws: Draws, attacker: Attacker, sender: Sender, tally: Tally): Promise<void> {
  for (let left = framesPerSender; left > 0;) {
    const batch = Array.from({ length: Math.min(left, draws.between(1, 60)) }, () =>
      hostileFrame(draws, sender),
    );
    attacker.socket.raw(Buffer.concat(batch.map((each) => onTheWire(draws, each))));
    for (const each of batch) {
      const fault = faultOf(each, await attacker.reply());
      if (fault !== null)
        throw new Error(
          `${fault}, for ${each.kind} of the ${sender.role} (HOSTILE_SEED=${seed}): ${each.bytes.toString().slice(0, 300)}`,
        );
      tally.sent.set(each.kind, (tally.sent.get(each.kind) ?? 0) + 1);
    }
    left -= batch.length;
    tally.total += batch.length;
  }
}

/** Three who sit in a match, and three who sit in none, all at once. */
async function session(port: number, foreign: string, index: number, tally: Tally): Promise<string> {
  const sitting = await Promise.all(roles.map((role) => Attacker.connect(port, role)));
  const standing = await Promise.all(roles.map((role) => Attacker.connect(port, role)));
  const [first, ...others] = sitting;
  const match = (await first?.reset({ seed: index })) ?? '';
  for (const other of others) await other.join(match);
  await Promise.all(
    [...sitting, ...standing].map((attacker, place) => {
      const { role } = attacker;
      const sender = { role, foreign, match: sitting.includes(attacker) ? match : null };
      return attack(drawsFor(seed, index, place), attacker, sender, tally);
    }),
  );
  await Promise.all([...sitting, ...standing].map(({ socket }) => socket.close()));
  return match;
}

describe.each(adapters)('hostile frames over %s', (adapter) => {
  it('are each answered with their code, in order, and leave nothing behind', async () => {
    console.log(`hostile frames over ${adapter}: HOSTILE_SEED=${seed}`);
    const limits = { framesPerSecond: 1_000_000 };
    await underAttack(adapter, { limits }, async ({ server, port, complaints, health }) => {
      const holders = await Promise.all(roles.map((role) => Attacker.connect(port, role)));
      const foreign = (await holders[0]?.reset()) ?? '';
      for (const holder of holders.slice(1)) await holder.join(foreign);

      const tally: Tally = { sent: new Map(), total: 0 };
      const matches: string[] = [];
      while (tally.total < frames) matches.push(await session(port, foreign, matches.length, tally));

      expect(complaints).toEqual([]);
      expect(
        Object.getOwnPropertyNames(Object.prototype).filter((name) => /^(a|x|polluted)$/.test(name)),
      ).toEqual([]);
      for (const match of matches)
        expect(verify(matchId(match), await server.log.read(matchId(match)))).toMatchObject({ ok: true });
      expect(server.log.streams()).toHaveLength(matches.length + 1);
      await eventually(async () => (await health()).sockets === holders.length);
      expect(await holders[0]?.request({ type: 'obs' })).toMatchObject({ type: 'observation' });
      await playMatchAt(`http://127.0.0.1:${port}`, 7);
      console.log(
        `${tally.total} frames of ${tally.sent.size} kinds: ${JSON.stringify(Object.fromEntries(tally.sent))}`,
      );
    });
  });
});
