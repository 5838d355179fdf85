import type { Draws } from '../../../src/game/random.ts';

const sectorSize = 512;

/** What becomes of one unsynced thing in a crash. */
type Fate = 'kept' | 'lost' | 'zero' | 'garbage';

/** How a crash treats everything that was not synced: some crashes take all of it, some nothing, most a part. */
export interface Crash {
  readonly draws: Draws;
  readonly fates: readonly (readonly [Fate, number])[];
}

const moods: readonly (readonly [Crash['fates'], number])[] = [
  [[['kept', 1]], 1],
  [[['lost', 1]], 2],
  [
    [
      ['kept', 1],
      ['lost', 1],
    ],
    2,
  ],
  [
    [
      ['kept', 4],
      ['lost', 2],
      ['zero', 1],
      ['garbage', 1],
    ],
    4,
  ],
];

export function drawCrash(draws: Draws): Crash {
  return { draws, fates: draws.weighted(moods) };
}

/** Whether a change that was never synced outlives the crash. */
export function isKept({ draws, fates }: Crash): boolean {
  return draws.weighted(fates) === 'kept';
}

/** A file: its bytes as programs read them, those the disk has, and which of the former are only in memory. */
export class SimulatedFile {
  #bytes = Buffer.alloc(0);
  #onDisk = Buffer.alloc(0);
  #dirty = new Uint8Array(0);
  /** Outside of this span nothing is dirty. */
  #dirtyFrom = Infinity;
  #dirtyTo = 0;
  #size = 0;
  #sizeOnDisk = 0;

  get size(): number {
    return this.#size;
  }

  get content(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#size));
  }

  read(into: Buffer, position: number): number {
    return position >= this.#size ? 0 : this.#bytes.copy(into, 0, position, this.#size);
  }

  write(bytes: Buffer, position: number): void {
    const end = position + bytes.length;
    this.#grow(end);
    bytes.copy(this.#bytes, position);
    this.#dirty.fill(1, position, end);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, position);
    this.#dirtyTo = Math.max(this.#dirtyTo, end);
    this.#size = Math.max(this.#size, end);
  }

  /** Some sectors of a write that was under way. */
  writePartly(bytes: Buffer, position: number, draws: Draws): void {
    for (const [start, end] of sectorsOf(position, position + bytes.length))
      if (draws.chance(500)) this.write(bytes.subarray(start - position, end - position), start);
  }

  truncate(size: number): void {
    this.#grow(size);
    this.#bytes.fill(0, size);
    this.#dirty.fill(0, size);
    this.#size = size;
  }

  sync(): void {
    this.syncSpan(this.#dirtyFrom, this.#dirtyTo);
    this.#dirtyFrom = Infinity;
    this.#dirtyTo = 0;
    this.#onDisk.fill(0, this.#size);
  }

  /** What `O_DSYNC` promises of a write: its bytes and the file's size, and nothing of other writes. */
  syncSpan(from: number, to: number): void {
    for (let place = from; place < to; place += 1)
      if (this.#dirty[place] === 1) this.#onDisk[place] = this.#bytes[place] ?? 0;
    if (from < to) this.#dirty.fill(0, from, to);
    this.#sizeOnDisk = this.#size;
  }

  /** After a failed sync the system calls the bytes clean: no later sync writes them. */
  failSync(draws: Draws): void {
    for (const [start, end] of sectorsOf(0, this.#size))
      if (draws.chance(800)) this.#dirty.fill(0, start, end);
  }

  crash(crash: Crash): void {
    const size = this.#sizeAfter(crash);
    for (const [start, end] of sectorsOf(this.#dirtyFrom, Math.min(this.#dirtyTo, this.#size)))
      if (this.#dirty.subarray(start, end).includes(1)) this.#crashSector(start, end, crash);
    this.#grow(size);
    this.#onDisk.fill(0, size);
    this.#onDisk.copy(this.#bytes);
    this.#dirty.fill(0);
    this.#dirtyFrom = Infinity;
    this.#dirtyTo = 0;
    this.#size = size;
    this.#sizeOnDisk = size;
  }

  #sizeAfter({ draws, fates }: Crash): number {
    const [least, most] = [Math.min(this.#size, this.#sizeOnDisk), Math.max(this.#size, this.#sizeOnDisk)];
    if (least === most) return least;
    switch (draws.weighted(fates)) {
      case 'kept':
        return this.#size;
      case 'lost':
        return this.#sizeOnDisk;
      case 'zero':
      case 'garbage':
        return draws.between(least, most);
    }
  }

  /** Bytes of the sector that were synced before stay as they are. */
  #crashSector(start: number, end: number, { draws, fates }: Crash): void {
    const fate = draws.weighted(fates);
    if (fate === 'lost') return;
    let noise = draws.below(2 ** 32);
    for (let place = start; place < end; place += 1) {
      if (this.#dirty[place] !== 1) continue;
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
      this.#onDisk[place] = fate === 'kept' ? (this.#bytes[place] ?? 0) : fate === 'zero' ? 0 : noise >>> 24;
    }
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const capacity = Math.max(size, 2 * this.#bytes.length, 4 * sectorSize);
    this.#bytes = grown(this.#bytes, capacity);
    this.#onDisk = grown(this.#onDisk, capacity);
    const dirty = new Uint8Array(capacity);
    dirty.set(this.#dirty);
    this.#dirty = dirty;
  }
}

function grown(bytes: Buffer, capacity: number): Buffer<ArrayBuffer> {
  const more = Buffer.alloc(capacity);
  bytes.copy(more);
  return more;
}

/** The parts of a span, cut where sectors end. */
function sectorsOf(from: number, to: number): readonly (readonly [start: number, end: number])[] {
  const sectors: [number, number][] = [];
  for (let start = from; start < to;) {
    const end = Math.min(to, (Math.floor(start / sectorSize) + 1) * sectorSize);
    sectors.push([start, end]);
    start = end;
  }
  return sectors;
}
