import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeFrom } from '../../support/sizes.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Appended, Commit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import { errorCode } from '../../../src/log/disk/system-error.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import type { MatchId } from '../../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';
import { contentOf } from '../commits.ts';
import { KillableFiles } from './killable-files.ts';
import { SmallDisk } from './small-disk.ts';
import { seed, unhurried } from './spawned.ts';
import { expectOneOrder, expectSound, noWatermarks } from './survival.ts';

const levels = sizeFrom('TEST_FILL_LEVELS', { small: 12, all: 200 });
const diskBytes = 4 << 20;
/** Fuller than any disk of these tests before the ballast goes, emptier than they are afterwards. */
const commandBytes = 512 << 10;

let mounted: SmallDisk | string = 'nothing was mounted';
beforeAll(async () => {
  mounted = await SmallDisk.mount(diskBytes);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  if (typeof mounted !== 'string') await mounted.unmount();
});

/** One level of one kind. */
interface Place {
  readonly draws: Draws;
  readonly where: string;
  readonly isFilledFirst: boolean;
}

interface Refused {
  readonly commit: Commit;
  readonly error: unknown;
}

/** A log on a small disk, and what it has acknowledged. */
class Filled {
  readonly acknowledged: { readonly commit: Commit; readonly answer: Appended }[] = [];
  readonly where: string;
  log: FileEventLog;
  readonly #versions = new Map<MatchId, number>();
  readonly #options: FileLogOptions;
  readonly #draws: Draws;
  readonly #data: string;

  private constructor(log: FileEventLog, data: string, where: string, draws: Draws, options: FileLogOptions) {
    this.log = log;
    this.where = where;
    this.#data = data;
    this.#draws = draws;
    this.#options = options;
  }

  /** Opens a log on a disk that is filled before or afterwards. */
  static async open(
    disk: SmallDisk,
    { draws, where, isFilledFirst }: Place,
    options: FileLogOptions,
  ): Promise<Filled> {
    const data = join(disk.folder, 'data');
    await rm(data, { recursive: true, force: true });
    const left = draws.between(64 << 10, 1 << 20);
    if (isFilledFirst) await disk.fillTo(left);
    const log = await FileEventLog.open(data, 'write', options);
    if (!isFilledFirst) await disk.fillTo(left);
    return new Filled(log, data, `${where}, ${left} bytes left`, draws, options);
  }

