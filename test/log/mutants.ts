import { basename } from 'node:path';
import type { Draws } from '../../src/game/random.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import type { Files } from '../../src/log/disk/files.ts';
import { isCommitLine } from '../../src/log/line/line.ts';
import { fieldsOf, itemAt, linesIn } from './commits.ts';
import type { FileLine, Image } from './commits.ts';

/** Files in memory that can only be read. */
export function readOnly(image: Image): Files {
  const opened: Buffer[] = [];
  const at = (fd: number) => itemAt(opened, fd);
  const refuse = () => Promise.reject(new Error('This disk is read only.'));
  return {
    open: (path) => {
      const bytes = image.get(basename(path));
      if (bytes === undefined) return Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' }));
      return Promise.resolve(opened.push(bytes) - 1);
    },
    read: (fd, into, position) => {
      const bytes = at(fd);
      const count = Math.max(0, Math.min(into.length, bytes.length - position));
      if (count > 0) bytes.copy(into, 0, position, position + count);
      return Promise.resolve(count);
    },
    size: (fd) => Promise.resolve(at(fd).length),
    close: () => Promise.resolve(),
    list: (folder) => Promise.resolve(basename(folder) === 'log' ? [...image.keys()].sort() : []),
    space: () => Promise.resolve({ free: 2 ** 40, total: 2 ** 41, type: 0xef53 }),
    write: refuse,
    truncate: refuse,
    sync: refuse,
    rename: refuse,
    remove: refuse,
    makeFolder: refuse,
    lock: refuse,
  };
}

/** A log as it was written. */
export interface Base {
  readonly name: string;
  /** Its files, indexes too. */
  readonly image: Image;
  readonly segments: readonly Segment[];
  readonly commits: readonly StoredCommit[];
}

export interface Segment {
  readonly name: string;
  readonly bytes: Buffer;
  readonly lines: readonly FileLine[];
}

export function baseOf(name: string, image: Image, commits: readonly StoredCommit[]): Base {
  const segments = [...image]
    .filter(([file]) => file.endsWith('.ndjson'))
    .map(([file, bytes]) => ({ name: file, bytes, lines: linesIn(bytes) }));
  return { name, image, segments, commits };
}

type Mutation = (draws: Draws, segment: Segment, base: Base) => Buffer;

const sectors = [64, 128, 512];

function someLine(draws: Draws, { lines }: Segment): number {
  return draws.below(lines.length);
}

function joined(lines: readonly FileLine[]): Buffer {
  return Buffer.concat(lines.map(({ bytes }) => bytes));
}

function garbage(draws: Draws, length: number): Buffer {
  const most = draws.pick([1, 256]);
  return Buffer.from(Array.from({ length }, () => draws.below(most)));
}

/** What a disk, an editor or an unlucky program does to a segment. */
export const mutations: Readonly<Record<string, Mutation>> = {
  truncation: (draws, { bytes }) => bytes.subarray(0, draws.below(bytes.length)),
  'torn last line': (draws, { bytes, lines }) => {
    const { offset } = itemAt(lines, -1);
    return bytes.subarray(0, draws.between(offset, bytes.length - 1));
  },
  'bit flip': (draws, { bytes }) => {
    const changed = Buffer.from(bytes);
    const at = draws.below(bytes.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << draws.below(8));
    return changed;
  },
  'several bit flips': (draws, { bytes }) => {
    const changed = Buffer.from(bytes);
    for (let round = draws.between(2, 6); round > 0; round -= 1) {
      const at = draws.below(bytes.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << draws.below(8));
    }
    return changed;
  },
  'changed line feed': (draws, segment) => {
    const line = itemAt(segment.lines, someLine(draws, segment));
    const changed = Buffer.from(segment.bytes);
    changed[line.offset + line.bytes.length - 1] = draws.pick([0, 11, 14, 0x8a]);
    return changed;
  },
  'zeroed sector': (draws, { bytes }) => {
    const size = draws.pick(sectors);
    const start = draws.below(Math.ceil(bytes.length / size)) * size;
    return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + size));
  },
  'sector of garbage': (draws, { bytes }) => {
    const size = draws.pick(sectors);
    const start = draws.below(Math.ceil(bytes.length / size)) * size;
    const changed = Buffer.from(bytes);
    garbage(draws, Math.min(size, bytes.length - start)).copy(changed, start);
    return changed;
  },
  'torn sectors of the last batch': (draws, { bytes, lines }) => {
    const { b } = fieldsOf(itemAt(lines, -1).bytes);
    const size = draws.pick(sectors);
    const changed = Buffer.from(bytes);
    for (let start = Number(b); start < bytes.length; start = (Math.floor(start / size) + 1) * size) {
      const end = Math.min(bytes.length, (Math.floor(start / size) + 1) * size);
      if (draws.chance(400)) changed.fill(0, start, end);
      else if (draws.chance(200)) garbage(draws, end - start).copy(changed, start);
    }
    return changed;
  },
  'lost sector': (draws, { bytes }) => {
    const size = draws.pick(sectors);
    const start = draws.below(Math.ceil(bytes.length / size)) * size;
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + size)]);
  },
  'line deleted': (draws, segment) => joined(segment.lines.toSpliced(someLine(draws, segment), 1)),
  'lines deleted': (draws, segment) =>
    joined(segment.lines.toSpliced(someLine(draws, segment), draws.between(2, 4))),
  'lines swapped': (draws, segment) => {
    const { lines } = segment;
    const [one, other] = [someLine(draws, segment), someLine(draws, segment)];
    return joined(lines.with(one, itemAt(lines, other)).with(other, itemAt(lines, one)));
  },
  'line repeated': (draws, segment) => {
    const { lines } = segment;
    const again = itemAt(lines, someLine(draws, segment));
    return joined(lines.toSpliced(draws.pick([again.number, draws.below(lines.length + 1)]), 0, again));
  },
  'line of another segment': (draws, segment, { segments }) => {
    const other = draws.pick(segments);
    const line = itemAt(other.lines, someLine(draws, other));
    const at = someLine(draws, segment);
    return joined(segment.lines.toSpliced(at, draws.below(2), line));
  },
  'bytes put in': (draws, { bytes }) => {
    const at = draws.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), garbage(draws, draws.between(1, 40)), bytes.subarray(at)]);
  },
  'bytes taken out': (draws, { bytes }) => {
    const at = draws.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + draws.between(1, 40))]);
  },
  'garbage tail': (draws, { bytes }) => Buffer.concat([bytes, garbage(draws, draws.between(1, 700))]),
  'tail of old bytes': (draws, { bytes }, { segments }) => {
    const old = draws.pick(segments).bytes;
    const start = draws.below(old.length);
    return Buffer.concat([bytes, old.subarray(start, start + draws.between(1, 2000))]);
  },
};

