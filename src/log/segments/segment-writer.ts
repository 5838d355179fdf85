import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { Appender } from '../appender.ts';
import { copyDurably, withFile, writeDurably } from '../disk/durable-file.ts';
import type { Durability } from '../durability.ts';
import type { Files } from '../disk/files.ts';
import { segmentPath } from '../disk/data-folder.ts';
import { LinePrinter, frame, lineVersion } from '../line/line.ts';
import type { ControlFields } from '../line/line.ts';
import { HeadsDigest } from '../payload.ts';
import type { Expected, Scanned } from './scan.ts';
import type { SealedSegment } from './sealed-index.ts';

const { O_WRONLY, O_RDWR, O_APPEND } = constants;
/** Missing outside Linux; there, a sync follows every write. */
const O_DSYNC = (constants as Partial<typeof constants>).O_DSYNC ?? 0;

/** Where and how a segment is written. */
export interface WriterSettings {
  readonly files: Files;
  /** The data folder. */
  readonly data: string;
  readonly durability: Durability;
  readonly epoch: number;
  readonly now: () => number;
}

/**
 * The open segment. After a failed write or sync it is broken until {@link SegmentWriter.mend}: acknowledged bytes are
 * kept, all others are cut off, and a failed descriptor is never used again.
 */
export class SegmentWriter {
  /** Acknowledged bytes, and how many of them are on disk. */
  #size: number;
  #synced: number;
  #broken = false;
  /** The content of the last line, if it is a seal. */
  #seal: Pick<SealedSegment, 'sha' | 'heads' | 'epoch'> | null;
  /** Whether the last line proves that everything before it is on disk. */
  #proven: boolean;
  #fd: number;
  #appender: Appender;
  #commits: number;
  #events: number;
  readonly #scanned: Scanned;
  readonly #settings: WriterSettings;
  readonly #path: string;
  readonly #printer = new LinePrinter();

  private constructor(settings: WriterSettings, scanned: Scanned, fd: number) {
    this.#settings = settings;
    this.#scanned = scanned;
    this.#path = segmentPath(settings.data, scanned.header.seg);
    this.#size = scanned.size;
    this.#synced = scanned.size;
    this.#commits = scanned.commits;
    this.#events = scanned.events;
    this.#seal = scanned.seal && { sha: scanned.seal.sha, heads: scanned.seal.heads, epoch: scanned.epoch };
    this.#proven = this.#seal !== null;
    this.#fd = fd;
    this.#appender = new Appender(fd);
  }

  /** Opens a segment for append after a scan to its end. */
  static async open(settings: WriterSettings, scanned: Scanned): Promise<SegmentWriter> {
    const path = segmentPath(settings.data, scanned.header.seg);
    return new SegmentWriter(settings, scanned, await settings.files.open(path, flagsFor(settings)));
  }

  /** Creates the file of a new segment atomically. `g` is the position of its first commit. */
  static async create(settings: WriterSettings, next: Expected, logId: string, g: number): Promise<Scanned> {
    const { files, data, epoch, now } = settings;
    const fields = { ep: epoch, at: now(), b: 0, log: logId, seg: next.number, g, heads: next.heads };
    const { bytes } = frame([new LinePrinter().control('seg', fields)]);
    await writeDurably(files, segmentPath(data, next.number), [bytes]);
    const header = { v: lineVersion, t: 'seg', ...fields } as const;
    const sha = createHash('sha256').update(bytes);
    const nothing = { seal: null, commits: 0, events: 0, torn: null, lines: 1, erasures: [] };
    return { ...nothing, header, sha, heads: new HeadsDigest(next.heads), epoch, size: bytes.length };
  }

  get number(): number {
    return this.#scanned.header.seg;
  }

  get firstPosition(): number {
    return this.#scanned.header.g;
  }

  get path(): string {
    return this.#path;
  }

  get size(): number {
    return this.#size;
  }

  /** The offset up to which the file is known to be on disk. Every new line states it. */
  get durable(): number {
    return this.#synced;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  /** Appends whole lines. Settles when they are as durable as the mode promises. */
  async append(lines: Buffer, commits: number, events: number, chains: string): Promise<void> {
    try {
      await this.#appender.write(lines);
      if (this.#settings.durability.mode === 'group' && O_DSYNC === 0)
        await this.#settings.files.sync(this.#fd);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
    this.#size += lines.length;
    if (this.#settings.durability.mode === 'group') this.#synced = this.#size;
    this.#commits += commits;
    this.#events += events;
    this.#scanned.sha.update(lines);
    this.#scanned.heads.add(chains);
    this.#proven = false;
    this.#seal = null;
  }

  /** Syncs the acknowledged bytes to disk. */
  async sync(): Promise<void> {
    if (this.#synced === this.#size) return;
    try {
      await this.#settings.files.sync(this.#fd);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
    this.#synced = this.#size;
  }

  /** Writes a mark line, which proves that everything before it is on disk, unless the last line already does. */
  async mark(): Promise<void> {
    if (this.#proven || this.#settings.durability.mode === 'os') return;
    await this.sync();
    await this.#control('mark', {});
    this.#proven = true;
  }

  /**
   * Writes the seal, which closes a segment and proves it whole, unless the last line is one.
   * @returns the segment's entry for its index.
   */
  async seal(): Promise<SealedSegment> {
    await this.sync();
    const { header, sha, heads } = this.#scanned;
    if (this.#seal === null) {
      const digests = { sha: sha.copy().digest('hex'), heads: heads.value() };
      await this.#control('seal', { commits: this.#commits, events: this.#events, ...digests });
      await this.sync();
      this.#seal = { ...digests, epoch: this.#settings.epoch };
      this.#proven = true;
    }
    return {
      number: this.number,
      logId: header.log,
      firstPosition: header.g,
      commits: this.#commits,
      events: this.#events,
      bytes: this.#size,
      ...this.#seal,
    };
  }

  /** Appends the record of an erasure. */
  async recordErasure(erasure: Omit<ControlFields<'erase'>, 'ep' | 'at' | 'b'>): Promise<void> {
    await this.#control('erase', erasure);
    await this.sync();
  }

  async #control(t: 'mark' | 'seal' | 'erase', fields: object): Promise<void> {
    const { epoch, now } = this.#settings;
    const all = { ep: epoch, at: now(), b: this.#synced, ...fields };
    const { bytes } = frame([this.#printer.control(t, all)]);
    await this.append(bytes, 0, 0, '');
  }

  /**
   * Cuts off unacknowledged bytes. Acknowledged bytes that were not synced are written to another file that replaces
   * the segment: after a failed sync the system considers those pages clean and would never write them.
   */
  async mend(): Promise<void> {
    const { files } = this.#settings;
    this.#broken = true;
    await this.release();
    if (this.#synced < this.#size) await copyDurably(files, this.#path, this.#path, this.#size);
    else
      await withFile(files, this.#path, O_RDWR, async (fd) => {
        await files.truncate(fd, this.#size);
        await files.sync(fd);
      });
    this.#synced = this.#size;
    this.#fd = await files.open(this.#path, flagsFor(this.#settings));
    this.#appender = new Appender(this.#fd);
    this.#broken = false;
  }

  /** Closes the descriptor. */
  async release(): Promise<void> {
    const fd = this.#fd;
    this.#fd = -1;
    // Closing may fail on a descriptor whose write failed; it is closed either way.
    if (fd !== -1) await this.#settings.files.close(fd).catch(() => undefined);
  }
}

function flagsFor({ durability }: WriterSettings): number {
  return O_WRONLY | O_APPEND | (durability.mode === 'group' ? O_DSYNC : 0);
}
