import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { DiskSpace, defaultWatermarks } from '../disk/disk-space.ts';
import type { DiskState } from '../disk/disk-space.ts';
import { sizeOf } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { logFolder, segmentPath } from '../disk/data-folder.ts';
import { openSegments } from '../segments/open-segments.ts';

export interface SegmentStat {
  readonly number: number;
  readonly bytes: number;
  readonly commits: number;
  readonly events: number;
  /** `indexed`: sealed and opened by its index. `sealed`: scanned, because it has no index. `open`: the last one. */
  readonly state: 'indexed' | 'sealed' | 'open';
}

export interface LogStat {
  readonly logId: string;
  readonly matches: number;
  readonly commits: number;
  readonly events: number;
  /** How many of the first segments were pruned. Their commits are not counted here. */
  readonly pruned: number;
  readonly segments: readonly SegmentStat[];
  readonly tornBytes: number;
  readonly broken: readonly { readonly name: string; readonly bytes: number }[];
  readonly disk: { readonly free: number; readonly total: number; readonly state: DiskState };
}

/** What a log holds, as opening it shows. @throws AppError the codes of opening. */
export async function statLog(files: Files, data: string): Promise<LogStat> {
  const { streamIndex, pruned, sealed, unindexed, last } = await openSegments(files, data);
  if (last === null) throw new AppError('file_unreadable', `No match is stored in ${data}.`, { path: data });
  const segments: SegmentStat[] = sealed.map((segment) => ({
    number: segment.number,
    bytes: segment.bytes,
    commits: segment.commits,
    events: segment.events,
    state: unindexed.includes(segment) ? 'sealed' : 'indexed',
  }));
  const { header, size, commits, events } = last;
  segments.push({ number: header.seg, bytes: size, commits, events, state: 'open' });
  const names = (await files.list(logFolder(data))).filter((name) => name.endsWith('.broken'));
  const broken = names.map(async (name) => ({
    name,
    bytes: await sizeOf(files, join(logFolder(data), name)),
  }));
  const disk = await DiskSpace.of(files, data, defaultWatermarks);
  const { free, total } = await files.space(data);
  return {
    logId: header.log,
    matches: streamIndex.size,
    commits: segments.reduce((sum, segment) => sum + segment.commits, 0),
    events: segments.reduce((sum, segment) => sum + segment.events, 0),
    pruned,
    segments,
    tornBytes: last.torn === null ? 0 : (await sizeOf(files, segmentPath(data, header.seg))) - size,
    broken: await Promise.all(broken),
    disk: { free, total, state: disk.state },
  };
}
