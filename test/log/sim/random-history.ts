import { isDeepStrictEqual } from 'node:util';
import { lastValueFrom, take, toArray } from 'rxjs';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Commit, StoredCommit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { commitOf } from '../../../src/testing/event-log.contract.ts';
import { BrokenPromise } from './history.ts';
import { dataFolder, fixed, logFolder, someEvents } from './lives.ts';
import { ReferenceStore } from './reference-store.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const streams = ['s-1', 's-2', 's-3'] as const;

/** The same random steps on a file log and on the reference store; every answer must be the same. */
export class RandomHistory {
  readonly #seed: number;
  readonly #draws: Draws;
  readonly #disk: SimulatedDisk;
  readonly #reference = new ReferenceStore();
  readonly #options: FileLogOptions;
  readonly #done: string[] = [];
  #commands = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#draws = drawsFor(seed, 'history');
    this.#disk = new SimulatedDisk(drawsFor(seed, 'disk'));
    this.#options = { ...fixed, segmentBytes: this.#draws.between(600, 3000), markAfterMs: null };
  }

  async run(): Promise<void> {
    try {
      let log = await this.#open();
      for (let left = this.#draws.between(10, 40); left > 0; left -= 1)
        if (this.#draws.chance(100)) log = await this.#restart(log);
        else await this.#step(log);
      log = await this.#restart(log);
      for (const stream of streams) await this.#read(log, stream, 0);
      await log.close();
    } catch (error) {
      const steps = `after ${this.#done.join(', ')}`;
      throw new Error(`Seed ${this.#seed}, ${steps}: ${String(error)}`, { cause: error });
    }
  }

  #open(): Promise<FileEventLog> {
    return FileEventLog.open(dataFolder, 'write', { ...this.#options, files: this.#disk.boot() });
  }

  /** Everything was answered, so it makes no difference how the log comes to its end. */
  async #restart(log: FileEventLog): Promise<FileEventLog> {
    const end = this.#draws.pick(['close', 'close', 'crash', 'kill'] as const);
    this.#done.push(end);
    if (end === 'close') await log.close();
    else this.#disk[end]();
    await log.close().catch(() => undefined);
    while (this.#draws.chance(400)) this.#damageIndex();
    const reopened = await this.#open();
    this.#same(reopened.streams(), this.#reference.streams(), 'streams()');
    return reopened;
  }

  async #step(log: FileEventLog): Promise<void> {
    const stream = this.#draws.pick(streams);
    const version = this.#reference.version(matchId(stream));
    const step = this.#draws.weighted([
      ['append', 8],
      ['append together', 4],
      ['wrong version', 2],
      ['retry', 4],
      ['find', 2],
      ['read', 2],
      ['read all', 1],
      ['damage', 2],
    ] as const);
    this.#done.push(step);
    switch (step) {
      case 'append':
        return this.#append(log, [this.#commit(stream, version)]);
      case 'append together':
        return this.#append(log, this.#burst(stream, version));
      case 'wrong version':
        return this.#append(log, [this.#commit(stream, this.#draws.pick([0, version + 1, version + 9]))]);
      case 'retry':
        return this.#append(log, this.#again());
      case 'find':
        return this.#find(log);
      case 'read':
        return this.#read(log, stream, this.#draws.below(version + 2));
      case 'read all':
        return this.#readAll(log);
      case 'damage':
        this.#damageIndex();
    }
  }

  #commit(stream: string, version: number): Commit {
    this.#commands += 1;
    return commitOf(stream, version, { id: `c-${this.#commands}`, events: someEvents(this.#draws, 300) });
  }

  /** Commits that build on each other, sent at once, some of them twice. */
  #burst(stream: string, version: number): readonly Commit[] {
    let next = version;
    return Array.from({ length: this.#draws.between(2, 4) }, () => {
      const commit = this.#commit(stream, next);
      next += commit.events.length;
      return this.#draws.chance(300) ? [commit, commit] : [commit];
    }).flat();
  }

  /** An earlier command, as it was or with other content under the same id. */
  #again(): readonly Commit[] {
    const { commits } = this.#reference;
    if (commits.length === 0) return [];
    const commit = this.#draws.pick(commits);
    const other = {
      expectedVersion: streamVersion(this.#draws.below(5)),
      events: someEvents(this.#draws, 9),
    };
    return [this.#draws.chance(500) ? commit : { ...commit, ...other }];
  }

  async #append(log: FileEventLog, commits: readonly Commit[]): Promise<void> {
    const answers = await Promise.all(
      commits.map((commit) => log.append(commit).catch((error: unknown) => codeOf(error))),
    );
    const expected = commits.map((commit) => this.#reference.append(commit));
    this.#same(answers, expected, `append() of ${commits.map((commit) => commit.commandId).join(', ')}`);
  }

  async #find(log: FileEventLog): Promise<void> {
    const stream = matchId(this.#draws.pick(streams));
    const command = commandId(`c-${this.#draws.below(this.#commands + 2)}`);
    const found = await log.find(stream, command);
    this.#same(found, this.#reference.find(stream, command), `find(${stream}, ${command})`);
  }

  async #read(log: FileEventLog, name: string, after: number): Promise<void> {
    const stream = matchId(name);
    const commits = await log.read(stream, streamVersion(after));
    this.#same(commits.map(withoutHash), this.#reference.read(stream, after), `read(${name}, ${after})`);
  }

  async #readAll(log: FileEventLog): Promise<void> {
    const { commits } = this.#reference;
    const after = this.#draws.below(commits.length + 1);
    const count = commits.length - after;
    const read = await lastValueFrom(log.subscribe(after).pipe(take(count), toArray()));
    this.#same(read.map(withoutHash), commits.slice(after), `subscribe(${after})`);
  }

  /** Somebody deletes or damages a file that the log can make again. */
  #damageIndex(): void {
    const paths = this.#disk.filesIn(logFolder).filter((path) => /\.(idx|rows)$/.test(path));
    if (paths.length === 0) return;
    const path = this.#draws.pick(paths);
    const content = this.#disk.contentOf(path) ?? Buffer.alloc(0);
    const place = this.#draws.below(content.length + 1);
    const flipped = Buffer.from(content);
    if (place < content.length)
      flipped.writeUInt8(flipped.readUInt8(place) ^ (1 << this.#draws.below(8)), place);
    const other = this.#disk.contentOf(this.#draws.pick(paths));
    this.#disk.tamper(path, this.#draws.pick([null, content.subarray(0, place), flipped, other]));
  }

  #same(actual: unknown, expected: unknown, what: string): void {
    if (isDeepStrictEqual(actual, expected)) return;
    throw new BrokenPromise(`${what} gives ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

function codeOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  throw error;
}

/** The reference store keeps no chain. */
function withoutHash(commit: StoredCommit): StoredCommit {
  return { ...commit, hash: '' };
}
