import { basename, join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { checkLog } from './check-log.ts';
import {
  copyDurably,
  digestOf,
  makeFolder,
  readDocument,
  sizeOf,
  writeDocument,
} from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { logFolder, prunedPath, rowsPath, segmentPath } from '../disk/data-folder.ts';
import { openSegments } from '../segments/open-segments.ts';

const fileShape = z.object({ name: z.string(), bytes: z.number(), sha: z.string() });
type BackedUp = Readonly<z.infer<typeof fileShape>>;

const manifestShape = z.object({
  v: z.literal(1),
  logId: z.string(),
  at: z.number(),
  matches: z.number(),
  position: z.number(),
  segments: z.array(fileShape),
  /** The files of pruned segments. */
  pruned: z.array(fileShape),
});
export type Backup = Readonly<z.infer<typeof manifestShape>>;

const manifestPath = (folder: string): string => join(folder, 'backup.json');

/**
 * Copies a log, even while it is written, to an empty folder: all whole lines of one moment. They form a complete log.
 * Indexes are not copied, because they are rebuilt.
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
  const { streamIndex, pruned, sealed, last } = await openSegments(files, data);
  if (last === null) throw new AppError('file_unreadable', `No match is stored in ${data}.`, { path: data });
  await makeFolder(files, logFolder(target));
  const copy = async (path: string, bytes: number): Promise<BackedUp> => {
    const name = basename(path);
    const sha = await copyDurably(files, path, join(logFolder(target), name), bytes);
    progress(bytes);
    return { name, bytes, sha };
  };
  const segments: BackedUp[] = [];
  for (const { number, bytes } of [...sealed, { number: last.header.seg, bytes: last.size }])
    segments.push(await copy(segmentPath(data, number), bytes));
  const rest: BackedUp[] = [];
  for (let number = 1; number <= pruned; number += 1)
    for (const path of [prunedPath(data, number), rowsPath(data, number)])
      rest.push(await copy(path, await sizeOf(files, path)));
  const { position, size } = streamIndex;
  const counts = { logId: last.header.log, at, matches: size, position };
  const backup: Backup = { v: 1, ...counts, segments, pruned: rest };
  await writeDocument(files, manifestPath(target), backup);
  return backup;
}

/**
 * Restores the log of a backup into an empty data folder. Reads the whole backup first, and compares every copy with
 * it.
 * @throws AppError `backup_invalid` when a file differs from the backup's manifest or is damaged; `folder_not_empty`.
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
  const wanted = [...manifest.data.segments, ...manifest.data.pruned];
  // Everything is checked before the first byte is copied, so an incomplete backup leaves nothing behind.
  await refuseOtherFiles(files, source, wanted);
  const [found] = (await checkLog(files, source)).findings;
  if (found !== undefined) throw new AppError('backup_invalid', found.message, found.details);
  await makeFolder(files, logFolder(data));
  for (const { name, bytes, sha } of wanted) {
    const from = join(logFolder(source), name);
    if ((await copyDurably(files, from, join(logFolder(data), name), bytes)) !== sha) throw otherFile(from);
    progress(bytes);
  }
  return manifest.data;
}

/** Checks that the backup's folder holds the wanted files and no others. @throws AppError `backup_invalid` */
async function refuseOtherFiles(files: Files, source: string, wanted: readonly BackedUp[]): Promise<void> {
  const folder = logFolder(source);
  const names = await files.list(folder);
  const other = names.find((name) => !wanted.some((file) => file.name === name));
  if (other !== undefined) throw otherFile(join(folder, other));
  for (const { name, bytes, sha } of wanted) {
    const path = join(folder, name);
    // A name that is not in the folder could be a path out of it.
    if (!names.includes(name)) throw otherFile(path);
    if ((await sizeOf(files, path)) !== bytes || (await digestOf(files, path)) !== sha) throw otherFile(path);
  }
}

function otherFile(path: string): AppError {
  return new AppError('backup_invalid', `${path} is not the file that was backed up.`, { path });
}

async function refuseUsed(files: Files, folder: string): Promise<void> {
  const used = [...(await files.list(folder)), ...(await files.list(logFolder(folder)))];
  if (used.length === 0) return;
  throw new AppError('folder_not_empty', `${folder} is not empty; nothing is written over.`, {
    path: folder,
  });
}
