import { basename, join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../shared/errors.ts';
import { checkLog } from './check-log.ts';
import { copyDurably, makeFolder, readDocument, writeDocument } from './durable-file.ts';
import type { Files } from './files.ts';
import { logFolder, segmentNumbers, segmentPath } from './folder.ts';
import { openSegments } from './open-segments.ts';

const manifestShape = z.object({
  v: z.literal(1),
  logId: z.string(),
  at: z.number(),
  matches: z.number(),
  position: z.number(),
  segments: z.array(z.object({ name: z.string(), bytes: z.number(), sha: z.string() })),
});
export type Backup = Readonly<z.infer<typeof manifestShape>>;

const manifestPath = (folder: string): string => join(folder, 'backup.json');

/**
 * Copies a log, which may be written meanwhile, to an empty folder: all whole lines of one moment, which are a log of
 * their own. Indexes are not copied, since they are made again.
 * @throws AppError `folder_not_empty`, and the codes of opening.
 */
export async function backUp(
  files: Files,
  data: string,
  target: string,
  at: number,
  progress: (bytes: number) => void = () => undefined,
): Promise<Backup> {
  await refuseUsed(files, target);
  const { catalogue, sealed, last } = await openSegments(files, data);
  if (last === null) throw new AppError('file_unreadable', `No match is stored in ${data}.`, { path: data });
  await makeFolder(files, logFolder(target));
  const segments: { name: string; bytes: number; sha: string }[] = [];
  const spans = [...sealed, { number: last.header.seg, bytes: last.size }];
  for (const { number, bytes } of spans) {
    const to = segmentPath(target, number);
    const sha = await copyDurably(files, segmentPath(data, number), to, bytes);
    segments.push({ name: basename(to), bytes, sha });
    progress(bytes);
  }
  const { position, streams } = catalogue;
  const backup = { v: 1 as const, logId: last.header.log, at, matches: streams.size, position, segments };
  await writeDocument(files, manifestPath(target), backup);
  return backup;
}

/**
 * Makes the log of a backup in an empty data folder, and reads it from its first byte to its last.
 * @throws AppError `backup_invalid` where a file is not what the backup says, or is damaged; `folder_not_empty`.
 */
export async function restoreBackup(
  files: Files,
  source: string,
  data: string,
  progress: (bytes: number) => void = () => undefined,
): Promise<Backup> {
  await refuseUsed(files, data);
  const manifest = manifestShape.safeParse(await readDocument(files, manifestPath(source)));
  if (!manifest.success)
    throw new AppError('backup_invalid', `${source} holds no whole backup.`, { path: source });
  const names = segmentNumbers(await files.list(logFolder(source)));
  if (names.length !== manifest.data.segments.length)
    throw new AppError('backup_invalid', `${source} holds ${names.length} segments.`, { path: source });
  await makeFolder(files, logFolder(data));
  for (const { name, bytes, sha } of manifest.data.segments) {
    const from = join(logFolder(source), name);
    if ((await copyDurably(files, from, join(logFolder(data), name), bytes)) !== sha)
      throw new AppError('backup_invalid', `${from} is not the file that was backed up.`, { path: from });
    progress(bytes);
  }
  const { findings } = await checkLog(files, data);
  const [first] = findings;
  if (first !== undefined) throw new AppError('backup_invalid', first.message, first.details);
  return manifest.data;
}

async function refuseUsed(files: Files, folder: string): Promise<void> {
  const used = [...(await files.list(folder)), ...(await files.list(logFolder(folder)))];
  if (used.length === 0) return;
  throw new AppError('folder_not_empty', `${folder} is not empty; nothing is written over.`, {
    path: folder,
  });
}
