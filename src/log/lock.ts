import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';

/**
 * Claims a folder for this process by a file that holds its process id; a file left by a dead process is taken over.
 * The file appears with its content, and synchronously, so that no rival finds it empty and takes it for dead.
 * @returns what gives the claim up.
 * @throws AppError `log_locked` naming the living holder.
 */
export function takeLock(path: string): () => Promise<void> {
  const claim = `${path}.${process.pid}`;
  writeFileSync(claim, `${process.pid}\n`);
  try {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (appears(claim, path)) return () => rm(path, { force: true });
      const holder = holderOf(path);
      if (isAlive(holder)) {
        throw new AppError('log_locked', `Process ${holder} writes this log (${path}).`, {
          path,
          pid: holder,
        });
      }
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(claim, { force: true });
  }
  throw new AppError('log_locked', `Another process took the lock ${path} first.`, { path });
}

function appears(claim: string, path: string): boolean {
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process id in a lock file; 0 where a crash left none, or the file has just gone. */
function holderOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return pid === process.pid;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
