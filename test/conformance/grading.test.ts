import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { levenshtein } from '../../src/game/grading/levenshtein.ts';
import type { SurfaceEntry } from '../../src/game/grading/record.ts';
import { evidenceTokens } from '../../src/game/grading/tally/evidence-tokens.ts';
import { plausibilityOf } from '../../src/game/grading/tally/plausibility.ts';
import { tallyRules } from '../../src/game/grading/tally/rules.ts';
import { normalisedEditDistance, trimUnicode } from '../../src/game/grading/text.ts';
import { asFlagMultiset, firstDifference } from './compare.ts';
import { runGradingCase } from './grading-cases.ts';
import { readCases } from './read-cases.ts';

const vectors = fileURLToPath(new URL('grading.jsonl.gz', import.meta.url));

describe('the tally', () => {
  it('agrees with all 650 vectors', async () => {
    const failures: string[] = [];
    let count = 0;
    for await (const testCase of readCases(vectors)) {
      count += 1;
      const difference = runGradingCase(testCase);
      if (difference !== null) failures.push(`${(testCase as { id: string }).id}: ${difference}`);
    }
    expect(failures).toEqual([]);
    expect(count).toBe(650);
  });
});

describe('the comparison', () => {
  it('allows numbers a billionth apart and no more', () => {
    expect(firstDifference({ a: [1] }, { a: [1 + 5e-10] }, 'x')).toBeNull();
    expect(firstDifference({ a: [1] }, { a: [1 + 5e-9] }, 'x')).toMatch(/^x\.a\[0\]/);
  });

  it('finds a key that only one side has', () => {
    expect(firstDifference({ a: null }, {}, 'x')).toMatch(/^x\.a: .*no such key/);
    expect(firstDifference({}, { a: null }, 'x')).toMatch(/^x\.a: .*no such key/);
  });

  it('tells a repeated flag from a single one, whatever the order', () => {
    const [a, b] = ['a', 'b'].map((id) => ({ flag_type: 'bias', target_ad_id: id, severity: 1 }));
    const difference = (left: unknown, right: unknown) =>
      firstDifference(asFlagMultiset(left), asFlagMultiset(right), 'x');
    expect(difference([a, b], [b, a])).toBeNull();
    expect(difference([a, b, b], [a, a, b])).not.toBeNull();
  });
});

describe('texts', () => {
  it('given odd white space, when trimmed, then U+0085 and U+2003 go and U+FEFF stays', () => {
    expect(trimUnicode('\u0085\u2003 a b\u0085')).toBe('a b');
    expect(trimUnicode('\ufeffa\ufeff')).toBe('\ufeffa\ufeff');
    expect(trimUnicode(' \u2003 ')).toBe('');
  });

  it('given characters beyond the basic plane, when compared, then each counts once', () => {
    expect(normalisedEditDistance('\u{1f600}a', '\u{1f601}a')).toBe(0.5);
  });

  it('given an empty text, when compared, then it is nothing like the other', () => {
    expect(normalisedEditDistance('', 'abc')).toBe(1);
    expect(normalisedEditDistance('abc', '')).toBe(1);
  });
});

describe('the edit distance', () => {
  it('agrees with the plain table, at the edges of its blocks of 32 rows too', () => {
    const text = fc.oneof(
      ...[0, 1, 31, 32, 33, 63, 64, 65, 100].map((length) =>
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: length, maxLength: length }),
      ),
    );
    fc.assert(
      fc.property(text, text, (a, b) => levenshtein(a, b) === plainDistance(a, b)),
      { numRuns: 500 },
    );
  });
});

function plainDistance(a: readonly number[], b: readonly number[]): number {
  let row = [0, ...b.map((_, column) => column + 1)];
  a.forEach((item, index) => {
    const next = [index + 1];
    b.forEach((other, column) => {
      const substituted = (row[column] ?? 0) + (item === other ? 0 : 1);
      next.push(Math.min((row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1, substituted));
    });
    row = next;
  });
  return row[b.length] ?? 0;
}

describe('evidence tokens', () => {
  it('given a letter of another script next to a token, when read, then the token is no whole word', () => {
    expect([...evidenceTokens('see tmpl_abc')]).toEqual(['tmpl_abc']);
    expect([...evidenceTokens('\u00e9tmpl_abc tmpl_abc\u0436')]).toEqual([]);
  });

  it('given digits of another script, when read, then they count as digits', () => {
    expect([...evidenceTokens('about \u0661\u0665%')]).toEqual(['\u0661\u0665%']);
  });
});

describe('plausibility', () => {
  const proposal: SurfaceEntry = {
    actionType: 'propose_ad',
    adId: 'ad_001',
    slotIndex: 0,
    adCopy: 'A calm shop for plain wooden spoons and bowls.',
    category: 'ecommerce',
    landingPageBlurb: null,
    targetingSummary: null,
    newAdCopy: null,
    newLandingPageBlurb: null,
  };

  it('given ids and categories that every object inherits, when judged, then they are words like others', () => {
    const entry = { ...proposal, adId: '__proto__', category: 'constructor', targetingSummary: 'adults' };
    const { perAd, flags } = plausibilityOf([entry], tallyRules);
    expect(Object.entries(perAd)).toEqual([['__proto__', 1]]);
    expect(flags).toEqual([]);
  });

  it('given a later entry of the same ad, when judged, then it replaces the earlier one', () => {
    const later = { ...proposal, actionType: 'modify_pending_ad', category: null };
    const { perAd, entries } = plausibilityOf([proposal, later], tallyRules);
    expect(entries).toHaveLength(2);
    expect(perAd['ad_001']).toBeCloseTo(0.94, 9);
  });
});
