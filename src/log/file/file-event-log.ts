import { randomUUID } from 'node:crypto';
import { Subject, concatAll, from } from 'rxjs';
import type { Observable } from 'rxjs';
import { AppError, describeError, isAppError } from '../../shared/errors.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { CommandId, MatchId } from '../../shared/ids.ts';
import { SerialQueue, SerialQueues } from '../../shared/serial-queue.ts';
import { BackgroundCheck } from './background-check.ts';
import { catchUpThenLive } from '../catch-up.ts';
import { DiskSpace, defaultWatermarks, refuseNetworkDisk } from '../disk/disk-space.ts';
import type { Watermarks } from '../disk/disk-space.ts';
import { lossWindow } from '../durability.ts';
import type { Durability } from '../durability.ts';
import { makeFolder } from '../disk/durable-file.ts';
import { eraseFromSegments } from '../segments/erase.ts';
import type { Erasure, ErasureRecord } from '../segments/erase.ts';
import type { Appended, Commit, EventLog, StoredCommit } from '../event-log.ts';
import { everyStream } from '../segments/every-stream.ts';
import type { Wanted, WholeStream } from '../segments/every-stream.ts';
import { nodeFiles } from '../disk/files.ts';
import type { Files } from '../disk/files.ts';
import { lockPath, logFolder } from '../disk/data-folder.ts';
import { readCommit } from '../line/line.ts';
import type { LogHealth } from './health.ts';
import type { LastSegment } from '../segments/log-reader.ts';
import { viewAfterCut, viewOf } from '../segments/log-view.ts';
import type { LogView } from '../segments/log-view.ts';
import { LogWriter } from './log-writer.ts';
import { settleLast, openSegments, refuseOldFormat, removeUnfinished } from '../segments/open-segments.ts';
import type { OpenedSegments, Repair } from '../segments/open-segments.ts';
import { frozen } from '../payload.ts';
import { SegmentWriter } from '../segments/segment-writer.ts';
import type { Kept, Written } from './batch-writer.ts';

export interface FileLogOptions {
  /** When a commit is acknowledged; default `group`: once the disk has it. */
  readonly durability?: Durability;
  /** A segment of this many bytes is sealed and a new one is started; default 64 MiB. */
  readonly segmentBytes?: number;
  readonly watermarks?: Watermarks;
  /** After this many milliseconds without a commit a mark line proves the last batch; null for never. Default 50. */
  readonly markAfterMs?: number | null;
  /** The file system; tests pass their own. */
  readonly files?: Files;
  /** Milliseconds since the Unix epoch, for the log's own records. */
  readonly now?: () => number;
}

const defaults = { segmentBytes: 64 << 20, markAfterMs: 50 } as const;

/** The parts that {@link FileEventLog.open} passes to the constructor. */
interface Parts {
  readonly data: string;
  readonly files: Files;
  readonly durability: Durability;
  readonly opened: OpenedSegments;
  readonly disk: DiskSpace;
}

/**
 * The event log of one node: NDJSON segments in `log/` of the data folder, one line per commit. One process writes, any
 * number read. docs/log.md specifies every byte and every guarantee.
 */
export class FileEventLog implements EventLog {
  #refusal: AppError | null = null;
  #writer: LogWriter | null = null;
  #lastFailure: string | null = null;
  #repair: Repair | null = null;
  #check: BackgroundCheck | null = null;
  #release: () => Promise<void> = () => Promise.resolve();
  #closing: Promise<void> | null = null;
  #looking: Promise<void> | null = null;
  /** Serial: two erasures would rewrite the same segment. */
  readonly #erasing = new SerialQueue();
  /** Streams whose rows are being read, until the last commit that waits for them is queued. */
  readonly #cold = new SerialQueues<MatchId>();
  readonly #data: string;
  readonly #files: Files;
  readonly #durability: Durability;
  readonly #disk: DiskSpace;
  #view: LogView;
  readonly #damage: AppError[] = [];
  readonly #live = new Subject<StoredCommit>();

