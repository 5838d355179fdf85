import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needing } from '../support/outside-programs.ts';
import { expect, it } from 'vitest';
import { Exchanges, isExchange } from './exchange.ts';
import { blocksOf, typePage } from './page.ts';
import { TestServer } from '../support/server.ts';
import { systemClock } from '../../src/match/clock.ts';
import { isAll } from '../support/sizes.ts';

const pages = [
  'README.md',
  ...(await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The blocks of each page by their language, of pages that have some. */
async function pagesWith(
  language: string,
): Promise<readonly { readonly page: string; readonly texts: readonly string[] }[]> {
  const found = await Promise.all(
    pages.map(async (page) => ({
      page,
      texts: (await blocksOf(page))
        .flat()
        .filter((block) => block.language === language)
        .map(({ text }) => text),
    })),
  );
  return found.filter(({ texts }) => texts.length > 0);
}

/** Typing the other pages takes minutes. */
const quickPages = ['README.md', 'docs/episodes.md', 'docs/play-a-seat.md'];

for (const { page, texts } of await pagesWith('sh')) {
  if (!isAll && !quickPages.includes(page)) continue;
  const typed = texts.some((text) => /\bcurl\b/.test(text))
    ? (['bash', 'curl'] as const)
    : (['bash'] as const);
  needing(...typed).it(`every shell block of ${page} does what a newcomer types it for`, async () => {
    await inFolder(async (folder) => {
      expect(await typePage(page, folder)).toBe(texts.length);
    });
  });
}

it.each(await pagesWith('text'))('the conversations of $page are as they are shown', async ({ texts }) => {
  expect(texts.filter((text) => !isExchange(text))).toEqual([]);
  const server = await TestServer.start({ clock: systemClock });
  const held = new Exchanges(`http://127.0.0.1:${server.port}`);
  try {
    for (const text of texts) await held.hold(text);
  } finally {
    held.close();
    await server.close();
  }
});

/** Of docs/operate.md: held to the programs that read them by the tests of `test/operate`. */
const files = ['dockerfile', 'ini', 'nginx', 'yaml'];

it('every page with a language in a block uses one that is run, or data that is generated', async () => {
  for (const page of pages)
    for (const { language } of (await blocksOf(page)).flat())
      expect(['sh', 'js', 'text', 'json', ...(page === 'docs/operate.md' ? files : [])], page).toContain(
        language,
      );
});

it('README.md begins with the two commands that a reader needs first', async () => {
  const [title, , start, , test] = (await readFile('README.md', 'utf8')).split('\n');
  expect(title).toBe('# FraudArena');
  expect(start).toContain('`npm install && npm start`');
  expect(test).toContain('`npm install && npm test`');
});
