import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createServer } from 'node:net';
import { AppError } from '../../shared/errors.ts';
import { errorCode } from './system-error.ts';

/**
 * Locks a data folder for this process until the returned function is called or the process ends, however it ends: the
 * kernel holds the lock on our open file. The file names the holder.
 * @throws AppError `log_locked` naming the holder.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const file = await open(path, 'a+');
  try {
    const isLocked = await lockFile(file, path);
    // Locks the name too, so that a process with flock(1) also excludes one without it.
    const release = process.platform === 'linux' || !isLocked ? await lockName(file, path) : released;
    await file.truncate(0);
    // On a full disk the holder stays unnamed; the kernel holds the lock anyway.
    await file.write(`${process.pid}\n`).catch(() => undefined);
    return async () => {
      // Emptied first: a closed log has no holder.
      await file.truncate(0).catch(() => undefined);
      await file.close();
      await release();
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Exit code of flock(1) when another open file holds the lock. */
const heldByAnother = 1;

/** Locks with flock(1) of util-linux; the lock stays on the descriptor it inherits. False when the tool is missing. */
async function lockFile(file: FileHandle, path: string): Promise<boolean> {
  const flock = spawn('flock', ['--exclusive', '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file.fd],
  });
  const [code] = (await Promise.race([
    once(flock, 'exit'),
    once(flock, 'error').then(([error]: unknown[]) => [errorCode(error)]),
  ]).catch((error: unknown) => [errorCode(error)])) as [number | string | null];
  if (code === 'ENOENT') return false;
  if (code === heldByAnother) throw await lockedBy(path);
  if (code !== 0) throw new AppError('log_locked', `flock could not lock ${path} (${code}).`, { path });
  return true;
}

const released = (): Promise<void> => Promise.resolve();

/**
 * The fallback without flock: an abstract socket name in the kernel, which only one process of this network namespace
 * can bind.
 */
async function lockName(file: FileHandle, path: string): Promise<() => Promise<void>> {
  const { dev, ino } = await file.stat();
  const server = createServer();
  server.unref();
  try {
    server.listen(`\0fraudarena-log-${dev}-${ino}`);
    await once(server, 'listening');
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') throw await lockedBy(path);
    throw error;
  }
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function lockedBy(path: string): Promise<AppError> {
  const holder = Number(await readFile(path, 'utf8'));
  const who = holder > 0 ? `Process ${holder}` : 'Another process';
  return new AppError('log_locked', `${who} writes this log (${path}).`, {
    path,
    ...(holder > 0 ? { pid: holder } : {}),
  });
}
