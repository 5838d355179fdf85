import { AppError } from '../../shared/errors.ts';
import { streamVersion } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { StreamIndex } from './stream-index.ts';
import type { StoredCommit } from '../event-log.ts';
import { readCommit } from '../line/line.ts';
import type { LogReader } from './log-reader.ts';

/** A stream with all its commits; null where they were archived and pruned. */
export interface WholeStream {
  readonly stream: MatchId;
  readonly commits: readonly StoredCommit[] | null;
}

export type Wanted = (stream: MatchId) => boolean;

/**
 * Every wanted stream, whole, each once: first the pruned ones, then each when its last commit was read. Reads the log
 * once, even though its streams are interleaved, and buffers at most `room` bytes of lines. If that is too little, the
 * streams that end last are read separately afterwards.
 * @throws AppError `log_damaged`
 */
export async function* everyStream(
  streamIndex: StreamIndex,
  reader: LogReader,
  wanted: Wanted,
  room = 128 << 20,
): AsyncGenerator<WholeStream> {
  const ends = new Map<MatchId, number>();
  for (const stream of streamIndex.streams()) {
    if (!wanted(stream)) continue;
    if (reader.isPruned(stream)) yield { stream, commits: null };
    else ends.set(stream, streamIndex.version(stream));
  }
  const waiting = new Waiting();
  const alone = new Set<MatchId>();
  const isAwaited = (stream: MatchId) => ends.has(stream) && !alone.has(stream);
  for await (const lines of reader.lines(reader.prunedUpTo, isAwaited)) {
    for (const { stream, version, line } of lines) {
      const end = ends.get(stream);
      // Undefined for commits stored after the stream index was read.
      if (end !== undefined && version < end) waiting.put(stream, line);
      else if (end !== undefined) {
        ends.delete(stream);
        yield { stream, commits: commitsOf([...waiting.take(stream), line]) };
      }
    }
    if (waiting.bytes > room) for (const stream of waiting.giveUp(streamIndex, room)) alone.add(stream);
  }
  for (const stream of ends.keys()) yield { stream, commits: await reader.read(stream, streamVersion(0)) };
}

/** The buffered lines of streams that have more to come. */
class Waiting {
  #bytes = 0;
  readonly #streams = new Map<MatchId, { readonly lines: Buffer[]; bytes: number }>();

  get bytes(): number {
    return this.#bytes;
  }

  put(stream: MatchId, line: Buffer): void {
    const begun = this.#streams.get(stream) ?? { lines: [], bytes: 0 };
    // Copied line by line: a slice would keep its whole read buffer alive.
    begun.lines.push(Buffer.from(line));
    begun.bytes += line.length;
    this.#bytes += line.length;
    this.#streams.set(stream, begun);
  }

  take(stream: MatchId): readonly Buffer[] {
    const { lines, bytes } = this.#streams.get(stream) ?? { lines: [], bytes: 0 };
    this.#streams.delete(stream);
    this.#bytes -= bytes;
    return lines;
  }

  /** Drops the streams that end last until half of the room is free, because finding them means a scan of all. */
  giveUp(streamIndex: StreamIndex, room: number): readonly MatchId[] {
    const lastSegments = [...this.#streams.keys()]
      .reverse()
      .map((stream) => [streamIndex.parts(stream).at(-1)?.segment ?? 0, stream] as const)
      .sort(([one], [other]) => other - one);
    const given: MatchId[] = [];
    for (const [, stream] of lastSegments) {
      if (this.#bytes <= room / 2) break;
      this.take(stream);
      given.push(stream);
    }
    return given;
  }
}

function commitsOf(lines: readonly Buffer[]): readonly StoredCommit[] {
  let version = 0;
  return lines.map((line) => {
    const commit = readCommit(line);
    if (commit.expectedVersion !== version) throw outOfOrder(commit, version);
    version = commit.version;
    return commit;
  });
}

/** @returns AppError `log_damaged` */
function outOfOrder({ stream, position, expectedVersion: found }: StoredCommit, expected: number): AppError {
  const message = `Match ${stream} is damaged: commit ${position} of the log follows version ${found}, not ${expected}.`;
  return new AppError('log_damaged', message, { match: stream, position, expected, found });
}
