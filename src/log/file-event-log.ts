import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Subject, concatAll, from } from 'rxjs';
import type { Observable } from 'rxjs';
import { AppError, describeError } from '../shared/errors.ts';
import { streamVersion } from '../shared/ids.ts';
import type { CommandId, MatchId } from '../shared/ids.ts';
import { catchUpThenLive } from './catch-up.ts';
import type { Appended, Commit, EventLog, StoredCommit } from './event-log.ts';
import { formatLine } from './line.ts';
import { takeLock } from './lock.ts';
import { recover } from './recovery.ts';
import type { Recovered } from './recovery.ts';
import { readCommits } from './span-reader.ts';
import type { Span } from './span-reader.ts';
import { stored } from './stream-index.ts';

export const logFileName = 'events.ndjson';

interface Waiting {
  readonly commit: StoredCommit;
  readonly line: Buffer;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: AppError) => void;
}

/** Commits that may wait for the disk before new ones are refused. */
const queueMax = 10_000;

/**
 * An NDJSON file of commits, one line each, written in batches and synced before any is acknowledged. One process
 * writes; any number read. Each stream's lines are chained by hash, so an edited byte is found on opening.
 */
export class FileEventLog implements EventLog {
  #failure: AppError | null = null;
  #flushing: Promise<void> | null = null;
  #queue: Waiting[] = [];
  /** Bytes of the file once everything queued is written; what is durable already ends at `#durable`. */
  #size: number;
  #durable: number;
  readonly #file: FileHandle;
  readonly #recovered: Recovered;
  readonly #release: () => Promise<void>;
  readonly #live = new Subject<StoredCommit>();
  readonly #inFlight = new Map<string, Promise<Appended>>();

  private constructor(file: FileHandle, recovered: Recovered, release: () => Promise<void>) {
    this.#file = file;
    this.#recovered = recovered;
    this.#release = release;
    this.#size = recovered.size;
    this.#durable = recovered.size;
  }

  /**
   * Opens the log of a data folder and checks every line of it. With `write`, the folder is created and locked, and
   * a line torn by a crash is set aside in `events.ndjson.broken`.
   * @throws AppError `log_damaged` with file, line, offset and match; `log_locked` naming the writing process.
   */
  static async open(folder: string, mode: 'read' | 'write'): Promise<FileEventLog> {
    const path = join(folder, logFileName);
    if (mode === 'read') {
      const file = await openForReading(path);
      return new FileEventLog(file, await recover(file, path, mode), () => Promise.resolve());
    }
    await mkdir(folder, { recursive: true });
    const release = await takeLock(join(folder, 'lock'));
    try {
      const file = await open(path, 'a+');
      return new FileEventLog(file, await recover(file, path, mode), release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  append(commit: Commit): Promise<Appended> {
    const key = `${commit.stream} ${commit.commandId}`;
    const underway = this.#inFlight.get(key);
    if (underway !== undefined) return underway;
    const appended = this.#enqueue(commit);
    this.#inFlight.set(key, appended);
    const settle = () => this.#inFlight.delete(key);
    appended.then(settle, settle);
    return appended;
  }

  read(stream: MatchId, after = streamVersion(0)): Promise<readonly StoredCommit[]> {
    return readCommits(this.#file, this.#recovered.index.places(stream, after).filter(this.#isDurable));
  }

  find(stream: MatchId, commandId: CommandId): Appended | null {
    return this.#recovered.index.find(stream, commandId);
  }

  streams(): readonly MatchId[] {
    return this.#recovered.index.streams();
  }

  subscribe(after: number): Observable<StoredCommit> {
    const { spans } = this.#recovered;
    return catchUpThenLive(after, this.#live, () =>
      from(readCommits(this.#file, spans.slice(after).filter(this.#isDurable))).pipe(concatAll()),
    );
  }

  async close(): Promise<void> {
    this.#failure ??= new AppError('log_closed', 'The log was closed.');
    while (this.#flushing !== null) await this.#flushing;
    await this.#file.close();
    await this.#release();
    this.#live.complete();
  }

  readonly #isDurable = (span: Span): boolean => span.offset < this.#durable;

  #enqueue(commit: Commit): Promise<Appended> {
    const { index, hashes } = this.#recovered;
    try {
      if (this.#failure !== null) throw this.#failure;
      const repeated = index.find(commit.stream, commit.commandId);
      if (repeated !== null) return Promise.resolve(repeated);
      if (this.#queue.length >= queueMax)
        throw new AppError('log_overloaded', 'Too many commits wait; retry.');
      index.check(commit);
      const { line, hash } = formatLine(commit, index.position + 1, hashes.get(commit.stream) ?? '');
      const bytes = Buffer.from(line);
      const span: Span = { offset: this.#size, length: bytes.length };
      const appended = index.add(commit, span);
      hashes.set(commit.stream, hash);
      this.#recovered.spans.push(span);
      this.#size += bytes.length;
      return new Promise((resolve, reject) => {
        this.#queue.push({ commit: stored(commit, appended), line: bytes, resolve, reject });
        this.#flushing ??= this.#flush();
      });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** One batch under way at a time; what comes meanwhile makes the next one. */
  async #flush(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#file.appendFile(Buffer.concat(batch.map(({ line }) => line)));
        await this.#file.datasync();
        this.#durable += batch.reduce((sum, { line }) => sum + line.length, 0);
      } catch (error) {
        this.#poison([...batch, ...this.#queue], error);
        break;
      }
      for (const { commit, resolve } of batch) {
        resolve({ version: commit.version, position: commit.position });
        this.#live.next(commit);
      }
    }
    this.#flushing = null;
  }

  /** After a failed write nobody knows what the disk holds: the log must be opened again. */
  #poison(waiting: readonly Waiting[], cause: unknown): void {
    this.#queue = [];
    const message = `The log could not be written (${describeError(cause)}); retry with the same command id.`;
    this.#failure = new AppError('log_write_failed', message, {}, { cause });
    for (const { reject } of waiting) reject(this.#failure);
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new AppError(
      'file_unreadable',
      `No match is stored at ${path}: ${describeError(error)}`,
      { path },
      { cause: error },
    );
  }
}
