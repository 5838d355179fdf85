import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { segmentPath } from '../../../src/log/disk/data-folder.ts';
import { needing } from '../../support/outside-programs.ts';
import { sizeOf } from '../../support/sizes.ts';
import { present } from '../../../src/shared/invariant.ts';
import { contentOf } from '../commits.ts';
import type { BurstPlan, TourPlan } from './child.ts';
import { loadCommit, tourText } from './load.ts';
import { inLanes, isNightly, unhurried, withChild } from './spawned.ts';
import type { Ended } from './spawned.ts';
import { killAt, pathsOf, trace, whyNoStrace } from './strace.ts';
import type { Call } from './strace.ts';
import * as survival from './survival.ts';

/** The calls that change what a crash leaves, under all their names. */
const changing = [
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'fsync',
  'fdatasync',
  'ftruncate',
  'truncate',
  'rename',
  'renameat',
  'renameat2',
  'unlink',
  'unlinkat',
  'mkdir',
  'mkdirat',
];
/** `TEST_KILL_AT=rename` kills at calls of that name only. */
const only = process.env['TEST_KILL_AT'] ?? '';
const all = isNightly ? [...changing, 'openat', 'close', 'pread64', 'getdents64'] : changing;
const killedAt = all.filter((name) => name.includes(only));

const tiny: TourPlan = { segmentBytes: 1000, markAfterMs: null, commits: 1, rounds: 1 };
const bigger: TourPlan = { segmentBytes: 2500, markAfterMs: null, commits: 4, rounds: 2 };
const plans: Readonly<Record<string, TourPlan>> = {
  'a tiny log': tiny,
  ...(isNightly && {
    'a bigger log': bigger,
    'a log with marks': { ...tiny, commits: 3, markAfterMs: 1 },
    'a log in interval mode': { ...tiny, durability: { mode: 'interval', ms: 1 } },
    'a log in os mode': { ...bigger, rounds: 1, durability: { mode: 'os' } },
  }),
};
const stride = sizeOf({ small: 17, all: 1 });
/** More than any of them has. */
const mostSegments = 40;

/** The version up to which a match was surely erased. */
function erasedUpTo({ lines }: Ended): number {
  const said = lines.findLast((line) => line.startsWith('erased a '));
  return Number(said?.split(' ')[2] ?? 0);
}

/** Opens what a killed child left: all it acknowledged is there, and the log goes on. */
async function expectSurvived(data: string, ended: Ended, where: string): Promise<void> {
  const log = await survival.openLog(data, { segmentBytes: 1000 });
  let erased: readonly string[];
  try {
    await survival.expectAcknowledged(log, ended.acks, where);
    const content = await contentOf(log);
    survival.expectOneOrder(content, where);
    for (const stream of log.streams()) await survival.expectContiguous(log, stream, 0, where, tourText);
    const ofErased = content.filter(({ stream, version }) => stream === 'a' && version <= erasedUpTo(ended));
    erased = ofErased.map(({ expectedVersion }) => `secret of a at ${expectedVersion} `);
    for (const stream of ['a', 'b']) {
      const version = content.findLast((commit) => commit.stream === stream)?.version ?? 0;
      const next = loadCommit(stream, version);
      expect(await log.append(next), where).toMatchObject({ version: version + next.events.length });
    }
  } finally {
    await log.close();
  }
  await survival.expectNowhere(data, erased, where);
  await survival.expectSound(data, where);
}

let reason: string | null = null;
beforeAll(async () => {
  reason = await whyNoStrace();
});

