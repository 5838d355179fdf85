import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { arena } from './arena.ts';

/** The arguments of every `arena` command in the shell blocks of a page, in order. */
function commandsIn(page: string): readonly string[][] {
  const blocks = page.match(/```sh\n[\s\S]*?```/g) ?? [];
  return blocks.flatMap((block) =>
    block.split('\n').flatMap((line) => {
      const [command = ''] = line.split(' #');
      if (command.trim() === 'npm start') return [['play']];
      const found = /^npm run -s arena -- (.*)$/.exec(command.trim());
      return found?.[1] === undefined ? [] : [found[1].split(/\s+/)];
    }),
  );
}

it.each(['README.md', 'docs/episodes.md'])(
  'every command of %s does what a newcomer types it for',
  async (file) => {
    const commands = commandsIn(await readFile(file, 'utf8'));
    expect(commands.length).toBeGreaterThan(2);
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
    try {
      for (const args of commands) {
        const ran = await arena(args, { ARENA_DATA_DIR: join(folder, 'data') }, folder);
        expect(ran, args.join(' ')).toMatchObject({
          code: 0,
          stderr: expect.not.stringContaining('error') as string,
        });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
