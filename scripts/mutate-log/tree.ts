import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Mutant } from './mutants.ts';

/** A copy of the working tree, in which one file at a time is changed. */
export class TreeCopy {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Copies the files that git tracks or would add, with uncommitted changes, and links the packages. */
  static async of(root: string): Promise<TreeCopy> {
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await promisify(execFile)('git', list, { cwd: root, maxBuffer: 1 << 26 });
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-mutants-'));
    const names = new Set(stdout.split('\0').filter((name) => name !== ''));
    for (const name of names)
      if (existsSync(join(root, name))) await cp(join(root, name), join(folder, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    return new TreeCopy(folder);
  }

  /** Runs `use` with a mutant in place. @returns null if its text does not occur exactly once in its file */
  async with<T>({ file, search, replacement }: Mutant, use: () => Promise<T>): Promise<T | null> {
    const path = join(this.folder, file);
    const text = await readFile(path, 'utf8').catch(() => '');
    const parts = text.split(search);
    if (parts.length !== 2) return null;
    await writeFile(path, parts.join(replacement));
    try {
      return await use();
    } finally {
      await writeFile(path, text);
    }
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
