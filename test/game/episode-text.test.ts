import { describe, expect, it } from 'vitest';
import { businesses } from '../../src/game/episode/words/businesses/businesses.ts';
import {
  copyLength,
  countCopies,
  offerOf,
  sentencesOf,
  writeCopy,
  writePage,
  writeTargeting,
  type CopyOrder,
} from '../../src/game/episode/text/copy.ts';
import { businessCategories } from '../../src/game/episode/words/vocabulary.ts';
import type { BusinessCategory, TextSplit } from '../../src/game/episode/words/vocabulary.ts';
import { poolsOf, slotsOf } from '../../src/game/episode/text/fill.ts';
import { brandName, domainLabel, personName, placeName } from '../../src/game/episode/words/names.ts';
import { skeletons } from '../../src/game/episode/words/skeletons.ts';
import { claimKinds, pressureKinds } from '../../src/game/episode/words/vocabulary.ts';
import { drawsFor, type Draws } from '../../src/game/random.ts';

const splits: readonly TextSplit[] = ['train', 'held_out'];
const cases = businessCategories.flatMap((category) => splits.map((split) => [category, split] as const));
const copiesPerCase = 3000;
const forbidden = /fraud|scam|fake/i;
const minors = /kids|teen|children|minors|schoolers|under.18/i;

/** The n-th order of a category and split: the claims in turn, and no pressure up to two kinds of it. */
function orderOf(draws: Draws, category: BusinessCategory, split: TextSplit, index: number): CopyOrder {
  return {
    category,
    split,
    brand: brandName(draws, split),
    place: placeName(draws, split),
    pressure: draws.shuffle(pressureKinds).slice(0, draws.below(3)),
    claim: claimKinds[index % claimKinds.length] ?? 'honest',
  };
}

