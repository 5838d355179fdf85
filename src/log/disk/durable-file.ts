import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './system-error.ts';
import type { Files } from './files.ts';
import { checkedText, withChecksum } from './checksum.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_DIRECTORY } = constants;

/** The suffix of a file while it is written. A file with this suffix at opening is left from a crash. */
export const unfinished = '.tmp';

/** Makes renames, removals and new files in a folder durable. */
export async function syncFolder(files: Files, folder: string): Promise<void> {
  await withFile(files, folder, O_RDONLY | O_DIRECTORY, (fd) => files.sync(fd));
}

/**
 * Makes a folder and its parents durably. All of them are synced, because one that exists may have been made just
 * before a crash. A parent that this process may not read was not made by it.
 */
export async function makeFolder(files: Files, folder: string): Promise<void> {
  await files.makeFolder(folder);
  for (let made = resolve(folder); made !== dirname(made); made = dirname(made)) {
    await syncFolder(files, dirname(made)).catch((error: unknown) => {
      if (!['EACCES', 'EPERM'].includes(errorCode(error))) throw error;
    });
  }
}

/**
 * Writes a file atomically: under another name, synced, renamed, then the folder synced. Without `isLasting` nothing is
 * synced, and a crash of the machine may leave the file empty or cut.
 */
export async function writeDurably(
  files: Files,
  path: string,
  parts: Iterable<Buffer> | AsyncIterable<Buffer>,
  isLasting = true,
): Promise<void> {
  const draft = path + unfinished;
  try {
    await withFile(files, draft, O_WRONLY | O_CREAT | O_TRUNC, async (fd) => {
      for await (const bytes of parts) await writeAll(files, fd, bytes);
      if (isLasting) await files.sync(fd);
    });
    await files.rename(draft, path);
  } catch (error) {
    // A partial file on a full disk is useless. If this fails too, the next opening removes it.
    await files.remove(draft).catch(() => undefined);
    throw error;
  }
  if (isLasting) await syncFolder(files, dirname(path));
}

const blockSize = 1 << 20;

/** Copies the first `bytes` of a file atomically; source and target may be the same path. @returns their SHA-256. */
export async function copyDurably(files: Files, from: string, to: string, bytes: number): Promise<string> {
  const sha = createHash('sha256');
  await withFile(files, from, O_RDONLY, (fd) => {
    const blocks = async function* (): AsyncGenerator<Buffer> {
      for await (const block of blocksOf(files, fd, bytes)) {
        sha.update(block);
        yield block;
      }
    };
    return writeDurably(files, to, blocks());
  });
  return sha.digest('hex');
}

/** The SHA-256 of a file. */
export function digestOf(files: Files, path: string): Promise<string> {
  return withFile(files, path, O_RDONLY, async (fd) => {
    const sha = createHash('sha256');
    for await (const block of blocksOf(files, fd, await files.size(fd))) sha.update(block);
    return sha.digest('hex');
  });
}

/** The first `bytes` of an open file, one mebibyte at a time. */
export async function* blocksOf(files: Files, fd: number, bytes: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes; offset += blockSize)
    yield await readSpan(files, fd, offset, Math.min(blockSize, bytes - offset));
}

/** The size of a file; -1 if it is missing. */
export async function sizeOf(files: Files, path: string): Promise<number> {
  try {
    return await withFile(files, path, O_RDONLY, (fd) => files.size(fd));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return -1;
    throw error;
  }
}

/** Writes a JSON document with a checksum, given as a value or as text. {@link readDocument} reads it. */
export function writeDocument(
  files: Files,
  path: string,
  document: object | string,
  isLasting = true,
): Promise<void> {
  const json = typeof document === 'string' ? document : JSON.stringify(document);
  return writeDurably(files, path, [Buffer.from(withChecksum(json))], isLasting);
}

/** The document at a path; null when it is missing or its checksum is wrong. */
export async function readDocument(files: Files, path: string): Promise<unknown> {
  const bytes = await readWhole(files, path);
  const text = bytes && checkedText(bytes);
  return text === null ? null : (JSON.parse(text) as unknown);
}

/** The whole file; null if it is missing. */
export async function readWhole(files: Files, path: string): Promise<Buffer | null> {
  try {
    return await withFile(files, path, O_RDONLY, async (fd) => readSpan(files, fd, 0, await files.size(fd)));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The bytes from `offset`; fewer at the end of the file. */
export async function readSpan(files: Files, fd: number, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let count = 0;
  while (count < length) {
    const read = await files.read(fd, bytes.subarray(count), offset + count);
    if (read === 0) break;
    count += read;
  }
  return bytes.subarray(0, count);
}

/** Writes all bytes, through several short writes if needed. */
export async function writeAll(files: Files, fd: number, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await files.write(fd, bytes.subarray(done));
}

/** Opens a file, runs `use` with it, and closes it. */
export async function withFile<T>(
  files: Files,
  path: string,
  flags: number,
  use: (fd: number) => Promise<T>,
): Promise<T> {
  const fd = await files.open(path, flags);
  try {
    return await use(fd);
  } finally {
    await files.close(fd);
  }
}
