import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { hasChecksum, withChecksum } from '../../src/log/disk/checksum.ts';
import type { Commit } from '../../src/log/event-log.ts';
import {
  LinePrinter,
  fitsChain,
  frame,
  isCommitLine,
  matchNamedIn,
  parseLine,
  readCommit,
} from '../../src/log/line/line.ts';
import type { CheckedLine, CommitLine, ControlFields } from '../../src/log/line/line.ts';
import { chainHash, encodeEvents, payloadDigest } from '../../src/log/payload.ts';
import { canonicalJson, whyNotJson } from '../../src/shared/canonical-json.ts';
import type { Json } from '../../src/shared/canonical-json.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { fieldsOf, resealed, tailOfLine } from './commits.ts';

const ids = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,40}$/);
const hexes = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const previous = fc.oneof(fc.constant(''), hexes(64));
/** Any value at all that JSON gives back unchanged: whole texts, and no negative zero. */
const values = fc
  .oneof(
    fc.jsonValue({ noUnicodeString: false }),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
  )
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

interface Place {
  readonly g: number;
  readonly ep: number;
  readonly b: number;
}
const places: fc.Arbitrary<Place> = fc.record({
  g: fc.integer({ min: 1, max: 2 ** 40 }),
  ep: fc.integer({ min: 1, max: 1000 }),
  b: fc.nat(2 ** 31 - 1),
});

const printer = new LinePrinter();

function lineOf(commit: Commit, place: Place, salt: string, head: string): Buffer {
  const events = encodeEvents(commit);
  const ph = payloadDigest(salt, events);
  const { stream: s, commandId: id, at } = commit;
  const { g, ep, b } = place;
  const range = { s, n: commit.expectedVersion + 1, k: commit.events.length, id };
  const h = chainHash(head, { ...range, at, ph });
  return frame([printer.commit({ g, ...range, ep, at, b }, { salt, events, ph, h })]).bytes;
}

const lines = fc
  .record({ commit: commits, place: places, salt: hexes(32), previous })
  .map((made) => ({ ...made, line: lineOf(made.commit, made.place, made.salt, made.previous) }));

const controls = fc
  .record({
    place: places,
    log: ids,
    text: fc.string({ unit: 'grapheme' }),
    digest: hexes(64),
    count: fc.nat(),
  })
  .chain(({ place: { g, ep, b }, log, text, digest, count }) => {
    const at = 1_700_000_000_000;
    const seals = { [`0000000${(count % 9) + 1}`]: digest };
    return fc.constantFrom(
      { t: 'seg', ep, at, b, log, seg: g, g, heads: digest } as const,
      { t: 'mark', ep, at, b } as const,
      { t: 'seal', ep, at, b, commits: count, events: count, sha: digest, heads: digest } as const,
      { t: 'erase', ep, at, b, s: log, by: text, reason: `,"d":[],"ph":"${text}`, seals } as const,
    );
  });

function printed({ t, ...fields }: { readonly t: 'seg' | 'mark' | 'seal' | 'erase' }): Buffer {
  return frame([printer.control(t, fields as ControlFields<typeof t>)]).bytes;
}

function commitIn(line: CheckedLine | string): CommitLine {
  if (typeof line === 'string' || line.kind !== 'commit')
    throw new Error(`No commit: ${JSON.stringify(line)}`);
  return line;
}

