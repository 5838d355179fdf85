import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './system-error.ts';
import type { Files } from './files.ts';
import { checkedText, withChecksum } from './checksum.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_DIRECTORY } = constants;

/** What a file is called while it is written; a name like this on opening is left from a crash. */
export const unfinished = '.tmp';

/** Makes renames, removals and new files in a folder last. */
export async function syncFolder(files: Files, folder: string): Promise<void> {
  await withFile(files, folder, O_RDONLY | O_DIRECTORY, (fd) => files.sync(fd));
}

/**
 * Makes a folder and those above it, so that they last. All are synced, since one that is there may have been made
 * just before a crash; what this process may not even read was made by somebody else.
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
 * Writes a file whole or not at all: under another name, synced, renamed, and the folder synced. Without `isLasting`
 * nothing is synced: a crash of the machine may leave it empty or cut.
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
    // Half a file on a full disk helps nobody. Where even this fails, the next opening removes it.
    await files.remove(draft).catch(() => undefined);
    throw error;
  }
  if (isLasting) await syncFolder(files, dirname(path));
}

const blockSize = 1 << 20;

/** Copies the first `bytes` of a file, whole or not at all; to the same path as well. @returns their SHA-256. */
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

/** The first `bytes` of an opened file, a mebibyte at a time. */
export async function* blocksOf(files: Files, fd: number, bytes: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes; offset += blockSize)
    yield await readSpan(files, fd, offset, Math.min(blockSize, bytes - offset));
}

/** The size of a file; -1 where there is none. */
export async function sizeOf(files: Files, path: string): Promise<number> {
  try {
    return await withFile(files, path, O_RDONLY, (fd) => files.size(fd));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return -1;
    throw error;
  }
}

/** Writes one checked JSON document, given as a value or as text; {@link readDocument} gives it back. */
export function writeDocument(
  files: Files,
  path: string,
  document: object | string,
  isLasting = true,
): Promise<void> {
  const json = typeof document === 'string' ? document : JSON.stringify(document);
  return writeDurably(files, path, [Buffer.from(withChecksum(json))], isLasting);
}

/** The document at a path; null where there is none, or where its checksum does not fit. */
export async function readDocument(files: Files, path: string): Promise<unknown> {
  const bytes = await readWhole(files, path);
  const text = bytes && checkedText(bytes);
  return text === null ? null : (JSON.parse(text) as unknown);
}

/** The whole file; null where there is none. */
export async function readWhole(files: Files, path: string): Promise<Buffer | null> {
  try {
    return await withFile(files, path, O_RDONLY, async (fd) => readSpan(files, fd, 0, await files.size(fd)));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The bytes from `offset`, fewer where the file ends. */
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

/** Writes all bytes, however short the single writes are. */
export async function writeAll(files: Files, fd: number, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await files.write(fd, bytes.subarray(done));
}

/** Runs with an opened file and closes it. */
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
