import { open, readFile, rm } from 'node:fs/promises';
import { AppError } from '../shared/errors.ts';

/**
 * Claims a folder for this process by a file that holds its process id; a file left by a dead process is taken over.
 * @returns what gives the claim up.
 * @throws AppError `log_locked` naming the living holder.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid}\n`);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (isAlive(holder)) {
        throw new AppError('log_locked', `Process ${holder} writes this log (${path}).`, {
          path,
          pid: holder,
        });
      }
      await rm(path, { force: true });
    }
  }
  throw new AppError('log_locked', `Another process took the lock ${path} first.`, { path });
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