/** CRC-32 as its polynomial has it, bit by bit. */
function slowCrc(bytes: Buffer): string {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

describe('the line of a commit', () => {
  it('gives back the commit it was made of', () => {
    fc.assert(
      fc.property(lines, ({ commit, place, salt, previous, line }) => {
        const { head, sealed } = commitIn(parseLine(line));
        expect(head).toMatchObject({ v: 2, ...place, salt, s: commit.stream, id: commit.commandId });
        expect(JSON.parse(sealed.events)).toEqual(commit.events);
        expect(fitsChain(previous, commitIn(parseLine(line)))).toBe(true);
        const stored = { version: commit.expectedVersion + commit.events.length, position: place.g };
        expect(canonicalJson(readCommit(line))).toBe(canonicalJson({ ...commit, ...stored, hash: sealed.h }));
        expect(isCommitLine(line)).toBe(true);
        expect(matchNamedIn(line)).toBe(commit.stream);
      }),
      { numRuns: 300 },
    );
  });

  it('is JSON on one line, its checksum always in the last 16 bytes', () => {
    fc.assert(
      fc.property(lines, ({ line }) => {
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const covered = line.subarray(0, -tailOfLine);
        expect(line.toString('latin1', covered.length)).toBe(`"c":"${slowCrc(covered)}"}\n`);
        expect(fieldsOf(line)['c']).toBe(slowCrc(covered));
      }),
    );
  });

  it('has its fields in one order', () => {
    fc.assert(
      fc.property(lines, ({ line }) => {
        const order = ['v', 'g', 's', 'n', 'k', 'id', 'ep', 'at', 'b', 'salt', 'd', 'ph', 'h', 'c'];
        expect(Object.keys(fieldsOf(line))).toEqual(order);
      }),
    );
  });

  it('holds the canonical text of its events, whatever the order of their keys', () => {
    fc.assert(
      fc.property(lines, fc.dictionary(fc.string(), fc.nat(), { noNullPrototype: true }), (made, value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        const { place, salt, previous } = made;
        const [one, other] = [value, turned].map((details) =>
          lineOf(commitOf('a', 0, { events: [noteOf(details)] }), place, salt, previous),
        );
        expect(other).toEqual(one);
        const { events } = commitIn(parseLine(made.line)).sealed;
        expect(events).toBe(canonicalJson(JSON.parse(events)));
      }),
    );
  });

  it('is pinned, and its digests are what anybody computes', () => {
    const events = [noteOf('naïve €'), noteOf({ b: [1.5, null], a: true })];
    const commit = commitOf('m-1', 4, { id: 'f-7', at: 1_700_000_000_123, events });
    const salt = '00112233445566778899aabbccddeeff';
    const before = sha256('the commit before');
    const note = (value: string) =>
      `{"data":{"attempt":"","by":"auditor","code":"validation_error","details":{"value":${value}},` +
      '"message":"A note.","phase":"audit_phase"},"type":"action.refused"}';
    const text = `[${note('"naïve €"')},${note('{"a":true,"b":[1.5,null]}')}]`;
    const ph = sha256(salt + text);
    const h = sha256(`${before} m-1 5 2 f-7 1700000000123 ${ph}`);
    const line =
      '{"v":2,"g":12,"s":"m-1","n":5,"k":2,"id":"f-7","ep":3,"at":1700000000123,"b":4096,' +
      `"salt":"${salt}","d":${text},"ph":"${ph}","h":"${h}",`;
    const golden = `${line}"c":"${slowCrc(Buffer.from(line))}"}\n`;
    expect(lineOf(commit, { g: 12, ep: 3, b: 4096 }, salt, before).toString()).toBe(golden);
    expect([ph, h, slowCrc(Buffer.from(line))]).toEqual([
      '27236a559c3f0006c6751b7415db9d04969823aefea6f36738001356c22826bb',
      '0d710ed0ee11d939f16e94139fd3ff647396066b4e13d98b3e366691cbba4aca',
      'ffed11f7',
    ]);
  });

  it('fits the chain of its own match only', () => {
    fc.assert(
      fc.property(lines, previous, ({ line, previous: own }, other) => {
        fc.pre(own !== other);
        expect(fitsChain(other, commitIn(parseLine(line)))).toBe(false);
      }),
    );
  });

  it('is made, or refused as invalid, for any value a program can hold', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });
    fc.assert(
      fc.property(anything, (value) => {
        const commit = commitOf('a', 0, { events: [noteOf(value as Json)] });
        const made = attempt(() => lineOf(commit, { g: 1, ep: 1, b: 0 }, '00', ''));
        if (Buffer.isBuffer(made))
          expect(readCommit(made)).toMatchObject({ version: 1, events: commit.events });
        else expect(isAppError(made, 'event_invalid')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a control line', () => {
  it('gives back its fields, in their order', () => {
    fc.assert(
      fc.property(controls, (control) => {
        const line = printed(control);
        expect(parseLine(line)).toEqual({ kind: 'control', control: { v: 2, ...control } });
        expect(Object.keys(fieldsOf(line))).toEqual(['v', ...Object.keys(control), 'c']);
        expect(isCommitLine(line)).toBe(false);
      }),
    );
  });

  it('is refused without one of its fields, and with one that is not known', () => {
    fc.assert(
      fc.property(controls, fc.nat(), (control, seed) => {
        const names = Object.keys(control).filter((name) => name !== 't');
        const missing = names[seed % names.length] ?? '';
        const rest = Object.fromEntries(Object.entries(control).filter(([name]) => name !== missing));
        expect(parseLine(printed(rest as typeof control))).toContain(`"${missing}"`);
        const unknown = { ...control, x: 1 };
        expect(typeof parseLine(printed(unknown))).toBe('string');
      }),
    );
  });
});

describe('a line that is not as it was written', () => {
  const anyLine = fc.oneof(
    lines.map(({ line }) => line),
    controls.map(printed),
  );

  it('is refused with any one byte changed', () => {
    fc.assert(
      fc.property(anyLine, fc.nat(), fc.integer({ min: 1, max: 255 }), (line, seed, mask) => {
        const at = seed % line.length;
        const changed = Buffer.from(line);
        changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
        expect(parseLine(changed)).toBe('its checksum does not fit its bytes');
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with every byte of one line changed in every bit', () => {
    const line = lineOf(commitOf('a', 0), { g: 1, ep: 1, b: 100 }, '00ff', '');
    for (let bit = 0; bit < line.length * 8; bit += 1) {
      const changed = Buffer.from(line);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(typeof parseLine(changed), `bit ${bit}`).toBe('string');
    }
  });

  it('is refused with bytes missing or put in', () => {
    fc.assert(
      fc.property(
        anyLine,
        fc.nat(),
        fc.uint8Array({ maxLength: 3 }),
        fc.nat(3),
        (line, seed, put, removed) => {
          const at = seed % (line.length + 1);
          const edited = Buffer.concat([line.subarray(0, at), put, line.subarray(at + removed)]);
          fc.pre(!edited.equals(line));
          expect(typeof parseLine(edited)).toBe('string');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is refused with other events under a checksum that fits', () => {
    const line = lineOf(commitOf('a', 0), { g: 1, ep: 1, b: 0 }, '00ff', '');
    expect(parseLine(resealed(line, 'A note.', 'A vote.'))).toBe('its events do not fit their digest');
    expect(parseLine(resealed(line, '"salt":"00', '"salt":"01'))).toBe('its events do not fit their digest');
    expect(parseLine(resealed(line, '"ph":', '"hp":'))).toBe('its digests are not where they were written');
  });

  it.each(['g', 's', 'n', 'k', 'id', 'ep', 'at', 'b', 'salt'])(
    'is refused with a field "%s" of no sense',
    (name) => {
      const line = lineOf(commitOf('a', 0), { g: 1, ep: 1, b: 0 }, '00ff', '');
      expect(parseLine(resealed(line, new RegExp(`"${name}":("[^"]*"|\\d+)`), `"${name}":[]`))).toContain(
        `"${name}"`,
      );
    },
  );

  it('is refused, never thrown at, whatever the bytes', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.json().map(withChecksum));
    fc.assert(
      fc.property(texts, (text) => {
        const read = attempt(() => parseLine(Buffer.from(text)));
        // One that says so is of a newer format.
        if (isNewer(text) && typeof read !== 'string') expect(read).toMatchObject({ code: 'log_newer' });
        else expect(typeof read).toBe('string');
      }),
      { numRuns: 1000, examples: [[withChecksum('{"v":2.5}')], [withChecksum('{"v":3}')]] },
    );
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(16), Buffer.alloc(4096), Buffer.from('\n')])
      expect(typeof parseLine(bytes)).toBe('string');
  });
});

describe('a line of a newer format', () => {
  it('is refused as newer, whatever else it holds', () => {
    fc.assert(
      fc.property(lines, controls, fc.integer({ min: 3, max: 99 }), ({ line }, control, version) => {
        for (const one of [line, printed(control)]) {
          const newer = resealed(resealed(one, '"v":2', `"v":${version}`), '"ep":', '"era":');
          expect(attempt(() => parseLine(newer))).toMatchObject({
            code: 'log_newer',
            details: { version, known: 2 },
          });
        }
      }),
    );
  });

  it('is a damaged one where its checksum does not fit', () => {
    const line = lineOf(commitOf('a', 0), { g: 1, ep: 1, b: 0 }, '00ff', '');
    expect(typeof parseLine(Buffer.from(line.toString().replace('"v":2', '"v":3')))).toBe('string');
  });
});

function isNewer(text: string): boolean {
  if (!hasChecksum(Buffer.from(text))) return false;
  const { v } = attempt(() => JSON.parse(text)) as { readonly v?: unknown };
  return Number.isInteger(v) && Number(v) > 2;
}

function attempt(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return error;
  }
}
