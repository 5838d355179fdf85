import type { StreamIndex } from '../segments/stream-index.ts';
import { after } from '../segments/open-segments.ts';
import type { SealedSegment } from '../segments/sealed-index.ts';
import { writeIndex } from '../segments/sealed-index.ts';
import { SegmentWriter } from '../segments/segment-writer.ts';
import type { WriterSettings } from '../segments/segment-writer.ts';
import { SerialQueue } from '../../shared/serial-queue.ts';
import { BatchWriter } from './batch-writer.ts';
import type { Written } from './batch-writer.ts';

export interface LogWriterSettings extends WriterSettings {
  /** A segment of this many bytes is sealed, and a new one is started. */
  readonly segmentBytes: number;
  /** After this many milliseconds without a commit a mark line proves the last batch; null for never. */
  readonly markAfterMs: number | null;
}

export interface LogWriterEvents {
  readonly written: (written: Written) => void;
  readonly failed: (error: unknown) => void;
}

/** Writes a log: its segments in order, their indexes, mark lines, and the syncs of the `interval` mode. */
export class LogWriter {
  readonly batches: BatchWriter;
  readonly #settings: LogWriterSettings;
  readonly #catalogue: StreamIndex;
  readonly #sealed: SealedSegment[];
  readonly #events: LogWriterEvents;
  readonly #markTimer: NodeJS.Timeout | null;
  readonly #syncTimer: NodeJS.Timeout | null;
  readonly #indexing = new SerialQueue();

  constructor(
    settings: LogWriterSettings,
    segment: SegmentWriter,
    streamIndex: StreamIndex,
    sealed: SealedSegment[],
    events: LogWriterEvents,
  ) {
    this.#settings = settings;
    this.#catalogue = streamIndex;
    this.#sealed = sealed;
    this.#events = events;
    const { durability, markAfterMs } = settings;
    this.#markTimer =
      markAfterMs === null
        ? null
        : setTimeout(() => this.#inBackground((s) => s.mark()), markAfterMs).unref();
    this.#syncTimer =
      durability.mode === 'interval'
        ? setInterval(() => this.#inBackground((s) => s.sync()), durability.ms).unref()
        : null;
    this.batches = new BatchWriter(segment, streamIndex, settings, {
      written: (written) => {
        this.#markTimer?.refresh();
        events.written(written);
      },
      failed: events.failed,
      nextSegment: (full) => this.#rotate(full),
    });
  }

  /** Queues the index of a sealed segment whose rows are still in memory. */
  index(segment: SealedSegment): void {
    const { files, data } = this.#settings;
    // If this fails, the rows stay in memory, and the next opening scans the segment.
    void this.#indexing.run(() =>
      writeIndex(files, data, segment, this.#catalogue).catch(this.#events.failed),
    );
  }

  /** Resolves once every queued index is written. */
  indexed(): Promise<void> {
    return this.#indexing.idle();
  }

  /** Waits for pending writes, then seals and closes the segment. */
  async close(): Promise<void> {
    clearTimeout(this.#markTimer ?? undefined);
    clearInterval(this.#syncTimer ?? undefined);
    await this.batches.idle();
    await this.#indexing.idle();
    // Acknowledged commits are as durable without the seal; the next opening just scans the segment.
    await this.batches.task((sound) => sound.seal()).catch(this.#events.failed);
    await this.batches.segment.release();
  }

  async #rotate(full: SegmentWriter): Promise<SegmentWriter> {
    const settings = this.#settings;
    const sealed = await full.seal();
    const position = this.#catalogue.position + 1;
    const scanned = await SegmentWriter.create(settings, after(sealed), sealed.logId, position);
    const segment = await SegmentWriter.open(settings, scanned);
    await full.release();
    this.#sealed.push(sealed);
    this.#catalogue.beginSegment(segment.number);
    this.index(sealed);
    return segment;
  }

  /** No caller waits for the outcome: the next commit repairs a broken segment. */
  #inBackground(work: (segment: SegmentWriter) => Promise<void>): void {
    this.batches.task(work).catch(this.#events.failed);
  }
}
