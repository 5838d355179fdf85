/** Control characters, line and paragraph separators, marks that turn the reading direction, soft and zero-width signs. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Printable ASCII without quotation marks. */
const plain = /^[ !#-~]*$/;

/**
 * Words an advertiser supplied, safe to stand inside a text of ours: one line, in quotation marks that the words
 * themselves cannot close.
 */
export function quote(text: string): string {
  // Nearly every text is sound as it is, and sees neither of the two passes.
  if (plain.test(text) && !text.includes('  ')) return `"${text.trim()}"`;
  const oneLine = text
    .replace(unprintable, ' ')
    .replace(/\p{White_Space}+/gu, ' ')
    .trim();
  return `"${oneLine.replaceAll('"', "'")}"`;
}
