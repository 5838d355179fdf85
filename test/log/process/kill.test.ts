import { join } from 'node:path';
import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import { contentOf } from '../commits.ts';
import type { LoadPlan } from './child.ts';
import { loadCommit } from './load.ts';
import { inLanes, runProgram, seed, unhurried, withChild } from './spawned.ts';
import { expectAcknowledged, expectContiguous, expectOneOrder, expectSound, openLog } from './survival.ts';

const kills = sizeFrom('TEST_KILLS', { small: 5, all: 50 });
/** So many kills are survived in one folder, which grows all the while. */
const killsOfFolder = 25;
const segmentBytes = 24_000;
/** Acknowledgements after which a child is killed, at most. */
const mostAcks = 250;

/** A log that was killed again and again, and what is known to be in it. */
class Survivor {
  commits = 0;
  readonly #versions = new Map<string, number>(['a', 'b', 'c', 'd'].map((stream) => [stream, 0]));
  readonly #draws: Draws;
  readonly #child: string;
  readonly #folder: string;

  constructor(child: string, folder: string, number: number) {
    this.#child = child;
    this.#folder = join(folder, String(number));
    this.#draws = drawsFor(seed, 'kill', number);
  }

  async surviveKill(run: number): Promise<void> {
    const after = this.#draws.chance(100) ? 0 : this.#draws.between(1, mostAcks);
    const where = `seed ${seed}, ${this.#folder}, kill ${run} after ${after} acknowledgements`;
    this.#versions.set(`short-${run}`, 0);
    const streams = ['a', 'b', 'c', 'd', `short-${run}`];
    const versions = Object.fromEntries(streams.map((stream) => [stream, this.#version(stream)]));
    const plan: LoadPlan = { versions, segmentBytes, markAfterMs: this.#draws.pick([null, 1]) };
    let heard = -1;
    const command = [process.execPath, this.#child, 'load', this.#folder, JSON.stringify(plan)] as const;
    // The first line says that the log is open.
    const { acks, signal, complaint } = await runProgram([...command], () => (heard += 1) >= after);
    expect({ signal, complaint }, where).toEqual({ signal: 'SIGKILL', complaint: '' });
    expect(acks.length, where).toBeGreaterThanOrEqual(after);

    const log = await openLog(this.#folder, { segmentBytes });
    try {
      await expectAcknowledged(log, acks, where);
      for (const stream of streams) {
        const version = await expectContiguous(log, stream, this.#version(stream), where);
        expect(version, where).toBeGreaterThanOrEqual(versions[stream] ?? 0);
        this.#versions.set(stream, version);
      }
      for (const stream of streams) {
        // What was on its way when the child died: stored or not, it happens once.
        const told = acks.findLast((ack) => ack.stream === stream)?.version ?? versions[stream] ?? 0;
        const retried = loadCommit(stream, told);
        const { version } = await log.append(retried);
        expect(version, where).toBe(told + retried.events.length);
        this.#versions.set(stream, Math.max(version, this.#version(stream)));
      }
    } finally {
      await log.close();
    }
  }

  async expectWhole(): Promise<void> {
    const where = `seed ${seed}, ${this.#folder}, at the end`;
    const log = await openLog(this.#folder, { segmentBytes });
    try {
      for (const [stream, version] of this.#versions)
        expect(await expectContiguous(log, stream, 0, where), where).toBe(version);
      const content = await contentOf(log);
      expectOneOrder(content, where);
      this.commits = content.length;
      expect(log.health.segments, where).toBeGreaterThan(1);
    } finally {
      await log.close();
    }
    await expectSound(this.#folder, where);
  }

  #version(stream: string): number {
    return this.#versions.get(stream) ?? 0;
  }
}

describe('a writer that is killed under load', () => {
  it(`loses nothing it acknowledged, and the log goes on, ${kills} times`, { timeout: unhurried }, () =>
    withChild(async (child, folder) => {
      const folders = Array.from({ length: Math.max(2, Math.ceil(kills / killsOfFolder)) }, (_, n) => n);
      await inLanes(folders, 2, async (number) => {
        const survivor = new Survivor(child, folder, number);
        for (let run = number; run < kills; run += folders.length) await survivor.surviveKill(run);
        await survivor.expectWhole();
      });
    }),
  );

  it('keeps a second writer out as long as it lives, and not longer', () =>
    withChild(async (child, folder) => {
      const data = join(folder, 'data');
      const plan: LoadPlan = { versions: { a: 0 } };
      let refused: unknown;
      const { signal } = await runProgram(
        [process.execPath, child, 'load', data, JSON.stringify(plan)],
        async (line) => {
          if (line === 'open') refused = await openLog(data).catch((error: unknown) => error);
          return line === 'open';
        },
      );
      expect({ refused, signal }).toMatchObject({
        refused: { code: 'log_locked', details: { pid: expect.any(Number) as number } },
        signal: 'SIGKILL',
      });
      const log = await openLog(data);
      await log.append(loadCommit('b', 0));
      await log.close();
    }));
});
