import { randomBytes } from 'node:crypto';
import { AppError, describeError } from '../../shared/errors.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { CommandId, MatchId } from '../../shared/ids.ts';
import type { StreamIndex } from '../segments/stream-index.ts';
import type { Appended, Commit } from '../event-log.ts';
import { LinePrinter, frame, lineMax } from '../line/line.ts';
import type { Sealed } from '../line/line.ts';
import { chainHash, checkCommit, encodeEvents, payloadDigest } from '../payload.ts';
import type { Link } from '../payload.ts';
import type { SegmentWriter } from '../segments/segment-writer.ts';

/** How many commits, and bytes of their events, may wait for the disk before new ones are refused. */
const waitingMax = 10_000;
const waitingBytesMax = 64 << 20;
/** Most bytes of lines in one batch, unless it is a single line. This bounds what a crash can tear. */
const batchBytes = 1 << 20;
/** From more waiting commits than this, a batch takes only half of them. */
const crowd = 32;
/** Most bytes of a line besides its events. */
const headMax = 1024;

/** A commit in the queue: its line without the position, and the caller's promise. */
class Waiting implements Link {
  readonly s: MatchId;
  readonly n: number;
  readonly k: number;
  readonly id: CommandId;
  readonly at: number;
  readonly salt: string;
  readonly events: string;
  readonly ph: string;
  readonly h: string;
  /** Bytes of its events. */
  readonly size: number;
  readonly answer: Appended;
  /** The previous waiting commit of the same stream. */
  before: Waiting | null;
  readonly promise: Promise<Appended>;
  resolve: () => void = nothing;
  reject: (error: AppError) => void = nothing;

  constructor(
    commit: Commit,
    kept: Kept,
    size: number,
    position: number,
    head: string,
    before: Waiting | null,
  ) {
    this.s = commit.stream;
    this.n = commit.expectedVersion + 1;
    this.k = commit.events.length;
    this.id = commit.commandId;
    this.at = commit.at;
    this.salt = kept.salt;
    this.events = kept.events;
    this.ph = kept.ph;
    this.h = chainHash(head, this);
    this.size = size;
    this.answer = { version: streamVersion(commit.expectedVersion + this.k), position };
    this.before = before;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = () => resolve(this.answer);
      this.reject = reject;
    });
  }
}

/** A commit's events as text, with their salt and digest. */
export type Kept = Pick<Sealed, 'salt' | 'events' | 'ph'>;

/** A batch that is on disk. */
export interface Written {
  readonly lines: Buffer;
  readonly lengths: readonly number[];
}

export interface WriterEvents {
  /** Called after a batch was acknowledged. */
  readonly written: (written: Written) => void;
  /** Called when the segment is full; returns the next one. */
  readonly nextSegment: (full: SegmentWriter) => Promise<SegmentWriter>;
  readonly failed: (error: unknown) => void;
}

/**
 * Groups commits into batches and acknowledges them in order. While one batch is written, the next one collects. After
 * a failure every waiting commit is answered that its outcome is unknown, and is dropped; the next commit repairs the
 * segment first.
 */
export class BatchWriter {
  #position: number;
  #queue: Waiting[] = [];
  #batch: readonly Waiting[] = [];
  #queueBytes = 0;
  #tasks: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;
  #segment: SegmentWriter;
  #isTurning = false;
  /** The last waiting commit of each stream. */
  readonly #lastWaiting = new Map<MatchId, Waiting>();
  readonly #segmentBytes: number;
  readonly #epoch: number;
  readonly #catalogue: StreamIndex;
  readonly #events: WriterEvents;
  readonly #printer = new LinePrinter();
  readonly #salts = new Salts();

  constructor(
    segment: SegmentWriter,
    streamIndex: StreamIndex,
    { segmentBytes, epoch }: { readonly segmentBytes: number; readonly epoch: number },
    events: WriterEvents,
  ) {
    this.#segment = segment;
    this.#catalogue = streamIndex;
    this.#position = streamIndex.position;
    this.#segmentBytes = segmentBytes;
    this.#epoch = epoch;
    this.#events = events;
  }

  get segment(): SegmentWriter {
    return this.#segment;
  }

