import { readSpan } from './durable-file.ts';
import type { Files } from './files.ts';

/** Bytes read at once. */
const chunkSize = 1 << 20;
const lineFeed = 10;

/** Some lines that stand one after another. */
export interface Lines {
  /** Where the first of them begins. */
  readonly offset: number;
  /** Each with its line feed; the very last of a file may lack it. */
  readonly lines: readonly Buffer[];
}

/** The lines of an opened file from `start`, at most up to `end`. */
export async function* readLines(files: Files, fd: number, start = 0, end = Infinity): AsyncGenerator<Lines> {
  let rest: Buffer[] = [];
  let offset = start;
  for (let position = start; position < end;) {
    const chunk = await readSpan(files, fd, position, Math.min(chunkSize, end - position));
    if (chunk.length === 0) break;
    position += chunk.length;
    const lines: Buffer[] = [];
    let begin = 0;
    for (let feed = chunk.indexOf(lineFeed); feed !== -1; feed = chunk.indexOf(lineFeed, begin)) {
      const line = chunk.subarray(begin, feed + 1);
      lines.push(rest.length === 0 ? line : Buffer.concat([...rest, line]));
      rest = [];
      begin = feed + 1;
    }
    if (begin < chunk.length) rest.push(chunk.subarray(begin));
    if (lines.length > 0) yield { offset, lines };
    for (const { length } of lines) offset += length;
  }
  if (rest.length > 0) yield { offset, lines: [Buffer.concat(rest)] };
}
