import { expect } from 'vitest';
import type { Commit, StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { segmentPath } from '../../src/log/disk/data-folder.ts';
import {
  appendBatches,
  contentOf,
  differences,
  fieldsOf,
  imageOf,
  itemAt,
  linesIn,
  manyCommits,
  plain,
  withBytes,
  writeImage,
} from './commits.ts';
import type { FileLine, Image } from './commits.ts';
import { inFolder } from './temp-folder.ts';

/** A log of one segment, as a crash left it or closed. */
export interface Written {
  readonly folder: string;
  readonly image: Image;
  /** The only segment. */
  readonly path: string;
  readonly content: Buffer;
  readonly lines: readonly FileLine[];
  readonly commits: readonly StoredCommit[];
}

/** Runs with what a crash leaves of a log of one segment, or with the closed log. */
export function withLog(
  batches: readonly number[],
  end: 'crashed' | 'closed',
  use: (written: Written) => Promise<void>,
  commits: readonly Commit[] = manyCommits(
    batches.reduce((sum, size) => sum + size, 0),
    7,
  ),
): () => Promise<void> {
  return inFolder(async (folder) => {
    const log = await FileEventLog.open(folder, 'write', plain);
    await appendBatches(log, commits, batches);
    const stored = await contentOf(log);
    const crashed = await imageOf(folder);
    await log.close();
    const image = end === 'closed' ? await imageOf(folder) : crashed;
    const path = segmentPath(folder, 1);
    const content = image.get('00000001.ndjson') ?? Buffer.alloc(0);
    await use({ folder, image, path, content, lines: linesIn(content), commits: stored });
  });
}

export async function place({ folder, image, path }: Written, bytes: Buffer): Promise<Image> {
  const changed = withBytes(image, path, bytes);
  await writeImage(folder, changed);
  return changed;
}

/** Both ways of opening refuse the bytes, name the line, and change nothing. */
export async function expectDamage(written: Written, bytes: Buffer, line: FileLine, why = ''): Promise<void> {
  const { folder, path } = written;
  const { number, offset } = line;
  const changed = await place(written, bytes);
  for (const mode of ['read', 'write'] as const)
    await expect(FileEventLog.open(folder, mode, plain), `${mode}, line ${number}`).rejects.toMatchObject({
      code: 'log_damaged',
      message: expect.stringContaining(why) as string,
      details: { path, line: number, offset },
    });
  expect(differences(await imageOf(folder), changed)).toEqual([]);
}

/** Where the last batch of a log without marks begins. */
export function lastBatch(lines: readonly FileLine[]): number {
  return Number(fieldsOf(itemAt(lines, -1).bytes)['b']);
}

/** The file with other bytes in the place of the line of this index. */
export function withLine({ lines }: Written, index: number, ...bytes: readonly Buffer[]): Buffer {
  const all = lines.map((line) => line.bytes);
  return Buffer.concat([...all.slice(0, index), ...bytes, ...all.slice(index + 1)]);
}

export function flipped(content: Buffer, place: number, mask: number): Buffer {
  const bytes = Buffer.from(content);
  bytes.writeUInt8(bytes.readUInt8(place) ^ mask, place);
  return bytes;
}

export function lineWith(lines: readonly FileLine[], place: number): FileLine {
  return itemAt(
    lines.filter(({ offset }) => offset <= place),
    -1,
  );
}
