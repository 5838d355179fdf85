import { constants } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import {
  byteStep,
  conflicts,
  deletions,
  histories,
  switches,
  tornAt,
  commandCount,
} from './features-sizes.ts';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import { backUp, restoreBackup } from '../../src/log/tools/backup.ts';
import { checkLog } from '../../src/log/tools/check-log.ts';
import type { Durability } from '../../src/log/durability.ts';
import type { Commit, StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import { brokenPath, logFolder, segmentPath } from '../../src/log/disk/data-folder.ts';
import { isCommitLine } from '../../src/log/line/line.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { archiveOf } from '../../src/history/archive.ts';
import { timelineOf } from '../../src/history/timeline.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { playRandomMatch } from '../simulation/random-match.ts';
import { expectSameStates } from './checkpoint-fates.ts';
import {
  appendAll,
  appendBatches,
  contentOf,
  fieldsOf,
  itemAt,
  linesOf,
  manyCommits,
  plain,
} from './commits.ts';
import { inFolder } from './temp-folder.ts';
import {
  codeOf,
  diskOf,
  exportOf,
  flipByte,
  importInto,
  onBothLogs,
  presentIn,
  recordingFlags,
  small,
  storedIn,
  writeLog,
} from './tools/kit.ts';
import { expectOneEffectEach } from './sent-again.ts';
import { lastBatch, place, withLog } from './written.ts';
import type { Written } from './written.ts';

const open = (folder: string, options: FileLogOptions = plain) => FileEventLog.open(folder, 'write', options);

/** One row of the table, in a folder of its own. */
const row = (name: string, check: (folder: string) => Promise<void>) => it(name, inFolder(check));

/** One row of the table, on a log of one segment. */
const rowOn = (
  name: string,
  [batches, end, commits]: readonly [readonly number[], 'crashed' | 'closed', (readonly Commit[])?],
  check: (written: Written) => Promise<void>,
) => it(name, withLog(batches, end, check, commits));

describe('the features of the log, row by row', () => {
  it(`1 expected-version conflict: of six writers exactly one wins, ${conflicts} times, on both logs`, () =>
    onBothLogs(async (log, name) => {
      for (let round = 0; round < conflicts; round += 1) {
        const tries = Array.from({ length: 6 }, (_, writer) =>
          log.append(commitOf('a', round, { id: `w-${writer}-${round}`, events: [noteOf(writer)] })),
        );
        const settled = await Promise.allSettled(tries);
        const lost = settled.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []));
        expect(lost, `${name} round ${round}`).toEqual(Array<string>(5).fill('log_version_conflict'));
      }
      expect(await log.read(matchId('a'))).toHaveLength(conflicts);
      for (const wrong of [0, conflicts - 1, conflicts + 1]) {
        const refusal = log.append(commitOf('a', wrong, { id: 'late' }));
        const details = { expected: wrong, actual: conflicts };
        await expect(refusal, name).rejects.toMatchObject({ details });
      }
      await expect(log.append(commitOf('b', 1))).rejects.toMatchObject({ code: 'log_version_conflict' });
    }));

  row(
    `2 idempotent append: ${commandCount} commands sent 2 to 5 times, after a restart too`,
    expectOneEffectEach,
  );

  const ofFive = [1, 2, 3, 4, 5].map((value) => noteOf(value));
  const one = [commitOf('a', 0), commitOf('a', 1, { events: ofFive })];
  rowOn('3 atomic multi-event command: all or none', [[1, 1], 'crashed', one], async (written) => {
    const { content, lines, folder } = written;
    for (
      let end = lastBatch(lines);
      end <= content.length;
      end += end < content.length - byteStep ? byteStep : 1
    ) {
      await place(written, content.subarray(0, end));
      const counts = (await storedIn(folder)).map(({ events }) => events.length);
      expect(counts, `cut at ${end}`).toEqual(end === content.length ? [1, 5] : [1]);
    }
  });

  row('4 per-stream order: contiguous from 1, live and after every restart', async (folder) => {
    const commits = manyCommits(120, 4);
    for (let from = 0; from < commits.length; from += 30) {
      const log = await open(folder, small);
      await appendAll(log, commits.slice(from, from + 30));
      for (const stream of log.streams()) {
        let version = 0;
        for (const commit of await log.read(stream)) {
          expect(commit.expectedVersion).toBe(version);
          version += commit.events.length;
          expect(commit.version).toBe(version);
        }
      }
      await log.close();
    }
  });

  row('5 global order: three readers get the same bytes', async (folder) => {
    const log = await open(folder, small);
    const live = lastValueFrom(log.subscribe(0).pipe(toArray()));
    await appendBatches(log, manyCommits(200, 5), [50, 1, 40, 100]);
    const late = lastValueFrom(log.subscribe(0).pipe(toArray()));
    await log.close();
    const reader = await FileEventLog.open(folder, 'read', plain);
    const again = lastValueFrom(reader.subscribe(0).pipe(toArray()));
    await reader.close();
    const joined = JSON.stringify(await storedIn(folder));
    for (const content of await Promise.all([live, late, again])) {
      expect(content).toHaveLength(200);
      expect(JSON.stringify(content)).toBe(joined);
    }
  });

  it(`6 catch-up, then live: no gap and no repeat at ${switches.logs * switches.each} random points`, async () => {
    for (let seed = 0; seed < switches.logs; seed += 1)
      await inFolder(async (folder) => {
        const draws = drawsFor(seed, 'switch points');
        const log = await open(folder, small);
        const commits = manyCommits(150, seed);
        const heard: { readonly after: number; readonly positions: Promise<StoredCommit[]> }[] = [];
        const appending: Promise<unknown>[] = [];
        for (let next = 0; heard.length < switches.each;) {
          const batch = commits.slice(next, (next += draws.below(6)));
          appending.push(...batch.map((commit) => log.append(commit)));
          for (let turns = draws.below(4); turns > 0; turns -= 1) await new Promise(setImmediate);
          const after = draws.below(log.health.position + 1);
          heard.push({ after, positions: lastValueFrom(log.subscribe(after).pipe(toArray())) });
        }
        await Promise.all(appending);
        const last = log.health.position;
        await log.close();
        // Who is still catching up when the log is closed hears the rest of it.
        for (const { after, positions } of heard)
          expect(
            (await positions).map(({ position }) => position),
            `seed ${seed} after ${after}`,
          ).toEqual(Array.from({ length: last - after }, (_, at) => after + at + 1));
      })();
  });

  rowOn(`7 torn tail: repaired at ${tornAt}, the rest kept aside`, [[2, 1], 'crashed'], async (written) => {
    const { content, lines, folder, commits } = written;
    for (let end = lastBatch(lines) + 1; end < content.length; end += byteStep) {
      await place(written, content.subarray(0, end));
      const log = await open(folder);
      const kept = await contentOf(log);
      expect(kept, `cut at ${end}`).toEqual(commits.slice(0, kept.length));
      const { offset, bytes } = log.health.repair ?? { offset: end, bytes: 0 };
      expect(offset + bytes).toBe(end);
      await log.close();
      if (bytes > 0) expect(await readFile(brokenPath(folder, 1))).toEqual(content.subarray(offset, end));
      expect(kept.length).toBeGreaterThanOrEqual(2);
    }
  });

  rowOn('8 checksum and chain: no flipped byte is taken', [[1, 2, 1], 'closed'], async (written) => {
    const { content, folder, commits } = written;
    for (let at = 0; at < content.length; at += byteStep) {
      const bytes = Buffer.from(content);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
      await place(written, bytes);
      const read = await storedIn(folder).catch(codeOf);
      if (typeof read !== 'string') expect(read, `byte ${at}`).toEqual(commits.slice(0, read.length));
      else expect(read, `byte ${at}`).toBe('log_damaged');
    }
  });

  it('9 group commit: answered once the disk has it; health says the mode', async () => {
    const modes: readonly Durability[] = [{ mode: 'group' }, { mode: 'interval', ms: 1000 }, { mode: 'os' }];
    for (const durability of modes)
      await inFolder(async (folder) => {
        const { files, flags } = recordingFlags();
        const log = await open(folder, { durability, files, markAfterMs: null });
        const { lossWindow } = log.health;
        expect(log.health).toMatchObject({ durability, state: 'good' });
        await log.append(commitOf('a', 0));
        // The writer has nothing left: the bytes are in the file when the caller hears of them.
        const last = itemAt(await linesOf(segmentPath(folder, 1)), -1);
        expect(isCommitLine(last.bytes)).toBe(true);
        const isSynced = durability.mode === 'group';
        expect(flags.map((flag) => (flag & constants.O_DSYNC) === constants.O_DSYNC)).toEqual([isSynced]);
        expect(lossWindow.startsWith('nothing acknowledged is lost')).toBe(isSynced);
        await log.close();
      })();
  });

  row('10 segments rotate at a batch border, and each is sealed', async (folder) => {
    const log = await open(folder, { ...plain, segmentBytes: 2000 });
    const sizes = [1, 30, 7, 2, 20, 12, 3, 25];
    // A match of its own for each commit: none waits for its index to be read.
    const commits = Array.from({ length: 100 }, (_, at) => commitOf(`m-${at}`, 0));
    await appendBatches(log, commits, sizes);
    await log.close();
    const names = (await readdir(logFolder(folder))).filter((name) => name.endsWith('.ndjson'));
    const batches: number[] = [];
    for (const name of names) {
      const lines = await linesOf(join(logFolder(folder), name));
      const fields = lines.map(({ bytes }) => fieldsOf(bytes));
      expect([fields.at(0)?.['t'], fields.at(-1)?.['t']], name).toEqual(['seg', 'seal']);
      // Commits of one batch say the same offset.
      const begins = fields.slice(1, -1).map((line) => line['b']);
      for (const begin of new Set(begins)) batches.push(begins.filter((other) => other === begin).length);
    }
    expect(names.length).toBeGreaterThan(4);
    expect(batches).toEqual(sizes);
  });

  row(`11 index is disposable: deleted ${deletions} times, the answers are the same`, async (folder) => {
    const seed = 11;
    const draws = drawsFor(seed, 'indexes');
    const commits = manyCommits(300, seed);
    const stored: StoredCommit[] = [];
    const deleteSome = async () => {
      for (const name of await readdir(logFolder(folder)))
        if (/\.(idx|rows)$/.test(name) && draws.chance(400)) await rm(join(logFolder(folder), name));
    };
    for (let round = 0; round < deletions; round += 1) {
      const log = await open(folder, small);
      if (draws.chance(500)) await deleteSome();
      await appendAll(log, commits.slice(round * 3, round * 3 + 3));
      const content = await contentOf(log);
      expect(content.slice(0, stored.length), `seed ${seed} round ${round}`).toEqual(stored);
      stored.push(...content.slice(stored.length));
      if (draws.chance(500)) await deleteSome();
      const { stream, commandId: id, version, position } = draws.pick(stored);
      expect(await log.find(stream, id), `seed ${seed} round ${round}`).toEqual({ version, position });
      expect(await log.find(stream, commandId('nobody'))).toBeNull();
      await log.close();
      await deleteSome();
    }
    expect(stored).toHaveLength(deletions * 3);
    expect(await storedIn(folder)).toEqual(stored);
  });

  row('12 snapshots: the same states with, without and beside those of another version', expectSameStates);

  it('13 upcasting: golden logs of every format are read, and their matches verify', async () => {
    const golden = join(import.meta.dirname, '../golden');
    const names = (await readdir(golden)).filter((name) => name.endsWith('.ndjson'));
    expect(new Set(names.map((name) => name.slice(0, 8)))).toEqual(new Set(['format-1', 'format-2']));
    for (const name of names)
      await inFolder(async (folder) => {
        await importInto(folder, await readFile(join(golden, name)));
        const commits = await storedIn(folder);
        expect(verify(itemAt(commits, 0).stream, commits), name).toMatchObject({ ok: true, phase: 'done' });
      })();
  });

  row(`14 projection rebuild: ${histories} histories, the same live and after a restart`, async (folder) => {
    const log = await open(folder, { ...plain, segmentBytes: 2 << 20 });
    const live = lastValueFrom(log.subscribe(0).pipe(toArray()));
    for (let seed = 0; seed < histories; seed += 1) {
      const memory = new MemoryEventLog();
      const { matchId: id } = await playRandomMatch(memory, seed % 2 === 0 ? 'standard' : 'classic', seed);
      await appendAll(log, await memory.read(id));
    }
    await log.close();
    const heard = await live;
    const reopened = await FileEventLog.open(folder, 'read', plain);
    expect(reopened.streams()).toHaveLength(histories);
    for (const stream of reopened.streams()) {
      const now = await reopened.read(stream);
      const then = heard.filter((commit) => commit.stream === stream);
      for (const project of [archiveOf, timelineOf])
        expect(JSON.stringify(project(now)), stream).toBe(JSON.stringify(project(then)));
    }
    await reopened.close();
  });

  row('15 backup while writing: what is restored is a valid prefix', async (folder) => {
    const [data, backup, restored] = [join(folder, 'data'), join(folder, 'backup'), join(folder, 'new')];
    const log = await open(data, { segmentBytes: 5000 });
    const writing = appendBatches(log, manyCommits(400, 15), Array<number>(80).fill(5));
    await log.append(commitOf('first', 0));
    const { position } = await backUp(nodeFiles, data, backup, 0);
    await writing;
    const content = await contentOf(log);
    await log.close();
    await restoreBackup(nodeFiles, backup, restored);
    expect(position).toBeGreaterThan(0);
    expect(await storedIn(restored)).toEqual(content.slice(0, position));
  });

  row('16 erase: the text is in no file, the chain still verifies', async (folder) => {
    const said = Array.from({ length: 40 }, (_, at) => `quokka-${at}-said`);
    const commits = said.map((text, at) => commitOf(`m-${at % 2}`, at >> 1, { events: [noteOf(text)] }));
    const before = await writeLog(folder, commits);
    const log = await open(folder, small);
    await log.erase(matchId('m-1'), { by: 'Ada', reason: '' });
    await log.close();
    expect(await presentIn(folder, said)).toEqual(said.filter((_, at) => at % 2 === 0));
    const after = await storedIn(folder);
    expect(after.map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [], erasures: [{ match: 'm-1' }] });
  });

  row('17 corruption check: names file, byte, line and match', async (folder) => {
    await writeLog(folder, manyCommits(60, 17));
    const path = segmentPath(folder, 4);
    const { offset, bytes } = itemAt(await linesOf(path), 2);
    await flipByte(path, offset + bytes.length - 30);
    const details = { path, line: 3, offset, match: fieldsOf(bytes)['s'] };
    const expected = { unchecked: 0, findings: [{ kind: 'damage', details }] };
    expect(await checkLog(nodeFiles, folder)).toMatchObject(expected);
  });

  row('18 export and import: the round trip is byte-equal and keeps the chains', async (folder) => {
    const commits = await writeLog(join(folder, 'one'), manyCommits(60, 18));
    const text = await exportOf(join(folder, 'one'));
    await importInto(join(folder, 'other'), text);
    expect(await exportOf(join(folder, 'other'))).toBe(text);
    expect(await storedIn(join(folder, 'other'))).toEqual(commits);
  });

  row('19 back-pressure: ten times too many are refused by name; it goes on', async (folder) => {
    const log = await open(folder);
    const commits = Array.from({ length: 100_000 }, (_, at) => commitOf(`m-${at}`, 0));
    const sent = commits.map((commit) => log.append(commit).then(() => 'stored', codeOf));
    // All of them were sent in this turn: nothing has been written yet.
    expect(log.health.waiting.commits).toBe(10_000);
    const answers = await Promise.all(sent);
    expect(answers.slice(0, 10_000).every((answer) => answer === 'stored')).toBe(true);
    expect(answers.slice(10_000).every((answer) => answer === 'log_overloaded')).toBe(true);
    expect(log.health.waiting).toEqual({ commits: 0, bytes: 0 });
    await log.append(commitOf('m-99999', 0));
    expect(log.health.position).toBe(10_001);
    await log.close();
  });

  row('20 disk full: refuses before, loses nothing, and goes on after', async (folder) => {
    const { files, leave } = diskOf(100);
    await writeLog(folder, [commitOf('old', 0)]);
    let stored = 1;
    const refusals = [
      [8, 'low', null, null],
      [4, 'no_new_matches', 'log_disk_full', null],
      [1, 'full', 'log_disk_full', 'log_disk_full'],
      [0, 'full', 'log_disk_full', 'log_disk_full'],
      [30, 'good', null, null],
    ] as const;
    for (const [free, state, ofNew, ofOld] of refusals) {
      leave(free);
      const log = await open(folder, { ...small, files });
      expect(log.health.disk.state).toBe(state);
      const old = (await log.read(matchId('old'))).length;
      const tries = [commitOf(`new-${free}`, 0), commitOf('old', old)].map((commit) =>
        log.append(commit).then(() => null, codeOf),
      );
      expect(await Promise.all(tries), state).toEqual([ofNew, ofOld]);
      stored += [ofNew, ofOld].filter((refusal) => refusal === null).length;
      expect(await contentOf(log)).toHaveLength(stored);
      // Room again: the same log goes on without a restart.
      leave(50);
      if (ofNew !== null) stored = (await log.append(commitOf(`new-${free}`, 0))).position;
      await log.close();
    }
    expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [], commits: stored });
  });
});
