import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { limits } from '../src/shared/limits.ts';

/**
 * Every limit does something, and has its row in docs/limits.md: a table whose first column is the key of
 * src/shared/limits.ts in backticks and whose second is the value, as `65,536`, `64 KiB` or `120 s`.
 */
const root = new URL('../', import.meta.url);
const keys = Object.keys(limits) as (keyof typeof limits)[];

const folder = new URL('src/', root);
const files = (await readdir(folder, { recursive: true })).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('shared/limits.ts'),
);
const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));

it.each(keys)('the limit %s is kept somewhere', (key) => {
  const uses = sources.filter((source) => new RegExp(`\\blimits\\.${key}\\b`).test(source));
  expect(uses).not.toHaveLength(0);
});

/** Bytes and milliseconds are what the numbers themselves count. */
const units = new Map<string, number>([
  ...Object.entries({ '': 1, bytes: 1, KiB: 1024, MiB: 1024 ** 2 }),
  ...Object.entries({ ms: 1, s: 1000, min: 60_000, h: 3_600_000 }),
]);

describe('docs/limits.md', async () => {
  const page = await readFile(new URL('docs/limits.md', root), 'utf8').catch(() => '');
  const rows = Array.from(page.matchAll(/^\|\s*`(\w+)`\s*\|\s*([\d,]+) ?(\w*)\s*\|/gm), (row) => {
    const [, key = '', value = '', unit = ''] = row;
    return [key, Number(value.replaceAll(',', '')) * (units.get(unit) ?? Number.NaN)] as const;
  });

  it('has a row for every limit, with its value, and none besides', () => {
    expect(new Map(rows)).toEqual(new Map(Object.entries(limits)));
    expect(rows).toHaveLength(keys.length);
  });
});
