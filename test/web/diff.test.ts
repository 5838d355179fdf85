import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { diffOf } from '../../web/src/timeline/diff.ts';

const side = (pieces: ReturnType<typeof diffOf>, left: 'gone' | 'new') =>
  pieces
    .filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join('');

describe('the changes between two texts', () => {
  it('are told word by word', () => {
    expect(diffOf('Act now, pay later', 'Act today, pay later')).toEqual([
      { kind: 'same', text: 'Act ' },
      { kind: 'gone', text: 'now,' },
      { kind: 'new', text: 'today,' },
      { kind: 'same', text: ' pay later' },
    ]);
  });

  it('give back both texts, whatever they are', () => {
    const words = fc.array(fc.constantFrom('a', 'bb', ' ', '\n', 'now', '<b>', '💳'), { maxLength: 60 });
    fc.assert(
      fc.property(words, words, (before, after) => {
        const pieces = diffOf(before.join(''), after.join(''));
        expect(side(pieces, 'new')).toBe(before.join(''));
        expect(side(pieces, 'gone')).toBe(after.join(''));
      }),
    );
  });

  it('of very long texts are told as one replaced by the other', () => {
    const long = 'word '.repeat(900);
    expect(diffOf(long, 'short')).toEqual([
      { kind: 'gone', text: long },
      { kind: 'new', text: 'short' },
    ]);
  });
});