  /** Appends batches until a commit is refused. @returns those that were. */
  async appendUntilRefused(mostText: number): Promise<readonly Refused[]> {
    for (;;) {
      const streams = this.#draws.shuffle(['a', 'b', 'c', 'd']).slice(0, this.#draws.between(1, 4));
      const refused = await this.append(streams.map((stream) => this.#next(stream, mostText)));
      if (refused.length > 0) return refused;
    }
  }

  /** @returns what was refused. */
  async append(commits: readonly Commit[]): Promise<readonly Refused[]> {
    const answers: readonly PromiseSettledResult<Appended>[] = await Promise.allSettled(
      commits.map((commit) => this.log.append(commit)),
    );
    return commits.flatMap((commit, index) => {
      const answer = answers[index];
      if (answer?.status !== 'fulfilled') return { commit, error: answer?.reason as unknown };
      this.acknowledged.push({ commit, answer: answer.value });
      this.#versions.set(commit.stream, answer.value.version);
      return [];
    });
  }

  /** Everything acknowledged is read, in its order, and nothing else. */
  async expectExact(): Promise<void> {
    expect(await contentOf(this.log), this.where).toMatchObject(
      this.acknowledged
        .map(({ commit, answer }) => ({ ...commit, ...answer }))
        .sort((one, other) => one.position - other.position),
    );
  }

  /** Everything acknowledged is read; what was refused may be. */
  async expectAtLeast(log = this.log): Promise<void> {
    const content = await contentOf(log);
    expectOneOrder(content, this.where);
    for (const { commit, answer } of this.acknowledged)
      expect(content[answer.position - 1], this.where).toMatchObject({ ...commit, ...answer });
  }

  /** Another process could read all the while. */
  async expectReadable(): Promise<void> {
    const reader = await FileEventLog.open(this.#data, 'read');
    await this.expectAtLeast(reader).finally(() => reader.close());
  }

  /** Closes the log and opens it again, with something done in between. */
  async reopen(meanwhile = (): Promise<void> => Promise.resolve()): Promise<void> {
    await this.log.close();
    await meanwhile();
    await this.openAgain();
  }

  /** Opens the log anew, after it was closed or its writer killed. */
  async openAgain({ files }: Pick<FileLogOptions, 'files'> = this.#options): Promise<void> {
    this.log = await FileEventLog.open(this.#data, 'write', { ...this.#options, ...(files && { files }) });
  }

  /** With room again: what was refused is taken, once, and the log goes on. */
  async expectGoesOn(refused: readonly Refused[]): Promise<void> {
    const commits = refused.map(({ commit }) => commit);
    expect(await this.append(commits), this.where).toEqual([]);
    // The second time they are known.
    for (const commit of commits) {
      const answer = this.acknowledged.find((one) => one.commit === commit)?.answer;
      expect(await this.log.append(commit), this.where).toEqual(answer);
    }
    for (let count = 0; count < 3; count += 1)
      expect(await this.append([this.#next('a', 9000), this.#next('e', 9000)]), this.where).toEqual([]);
    await this.expectExact();
    expect(this.log.health.state, this.where).toBe('good');
    await this.reopen();
    await this.expectExact();
    await this.log.close();
    await expectSound(this.#data, this.where);
  }

  #next(stream: string, mostText: number): Commit {
    const commit = commitOf(stream, 0);
    const version = this.#versions.get(commit.stream) ?? 0;
    const text = 'x'.repeat(this.#draws.between(1, mostText));
    return commitOf(stream, version, { events: [noteOf(text), noteOf(version)] });
  }
}

const sizes = [4 << 10, 32 << 10, 256 << 10, 64 << 20];

interface Kind {
  readonly name: string;
  /** Of all levels. */
  readonly share: number;
  /** Whether the disk may be nearly full before the log is made, so that hardly anything is held in reserve. */
  readonly isOlder?: boolean;
  readonly options?: FileLogOptions;
}

/** Runs on a log for each of the levels of one kind. */
async function atLevels(
  { name, share, isOlder = true, options = {} }: Kind,
  use: (filled: Filled, disk: SmallDisk, draws: Draws) => Promise<void>,
): Promise<void> {
  const disk = mounted as SmallDisk;
  for (let level = 0; level < Math.ceil(levels * share); level += 1) {
    const draws = drawsFor(seed, 'disk', name, level);
    const where = `seed ${seed}, ${name}, level ${level}`;
    const usual = { segmentBytes: draws.pick(sizes), watermarks: noWatermarks };
    const markAfterMs = draws.pick([null, 1]);
    const place = { draws, where, isFilledFirst: draws.chance(500) && isOlder };
    const filled = await Filled.open(disk, place, { ...usual, markAfterMs, ...options });
    try {
      await use(filled, disk, draws);
    } finally {
      await filled.log.close();
      await disk.dropBallast();
    }
  }
}

/** A refused write left the outcome open because the disk was full. */
function expectNoSpace({ where }: Filled, refused: readonly Refused[]): void {
  for (const { error } of refused) {
    expect(isAppError(error, 'log_write_failed') && errorCode(error.cause), where).toBe('ENOSPC');
  }
}

describe('a log on a full disk', () => {
  it(
    'loses nothing it acknowledged, can be read, and goes on in the same process once there is room',
    { timeout: unhurried },
    async (context) => {
      if (typeof mounted === 'string') context.skip(mounted);
      await atLevels({ name: 'in one process', share: 0.5 }, async (filled, disk, draws) => {
        let refused = await filled.appendUntilRefused(60_000);
        expectNoSpace(filled, refused);
        for (let tries = draws.between(0, 3); tries > 0 && refused.length > 0; tries -= 1) {
          await filled.expectExact();
          await filled.expectReadable();
          // A small one of them may still find room.
          refused = await filled.append(refused.map(({ commit }) => commit));
          expectNoSpace(filled, refused);
        }
        await filled.expectExact();
        await disk.dropBallast();
        await filled.expectGoesOn(refused);
      });
    },
  );

  it('can be closed and opened again while the disk is full', { timeout: unhurried }, async (context) => {
    if (typeof mounted === 'string') context.skip(mounted);
    await atLevels({ name: 'opened again', share: 0.2 }, async (filled, disk, draws) => {
      let refused = await filled.appendUntilRefused(60_000);
      for (let times = draws.between(1, 2); times > 0; times -= 1) {
        // Somebody else may take what closing gave back, but for the page that names the writer.
        await filled.reopen(() => (draws.chance(500) ? disk.fillTo(4096) : Promise.resolve()));
        await filled.expectAtLeast();
        await filled.expectReadable();
        refused = await filled.append(refused.map(({ commit }) => commit));
        expectNoSpace(filled, refused);
      }
      await filled.expectAtLeast();
      await disk.dropBallast();
      await filled.expectGoesOn(refused);
    });
  });

  // Found here: the name of the writer in the lock file needs a page, and nothing is held in reserve for it.
  it('can be opened again when there is no room at all', async (context) => {
    if (typeof mounted === 'string') context.skip(mounted);
    const disk = mounted as SmallDisk;
    const place = {
      draws: drawsFor(seed, 'disk', 'nothing left'),
      where: 'nothing left',
      isFilledFirst: false,
    };
    const filled = await Filled.open(disk, place, { watermarks: noWatermarks });
    try {
      await filled.append([commitOf('a', 0)]);
      await filled.reopen(() => disk.fillTo(0));
      await filled.expectExact();
    } finally {
      await filled.log.close();
      await disk.dropBallast();
    }
  });

  it('can be opened again after its writer was killed on it', { timeout: unhurried }, async (context) => {
    if (typeof mounted === 'string') context.skip(mounted);
    const options = { markAfterMs: null };
    let torn = 0;
    await atLevels({ name: 'killed', share: 0.1, isOlder: false, options }, async (filled, disk) => {
      const killable = new KillableFiles();
      await disk.dropBallast();
      await filled.reopen();
      await filled.log.close();
      await filled.openAgain(killable);
      await disk.fillTo(200_000);
      // So small that the reserve takes in the torn tail of any batch.
      const refused = await filled.appendUntilRefused(8000);
      await killable.kill();
      await filled.expectReadable();
      await filled.openAgain();
      torn += filled.log.health.repair === null ? 0 : 1;
      await filled.expectAtLeast();
      await disk.dropBallast();
      await filled.expectGoesOn(refused);
    });
    expect(torn).toBeGreaterThan(0);
  });

  it(
    'refuses commits before the disk is full when it is told how much to leave',
    { timeout: unhurried },
    async (context) => {
      if (typeof mounted === 'string') context.skip(mounted);
      // The log looks at the disk once a second; here a second passes between any two questions.
      let now = performance.now();
      vi.spyOn(performance, 'now').mockImplementation(() => (now += 1001));
      const options = { watermarks: { ...noWatermarks, commandBytes } };
      await atLevels({ name: 'watermarks', share: 0.2, options }, async (filled, disk) => {
        const refused = await filled.appendUntilRefused(4000);
        for (const { error } of refused)
          expect(error, filled.where).toMatchObject({ code: 'log_disk_full', details: { state: 'full' } });
        expect(filled.log.health, filled.where).toMatchObject({
          state: 'good',
          lastFailure: null,
          disk: { state: 'full' },
        });
        expect(await disk.free(), filled.where).toBeLessThan(commandBytes);
        expect(await disk.free(), filled.where).toBeGreaterThan(0);
        // What is known is answered all the same.
        for (const { commit, answer } of filled.acknowledged)
          expect(await filled.log.append(commit), filled.where).toEqual(answer);
        await filled.expectExact();
        await filled.expectReadable();
        await disk.dropBallast();
        await filled.expectGoesOn(refused);
      });
    },
  );
});
