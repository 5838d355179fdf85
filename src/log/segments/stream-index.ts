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

/** A stream's part of a segment whose rows are in memory: one that is written, or whose index is still to be. */
export interface OpenPart extends Part {
  version: StreamVersion;
  head: string;
  readonly rows: Map<CommandId, Row>;
}

type OpenParts = Map<MatchId, OpenPart>;

/** Where rows are that are in no rows file. */
const nowhere: LinePlace = { offset: -1, length: -1 };

/** Every stored commit: each stream's version and chain, and where its lines stand. */
export class StreamIndex {
  #position = 0;
  #segment = 0;
  /** By stream, in the order of their first commits: the sealed part that was added last. */
  readonly #streams = new Map<MatchId, number>();
  readonly #sealed = new SealedParts();
  readonly #open = new Map<number, OpenParts>();

  /** The place of the last commit. */
  get position(): number {
    return this.#position;
  }

  /** How many streams there are. */
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

  /** What a stream has in each segment, in their order; none where it is unknown. */
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

  /** Rows added from now on belong to this segment. */
  beginSegment(number: number): void {
    this.#segment = number;
    this.#open.set(number, new Map());
  }

  /** The streams of a segment whose rows are in memory. */
  openParts(segment: number): ReadonlyMap<MatchId, OpenPart> {
    return this.#open.get(segment) ?? new Map();
  }

  /** Lets go of a segment's rows, which are on disk now. Where no place is given, they are found in the segment itself. */
  release(segment: number, places: ReadonlyMap<MatchId, LinePlace> = new Map()): void {
    for (const [stream, { firstPosition, version, head }] of this.openParts(segment)) {
      const { offset, length } = places.get(stream) ?? nowhere;
      this.addSealed(stream, { segment, firstPosition, version, head, offset, length });
    }
    this.#open.delete(segment);
  }

  /** Takes in the next commit of the log, whose line is written. */
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

  /** The stream's part of the segment that is written. */
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

  /** Takes in a stream's part of a sealed segment. */
  addSealed(stream: MatchId, part: SealedPart): void {
    this.#streams.set(stream, this.#sealed.add(part, this.#streams.get(stream) ?? noPart));
  }

  /** Counts the commits of a segment that was taken in from its index. */
  skipTo(position: number): void {
    this.#position = position;
  }
}
