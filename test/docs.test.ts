import { readFile, readdir } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { descriptions, fileText } from '../scripts/descriptions.ts';
import { episodeTables } from '../scripts/episode-tables.ts';
import { errorsPage } from '../scripts/errors-page.ts';
import { evidenceFigure } from '../scripts/evidence-figure.ts';
import { limitsPage } from '../scripts/limits-page.ts';
import { actionForms } from '../scripts/seat-actions.ts';
import { operateTables } from '../scripts/operate-tables.ts';
import { performanceSummary, performanceTables } from '../scripts/performance-tables.ts';
import { seatTables } from '../scripts/seat-tables.ts';
import { statechartFigures, statechartSections } from '../scripts/statechart-page.ts';
import { targets } from '../src/game/ad.ts';
import { roles } from '../src/game/command.ts';
import { standard } from '../src/game/ruleset.ts';
import { parseAction } from '../src/protocol/action.ts';

/** Generated documentation is as its source makes it. `npm run docs` renews what fails here. */

const docs = new URL('../docs/', import.meta.url);
const read = (name: string) => readFile(new URL(name, docs), 'utf8');
const options = await resolveConfig(new URL('errors.md', docs));

/** Markdown as `npm run docs` leaves it, line endings apart. */
const asWritten = (markdown: string) =>
  format(markdown.replaceAll('\r\n', '\n'), { ...options, parser: 'markdown' });

it.each([
  ['errors.md', errorsPage],
  ['limits.md', limitsPage],
])('docs/%s is up to date', async (name, page) => {
  expect(await asWritten(await read(name))).toBe(await asWritten(page()));
});

it.each(Object.entries(await descriptions()))('docs/api/%s is what a server says', async (name, content) => {
  expect(await read(`api/${name}`)).toBe(fileText(content));
});

describe.each([
  ['episodes.md', episodeTables()],
  ['play-a-seat.md', await seatTables()],
  ['statechart.md', statechartSections()],
  ['operate.md', await operateTables()],
  ['performance.md', await performanceTables()],
  ['../README.md', await performanceSummary()],
])('docs/%s', async (file, tables) => {
  const page = await read(file);
  const names = Array.from(page.matchAll(/<!-- (\w+):start -->/g), ([, name]) => name);

  it('has a section for every table, and a table for every section', () => {
    expect(names.sort()).toEqual(Object.keys(tables).sort());
  });

  it.each(Object.entries(tables))('has an up-to-date section %s', async (name, table) => {
    const section = page.split(`<!-- ${name}:start -->`)[1]?.split(`<!-- ${name}:end -->`)[0] ?? '';
    expect(await asWritten(section)).toBe(await asWritten(table));
  });
});

const pages = (await readdir(docs)).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);

it.each([...pages, 'README.md', 'CONTRIBUTING.md'])(
  '%s links only to files and headings that exist',
  async (file) => {
    const here = new URL(`../${file}`, import.meta.url);
    const page = await readFile(here, 'utf8');
    // Code may look like one.
    const prose = page.replaceAll(/^```[\s\S]*?^```$/gm, '');
    for (const [, link = ''] of prose.matchAll(/\]\(([^)]+)\)/g)) {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? page : await readFile(new URL(path, here), 'utf8');
      if (heading !== undefined) expect(anchorsOf(target), `${file}: ${link}`).toContain(heading);
    }
  },
);

/** As hosts of Markdown make them. */
const anchorsOf = (page: string): readonly string[] =>
  Array.from(page.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

describe('docs/play-a-seat.md', () => {
  it('has every event that a role is told', async () => {
    const source = await readFile(new URL('../src/game/view/public-events.ts', import.meta.url), 'utf8');
    const names = new Set(Array.from(source.matchAll(/event: '([a-z.]+)'/g), ([, name = '']) => name));
    const { events = '' } = await seatTables();
    for (const name of names) expect(events).toContain(`| \`${name}\` |`);
    const rows = events.split('\n').slice(2);
    expect(rows).toHaveLength(names.size);
    const untold = rows.flatMap((row) => {
      const [, event = '', ...cells] = row.split('|').map((cell) => cell.trim());
      return roles.filter((_, index) => cells[index] === '').map((role) => `${role}: ${event}`);
    });
    expect(untold.sort()).toEqual([
      'auditor: `verdict.refused`',
      'fraudster: `accounts.linked`',
      'fraudster: `audit.submitted`',
      'fraudster: `flag.raised`',
      'investigator: `audit.submitted`',
      'investigator: `flag.raised`',
      'investigator: `proposals.committed`',
      'investigator: `verdict.refused`',
    ]);
  });

  it.each(actionForms)('names what $role needs for $type', ({ role, type, needs, takes }) => {
    const values = (fields: typeof needs) =>
      Object.fromEntries(Object.entries(fields).map(([name, [, value]]) => [name, value]));
    const whole = { action_type: type, ...values(needs), ...values(takes) };
    expect(parseAction(role, whole, standard)).toMatchObject({ ok: true });
    expect(parseAction(role, { action_type: type, ...values(needs) }, standard)).toMatchObject({ ok: true });
    expect(parseAction(role, { ...whole, more: 1 }, standard)).toMatchObject({ ok: false });
  });

  it('shows a whole player in less than 40 lines', async () => {
    const [, bot = ''] = /^```js\n([\s\S]*?)^```$/m.exec(await read('play-a-seat.md')) ?? [];
    expect(bot).toContain('// bot.mjs');
    expect(bot.trimEnd().split('\n').length).toBeLessThan(40);
  });
});

describe('the pictures of the statecharts', async () => {
  const figures = await statechartFigures();

  it('are one for each machine and theme', async () => {
    const files = await readdir(new URL('img/', docs));
    expect(files.filter((file) => file.startsWith('chart-')).sort()).toEqual(Object.keys(figures).sort());
    const page = await read('statechart.md');
    for (const file of Object.keys(figures)) expect(page).toContain(`img/${file}`);
  });

  it.each(Object.entries(figures))('%s is up to date', async (file, svg) => {
    expect((await read(`img/${file}`)).replaceAll('\r\n', '\n')).toBe(svg);
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
