// The package's main module would add every other kind of comparison to the page's script.
import { diffArrays } from 'diff/lib/diff/array.js';

export interface Piece {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** The page shows longer texts as replaced, because the time of a comparison grows with their difference. */
const wordsMax = 800;

/** The changes between two texts, word by word. White space is kept. */
export function diffOf(before: string, after: string): readonly Piece[] {
  const [old, fresh] = [wordsOf(before), wordsOf(after)];
  if (old.length > wordsMax || fresh.length > wordsMax)
    return [
      { kind: 'gone', text: before },
      { kind: 'new', text: after },
    ];
  return diffArrays(old, fresh).map(({ added, removed, value }) => ({
    kind: added ? 'new' : removed ? 'gone' : 'same',
    text: value.join(''),
  }));
}

const wordsOf = (text: string): string[] => text.match(/\s+|[^\s]+/g) ?? [];
