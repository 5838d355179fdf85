import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { machines } from '../../src/chart/model/machines.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { element } from '../../src/chart/paint/svg.ts';
import { textWidth, wrapped } from '../../src/chart/layout/text-width.ts';
import type { Weight } from '../../src/chart/layout/text-width.ts';

const require = createRequire(import.meta.url);
const fonts = { regular: '400Regular', bold: '600SemiBold' } as const;

/** How wide the letters of the font that leads the stack are when they are drawn. */
function drawnWidth(text: string, weight: Weight): number {
  const attributes = {
    'font-family': 'Inter',
    'font-size': 100,
    'font-weight': weight === 'bold' ? 600 : 400,
  };
  const svg = element('svg', { xmlns: 'http://www.w3.org/2000/svg', width: 9000, height: 200 }, [
    element('text', { x: 10, y: 120, ...attributes }, text),
  ]);
  const file = require.resolve(`@expo-google-fonts/inter/${fonts[weight]}/Inter_${fonts[weight]}.ttf`);
  const font = { fontFiles: [file], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  return new Resvg(svg, { font }).getBBox()?.width ?? NaN;
}

const texts = Object.values(machines).flatMap((machine) => {
  const { states, edges } = chartOf(machine);
  const guards = edges.flatMap(({ guard }) => (guard === null ? [] : [`[${guard}]`]));
  return [...states.map(({ name }) => name), ...edges.map(({ label }) => label), ...guards];
});

describe('a text', () => {
  it.each(['regular', 'bold'] as const)('is never wider than it is measured, %s', (weight) => {
    for (const text of new Set([...texts, 'WWWMMM@%&', '×8888']))
      if (text !== '')
        expect(drawnWidth(text, weight), text).toBeLessThanOrEqual(textWidth(text, 100, weight));
  });

  it('is not measured a quarter wider than it is', () => {
    for (const text of new Set(texts))
      if (text.length > 8) expect(textWidth(text, 100)).toBeLessThan(1.25 * drawnWidth(text, 'regular'));
  });

  it('of characters that are not in the table counts a whole letter for each', () => {
    expect(textWidth('日本', 10)).toBe(20);
    expect(textWidth('🦊', 10)).toBe(10);
  });

  it('is broken between words, each line as full as it may be', () => {
    const text = 'One investigator decides a queue of ads.';
    const lines = wrapped(text, 120, 12.5);
    expect(lines.join(' ')).toBe(text);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(textWidth(line, 12.5)).toBeLessThanOrEqual(120);
    expect(wrapped('incomprehensibilities', 10, 12.5)).toEqual(['incomprehensibilities']);
    expect(wrapped('', 10, 12.5)).toEqual([]);
  });
});
