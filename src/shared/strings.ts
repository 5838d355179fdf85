/** What to know of the engine's strings, for texts that are kept or made with every reply. */

/**
 * A text that is kept. The engine leaves one that was put together in its pieces, which take several times the room, and
 * time whenever it is read; to look at its end puts them into one.
 */
export function inOnePiece(text: string): string {
  return Number.isNaN(text.charCodeAt(text.length - 1)) ? '' : text;
}

/**
 * `names.join(separator)`, for names that are, or may become, keys of an object: joined by the engine of Node 20 such names
 * make a text of two bytes a character, and so does it in turn of every text that it goes into.
 */
export function joinNames(names: readonly string[], separator = ', '): string {
  let text = names[0] ?? '';
  for (let index = 1; index < names.length; index += 1) text += separator + (names[index] ?? '');
  return text;
}