  /** How many commits wait, and the bytes of their events. */
  get waiting(): { readonly commits: number; readonly bytes: number } {
    return { commits: this.#queue.length + this.#batch.length, bytes: this.#queueBytes };
  }

  /** The pending answer to a command; null when the command is not waiting. */
  underway(stream: MatchId, commandId: CommandId): Promise<Appended> | null {
    let waiting = this.#lastWaiting.get(stream) ?? null;
    while (waiting !== null && waiting.id !== commandId) waiting = waiting.before;
    return waiting?.promise ?? null;
  }

  /**
   * Queues a commit. `kept` is given when the commit comes from another log.
   * @throws AppError `log_version_conflict`, `event_invalid`, `event_too_large`, `log_overloaded`.
   */
  enqueue(commit: Commit, kept: Kept | null): Promise<Appended> {
    const { stream } = commit;
    const before = this.#lastWaiting.get(stream) ?? null;
    checkCommit(commit, before?.answer.version ?? this.#catalogue.version(stream));
    const sealed = kept ?? this.#sealed(encodeEvents(commit));
    const size = Buffer.byteLength(sealed.events);
    this.#refuse(commit, size);
    const head = before?.h ?? this.#catalogue.head(stream);
    const waiting = new Waiting(commit, sealed, size, this.#position + 1, head, before);
    this.#position += 1;
    this.#lastWaiting.set(stream, waiting);
    this.#queue.push(waiting);
    this.#queueBytes += size;
    this.#start();
    return waiting.promise;
  }

  #sealed(events: string): Kept {
    const salt = this.#salts.next();
    return { salt, events, ph: payloadDigest(salt, events) };
  }

  #refuse({ commandId }: Commit, size: number): void {
    if (size > lineMax - headMax)
      throw new AppError(
        'event_too_large',
        `Command ${commandId} holds ${size} bytes; a commit may hold ${lineMax - headMax}.`,
        { bytes: size, most: lineMax - headMax },
      );
    if (this.#queue.length >= waitingMax || this.#queueBytes + size > waitingBytesMax)
      throw new AppError('log_overloaded', 'Too many commits wait for the disk; retry.', {
        waiting: this.#queue.length,
      });
  }

  /** Runs a task between two batches, on a segment that is not broken. */
  task<T>(work: (segment: SegmentWriter) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tasks.push(() =>
        this.#mend()
          .then(() => work(this.#segment))
          .then(resolve, reject),
      );
      this.#start();
    });
  }

  /** Seals the segment and starts the next one. */
  rotate(): Promise<void> {
    return this.task(() => this.#turn());
  }

  /** Resolves once nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Appends of the same event loop turn join the first batch.
    await Promise.resolve();
    // A large queue is split in half: then one half computes while the other is written.
    let most = this.#queue.length > crowd ? Math.ceil(this.#queue.length / 2) : Infinity;
    let answer = nothing;
    while (this.#queue.length > 0 || this.#tasks.length > 0) {
      try {
        await this.#makeReady();
        this.#batch = this.#takeBatch(most);
        most = Infinity;
        const writing = this.#write();
        // The callers of the last batch prepare their next commits while this one is being written.
        answer();
        answer = nothing;
        answer = await writing;
      } catch (error) {
        answer();
        answer = nothing;
        this.#fail(error);
      }
      // A task waits for one batch at most, under any load: the mode `interval` promises its sync.
      if (this.#queue.length === 0 || this.#tasks.length > 0) {
        answer();
        answer = nothing;
        for (const task of this.#tasks.splice(0)) await task();
      }
    }
    // Set in the same turn as the last look at the queue, so that a later commit starts a new run.
    this.#running = null;
  }

  async #makeReady(): Promise<void> {
    await this.#mend();
    if (this.#isTurning || (this.#segment.size >= this.#segmentBytes && this.#queue.length > 0))
      await this.#turn();
  }

  /**
   * Starts the next segment. Once begun, it is retried until it succeeds: the next segment's file may already exist, so
   * this one accepts no more lines.
   */
  async #turn(): Promise<void> {
    this.#isTurning = true;
    this.#segment = await this.#events.nextSegment(this.#segment);
    this.#isTurning = false;
  }

  async #mend(): Promise<void> {
    if (this.#segment.isBroken) await this.#segment.mend();
  }

  #takeBatch(most: number): readonly Waiting[] {
    let size = 0;
    let count = 0;
    for (const { size: more } of this.#queue) {
      if (count === most || (count > 0 && size + more + count * headMax > batchBytes)) break;
      size += more;
      count += 1;
    }
    this.#queueBytes -= size;
    return this.#queue.splice(0, count);
  }

  /** Writes the batch and adds it to the stream index. @returns a function that answers its callers. */
  async #write(): Promise<() => void> {
    const batch = this.#batch;
    if (batch.length === 0) return nothing;
    const segment = this.#segment;
    const { bytes, lengths } = this.#print(batch);
    const chains = batch.map(({ h }) => h).join('');
    const events = batch.reduce((sum, { k }) => sum + k, 0);
    let offset = segment.size;
    await segment.append(bytes, batch.length, events, chains);
    for (const [index, waiting] of batch.entries()) {
      const length = lengths[index] ?? 0;
      this.#catalogue.add(waiting.s, waiting.id, waiting.answer.version, waiting.h, offset, length);
      this.#settle(waiting);
      offset += length;
    }
    this.#batch = [];
    return () => {
      this.#events.written({ lines: bytes, lengths });
      for (const waiting of batch) waiting.resolve();
    };
  }

  #print(batch: readonly Waiting[]): { readonly bytes: Buffer; readonly lengths: readonly number[] } {
    const b = this.#segment.durable;
    const ep = this.#epoch;
    const lines = batch.map((waiting) => {
      const { s, n, k, id, at, answer } = waiting;
      return this.#printer.commit({ g: answer.position, s, n, k, id, ep, at, b }, waiting);
    });
    return frame(
      lines,
      batch.reduce((sum, { size }) => sum + size + headMax, 0),
    );
  }

  /** Settles the oldest waiting commit of a stream. */
  #settle(waiting: Waiting): void {
    if (this.#lastWaiting.get(waiting.s) === waiting) this.#lastWaiting.delete(waiting.s);
    waiting.before = null;
  }

  /** Fails every waiting commit: it is unknown what the disk holds of them. */
  #fail(cause: unknown): void {
    this.#events.failed(cause);
    const error = new AppError(
      'log_write_failed',
      `The log could not be written (${describeError(cause)}); retry with the same command id.`,
      {},
      { cause },
    );
    const all = [...this.#batch, ...this.#queue];
    this.#batch = [];
    this.#queue = [];
    this.#queueBytes = 0;
    this.#lastWaiting.clear();
    this.#position = this.#catalogue.position;
    for (const { reject } of all) reject(error);
  }
}

const nothing = (): void => undefined;

/** Random salts of 128 bits as hex, drawn many at a time. */
class Salts {
  #pool = '';
  #next = 0;

  next(): string {
    if (this.#next >= this.#pool.length) {
      this.#pool = randomBytes(16 * 256).toString('hex');
      this.#next = 0;
    }
    this.#next += 32;
    return this.#pool.slice(this.#next - 32, this.#next);
  }
}
