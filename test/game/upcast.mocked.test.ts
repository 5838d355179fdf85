import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Upcast from '../../src/game/upcast.ts';
import type { StoredEvent, Upcasters } from '../../src/game/upcast.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import type { Json } from '../../src/shared/canonical-json.ts';
import { checkLog } from '../../src/log/tools/check-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import { encodeEvents } from '../../src/log/payload.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { contentOf, linesOf, fieldsOf, manyCommits, plain } from '../log/commits.ts';
import { segmentPath } from '../../src/log/disk/data-folder.ts';
import { inFolder } from '../log/temp-folder.ts';

/** The steps that the program of this moment has; the log's own modules get them as if they were released. */
const program = vi.hoisted((): { steps: Upcasters } => ({ steps: {} }));
vi.mock('../../src/game/upcast.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Upcast>();
  return {
    schemaVersionOf: (type: string, steps: Upcasters = program.steps) =>
      original.schemaVersionOf(type, steps),
    upcast: (event: StoredEvent, steps: Upcasters = program.steps) => original.upcast(event, steps),
  };
});
const { schemaVersionOf, upcast } = await import('../../src/game/upcast.ts');

type Fields = Readonly<Record<string, Json>>;
const fields = (data: Json): Fields => data as Fields;

/** Version 2 splits a name in two; version 3 counts its letters. */
const toSecond = (data: Json): Json => {
  const { name, ...rest } = fields(data);
  const [first = '', last = ''] = (name as string).split(' ');
  return { ...rest, first, last };
};
const toThird = (data: Json): Json => {
  const { first, last } = fields(data);
  return { ...fields(data), letters: `${first as string}${last as string}`.length };
};
const steps: Upcasters = { 'test.named': [toSecond, toThird], 'test.counted': [toThird] };

const first = { type: 'test.named', data: { name: 'Ada Byron', by: 1 } };
const second = { type: 'test.named', sv: 2, data: { by: 1, first: 'Ada', last: 'Byron' } };
const third = { type: 'test.named', sv: 3, data: { by: 1, first: 'Ada', last: 'Byron', letters: 8 } };
const today = { type: 'test.named', data: third.data };

beforeEach(() => (program.steps = {}));

describe('upcasting', () => {
  it.each([first, { ...first, sv: 1 }, second, third])('lifts %j step by step to today', (event) => {
    expect(upcast(event, steps)).toEqual(today);
  });

  it('takes each step once, in order, from where the event is', () => {
    const taken: string[] = [];
    const step = (name: string) => (data: Json) => {
      taken.push(name);
      return data;
    };
    const three = { 'test.named': [step('1 to 2'), step('2 to 3'), step('3 to 4')] };
    for (const sv of [1, 2, 3, 4]) upcast({ ...first, sv }, three);
    expect(taken).toEqual(['1 to 2', '2 to 3', '3 to 4', '2 to 3', '3 to 4', '3 to 4']);
  });

  it('leaves the stored event as it was, and events of other types alone', () => {
    const before = JSON.stringify(first);
    upcast(first, steps);
    expect(JSON.stringify(first)).toBe(before);
    const other = { type: 'test.other', data: { name: 'Ada Byron' } };
    expect(upcast(other, steps)).toBe(other);
  });

  it('counts the versions of a type from 1', () => {
    expect(schemaVersionOf('test.named', steps)).toBe(3);
    expect(schemaVersionOf('test.counted', steps)).toBe(2);
    expect(schemaVersionOf('test.other', steps)).toBe(1);
  });

  it.each([
    ['a newer version', 'test.named', 4],
    ['a far newer version', 'test.named', 4_000],
    ['a newer version of a type without steps', 'test.other', 2],
    ['version 0', 'test.named', 0],
    ['a version below 0', 'test.named', -1],
    ['half a version', 'test.named', 1.5],
    ['no number', 'test.named', Number.NaN],
    ['an endless number', 'test.named', Number.POSITIVE_INFINITY],
    ['a version as text', 'test.named', '2' as unknown as number],
    ['null as version', 'test.named', null as unknown as number],
  ])('refuses %s', (_, type, sv) => {
    expect(() => upcast({ type, sv, data: {} }, steps)).toThrow(
      expect.objectContaining({
        code: 'log_newer',
        details: { type, version: sv, known: schemaVersionOf(type, steps) },
      }),
    );
  });

  it('refuses an event of a type that no version knew', async () => {
    const actual = await vi.importActual<typeof Upcast>('../../src/game/upcast.ts');
    for (const type of ['match.paused', 'constructor'])
      expect(() => actual.upcast({ type, data: {} })).toThrow(expect.objectContaining({ code: 'log_newer' }));
  });

  // Every object has them.
  it.each(['constructor', 'hasOwnProperty', 'isPrototypeOf'])('knows no steps of the type %s', (type) => {
    expect(schemaVersionOf(type, steps)).toBe(1);
    expect(upcast({ type, data: {} }, steps)).toEqual({ type, data: {} });
  });
});

