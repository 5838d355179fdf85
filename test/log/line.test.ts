import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Commit } from '../../src/log/event-log.ts';
import { formatLine, parseCheckedLine, parseLine } from '../../src/log/line.ts';
import { canonicalJson, whyNotJson } from '../../src/shared/canonical-json.ts';
import type { Json } from '../../src/shared/canonical-json.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';

const ids = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,40}$/);
const hashes = fc.constantFrom('', 'a'.repeat(64), '0123'.repeat(16));
/** Any value at all that JSON gives back unchanged: whole texts, and no negative zero. */
const values = fc
  .jsonValue({ noUnicodeString: false })
  .map((value) => value as Json)
  .filter((value) => whyNotJson(value, '') === null);

const commits: fc.Arbitrary<Commit> = fc
  .record({
    stream: ids,
    version: fc.nat(1_000_000),
    id: ids,
    at: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((at) => !Object.is(at, -0)),
    notes: fc.array(values, { minLength: 1, maxLength: 4 }),
  })
  .map(({ stream, version, id, at, notes }) =>
    commitOf(stream, version, { id, at, events: notes.map(noteOf) }),
  );

const lines = fc
  .record({ commit: commits, position: fc.integer({ min: 1, max: 1_000_000 }), previous: hashes })
  .map(({ commit, position, previous }) => {
    const { line, hash } = formatLine(commit, position, previous);
    return { commit, position, previous, line, hash, text: line.slice(0, -1) };
  });

describe('a line', () => {
  it('gives back the commit it was made of', () => {
    fc.assert(
      fc.property(lines, ({ commit, position, previous, text, hash }) => {
        const version = commit.expectedVersion + commit.events.length;
        const stored = { ...commit, version, position };
        const parsed = parseLine(text, () => previous);
        if (typeof parsed === 'string') throw new Error(parsed);
        expect(parsed.hash).toBe(hash);
        expect(parsed.commit).toMatchObject({ stream: commit.stream, version, position });
        expect(canonicalJson(parseCheckedLine(text))).toBe(canonicalJson(stored));
      }),
    );
  });

  it('ends with its only line feed', () => {
    fc.assert(fc.property(lines, ({ line }) => line.indexOf('\n') === line.length - 1));
  });

  it('asks for the hash of its own stream', () => {
    fc.assert(
      fc.property(lines, ({ commit, previous, text }) => {
        const asked: string[] = [];
        parseLine(text, (stream) => {
          asked.push(stream);
          return previous;
        });
        expect(asked).toEqual([commit.stream]);
      }),
    );
  });

  it('is the same for the same events with their keys in another order', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.nat(), { noNullPrototype: true }),
        fc.nat(9),
        (value, version) => {
          const turned = Object.fromEntries(Object.entries(value).toReversed());
          const [one, other] = [value, turned].map((details) =>
            formatLine(commitOf('a', version, { events: [noteOf(details)] }), 1, ''),
          );
          expect(other).toEqual(one);
        },
      ),
    );
  });

  it('is refused behind another line than its own', () => {
    fc.assert(
      fc.property(lines, hashes, ({ text, previous }, other) => {
        fc.pre(previous !== other);
        expect(parseLine(text, () => other)).toBe('its hash does not fit its bytes and the line before');
      }),
    );
  });

  it('is refused with any character changed, missing or added', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.string({ maxLength: 2 }), fc.nat(1), (made, seed, put, removed) => {
        const { text, previous } = made;
        const at = seed % (text.length + 1);
        const edited = text.slice(0, at) + put + text.slice(at + removed);
        fc.pre(edited !== text);
        expect(typeof parseLine(edited, () => previous)).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused, never thrown at, whatever the text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
    fc.assert(fc.property(texts, (text) => typeof parseLine(text, () => '') === 'string'));
  });

  it('is made, or refused as invalid, for any value a program can hold', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
        (value) => {
          const commit = commitOf('a', 0, { events: [noteOf(value as Json)] });
          const outcome = attempt(() => formatLine(commit, 1, '').line);
          if (typeof outcome === 'string') expect(parseCheckedLine(outcome)).toMatchObject({ version: 1 });
          else expect(isAppError(outcome, 'event_invalid')).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function attempt(make: () => string): unknown {
  try {
    return make();
  } catch (error) {
    return error;
  }
}