function copiesOf(category: BusinessCategory, split: TextSplit, count = copiesPerCase) {
  return Array.from({ length: count }, (_, index) => {
    const draws = drawsFor(11, category, split, index);
    const order = orderOf(draws, category, split, index);
    return { ...order, text: writeCopy(draws, order) };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the lists', () => {
  it.each(businessCategories)('are long enough and repeat nothing in %s', (category) => {
    const { claims, ...lists } = businesses[category];
    const least: Readonly<Record<string, number>> = {
      offers: 24,
      qualities: 16,
      details: 16,
      actions: 8,
      audiences: 10,
      interests: 10,
      pageLines: 12,
      honest: 8,
      bold: 8,
      contestable: 8,
    };
    for (const [name, list] of Object.entries({ ...lists, ...claims })) {
      expect(new Set(list).size, name).toBe(list.length);
      expect(list.length, name).toBeGreaterThanOrEqual(least[name] ?? Infinity);
      expect(list.filter((text) => /[.?!{}]|^[A-Z][a-z]| {2}|^ | $/.test(text))).toEqual([]);
      expect(list.filter((text) => forbidden.test(text))).toEqual([]);
    }
  });

  it.each(splits)('of %s make one sentence of every skeleton, with known slots', (split) => {
    const pools = Object.keys(poolsOf({ category: 'saas', claim: 'bold' }));
    const known = [...pools, 'brand', 'place', 'person'];
    for (const [kind, list] of Object.entries(skeletons[split])) {
      const least = kind === 'targeting' || pressureKinds.some((pressure) => pressure === kind) ? 8 : 12;
      expect(list.length, kind).toBeGreaterThanOrEqual(least);
      expect(new Set(list).size, kind).toBe(list.length);
      expect(list.flatMap(slotsOf).filter((slot) => !known.includes(slot))).toEqual([]);
      if (kind === 'targeting') continue;
      expect(list.filter((skeleton) => !/^[A-Z][^.?!]+[.?!]$/.test(skeleton))).toEqual([]);
    }
  });

  it('keep the splits apart by the fixed words every sentence begins with', () => {
    const beginningsOf = (split: TextSplit) =>
      Object.values(skeletons[split])
        .flat()
        .map((skeleton) => (skeleton.split('{')[0] ?? '').toLowerCase());
    // Targeting may begin with a slot, but always names a place, and places are disjoint too.
    const [train, heldOut] = [beginningsOf('train'), beginningsOf('held_out')];
    expect([...train, ...heldOut].filter((beginning) => beginning === '')).toEqual([]);
    const shared = train.flatMap((a) => heldOut.filter((b) => a.startsWith(b) || b.startsWith(a)));
    expect(shared).toEqual([]);
  });
});

describe('pressure', () => {
  // A few phrases of each kind by which a policy classifier would know it.
  const phrases = {
    urgency:
      /act now|limited time|expires? (in|soon|today)|only \d+ (left|spots|days)|hurry|last chance|ends? (tonight|soon)/i,
    authority: /certified|endorsed by/i,
    guarantee:
      /100% (guaranteed|money-back)|risk-free|no questions asked|satisfaction guaranteed|guaranteed results/i,
    exclusivity: /secret|hidden|exclusive access|members only|invitation only|insider|behind the scenes/i,
  } as const;

  it.each(splits)('shows in its own sentences of %s, and in no others', (split) => {
    for (const [kind, list] of Object.entries(skeletons[split])) {
      for (const skeleton of list) {
        const text = skeleton.replaceAll('{count}', '5');
        const found = pressureKinds.filter((pressure) => phrases[pressure].test(text));
        expect(found, skeleton).toEqual(pressureKinds.filter((pressure) => pressure === kind));
      }
    }
  });
});

describe('countCopies', () => {
  it.each(cases)('finds a million copies of %s, %s', (category, split) => {
    expect(countCopies(category, split)).toBeGreaterThanOrEqual(1_000_000n);
  });
});

describe('writeCopy', () => {
  it.each(cases)('keeps its promises for %s, %s', (category, split) => {
    const copies = copiesOf(category, split);
    const broken = copies.filter(({ text, brand, pressure }) => {
      const sentences = sentencesOf(text);
      return (
        text.length < copyLength.least ||
        text.length > copyLength.most ||
        sentences.length < Math.max(2, pressure.length + 1) ||
        sentences.length > 5 ||
        new Set(sentences).size < sentences.length ||
        !text.includes(brand) ||
        !/^[A-Z][^{}\n]*[.?!]$/.test(text) ||
        / {2}/.test(text) ||
        forbidden.test(text)
      );
    });
    expect(broken).toEqual([]);
    expect(new Set(copies.map(({ text }) => text)).size).toBe(copiesPerCase);
    const lengths = claimKinds.map((kind) =>
      mean(copies.filter(({ claim }) => claim === kind).map(({ text }) => text.length)),
    );
    expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThan(1.04);
  });

  it.each(businessCategories)('shares no sentence between the splits of %s', (category) => {
    const [train = [], heldOut = []] = splits.map((split) =>
      copiesOf(category, split).flatMap(({ text }) => sentencesOf(text)),
    );
    const seen = new Set(train);
    expect(heldOut.filter((sentence) => seen.has(sentence))).toEqual([]);
  });

  it('makes a claim of the kind asked for, and no other', () => {
    for (const [category, split] of cases) {
      for (const { text, claim } of copiesOf(category, split, 60)) {
        const made = claimKinds.filter((kind) =>
          businesses[category].claims[kind].some((words) => text.includes(words)),
        );
        expect(made, text).toEqual([claim]);
      }
    }
  });

  it('has room for all kinds of pressure', () => {
    const draws = drawsFor(3, 'pressed');
    const order = { ...orderOf(draws, 'travel', 'train', 0), pressure: pressureKinds };
    expect(sentencesOf(writeCopy(draws, order))).toHaveLength(5);
  });

  it('draws the number of sentences without regard to the claim', () => {
    const counts = claimKinds.map((claim) =>
      Array.from({ length: 300 }, (_, index) => {
        const order = { ...orderOf(drawsFor(5, 'order', index), 'loans', 'train', index), claim };
        return sentencesOf(writeCopy(drawsFor(5, 'copy', index), order)).length;
      }),
    );
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[2]).toEqual(counts[0]);
  });

  it('writes the same text from the same stream', () => {
    const write = () => {
      const draws = drawsFor(42, 'text', 'same');
      const order = orderOf(draws, 'charity', 'held_out', 1);
      const targeting = writeTargeting(draws, 'charity', 'held_out');
      return { copy: writeCopy(draws, order), targeting, page: writePage(draws, order) };
    };
    expect(write()).toEqual(write());
  });

  it('begins with the offer asked for, on the page too, and refuses one of another category', () => {
    const draws = drawsFor(8, 'offer');
    const order = { ...orderOf(draws, 'fashion', 'train', 0), offer: offerOf(draws, 'fashion') };
    expect(sentencesOf(writeCopy(draws, order))[0]).toContain(order.offer);
    expect(sentencesOf(writePage(draws, order).summary)[0]).toContain(order.offer);
    expect(() => writeCopy(draws, { ...order, offer: 'boiler repairs' })).toThrow('no offer of fashion');
  });

  it('refuses a brand for which no text can have the right length', () => {
    const order = { ...orderOf(drawsFor(8, 'long'), 'fashion', 'train', 0), brand: 'x'.repeat(500) };
    expect(() => writeCopy(drawsFor(9, 'long'), order)).toThrow('attempts');
  });
});

