/** Helpers for the engine's string representations, for strings that are kept or made with every reply. */

/**
 * Flattens a string that is kept. The engine stores a concatenated string as its pieces, which take several
 * times the memory and slow down reading; accessing its last character flattens it.
 */
export function inOnePiece(text: string): string {
  return Number.isNaN(text.charCodeAt(text.length - 1)) ? '' : text;
}

/**
 * `names.join(separator)`, for names that are or may become object keys. In Node 20 `join` of such names
 * makes a string of two bytes per character, and so becomes every string that includes it.
 */
export function joinNames(names: readonly string[], separator = ', '): string {
  let text = names[0] ?? '';
  for (let index = 1; index < names.length; index += 1) text += separator + (names[index] ?? '');
  return text;
}
