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
  /** A segment of this size is sealed, and another begun. */
  readonly segmentBytes: number;
  /** After so long without a commit a mark proves the last batch; null for never. */
  readonly markAfterMs: number | null;
}

export interface LogWriterEvents {
  readonly written: (written: Written) => void;
  readonly failed: (error: unknown) => void;
}

/** Writes a log: segments one after another, their indexes, marks, and the syncs of the `interval` mode. */
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

  /** Writes the index of a sealed segment whose rows are in memory, after those before it. */
  index(segment: SealedSegment): void {
    const { files, data } = this.#settings;
    // After a failure the rows stay in memory, and the next opening scans the segment.
    void this.#indexing.run(() =>
      writeIndex(files, data, segment, this.#catalogue).catch(this.#events.failed),
    );
  }

  /** Resolves once every index is written. */
  indexed(): Promise<void> {
    return this.#indexing.idle();
  }

  /** Waits for what is under way, seals the segment and closes it. */
  async close(): Promise<void> {
    clearTimeout(this.#markTimer ?? undefined);
    clearInterval(this.#syncTimer ?? undefined);
    await this.batches.idle();
    await this.#indexing.idle();
    // What was acknowledged is as durable without the seal; the next opening only has to look closer.
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

  /** Nobody waits for the outcome: a segment that breaks is mended with the next commit. */
  #inBackground(work: (segment: SegmentWriter) => Promise<void>): void {
    this.batches.task(work).catch(this.#events.failed);
  }
}
