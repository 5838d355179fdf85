import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'fraudarena-log-'));
}

/** Runs with an empty folder, which is removed afterwards. */
export function inFolder(use: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await makeFolder();
    await use(folder).finally(() => rm(folder, { recursive: true }));
  };
}
