import { invariant } from '../../shared/invariant.ts';

/** The fonts of a chart: the first one that the reader's system has. None is shipped or fetched. */
export const fontStack = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif";

export type Weight = 'regular' | 'bold';

/**
 * Advance widths of the printable ASCII characters in thousandths of the font size. Each is the widest of
 * Inter, Roboto, Open Sans, Noto Sans, Liberation Sans (as wide as Arial and Helvetica) and DejaVu Sans (as
 * wide as Verdana), at weights 400 and 600 to 700. So a text in any of these fonts is never wider than
 * measured here.
 */
const widths: Readonly<Record<Weight, readonly number[]>> = {
  regular: [
    318, 401, 460, 838, 638, 951, 780, 275, 391, 391, 552, 838, 318, 461, 318, 413, 637, 637, 637, 637, 643,
    637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557, 1016, 685, 687, 728, 771, 667, 611, 778, 752, 339,
    552, 667, 563, 907, 760, 788, 667, 788, 723, 667, 643, 742, 685, 989, 686, 667, 686, 391, 411, 391, 838,
    557, 578, 613, 635, 559, 635, 616, 361, 635, 634, 278, 278, 580, 278, 975, 634, 612, 635, 635, 413, 523,
    393, 634, 592, 818, 592, 592, 542, 637, 551, 637, 838,
  ],
  bold: [
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 565, 838, 380, 469, 380, 414, 696, 696, 696, 696, 696,
    696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611, 1031, 774, 763, 753, 831, 684, 684, 821, 837, 389,
    570, 775, 638, 996, 837, 851, 733, 851, 771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 423, 458, 838,
    557, 607, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666, 343, 1042, 712, 688, 716, 716, 494, 596,
    479, 712, 652, 924, 646, 652, 583, 712, 551, 712, 838,
  ],
};
invariant(widths.regular.length === 95 && widths.bold.length === 95, 'A width for each printable character.');

/** The width of a text in the widest of the fonts, in pixels; a character outside ASCII counts as one em. */
export function textWidth(text: string, size: number, weight: Weight = 'regular'): number {
  let thousandths = 0;
  for (const character of text) thousandths += widths[weight][(character.codePointAt(0) ?? 0) - 32] ?? 1000;
  return (thousandths * size) / 1000;
}

/** Breaks a text between words into lines of at most `width` pixels; a longer word gets its own line. */
export function wrapped(text: string, width: number, size: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const line = lines.at(-1);
    const longer = line === undefined ? word : `${line} ${word}`;
    if (line !== undefined && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
