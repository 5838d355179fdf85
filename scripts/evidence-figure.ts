import type { Target } from '../src/game/ad.ts';
import { leanOrder } from '../src/game/episode/evidence-model.ts';
import { distributionsOf } from './episode-tables.ts';
import type { Distribution } from './episode-tables.ts';

/**
 * One target of the evidence model as an SVG of small multiples: a panel per field, a group of bars per
 * bucket, a bar per truth. It has a white background, so that it is readable on any page.
 */
export function evidenceFigure(target: Target): string {
  const all = distributionsOf(target);
  const columns = all.length === 4 ? 2 : 3;
  const panelWidth = (width - 2 * margin - (columns - 1) * gutter) / columns;
  let top = headHeight;
  const panels = inLines(all, columns).map((line) => {
    const drawn = line.map((each, column) => {
      const place = { x: margin + column * (panelWidth + gutter), y: top, width: panelWidth };
      return panel(each, place);
    });
    top += Math.max(...line.map(panelHeight));
    return drawn.join('\n');
  });
  const height = top + margin - panelGap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc" font-family="Helvetica, Arial, sans-serif" fill="${ink}">`,
    `<title id="title">What ${target} shows, by truth</title>`,
    `<desc id="desc">${description(target)}</desc>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#ffffff" stroke="#d0d7de"/>`,
    text(target, { x: margin, y: 34, size: 17, isBold: true }),
    text('share of the ads of each truth, by what the target shows', { x: margin, y: 54, size: 11.5 }),
    legend(),
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

const width = 900;
const margin = 24;
const gutter = 24;
const headHeight = 86;

const titleHeight = 16;
const labelWidth = 84;
const barPitch = 11;
const barHeight = 9;
const rowGap = 8;
const rowHeight = leanOrder.length * barPitch + rowGap;
const panelGap = 20;
/** Width of the number next to a bar of 100 %. */
const numberWidth = 38;

const ink = '#1f2328';
/** Distinguishable for colour-blind readers (ColorBrewer, Dark2). */
const colours = { legit: '#1b9e77', fraud: '#d95f02', escalate: '#7570b3' } as const;

const panelHeight = ({ rows }: Distribution): number => titleHeight + rows.length * rowHeight + panelGap;

/** Panels of the same kind get their own lines. */
function inLines(all: readonly Distribution[], columns: number): readonly (readonly Distribution[])[] {
  const lines: Distribution[][] = [];
  for (const each of all) {
    const line = lines.at(-1);
    const isLike = (line?.[0]?.together === undefined) === (each.together === undefined);
    if (line !== undefined && line.length < columns && isLike) line.push(each);
    else lines.push([each]);
  }
  return lines;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function panel({ field, together, rows }: Distribution, { x, y, width: panelWidth }: Place): string {
  const title = together === undefined ? inWords(field) : `${together}, ${inWords(field)}`;
  const [left, top] = [x + labelWidth, y + titleHeight];
  const barWidthMax = panelWidth - labelWidth - numberWidth;
  const labels = rows.map(({ bucket }, at) => {
    const middle = top + at * rowHeight + (leanOrder.length * barPitch) / 2 + 3;
    return text(bucket, { x: left - 8, y: middle, size: 11, anchor: 'end' });
  });
  const bars = leanOrder.map((truth, index) => {
    const own = rows.map(({ shares }, at) =>
      bar(shares[truth], { x: left, y: top + at * rowHeight + index * barPitch, width: barWidthMax }),
    );
    const rects = own.map(({ rect }) => rect).join('');
    return `<g fill="${colours[truth]}">${rects}</g>\n${own.map(({ number }) => number).join('')}`;
  });
  const bottom = top + rows.length * rowHeight - rowGap;
  const axis = `<path d="M${tidy(left - 0.5)} ${top - 3}V${bottom + 1}" stroke="#8c959f"/>`;
  return [text(title, { x, y: y + 4, size: 12.5, isBold: true }), ...labels, ...bars, axis].join('\n');
}

/** A bar and the number next to it, separate so that numbers are not coloured. */
function bar(
  share: number,
  { x, y, width: widthMax }: Place,
): { readonly rect: string; readonly number: string } {
  const length = Math.max(1, share * widthMax);
  const digits = share < 0.0995 ? 1 : 0;
  return {
    rect: `<rect x="${tidy(x)}" y="${tidy(y)}" width="${tidy(length)}" height="${barHeight}"/>`,
    number: text(`${(100 * share).toFixed(digits)} %`, { x: x + length + 4, y: y + barHeight - 1, size: 9 }),
  };
}

function legend(): string {
  const step = 84;
  const left = width - margin - leanOrder.length * step + 12;
  const entries = leanOrder.map((truth, index) => {
    const x = left + index * step;
    const square = `<rect x="${x}" y="24" width="12" height="12" rx="2" fill="${colours[truth]}"/>`;
    return square + text(truth, { x: x + 17, y: 34, size: 12 });
  });
  return entries.join('\n');
}

function description(target: Target): string {
  const fields = distributionsOf(target)
    .filter(({ together }) => together === undefined)
    .map(({ field }) => inWords(field));
  return `One panel per field of ${target} (${fields.join(', ')}). Every bar is the share of legit, fraud or escalate ads that read so, by the evidence model; the same numbers stand in the tables of docs/episodes.md.`;
}

/** Converts `domainAgeDays` to `domain age days`. */
const inWords = (field: string): string => field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly isBold?: boolean;
  readonly anchor?: 'end';
}

/** Needs no escaping: the words contain no characters that are special in XML. */
function text(words: string, { x, y, size, isBold = false, anchor }: Placed): string {
  const weight = isBold ? ' font-weight="bold"' : '';
  const side = anchor === undefined ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${tidy(x)}" y="${tidy(y)}" font-size="${size}"${weight}${side}>${words}</text>`;
}

/** Rounds to tenths of a pixel, so that equal numbers give equal bytes. */
const tidy = (length: number): number => Math.round(length * 10) / 10;