  private constructor({ data, files, durability, opened, disk }: Parts) {
    this.#data = data;
    this.#files = files;
    this.#durability = durability;
    this.#disk = disk;
    this.#view = viewOf(files, data, opened, () => this.#lastSegment());
  }

  /**
   * Opens the log of a data folder. With `write`, creates and locks the folder, and cuts off whatever a crash left
   * after the last good line; those bytes are kept in a `.broken` file.
   * @throws AppError `log_damaged` with file, line, offset and match; `log_locked` naming the writing process;
   * `log_newer`, `log_format_old`, `log_disk_unsuitable`; `file_unreadable` when there is nothing to read.
   */
  static async open(
    data: string,
    mode: 'read' | 'write',
    options: FileLogOptions = {},
  ): Promise<FileEventLog> {
    try {
      if (mode === 'read') return await FileEventLog.#openToRead(data, options);
      const files = options.files ?? nodeFiles;
      await makeFolder(files, logFolder(data));
      const release = await files.lock(lockPath(data));
      return await FileEventLog.#openToWrite(data, files, options, release).catch(async (error: unknown) => {
        await release();
        throw error;
      });
    } catch (error) {
      if (isAppError(error)) throw error;
      const message = `The log in ${data} cannot be opened: ${describeError(error)}`;
      throw new AppError('file_unreadable', message, { path: data }, { cause: error });
    }
  }

  static async #openToRead(
    data: string,
    { files = nodeFiles, watermarks }: FileLogOptions,
  ): Promise<FileEventLog> {
    const opened = await openSegments(files, data);
    if (opened.last === null) {
      await refuseOldFormat(files, data);
      throw new AppError('file_unreadable', `No match is stored in ${data}.`, { path: data });
    }
    const disk = await DiskSpace.of(files, data, watermarks ?? defaultWatermarks);
    const log = new FileEventLog({ data, files, durability: { mode: 'group' }, opened, disk });
    log.#refusal = new AppError('log_write_failed', 'The log was opened to be read only.');
    return log;
  }

  static async #openToWrite(
    data: string,
    files: Files,
    options: FileLogOptions,
    release: () => Promise<void>,
  ): Promise<FileEventLog> {
    const { durability = { mode: 'group' }, now = Date.now, watermarks = defaultWatermarks } = options;
    const disk = await DiskSpace.of(files, data, watermarks);
    refuseNetworkDisk(data, await files.space(data));
    await removeUnfinished(files, logFolder(data));
    const opened = await openSegments(files, data);
    if (opened.last === null) await refuseOldFormat(files, data);
    const log = new FileEventLog({ data, files, durability, opened, disk });
    const epoch = (opened.last?.epoch ?? 0) + 1;
    const settings = { ...defaults, ...options, files, data, durability, epoch, now };
    let last = opened.last;
    if (last === null) {
      const first = { number: 1, logId: null, heads: '', epoch };
      last = await SegmentWriter.create(settings, first, randomUUID(), 1);
      opened.streamIndex.beginSegment(1);
    } else log.#repair = await settleLast(files, data, last, disk);
    // Reserved before the segment is opened: nothing may fail after that.
    await disk.reserve();
    const segment = await SegmentWriter.open(settings, last);
    log.#writer = new LogWriter(settings, segment, opened.streamIndex, log.#view.sealed, {
      written: (written) => log.#tell(written),
      failed: (error) => log.#noteFailure(error),
    });
    log.#release = release;
    for (const unindexed of opened.unindexed) log.#writer.index(unindexed);
    log.#check = new BackgroundCheck(files, data, log.#view.sealed, (damage) => log.#damage.push(damage));
    return log;
  }

  append(commit: Commit): Promise<Appended> {
    return this.#take(commit, null);
  }

  /**
   * Stores a commit of another log with its own salt and digest, so that its match keeps its hash chain.
   * @throws AppError as {@link FileEventLog.append}.
   */
  restore(commit: Commit, kept: Kept): Promise<Appended> {
    return this.#take(commit, kept);
  }

  async read(stream: MatchId, after = streamVersion(0)): Promise<readonly StoredCommit[]> {
    this.#refuseClosed();
    return this.#unlessCut(() => this.#view.reader.read(stream, after));
  }

  async find(stream: MatchId, commandId: CommandId): Promise<Appended | null> {
    this.#refuseClosed();
    const found = this.#view.reader.findInMemory(stream, commandId);
    return found === undefined ? this.#unlessCut(() => this.#view.reader.find(stream, commandId)) : found;
  }

  streams(): readonly MatchId[] {
    return [...this.#view.streamIndex.streams()];
  }

  /**
   * Every wanted stream, whole, each once, roughly ordered by last commit. Reads the log once and keeps at most `room`
   * bytes of waiting lines in memory. @throws AppError as {@link FileEventLog.read}, except `log_pruned`.
   */
  async *everyStream(wanted: Wanted = everything, room?: number): AsyncGenerator<WholeStream> {
    this.#refuseClosed();
    const told = new Set<MatchId>();
    const isUntold: Wanted = (stream) => wanted(stream) && !told.has(stream);
    for (let again = false; ; again = true) {
      try {
        for await (const whole of everyStream(this.#view.streamIndex, this.#view.reader, isUntold, room)) {
          told.add(whole.stream);
          yield whole;
        }
        return;
      } catch (error) {
        if (again) throw error;
        await this.#lookAnew(error);
      }
    }
  }

  subscribe(after: number): Observable<StoredCommit> {
    return catchUpThenLive(after, this.#live, () => {
      this.#refuseClosed();
      return from(this.#view.reader.stored(after)).pipe(concatAll());
    });
  }

  /**
   * Removes every text of a match from the log. Its events keep what the rules need, its chain stays verifiable, and
   * the log records who asked, why and when. The caller erases checkpoints and archive files (`eraseMatch` does all of
   * it), and backups and exports.
   * @throws AppError `unknown_match`, `log_closed`, `log_damaged`, `log_write_failed` (retry: the erasure resumes where
   * it stopped).
   */
  erase(stream: MatchId, record: ErasureRecord): Promise<Erasure> {
    return this.#erasing.run(() => this.#erase(stream, record));
  }

  async #erase(stream: MatchId, record: ErasureRecord): Promise<Erasure> {
    const writer = this.#writer;
    if (this.#refusal !== null || writer === null) throw this.#refusal ?? closed();
    const { streamIndex } = this.#view;
    if (!streamIndex.has(stream))
      throw new AppError('unknown_match', `No match ${stream} is stored.`, { match: stream });
    // Its lines in the open segment must be sealed first.
    await writer.batches.rotate();
    await writer.indexed();
    const numbers = streamIndex.parts(stream).map(({ segment }) => segment);
    const erasure = await eraseFromSegments(this.#files, this.#data, this.#view.sealed, numbers, stream);
    const { seals } = erasure;
    await writer.batches.task((segment) => segment.recordErasure({ s: stream, ...record, seals }));
    return erasure;
  }

  /**
   * Resolves when every sealed segment was read once since the log was opened. `health.damage` lists what was found.
   */
  checked(): Promise<void> {
    return this.#check?.done() ?? Promise.resolve();
  }

  get health(): LogHealth {
    const segment = this.#writer?.batches.segment;
    const state = segment === undefined ? 'read_only' : segment.isBroken ? 'broken' : 'good';
    return {
      durability: this.#durability,
      lossWindow: lossWindow(this.#durability),
      state: this.#closing === null ? state : 'closed',
      lastFailure: this.#lastFailure,
      damage: this.#damage,
      repair: this.#repair,
      position: this.#view.streamIndex.position,
      streams: this.#view.streamIndex.size,
      segments: this.#view.sealed.length + 1,
      bytes: this.#view.sealed.reduce((sum, { bytes }) => sum + bytes, this.#lastSegment().size),
      waiting: this.#writer?.batches.waiting ?? { commits: 0, bytes: 0 },
      disk: { state: this.#disk.state, free: this.#disk.free },
    };
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    this.#refusal = new AppError('log_closed', 'The log was closed.');
    await this.#check?.stop();
    await this.#erasing.idle();
    await this.#view.reader.idle();
    await this.#writer?.close();
    await this.#view.reader.idle();
    await this.#release();
    this.#live.complete();
  }

  #take(commit: Commit, kept: Kept | null): Promise<Appended> {
    const answer = this.#cold.has(commit.stream) ? null : this.#takeWarm(commit, kept);
    if (answer !== null) return answer;
    // Commits of one stream keep their order while its rows are read.
    const turn = this.#cold.run(commit.stream, () => this.#takeCold(commit, kept));
    return turn.then(({ result }) => result);
  }

  /** Resolves once the commit is queued. Its result comes later. */
  async #takeCold(commit: Commit, kept: Kept | null): Promise<{ readonly result: Promise<Appended> }> {
    for (;;) {
      await this.#view.reader.load(commit.stream).catch(unread);
      const result = this.#takeWarm(commit, kept);
      if (result !== null) return { result };
    }
  }

  /** Null when the stream's rows must be read first. */
  #takeWarm(commit: Commit, kept: Kept | null): Promise<Appended> | null {
    const { stream, commandId } = commit;
    const writer = this.#writer?.batches;
    if (this.#refusal !== null || writer === undefined) return Promise.reject(this.#refusal ?? closed());
    const underway = writer.underway(stream, commandId);
    if (underway !== null) return underway;
    const known = this.#view.reader.findInMemory(stream, commandId);
    if (known === undefined) return null;
    if (known !== null) return Promise.resolve(known);
    if (this.#disk.refusal(commit.expectedVersion === 0) !== null)
      return this.#look().then(() => {
        const refusal = this.#disk.refusal(commit.expectedVersion === 0);
        if (refusal !== null) throw refusal;
        // Starts over: the same command may have been appended in between.
        return this.#take(commit, kept);
      });
    try {
      return writer.enqueue(commit, kept);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(describeError(error)));
    }
  }

  #tell({ lines, lengths }: Written): void {
    if (this.#disk.isStale) void this.#look();
    if (!this.#live.observed) return;
    let offset = 0;
    for (const length of lengths) {
      // Parsed from the bytes, so that no subscriber shares an object with the appender.
      this.#live.next(frozen(readCommit(lines.subarray(offset, offset + length))));
      offset += length;
    }
  }

  #look(): Promise<void> {
    this.#looking ??= this.#disk
      .look()
      .catch((error: unknown) => this.#noteFailure(error))
      .finally(() => (this.#looking = null));
    return this.#looking;
  }

  #noteFailure(error: unknown): void {
    this.#lastFailure = describeError(error);
    this.#disk.expire();
  }

  async #unlessCut<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      await this.#lookAnew(error);
      return read();
    }
  }

  /**
   * Refreshes the view after a failed read. @throws the error, unless it is about lines that the writer cut off in
   * between.
   */
  async #lookAnew(error: unknown): Promise<void> {
    if (this.#writer !== null) throw error;
    this.#view = await viewAfterCut(this.#files, this.#data, () => this.#lastSegment(), error);
  }

  #lastSegment(): LastSegment {
    const writing = this.#writer?.batches.segment;
    if (writing !== undefined) return writing;
    const { header, size = 0 } = this.#view.last ?? {};
    return { number: header?.seg ?? 0, firstPosition: header?.g ?? 1, size };
  }

  #refuseClosed(): void {
    if (this.#closing !== null) throw closed();
  }
}

const everything: Wanted = () => true;

/** @throws AppError */
function unread(error: unknown): never {
  if (isAppError(error)) throw error;
  const message = `The log could not be read (${describeError(error)}); retry with the same command id.`;
  throw new AppError('log_write_failed', message, {}, { cause: error });
}

const closed = () => new AppError('log_closed', 'The log was closed.');
