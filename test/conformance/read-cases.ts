import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/**
 * The cases of a `.jsonl` or `.jsonl.gz` file, one by one, so that a large file never stands in memory whole.
 * @throws Error naming file and line of one that is no JSON.
 */
export async function* readCases(file: string): AsyncGenerator {
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not pass errors on.
  bytes.on('error', (error) => text.destroy(error));
  let line = 0;
  for await (const content of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    if (content !== '') yield parseLine(content, `${file}:${line}`);
  }
}

function parseLine(content: string, place: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new Error(`${place} is no JSON.`, { cause });
  }
}
