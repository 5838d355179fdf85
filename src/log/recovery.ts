import { isUtf8 } from 'node:buffer';
import { appendFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';
import { parseLine } from './line.ts';
import type { ParsedLine } from './line.ts';
import type { Span } from './span-reader.ts';
import { StreamIndex } from './stream-index.ts';

export interface Recovered {
  readonly index: StreamIndex<Span>;
  /** Every line in order. */
  readonly spans: Span[];
  /** Each stream's chain hash. */
  readonly hashes: Map<MatchId, string>;
  /** Bytes of whole, checked lines. */
  readonly size: number;
}

const lineFeed = 10;

/**
 * Reads and checks a whole log file. Bytes after the last line feed were torn off by a crash before their commit was
 * acknowledged: they are ignored, and with `write` moved to `<path>.broken`.
 * @throws AppError `log_damaged` for any other line that is not as it was written.
 */
export async function recover(file: FileHandle, path: string, mode: 'read' | 'write'): Promise<Recovered> {
  const index = new StreamIndex<Span>();
  const spans: Span[] = [];
  const hashes = new Map<MatchId, string>();
  let offset = 0;
  let number = 0;
  for await (const line of lines(file)) {
    number += 1;
    if (line.at(-1) !== lineFeed) {
      if (mode === 'write') await setAside(file, path, offset, line);
      break;
    }
    const where = { path, line: number, offset };
    // Decoded, different faulty bytes are one text and would have one hash.
    if (!isUtf8(line)) throw damaged(where, 'it is not UTF-8');
    const parsed = parseLine(
      line.toString('utf8', 0, line.length - 1),
      (stream) => hashes.get(stream as MatchId) ?? '',
    );
    if (typeof parsed === 'string') throw damaged(where, parsed);
    takeIn(parsed, index, { offset, length: line.length }, where);
    hashes.set(parsed.commit.stream, parsed.hash);
    spans.push({ offset, length: line.length });
    offset += line.length;
  }
  return { index, spans, hashes, size: offset };
}

function takeIn({ commit }: ParsedLine, index: StreamIndex<Span>, span: Span, where: Where): void {
  const { stream, expectedVersion } = commit;
  if (commit.position !== index.position + 1)
    throw damaged(
      where,
      `it is number ${commit.position} of the log, after number ${index.position}`,
      stream,
    );
  try {
    index.check(commit);
  } catch (error) {
    throw damaged(where, `version ${expectedVersion + 1} of match ${stream} does not follow`, stream, error);
  }
  index.add(commit, span);
}

interface Where {
  readonly path: string;
  readonly line: number;
  readonly offset: number;
}

function damaged(where: Where, why: string, match?: string, cause?: unknown): AppError {
  const { path, line, offset } = where;
  return new AppError(
    'log_damaged',
    `${path} is damaged at line ${line} (byte ${offset}): ${why}.`,
    { path, line, offset, ...(match === undefined ? {} : { match }) },
    { cause },
  );
}

/** The torn bytes are kept, in case someone wants to look; the log goes on where it was whole. */
async function setAside(file: FileHandle, path: string, offset: number, torn: Buffer): Promise<void> {
  await appendFile(`${path}.broken`, torn);
  await file.truncate(offset);
  await file.sync();
}

/** The file's lines with their line feeds; the last may lack its own. */
async function* lines(file: FileHandle): AsyncGenerator<Buffer> {
  const rest: Buffer[] = [];
  const chunk = Buffer.alloc(1 << 20);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let start = 0;
    for (
      let end = chunk.indexOf(lineFeed);
      end !== -1 && end < bytesRead;
      end = chunk.indexOf(lineFeed, start)
    ) {
      yield Buffer.concat([...rest.splice(0), chunk.subarray(start, end + 1)]);
      start = end + 1;
    }
    if (start < bytesRead) rest.push(Buffer.from(chunk.subarray(start, bytesRead)));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
