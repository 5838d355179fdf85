import { streamVersion } from '../shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../shared/ids.ts';
import type { Appended } from './event-log.ts';
import type { LinePlace } from './lines.ts';

export interface Row extends Appended, LinePlace {}

/** The rows of a stream in one segment, by command. */
export type Rows = ReadonlyMap<CommandId, Row>;

/** A stream's part of one segment. Rows are in memory while the segment is written, and on disk afterwards. */
export interface Part {
  readonly segment: number;
  /** The stream at the segment's end. */
  version: StreamVersion;
  head: string;
  rows: Map<CommandId, Row> | null;
  /** Where the rows stand in the segment's rows file. */
  offset: number;
  length: number;
}

export interface StreamEntry {
  version: StreamVersion;
  /** The stream's chain. */
  head: string;
  readonly firstPosition: number;
  readonly parts: Part[];
}

/** Every stored commit: each stream's version and chain, and where its lines stand. */
export class Catalogue {
  #position = 0;
  #segment = 0;
  readonly #streams = new Map<MatchId, StreamEntry>();
  readonly #inMemory = new Map<number, Map<MatchId, Part>>();

  /** The place of the last commit. */
  get position(): number {
    return this.#position;
  }

  /** Rows added from now on belong to this segment. */
  beginSegment(number: number): void {
    this.#segment = number;
    this.#inMemory.set(number, new Map());
  }

  /** The streams of a segment whose rows are in memory. */
  partsInMemory(segment: number): ReadonlyMap<MatchId, Part> {
    return this.#inMemory.get(segment) ?? new Map();
  }

  /** Lets go of a segment's rows, which are on disk now. */
  release(segment: number): void {
    for (const part of this.partsInMemory(segment).values()) part.rows = null;
    this.#inMemory.delete(segment);
  }

  get streams(): ReadonlyMap<MatchId, StreamEntry> {
    return this.#streams;
  }

  version(stream: MatchId): StreamVersion {
    return this.#streams.get(stream)?.version ?? streamVersion(0);
  }

  head(stream: MatchId): string {
    return this.#streams.get(stream)?.head ?? '';
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
    const entry = this.#streams.get(stream);
    const part = this.#partOf(stream, entry, version, head);
    // A list that is made with its first item has room for no more: most streams stand in one segment.
    if (entry === undefined)
      this.#streams.set(stream, { version, head, firstPosition: this.#position, parts: [part] });
    else {
      entry.version = version;
      entry.head = head;
      if (entry.parts.at(-1) !== part) entry.parts.push(part);
    }
    part.version = version;
    part.head = head;
    part.rows?.set(commandId, { position: this.#position, version, offset, length });
  }

  /** The stream's part of the segment that is written. */
  #partOf(stream: MatchId, entry: StreamEntry | undefined, version: StreamVersion, head: string): Part {
    const last = entry?.parts.at(-1);
    if (last?.segment === this.#segment) return last;
    const part: Part = { segment: this.#segment, version, head, rows: new Map(), offset: -1, length: -1 };
    this.#inMemory.get(this.#segment)?.set(stream, part);
    return part;
  }

  /** Takes in a stream's part of a sealed segment from its index. */
  addSealed(stream: MatchId, firstPosition: number, part: Part): void {
    const { version, head } = part;
    const entry = this.#streams.get(stream);
    if (entry === undefined) this.#streams.set(stream, { version, head, firstPosition, parts: [part] });
    else {
      entry.version = version;
      entry.head = head;
      entry.parts.push(part);
    }
  }

  /** Counts the commits of a segment that was taken in from its index. */
  skipTo(position: number): void {
    this.#position = position;
  }
}
