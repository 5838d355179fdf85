/**
 * Control and format characters (bidirectional, zero-width, soft hyphens), line and paragraph separators,
 * surrogates.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Printable ASCII without quotation marks. */
const plain = /^[ !#-~]*$/;

/**
 * Quotes an advertiser's text for use inside the arena's own texts: one line, in quotation marks that the
 * text cannot close.
 */
export function quote(text: string): string {
  // The fast path for most texts.
  if (plain.test(text) && !text.includes('  ')) return `"${text.trim()}"`;
  const oneLine = text
    .replace(unprintable, ' ')
    .replace(/\p{White_Space}+/gu, ' ')
    .trim();
  return `"${oneLine.replaceAll('"', "'")}"`;
}