/** What must come of a mutated segment. */
export type Outcome =
  /** Refused, naming a segment and an offset. */
  | { readonly kind: 'refused'; readonly segment: string; readonly offset: number }
  /** Read up to this many commits. */
  | { readonly kind: 'read'; readonly commits: number }
  /** Refused, but that the line which proves the damage has lost the line feed before it. */
  | { readonly kind: 'merged'; readonly segment: string; readonly offset: number };

/** Null where the mutation changed nothing, or where the first line it changed fits all the same. */
export function outcomeOf(base: Base, index: number, mutated: Buffer): Outcome | null {
  const segment = itemAt(base.segments, index);
  const { name, bytes } = segment;
  const first = firstDifference(bytes, mutated);
  if (first === -1 || isFitting(base, segment, mutated, first)) return null;
  const offset = offsetOfLine(segment, first);
  if (index < base.segments.length - 1) return sealedOutcome(base, index, mutated, offset);
  if (isProven(base, linesIn(mutated), offset)) return { kind: 'refused', segment: name, offset };
  if (offset === 0) return { kind: 'refused', segment: name, offset };
  if (isProven(base, partsIn(mutated, offset), offset)) return { kind: 'merged', segment: name, offset };
  const lost = segment.lines.filter((line) => line.offset >= offset && isCommitLine(line.bytes));
  return { kind: 'read', commits: base.commits.length - lost.length };
}

/** A sealed segment is whole, or the log is refused. */
function sealedOutcome({ segments, commits }: Base, index: number, mutated: Buffer, offset: number): Outcome {
  const { name, bytes, lines } = itemAt(segments, index);
  const refused = { kind: 'refused', segment: name, offset } as const;
  const isPrefix = mutated.equals(bytes.subarray(0, mutated.length)) && mutated.length === offset;
  const last = lines.findLast((line) => line.offset < mutated.length);
  // Cut behind a seal it had when the log was closed: only the next segment tells that there was more.
  if (isPrefix && last !== undefined && fieldsOf(last.bytes)['t'] === 'seal')
    if (!lines.some((line) => line.offset >= offset && isCommitLine(line.bytes)))
      return { kind: 'read', commits: commits.length };
    else return { kind: 'refused', segment: itemAt(segments, index + 1).name, offset: 0 };
  return refused;
}

function firstDifference(one: Buffer, other: Buffer): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) if (one[at] !== other[at]) return at;
  return one.length === other.length ? -1 : length;
}

/** Where the line with this byte begins. */
function offsetOfLine({ bytes, lines }: Segment, place: number): number {
  if (place >= bytes.length) return bytes.length;
  return lines.findLast(({ offset }) => offset <= place)?.offset ?? 0;
}

/**
 * Whether the first line that differs fits where it stands: the next commit of the log, which a later line tells was
 * written elsewhere; or any mark, by which nothing is lost (test/log/edited.test.ts has it).
 */
function isFitting({ segments }: Base, segment: Segment, mutated: Buffer, first: number): boolean {
  const offset = offsetOfLine(segment, first);
  const line = mutated.subarray(offset, mutated.indexOf('\n', offset) + 1);
  const before = segments
    .slice(0, segments.indexOf(segment) + 1)
    .flatMap((one) => (one === segment ? one.lines.filter((other) => other.offset < offset) : one.lines));
  const next = before.filter(({ bytes }) => isCommitLine(bytes)).length + 1;
  return segments
    .flatMap(({ lines }) => lines)
    .filter(({ bytes }) => bytes.equals(line))
    .map(({ bytes }) => fieldsOf(bytes))
    .some(({ t, g, b }) => Number(b) <= offset && (t === 'mark' || (t === undefined && g === next)));
}

/** Whether a whole line from the offset on was written when the byte there was durable. */
function isProven(base: Base, lines: readonly FileLine[], offset: number): boolean {
  const written = base.segments.flatMap((segment) => segment.lines);
  return lines.some(
    (line) =>
      line.offset >= offset &&
      written.some(({ bytes }) => bytes.equals(line.bytes) && Number(fieldsOf(bytes)['b']) > offset),
  );
}

/** Everything from the beginning of a line as every line begins up to a line feed, wherever it stands. */
function partsIn(bytes: Buffer, from: number): readonly FileLine[] {
  const parts: FileLine[] = [];
  for (let at = bytes.indexOf('{"v":2,', from); at !== -1; at = bytes.indexOf('{"v":2,', at + 1)) {
    const end = bytes.indexOf('\n', at);
    if (end !== -1) parts.push({ number: 0, offset: at, bytes: bytes.subarray(at, end + 1) });
  }
  return parts;
}