needing('strace').describe.each(Object.entries(plans))('a writer of %s', (_, plan) => {
  it('survives a kill at every system call that changes the disk', { timeout: unhurried }, (context) => {
    if (reason !== null) context.skip(reason);
    return withChild(async (child, folder) => {
      const command = (data: string) => [process.execPath, child, 'tour', data, JSON.stringify(plan)];
      const data = join(folder, 'whole');
      const paths = pathsOf(data, mostSegments);
      const whole = await trace(command(data), { names: killedAt, paths, into: join(folder, 'trace') });
      expect(whole.lines.at(-1), whole.complaint).toBe('done');
      await expectSurvived(data, whole, 'not killed');

      /** @returns whether there was such a call. */
      const killed = async (name: string, nth: number): Promise<boolean> => {
        const where = `killed at ${name} ${nth}`;
        const data = join(folder, `${name}-${nth}`);
        const ended = await killAt(command(data), { name, nth, paths: pathsOf(data, mostSegments) });
        const isKilled = ended.signal === 'SIGKILL';
        expect(isKilled || ended.lines.at(-1) === 'done', `${where}: ${ended.complaint}`).toBe(true);
        await mkdir(data, { recursive: true });
        await expectSurvived(data, ended, where);
        await rm(data, { recursive: true });
        return isKilled;
      };
      const counts = killedAt.map((name) => whole.calls.filter((call) => call.name === name).length);
      const points = killedAt.flatMap((name, index) =>
        Array.from({ length: counts[index] ?? 0 }, (_, before) => ({ name, nth: before + 1 })),
      );
      // Small sizes kill at the first and the last call of each name, and at every so manyth between.
      const tried = points.filter(
        ({ name, nth }, at) => at % stride === 0 || nth === 1 || points[at + 1]?.name !== name,
      );
      let kills = 0;
      await inLanes(tried, 2, async ({ name, nth }) => {
        if (await killed(name, nth)) kills += 1;
      });
      // What runs beside the appends may come in another number of calls.
      for (const [index, name] of killedAt.entries())
        for (let nth = (counts[index] ?? 0) + 1; await killed(name, nth);) nth += 1;
      expect(kills).toBeGreaterThan(tried.length * 0.9);
      expect(points.length).toBeGreaterThan(only === '' ? 70 : 0);
    });
  });
});

/** The path behind a descriptor as strace prints it. */
const pathIn = (text: string): string => /^\d+<([^>]*)>/.exec(text)?.[1] ?? '';

/** The last opening of a descriptor before a call. */
function openingOf(call: Call, calls: readonly Call[]): Call {
  const opened = /^\d+<[^>]*>/.exec(call.given)?.[0] ?? 'none';
  const opening = calls.findLast(
    ({ name, result, ended }) => name === 'openat' && result.startsWith(opened) && ended < call.begun,
  );
  return present(opening, `The opening of ${opened}`);
}

needing('strace').describe('the group commit', () => {
  it('acknowledges a commit after its write to a synchronous descriptor has returned', (context) => {
    if (reason !== null) context.skip(reason);
    return withChild(async (child, folder) => {
      const plan: BurstPlan = { commits: 60 };
      const data = join(folder, 'data');
      const names = [...changing, 'openat', 'close'];
      const command = [process.execPath, child, 'burst', data, JSON.stringify(plan)];
      const { calls, acks, complaint } = await trace(command, {
        names,
        paths: [],
        into: join(folder, 'trace'),
      });
      expect(acks.length, complaint).toBe(plan.commits + 3);
      const segment = segmentPath(data, 1);
      const ofSegment = calls.filter(({ given }) => pathIn(given) === segment);
      const writes = ofSegment.filter(({ name }) => /write/.test(name));
      for (const write of writes) {
        expect(openingOf(write, calls).given).toMatch(/O_WRONLY\|O_APPEND\|O_DSYNC/);
        // Not a short one: the call wrote all it was given.
        expect(write.given.endsWith(`, ${write.result}`)).toBe(true);
      }
      for (const { stream, before, version, position } of acks) {
        const printed = calls.find(
          ({ name, given }) =>
            name === 'write' && given.includes(`"ack ${stream} ${before} ${version} ${position}\\n"`),
        );
        const line = `\\"s\\":\\"${stream}\\",\\"n\\":${before + 1},`;
        const written = writes.find(({ given }) => given.includes(line));
        const [ack, write] = [
          present(printed, `The print of ${stream}`),
          present(written, `The write of ${stream}`),
        ];
        expect(ack.begun, `${stream} was acknowledged before its write returned`).toBeGreaterThan(
          write.ended,
        );
      }
      // Many commits in one write, and no sync but those that the writes are.
      const holding = writes.filter(
        ({ given }) => given.includes('\\"id\\":\\"s-') && !given.includes('-alone'),
      );
      expect(holding.length).toBeLessThan(plan.commits / 4);
      expect(ofSegment.filter(({ name }) => /sync/.test(name))).toEqual([]);
      const log = await FileEventLog.open(data, 'read');
      expect(await contentOf(log)).toHaveLength(acks.length);
      await log.close();
    });
  });
});