describe('events in a log', () => {
  const named = (data: Json, version: number) =>
    commitOf('a', version, {
      events: [{ type: 'test.named', data } as unknown as ReturnType<typeof noteOf>],
    });
  const contentIn = async (folder: string) => {
    const log = await FileEventLog.open(folder, 'read', plain);
    return contentOf(log).finally(() => log.close());
  };
  const append = async (folder: string, data: Json, version: number) => {
    const log = await FileEventLog.open(folder, 'write', plain);
    await log.append(named(data, version)).finally(() => log.close());
  };

  it(
    'of three released versions are read by the last one, and refused by those before',
    inFolder(async (folder) => {
      const versions: readonly Upcasters[] = [{}, { 'test.named': [toSecond] }, steps];
      const written = [first.data, second.data, third.data];
      for (const [at, released] of versions.entries()) {
        program.steps = released;
        await append(folder, written[at] ?? null, at);
        const events = (await contentIn(folder)).flatMap((commit) => commit.events);
        expect(events).toEqual(
          Array.from({ length: at + 1 }, () => ({ type: 'test.named', data: written[at] })),
        );
        expect(await checkLog(nodeFiles, folder)).toMatchObject({ commits: at + 1, findings: [] });
      }
      const lines = (await linesOf(segmentPath(folder, 1))).map(({ bytes }) => fieldsOf(bytes)['d']);
      expect(lines.filter((d) => d !== undefined)).toEqual([[first], [second], [third]]);
      for (const released of versions.slice(0, 2)) {
        program.steps = released;
        const refusal = { code: 'log_newer', details: { type: 'test.named', version: 3 } };
        await expect(checkLog(nodeFiles, folder)).rejects.toMatchObject({ code: 'log_newer' });
        await expect(contentIn(folder)).rejects.toMatchObject({ code: 'log_newer' });
        const log = await FileEventLog.open(folder, 'read', plain);
        await expect(log.read(named(null, 0).stream, named(null, 2).expectedVersion)).rejects.toMatchObject(
          refusal,
        );
        await log.close();
      }
    }),
  );

  it('are the same after they were written and read, with the versions of their schemas', () => {
    for (const released of [{}, steps, { 'action.refused': [toThird, toThird] }] as readonly Upcasters[]) {
      program.steps = released;
      for (const commit of [...manyCommits(50, 4), named(third.data, 0)]) {
        const text = encodeEvents(commit);
        const stored = JSON.parse(text) as readonly StoredEvent[];
        expect(stored.map((event) => upcast(event))).toEqual(commit.events);
        for (const { type, sv = 1 } of stored) expect(sv).toBe(schemaVersionOf(type));
        expect(canonicalJson(stored)).toBe(text);
      }
    }
  });

  it('of the first version say nothing of versions', () => {
    expect(encodeEvents(commitOf('a', 0, { events: [noteOf('x')] }))).not.toContain('"sv"');
  });
});