describe('writeTargeting', () => {
  it.each(cases)('is one short line about adults for %s, %s', (category, split) => {
    const broken = Array.from({ length: 500 }, (_, index) =>
      writeTargeting(drawsFor(2, category, split, index), category, split),
    ).filter(
      (line) =>
        line.length > 200 ||
        !/adults/i.test(line) ||
        !/\d\d/.test(line) ||
        !/^[A-Z]/.test(line) ||
        /[\n{}]| {2}/.test(line) ||
        minors.test(line) ||
        forbidden.test(line),
    );
    expect(broken).toEqual([]);
  });

  it('names the place it is given', () => {
    expect(writeTargeting(drawsFor(2, 'place'), 'travel', 'train', 'Nalomere')).toContain('Nalomere');
  });
});

describe('writePage', () => {
  it.each(cases)('has a short summary and two to four claims for %s, %s', (category, split) => {
    const broken = Array.from({ length: 500 }, (_, index) => {
      const draws = drawsFor(6, category, split, index);
      const order = orderOf(draws, category, split, index);
      return { ...order, ...writePage(draws, order) };
    }).filter(({ summary, claims, claim, brand }) => {
      const sentences = sentencesOf(summary);
      const ownKind = businesses[category].claims[claim].map((words) => words.slice(1));
      return (
        sentences.length < 1 ||
        sentences.length > 3 ||
        claims.length < 2 ||
        claims.length > 4 ||
        new Set(claims).size < claims.length ||
        !claims.some((text) => ownKind.includes(text.slice(1))) ||
        !summary.includes(brand) ||
        !/^[A-Z][^{}\n]*[.?!]$/.test(summary) ||
        forbidden.test(summary)
      );
    });
    expect(broken).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['brands', brandName],
    ['people', personName],
    ['places', placeName],
  ] as const)('of %s are disjoint between the splits', (_, nameOf) => {
    const [train = [], heldOut = []] = splits.map((split) => {
      const draws = drawsFor(1, 'names', split);
      return Array.from({ length: 20_000 }, () => nameOf(draws, split));
    });
    const seen = new Set(train);
    expect(heldOut.filter((name) => seen.has(name))).toEqual([]);
    expect([...train, ...heldOut].filter((name) => forbidden.test(name))).toEqual([]);
  });

  it.each(splits)('of brands are at least 20,000 in %s, and make domain labels', (split) => {
    const draws = drawsFor(1, 'many', split);
    const brands = Array.from({ length: 100_000 }, () => brandName(draws, split));
    expect(new Set(brands.map((brand) => brand.split(' ')[0])).size).toBeGreaterThanOrEqual(20_000);
    const odd = brands.filter((brand) => brand.length > 24 || !/^[a-z0-9]{5,}$/.test(domainLabel(brand)));
    expect(odd).toEqual([]);
  });

  it('make a domain that agrees with the brand', () => {
    expect(domainLabel('Balenquo & Co')).toBe('balenquoandco');
  });
});
