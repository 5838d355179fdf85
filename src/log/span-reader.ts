import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';
import { invariant } from '../shared/invariant.ts';
import type { StoredCommit } from './event-log.ts';
import { parseCheckedLine } from './line.ts';

/** Where a line stands in the file, its line feed included. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Bytes read at once; lines further apart are read one by one. */
const chunkMax = 1 << 20;

/** The commits at the given places, in the given order. Places ascend. */
export async function readCommits(
  file: FileHandle,
  spans: readonly Span[],
): Promise<readonly StoredCommit[]> {
  const commits: StoredCommit[] = [];
  for (const group of neighbours(spans)) {
    const [first, last] = [group[0], group.at(-1)];
    invariant(first !== undefined && last !== undefined, 'A group of lines is never empty.');
    const bytes = Buffer.alloc(last.offset + last.length - first.offset);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, first.offset);
    if (bytesRead < bytes.length)
      throw new AppError(
        'log_damaged',
        `The log ends inside a line that was written, at ${first.offset + bytesRead}.`,
      );
    for (const { offset, length } of group) {
      const start = offset - first.offset;
      commits.push(parseCheckedLine(bytes.toString('utf8', start, start + length - 1)));
    }
  }
  return commits;
}

/** Lines near each other share one read. */
function neighbours(spans: readonly Span[]): readonly Span[][] {
  const groups: Span[][] = [];
  for (const span of spans) {
    const group = groups.at(-1);
    const start = group?.[0]?.offset;
    if (group === undefined || start === undefined || span.offset + span.length - start > chunkMax)
      groups.push([span]);
    else group.push(span);
  }
  return groups;
}
