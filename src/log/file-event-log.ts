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
import { formatLine, parseCheckedLine } from './line.ts';
import { takeLock } from './lock.ts';
import { frozen } from './payload.ts';
import { recover } from './recovery.ts';
import type { Recovered } from './recovery.ts';
import { readCommits } from './span-reader.ts';
import type { Span } from './span-reader.ts';

export const logFileName = 'events.ndjson';

interface Waiting {
  readonly appended: Appended;
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
  readonly #readings = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

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
   * @throws AppError `log_damaged` with file, line, offset and match; `log_locked` naming the writing process;
   * `file_unreadable` where there is nothing to read.
   */
  static async open(folder: string, mode: 'read' | 'write'): Promise<FileEventLog> {
    const path = join(folder, logFileName);
    if (mode === 'write') await mkdir(folder, { recursive: true });
    const release = mode === 'write' ? takeLock(join(folder, 'lock')) : () => Promise.resolve();
    let file: FileHandle | null = null;
    try {
      file = mode === 'write' ? await open(path, 'a+') : await openForReading(path);
      return new FileEventLog(file, await recover(file, path, mode), release);
    } catch (error) {
      await file?.close();
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
    return this.#readStored(this.#recovered.index.places(stream, after));
  }

  find(stream: MatchId, commandId: CommandId): Appended | null {
    const { index, spans } = this.#recovered;
    const found = index.find(stream, commandId);
    return found !== null && this.#isDurable(spans[found.position - 1]) ? found : null;
  }

  streams(): readonly MatchId[] {
    const { index } = this.#recovered;
    return index.streams().filter((stream) => this.#isDurable(index.firstPlace(stream)));
  }

  subscribe(after: number): Observable<StoredCommit> {
    const { spans } = this.#recovered;
    return catchUpThenLive(after, this.#live, () =>
      from(this.#readStored(spans.slice(after))).pipe(concatAll()),
    );
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    this.#failure ??= new AppError('log_closed', 'The log was closed.');
    while (this.#flushing !== null) await this.#flushing;
    await Promise.allSettled(this.#readings);
    await this.#file.close();
    await this.#release();
    this.#live.complete();
  }

  readonly #isDurable = (span: Span | null | undefined): boolean =>
    (span?.offset ?? Infinity) < this.#durable;

  #readStored(spans: readonly Span[]): Promise<readonly StoredCommit[]> {
    if (this.#closing !== null) return Promise.reject(new AppError('log_closed', 'The log was closed.'));
    const reading = readCommits(this.#file, spans.filter(this.#isDurable));
    this.#readings.add(reading);
    const settle = () => this.#readings.delete(reading);
    reading.then(settle, settle);
    return reading;
  }

  #enqueue(commit: Commit): Promise<Appended> {
    const { index, hashes } = this.#recovered;
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure;
      const repeated = index.find(commit.stream, commit.commandId);
      if (repeated !== null) {
        resolve(repeated);
        return;
      }
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
      this.#queue.push({ appended, line: bytes, resolve, reject });
      this.#flushing ??= this.#flush();
    });
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
      for (const { appended, line, resolve } of batch) {
        resolve(appended);
        // Read back from the bytes, so that no subscriber shares a value with the appender.
        if (this.#live.observed) this.#live.next(frozen(parseCheckedLine(line.toString())));
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
