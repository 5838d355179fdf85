import { present } from '../../shared/invariant.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../../shared/ids.ts';
import type { Appended } from '../event-log.ts';
import type { LinePlace } from '../line/read-lines.ts';
import { SealedParts, noPart } from './sealed-parts.ts';
import type { Part, SealedPart } from './sealed-parts.ts';

export interface Row extends Appended, LinePlace {}

/** The rows of a stream in one segment, by command. */
export type Rows = ReadonlyMap<CommandId, Row>;

/** A stream's part of a segment whose rows are in memory: the open segment, or one whose index is not written yet. */
export interface OpenPart extends Part {
  version: StreamVersion;
  head: string;
  readonly rows: Map<CommandId, Row>;
}

type OpenParts = Map<MatchId, OpenPart>;

/** The place of rows that are in no rows file. */
const nowhere: LinePlace = { offset: -1, length: -1 };

/** The index of all stored commits: each stream's version and hash chain, and where its lines are. */
export class StreamIndex {
  #position = 0;
  #segment = 0;
  /** By stream, in the order of their first commits: the number of its last sealed part. */
  readonly #streams = new Map<MatchId, number>();
  readonly #sealed = new SealedParts();
  readonly #open = new Map<number, OpenParts>();

  /** The position of the last commit. */
  get position(): number {
    return this.#position;
  }

  /** The number of streams. */
  get size(): number {
    return this.#streams.size;
  }

  has(stream: MatchId): boolean {
    return this.#streams.has(stream);
  }

  /** All streams, in the order of their first commits. */
  streams(): Iterable<MatchId> {
    return this.#streams.keys();
  }

  version(stream: MatchId): StreamVersion {
    return this.#lastPart(stream)?.version ?? streamVersion(0);
  }

  head(stream: MatchId): string {
    return this.#lastPart(stream)?.head ?? '';
  }

  /** A stream's parts, one per segment, in order; empty for an unknown stream. */
  parts(stream: MatchId): readonly (OpenPart | SealedPart)[] {
    const parts: (OpenPart | SealedPart)[] = [];
    let number = this.#streams.get(stream);
    if (number === undefined) return parts;
    for (; number !== noPart; number = this.#sealed.before(number)) parts.push(this.#sealed.at(number));
    for (const open of this.#open.values()) {
      const part = open.get(stream);
      if (part !== undefined) parts.push(part);
    }
    return parts.length > 1 ? parts.sort((a, b) => a.segment - b.segment) : parts;
  }

  /** Assigns rows added from now on to this segment. */
  beginSegment(number: number): void {
    this.#segment = number;
    this.#open.set(number, new Map());
  }

  /** The streams of a segment whose rows are in memory. */
  openParts(segment: number): ReadonlyMap<MatchId, OpenPart> {
    return this.#open.get(segment) ?? new Map();
  }

  /**
   * Drops a segment's rows from memory, because they are on disk now. Rows without a place are looked up in the segment
   * itself.
   */
  release(segment: number, places: ReadonlyMap<MatchId, LinePlace> = new Map()): void {
    for (const [stream, { firstPosition, version, head }] of this.openParts(segment)) {
      const { offset, length } = places.get(stream) ?? nowhere;
      this.addSealed(stream, { segment, firstPosition, version, head, offset, length });
    }
    this.#open.delete(segment);
  }

  /** Adds the next commit of the log after its line was written. */
  add(
    stream: MatchId,
    commandId: CommandId,
    version: StreamVersion,
    head: string,
    offset: number,
    length: number,
  ): void {
    this.#position += 1;
    const part = this.#openPart(stream, version, head);
    part.version = version;
    part.head = head;
    part.rows.set(commandId, { position: this.#position, version, offset, length });
  }

  /** The stream's part of the open segment. */
  #openPart(stream: MatchId, version: StreamVersion, head: string): OpenPart {
    const open = present(this.#open.get(this.#segment), 'A segment that was begun');
    const known = open.get(stream);
    if (known !== undefined) return known;
    const [first] = this.parts(stream);
    const firstPosition = first?.firstPosition ?? this.#position;
    const part = { segment: this.#segment, firstPosition, version, head, rows: new Map<CommandId, Row>() };
    if (first === undefined) this.#streams.set(stream, noPart);
    open.set(stream, part);
    return part;
  }

  #lastPart(stream: MatchId): Part | undefined {
    return this.#open.get(this.#segment)?.get(stream) ?? this.parts(stream).at(-1);
  }

  /** Adds a stream's part of a sealed segment. */
  addSealed(stream: MatchId, part: SealedPart): void {
    this.#streams.set(stream, this.#sealed.add(part, this.#streams.get(stream) ?? noPart));
  }

  /** Counts the commits of a segment that was added from its index. */
  skipTo(position: number): void {
    this.#position = position;
  }
}
