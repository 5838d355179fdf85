import { readFile, readdir } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { episodeTables } from '../scripts/episode-tables.ts';
import { errorsPage } from '../scripts/errors-page.ts';
import { evidenceFigure } from '../scripts/evidence-figure.ts';
import { targets } from '../src/game/ad.ts';

/** Generated documentation is as its source makes it. `npm run docs` renews what fails here. */

const docs = new URL('../docs/', import.meta.url);
const read = (name: string) => readFile(new URL(name, docs), 'utf8');
const options = await resolveConfig(new URL('errors.md', docs));

/** Markdown as `npm run docs` leaves it, line endings apart. */
const asWritten = (markdown: string) =>
  format(markdown.replaceAll('\r\n', '\n'), { ...options, parser: 'markdown' });

it('docs/errors.md is up to date', async () => {
  expect(await asWritten(await read('errors.md'))).toBe(await asWritten(errorsPage()));
});

describe('docs/episodes.md', async () => {
  const page = await read('episodes.md');
  const names = Array.from(page.matchAll(/<!-- (\w+):start -->/g), ([, name]) => name);

  it('has a section for every table, and a table for every section', () => {
    expect(names.sort()).toEqual(Object.keys(episodeTables()).sort());
  });

  it.each(Object.entries(episodeTables()))('has an up-to-date section %s', async (name, table) => {
    const section = page.split(`<!-- ${name}:start -->`)[1]?.split(`<!-- ${name}:end -->`)[0] ?? '';
    expect(await asWritten(section)).toBe(await asWritten(table));
  });

  it('links only to files and headings that exist', async () => {
    const links = Array.from(page.matchAll(/\]\(([^)]+)\)/g), ([, link = '']) => link);
    expect(links.length).toBeGreaterThan(targets.length);
    for (const link of links) {
      if (link.startsWith('#')) expect(page.toLowerCase()).toContain(`\n## ${link.slice(1)}\n`);
      else await expect(read(link), link).resolves.not.toBe('');
    }
  });
});

describe('the figures', () => {
  it('are one for each target', async () => {
    const files = await readdir(new URL('img/', docs));
    const expected = targets.map((target) => `evidence-${target}.svg`);
    expect(files.filter((file) => file.startsWith('evidence-')).sort()).toEqual(expected.sort());
  });

  it.each(targets)('of %s is up to date, small and described', async (target) => {
    const svg = (await read(`img/evidence-${target}.svg`)).replaceAll('\r\n', '\n');
    expect(svg).toBe(evidenceFigure(target));
    expect(Buffer.byteLength(svg)).toBeLessThan(25_000);
    expect(svg).toMatch(/<title id="title">[^<]+<\/title>\n<desc id="desc">[^<]+<\/desc>/);
    expect(svg.match(/<svg|<g|<text|<title|<desc/g)?.length).toBe(
      svg.match(/<\/svg|<\/g|<\/text|<\/title|<\/desc/g)?.length,
    );
  });

  it.each(targets)('of %s draws every bar inside its panel', (target) => {
    const svg = evidenceFigure(target);
    const [width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).slice(1).map(Number);
    const rects = Array.from(
      svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    );
    expect(rects.length).toBeGreaterThan(20);
    for (const [rect, ...numbers] of rects) {
      const [x = 0, y = 0, wide = 0, high = 0] = numbers.map(Number);
      expect(x + wide <= width && y + high <= height && wide > 0, rect).toBe(true);
    }
  });
});
