/* eslint-disable max-lines -- The contract is read as a whole, and by those who write a log elsewhere. */
import { lastValueFrom, take, tap, toArray } from 'rxjs';
import type * as Vitest from 'vitest';
import type { MatchEvent } from '../game/event.ts';
import { drawsFor } from '../game/random.ts';
import type { Commit, EventLog, StoredCommit } from '../log/event-log.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { Json } from '../shared/canonical-json.ts';
import { commandId, matchId, streamVersion } from '../shared/ids.ts';

/** The test functions of vitest, handed in so that this module needs no test library when it runs. */
export type TestFunctions = Pick<typeof Vitest, 'describe' | 'it' | 'expect'>;

export interface OpenedLog {
  /** A log that holds nothing. */
  readonly log: EventLog;
  /** Closes the log and opens what it stored. Left out where nothing outlives the log. */
  readonly reopen?: () => Promise<EventLog>;
  /** Closes whatever is open and removes what was stored. */
  readonly close: () => Promise<void>;
}

/** An event that carries any JSON value, at `data/details/value`. */
export function noteOf(value: Json): MatchEvent {
  const details = { value };
  const refusal = {
    code: 'validation_error',
    message: 'A note.',
    details,
    phase: 'audit_phase',
    attempt: '',
  };
  return { type: 'action.refused', data: { by: 'auditor', ...refusal } };
}

/** A commit for a stream that holds `version` events: one note, under a command id of its own. */
export function commitOf(
  stream: string,
  version: number,
  { id = `${stream}-at-${version}`, events = [noteOf(`${stream} ${version}`)], at = 1_700_000_000_000 } = {},
): Commit {
  const names = { stream: matchId(stream), commandId: commandId(id) };
  return { ...names, expectedVersion: streamVersion(version), at, events };
}

interface Kit extends TestFunctions {
  /** One case on a log of its own. */
  readonly holds: (fact: string, check: (log: EventLog) => Promise<void>) => void;
  /** One case on a log that can be opened again; skipped for the others. */
  readonly outlives: (
    fact: string,
    check: (log: EventLog, reopen: () => Promise<EventLog>) => Promise<void>,
  ) => void;
}

/**
 * Declares the cases every event log must keep. Call it in a test file, with vitest's own functions:
 * `eventLogContract('a memory log', () => Promise.resolve({ log, close: () => log.close() }), { describe, it, expect })`.
 */
export function eventLogContract(
  name: string,
  open: () => Promise<OpenedLog>,
  { describe, it, expect }: TestFunctions,
): void {
  const kit: Kit = {
    describe,
    it,
    expect,
    holds: (fact, check) =>
      it(fact, async () => {
        const opened = await open();
        await check(opened.log).finally(() => opened.close());
      }),
    outlives: (fact, check) =>
      it(fact, async (context) => {
        const opened = await open();
        const { reopen } = opened;
        if (reopen !== undefined) await check(opened.log, reopen).finally(() => opened.close());
        else await opened.close().then(() => context.skip('Nothing outlives this log.'));
      }),
  };
  describe(name, () => {
    describe('appending and reading', () => declareReading(kit));
    describe('the order', () => declareOrder(kit));
    describe('the expected version', () => declareVersions(kit));
    describe('the command id', () => declareCommandIds(kit));
    describe('values', () => declareValues(kit));
    describe('values no JSON keeps', () => declareUnstorable(kit));
    describe('subscribing', () => declareSubscribing(kit));
    describe('several subscribers', () => declareSubscribers(kit));
    describe('closing', () => declareClosing(kit));
    describe('opening again', () => declareReopening(kit));
  });
}

// --- what the cases share ---

const a = matchId('a');
const b = matchId('b');

/** Appends one commit of one event after another. */
async function fill(log: EventLog, stream: string, count: number, from = 0): Promise<void> {
  for (let version = from; version < from + count; version += 1) await log.append(commitOf(stream, version));
}

/** Everything the log holds, in its own order. */
async function contentOf(log: EventLog): Promise<readonly StoredCommit[]> {
  const streams = await Promise.all(log.streams().map((stream) => log.read(stream)));
  return streams.flat().sort((one, other) => one.position - other.position);
}

const first = (log: EventLog, after: number, count: number) =>
  lastValueFrom(log.subscribe(after).pipe(take(count), toArray()));

const untilClosed = (log: EventLog, after: number) => lastValueFrom(log.subscribe(after).pipe(toArray()));

const positions = (commits: readonly StoredCommit[]) => commits.map(({ position }) => position);

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index);

/** Writes over every value it reaches, as a careless caller might; what a log gave frozen stays as it is. */
function scribble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    scribble(Reflect.get(value, key));
    Reflect.set(value, key, 'scribbled');
  }
}

// --- the cases ---

function declareReading({ holds, expect }: Kit): void {
  holds('gives back what was appended', async (log) => {
    const commit = commitOf('a', 0, { events: [noteOf('one'), noteOf({ two: [2] })] });
    expect(await log.append(commit)).toEqual({ version: 2, position: 1 });
    expect(await log.read(a)).toEqual([{ ...commit, version: 2, position: 1 }]);
  });

  holds('reads what append has answered at once', async (log) => {
    for (const version of upTo(19, 0)) {
      await log.append(commitOf('a', version));
      expect((await log.read(a)).at(-1)?.version).toBe(version + 1);
    }
  });

  holds('reads only the commits above a version', async (log) => {
    await fill(log, 'a', 5);
    for (const after of upTo(6, 0)) {
      const versions = (await log.read(a, streamVersion(after))).map(({ version }) => version);
      expect(versions).toEqual(upTo(5, after + 1));
    }
  });

  holds('reads a commit whole when the asked version is inside it', async (log) => {
    await log.append(commitOf('a', 0, { events: [noteOf(1), noteOf(2), noteOf(3)] }));
    expect((await log.read(a, streamVersion(2))).map(({ events }) => events.length)).toEqual([3]);
    expect(await log.read(a, streamVersion(3))).toEqual([]);
  });

  holds('is empty for an unknown stream', async (log) => {
    await fill(log, 'a', 1);
    expect(await log.read(b)).toEqual([]);
    expect(log.streams()).toEqual(['a']);
  });

  holds('is empty before the first commit', async (log) => {
    expect(log.streams()).toEqual([]);
    expect(await log.read(a)).toEqual([]);
  });

  holds('finds the result of a stored command of its stream only', async (log) => {
    await log.append(commitOf('a', 0, { id: 'one' }));
    await log.append(commitOf('a', 1, { id: 'two', events: [noteOf(1), noteOf(2)] }));
    expect(log.find(a, commandId('one'))).toEqual({ version: 1, position: 1 });
    expect(log.find(a, commandId('two'))).toEqual({ version: 3, position: 2 });
    expect(log.find(a, commandId('three'))).toBeNull();
    expect(log.find(b, commandId('one'))).toBeNull();
  });

  holds('lists the streams in the order of their creation', async (log) => {
    for (const stream of ['z', 'a', '10', '9']) await fill(log, stream, 1);
    await fill(log, 'a', 2, 1);
    expect(log.streams()).toEqual(['z', 'a', '10', '9']);
  });

  holds('stores 200 events as one commit', async (log) => {
    const events = upTo(200).map((number) => noteOf({ number, text: 'x'.repeat(1000) }));
    expect(await log.append(commitOf('a', 0, { events }))).toEqual({ version: 200, position: 1 });
    expect((await log.read(a)).map((commit) => commit.events)).toEqual([events]);
  });
}

function declareOrder({ holds, expect }: Kit): void {
  holds('numbers the events of a stream from 1 without gaps', async (log) => {
    let version = 0;
    for (const size of [1, 3, 2, 1, 5]) {
      const events = upTo(size).map(noteOf);
      version += size;
      expect((await log.append(commitOf('a', version - size, { events }))).version).toBe(version);
    }
    const stored = await log.read(a);
    expect(stored.map((commit) => commit.version)).toEqual([1, 4, 6, 7, 12]);
    expect(stored.map((commit) => commit.expectedVersion)).toEqual([0, 1, 4, 6, 7]);
  });

  holds('numbers the commits of all streams from 1', async (log) => {
    const order = ['a', 'b', 'a', 'a', 'c', 'b'];
    const versions = [0, 0, 1, 2, 0, 1];
    for (const [index, stream] of order.entries()) {
      const { position } = await log.append(commitOf(stream, versions[index] ?? 0));
      expect(position).toBe(index + 1);
    }
    expect((await contentOf(log)).map(({ stream }) => stream)).toEqual(order);
  });

  holds('orders commits that are appended at once as they were handed in', async (log) => {
    const answers = await Promise.all(upTo(49, 0).map((version) => log.append(commitOf('a', version))));
    expect(answers.map(({ position }) => position)).toEqual(upTo(50));
    expect((await log.read(a)).map(({ version }) => version)).toEqual(upTo(50));
  });

  holds('keeps 500 interleaved streams apart', async (log) => {
    const names = upTo(500).map((number) => `s${number}`);
    for (const version of [0, 1, 2])
      await Promise.all(names.map((name) => log.append(commitOf(name, version))));
    expect(log.streams()).toEqual(names);
    for (const name of names) {
      const stored = await log.read(matchId(name));
      expect(stored.map(({ events }) => events)).toEqual([0, 1, 2].map((at) => [noteOf(`${name} ${at}`)]));
    }
    expect(positions(await contentOf(log))).toEqual(upTo(1500));
  });
}

function declareVersions({ holds, expect }: Kit): void {
  const conflicts = [
    ['refuses a version the stream has left behind', 'a', 2, 3],
    ['refuses a version above the stream, which would leave a gap', 'a', 4, 3],
    ['refuses to create a stream that exists', 'a', 0, 3],
    ['refuses to append to a stream that does not exist', 'b', 1, 0],
  ] as const;
  for (const [fact, stream, expected, actual] of conflicts)
    holds(fact, async (log) => {
      await fill(log, 'a', 3);
      const before = await contentOf(log);
      const commit = commitOf(stream, expected, { id: 'late', events: [noteOf(1), noteOf(2)] });
      await expect(log.append(commit)).rejects.toMatchObject({
        code: 'log_version_conflict',
        details: { expected, actual },
      });
      expect(await contentOf(log)).toEqual(before);
      expect(log.find(matchId(stream), commandId('late'))).toBeNull();
    });

  holds('goes on after a conflict as if it had not been', async (log) => {
    await fill(log, 'a', 1);
    await expect(log.append(commitOf('a', 5))).rejects.toMatchObject({ code: 'log_version_conflict' });
    expect(await log.append(commitOf('a', 1))).toEqual({ version: 2, position: 2 });
  });

  holds('lets exactly one of six concurrent writers win each of 50 versions', async (log) => {
    for (const version of upTo(49, 0)) {
      const ids = upTo(6).map((writer) => `v${version}-w${writer}`);
      const answers = await Promise.allSettled(ids.map((id) => log.append(commitOf('a', version, { id }))));
      const winners = ids.filter((_, index) => answers[index]?.status === 'fulfilled');
      const [stored, ...more] = await log.read(a, streamVersion(version));
      expect([winners, more]).toEqual([[stored?.commandId], []]);
      for (const answer of answers)
        if (answer.status === 'rejected')
          expect(answer.reason).toMatchObject({
            code: 'log_version_conflict',
            details: { expected: version, actual: version + 1 },
          });
    }
    expect((await log.read(a)).map(({ version }) => version)).toEqual(upTo(50));
  });

  holds('refuses a commit without events', async (log) => {
    await expect(log.append(commitOf('a', 0, { events: [] }))).rejects.toMatchObject({
      code: 'event_invalid',
    });
    expect(log.streams()).toEqual([]);
    expect(await log.append(commitOf('a', 0))).toEqual({ version: 1, position: 1 });
  });
}

function declareCommandIds({ holds, expect }: Kit): void {
  for (const expected of [0, 1, 3, 9])
    holds(`answers a repeated command with its first result at expected version ${expected}`, async (log) => {
      await log.append(commitOf('a', 0, { id: 'once', events: [noteOf(1), noteOf(2)] }));
      await fill(log, 'a', 1, 2);
      const before = await contentOf(log);
      const again = commitOf('a', expected, { id: 'once', events: [noteOf('another')] });
      expect(await log.append(again)).toEqual({ version: 2, position: 1 });
      expect(await contentOf(log)).toEqual(before);
    });

  holds('answers a command repeated while the first is under way with its result', async (log) => {
    const tries = [0, 0, 1, 7].map((expected) => log.append(commitOf('a', expected, { id: 'once' })));
    const other = log.append(commitOf('a', 1));
    for (const answer of await Promise.all(tries)) expect(answer).toEqual({ version: 1, position: 1 });
    expect(await other).toEqual({ version: 2, position: 2 });
    expect(await contentOf(log)).toHaveLength(2);
  });

  holds('takes the same command id in another stream as another command', async (log) => {
    const answers = await Promise.all(
      ['a', 'b'].map((name) => log.append(commitOf(name, 0, { id: 'same' }))),
    );
    expect(answers.map(({ position }) => position)).toEqual([1, 2]);
    expect(log.find(a, commandId('same'))).toEqual({ version: 1, position: 1 });
    expect(log.find(b, commandId('same'))).toEqual({ version: 1, position: 2 });
  });

  holds('leaves the id of a refused command free', async (log) => {
    await expect(log.append(commitOf('a', 1, { id: 'again' }))).rejects.toMatchObject({
      code: 'log_version_conflict',
    });
    expect(await log.append(commitOf('a', 0, { id: 'again' }))).toEqual({ version: 1, position: 1 });
  });
}

/** Legal texts that a careless encoder breaks. */
const oddTexts: readonly (readonly [what: string, text: string])[] = [
  ['an empty text', ''],
  ['line and paragraph separators', 'a\u2028b\u2029c\u0085'],
  ['line feeds and carriage returns', 'a\nb\r\nc\r'],
  ['emoji joined from several', '👩‍👩‍👧‍👦 🏳️‍🌈'],
  ['quotes and backslashes', '"\'`\\" \\n \\\\'],
  ['the null character and other controls', '\u0000\u0001\u001f\u007f'],
  ['marks of encoding and replacement', '\uFEFF\uFFFD\uFFFF'],
  ['unlike forms of one letter', 'e\u0301 \u00e9'],
  ['what the log itself may write', '","h":"0"}\n{"v":1,"g":2'],
  ['300,000 characters of three bytes', '€'.repeat(300_000)],
];

/** Keys that mean something to an object or to JSON, as only a parser makes them. */
const oddKeys = '{"__proto__":{"x":1},"constructor":2,"toJSON":3,"":4,"10":5,"9":6,"length":7,"\\u2028":8}';

function declareValues({ holds, expect }: Kit): void {
  for (const [what, text] of oddTexts)
    holds(`gives back ${what}, as value and as key`, async (log) => {
      const events = [noteOf([text, { [text]: text }])];
      await log.append(commitOf('a', 0, { events }));
      const [stored] = await log.read(a);
      expect(canonicalJson(stored?.events)).toBe(canonicalJson(events));
    });

  holds('gives back keys that mean something to an object', async (log) => {
    const events = [noteOf(JSON.parse(oddKeys) as Json)];
    await log.append(commitOf('a', 0, { events }));
    const [stored] = await log.read(a);
    expect(canonicalJson(stored?.events)).toBe(canonicalJson(events));
    expect(canonicalJson(stored?.events)).toContain('"__proto__":{"x":1}');
  });

  holds('gives back numbers to the last bit', async (log) => {
    const numbers = [0, 0.1 + 0.2, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, -1e-7, 1e21];
    await log.append(commitOf('a', 0, { events: [noteOf(numbers)], at: 0.1 }));
    expect(await log.read(a)).toMatchObject([{ at: 0.1, events: [noteOf(numbers)] }]);
  });

  holds('does not share what was appended with the caller', async (log) => {
    const live = first(log, 0, 1);
    const commit = commitOf('a', 0, { events: [noteOf({ deep: ['value'] })] });
    const meant = { ...structuredClone(commit), version: 1, position: 1 };
    const answer = log.append(commit);
    scribble(commit);
    await answer;
    expect(await log.read(a)).toEqual([meant]);
    expect(await live).toEqual([meant]);
  });

  holds('does not share what it gives with anyone', async (log) => {
    const commit = commitOf('a', 0, { events: [noteOf({ deep: ['value'] })] });
    const meant = { ...structuredClone(commit), version: 1, position: 1 };
    const careless = [0, 1].map(() => lastValueFrom(log.subscribe(0).pipe(take(1), tap(scribble))));
    const careful = first(log, 0, 1);
    scribble(await log.append(commit));
    await Promise.all(careless);
    for (const given of [await log.read(a), log.find(a, commit.commandId), log.streams()]) scribble(given);
    scribble(await first(log, 0, 1));
    expect([await careful, await log.read(a), await first(log, 0, 1)]).toEqual([[meant], [meant], [meant]]);
    expect(log.find(a, commit.commandId)).toEqual({ version: 1, position: 1 });
    expect(await log.append(commit)).toEqual({ version: 1, position: 1 });
    expect(log.streams()).toEqual(['a']);
  });
}

class Point {
  readonly x = 1;
}

/** Values JSON would change, drop or fail on, and where in the value the fault is. */
const unstorable: readonly (readonly [what: string, value: unknown, path: string])[] = [
  ['NaN', Number.NaN, ''],
  ['infinity', Number.POSITIVE_INFINITY, ''],
  ['minus infinity', Number.NEGATIVE_INFINITY, ''],
  ['minus zero', -0, ''],
  ['undefined', undefined, ''],
  ['an undefined field', { x: 1, y: undefined }, '/y'],
  ['a hole in an array', new Array(1), '/0'],
  ['a date', new Date(0), ''],
  ['a map', new Map([['x', 1]]), ''],
  ['a set', new Set([1]), ''],
  ['bytes', new Uint8Array(1), ''],
  ['an instance of a class', new Point(), ''],
  ['a bigint', 1n, ''],
  ['a function', () => 1, ''],
  ['a symbol', Symbol('s'), ''],
  ['the first half of a surrogate pair', 'x\uD83D', ''],
  ['the second half of a surrogate pair', '\uDE00x', ''],
  ['half of a surrogate pair in a key', { '\uD83D': 1 }, ''],
  ['a fault deep inside', { list: [1, { x: Number.NaN }] }, '/list/1/x'],
];

function declareUnstorable({ holds, expect }: Kit): void {
  for (const [what, value, path] of unstorable)
    holds(`refuses ${what}, names the place and goes on`, async (log) => {
      const events = [noteOf('sound'), noteOf(value as Json)];
      await expect(log.append(commitOf('a', 0, { id: 'faulty', events }))).rejects.toMatchObject({
        code: 'event_invalid',
        message: expect.stringContaining(`events/1/data/details/value${path}`) as string,
      });
      expect(log.find(a, commandId('faulty'))).toBeNull();
      expect([log.streams(), await log.read(a)]).toEqual([[], []]);
      expect(await log.append(commitOf('a', 0, { id: 'faulty' }))).toEqual({ version: 1, position: 1 });
    });

  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, -0])
    holds(`refuses the time ${Object.is(at, -0) ? '-0' : at}`, async (log) => {
      await expect(log.append(commitOf('a', 0, { at }))).rejects.toMatchObject({ code: 'event_invalid' });
      expect(await log.append(commitOf('a', 0))).toEqual({ version: 1, position: 1 });
    });

  for (const name of ['two words', 'é', '', '..', 'x'.repeat(129)])
    holds(`refuses the unchecked id ${JSON.stringify(name.slice(0, 9))}`, async (log) => {
      await expect(log.append(commitOf(name, 0, { id: 'sound' }))).rejects.toThrow();
      await expect(log.append(commitOf('a', 0, { id: name }))).rejects.toThrow();
      expect(await log.append(commitOf('a', 0))).toEqual({ version: 1, position: 1 });
    });
}

function declareSubscribing({ holds, expect }: Kit): void {
  holds('gives every stored commit from 0', async (log) => {
    await Promise.all(['a', 'b', 'c'].map((stream) => fill(log, stream, 3)));
    expect(await first(log, 0, 9)).toEqual(await contentOf(log));
  });

  holds('gives what comes after a position in the middle', async (log) => {
    await fill(log, 'a', 9);
    expect(positions(await first(log, 4, 5))).toEqual(upTo(9, 5));
  });

  holds('gives new commits as they come', async (log) => {
    const live = first(log, 0, 3);
    await fill(log, 'a', 3);
    expect(await live).toEqual(await log.read(a));
  });

  holds('gives new commits after stored ones', async (log) => {
    await fill(log, 'a', 3);
    const all = first(log, 1, 5);
    await fill(log, 'a', 3, 3);
    expect(positions(await all)).toEqual(upTo(6, 2));
  });

  holds('waits beyond the end for the positions asked', async (log) => {
    await fill(log, 'a', 2);
    const beyond = first(log, 4, 2);
    await fill(log, 'a', 4, 2);
    expect(positions(await beyond)).toEqual([5, 6]);
  });

  holds('switches from stored to new without gap or repeat at 100 random points', async (log) => {
    const draws = drawsFor(1, 'switch points');
    const subscribed: { readonly after: number; readonly heard: Promise<StoredCommit[]> }[] = [];
    const answers: Promise<unknown>[] = [];
    for (const version of upTo(999, 0)) {
      const answer = log.append(commitOf('a', version));
      answers.push(answer);
      if (version % 10 === 0) {
        const after = draws.below(version + 20);
        subscribed.push({ after, heard: untilClosed(log, after) });
      }
      if (draws.chance(100)) await answer;
      else if (draws.chance(300)) await new Promise(setImmediate);
      else if (draws.chance(300)) await Promise.resolve();
    }
    await Promise.all(answers);
    await log.close();
    expect(subscribed).toHaveLength(100);
    for (const { after, heard } of subscribed) expect(positions(await heard)).toEqual(upTo(1000, after + 1));
  });

  holds('gives nothing to a subscriber that has left', async (log) => {
    await fill(log, 'a', 5);
    const heard: StoredCommit[] = [];
    const count = tap((commit: StoredCommit) => heard.push(commit));
    await lastValueFrom(log.subscribe(0).pipe(count, take(3)));
    const live = lastValueFrom(log.subscribe(5).pipe(count, take(1)));
    await fill(log, 'a', 3, 5);
    await live;
    await log.close();
    expect(positions(heard)).toEqual([1, 2, 3, 6]);
  });
}

function declareSubscribers({ holds, expect }: Kit): void {
  holds('gives two subscribers the same order', async (log) => {
    const heard = [untilClosed(log, 0), untilClosed(log, 0)];
    await Promise.all(['a', 'b', 'c'].map((stream) => fill(log, stream, 20)));
    const stored = await contentOf(log);
    await log.close();
    expect(await Promise.all(heard)).toEqual([stored, stored]);
  });

  holds('keeps the order for all when one appends on what it hears', async (log) => {
    const echoes: Promise<unknown>[] = [];
    const echo = tap(({ stream, expectedVersion }: StoredCommit) => {
      if (stream === 'a') echoes.push(log.append(commitOf('b', expectedVersion)));
    });
    const heard = [lastValueFrom(log.subscribe(0).pipe(echo, toArray())), untilClosed(log, 0)];
    await fill(log, 'a', 3);
    await first(log, 0, 6);
    await Promise.all(echoes);
    await log.close();
    for (const commits of await Promise.all(heard)) expect(positions(commits)).toEqual(upTo(6));
  });

  holds('lets one subscriber leave without the other', async (log) => {
    const heard = untilClosed(log, 0);
    const brief = first(log, 0, 1);
    await fill(log, 'a', 3);
    await brief;
    await log.close();
    expect(positions(await heard)).toEqual([1, 2, 3]);
  });

  holds('gives one subscription anew to each who takes it up', async (log) => {
    await fill(log, 'a', 2);
    const pair = log.subscribe(0).pipe(take(2), toArray());
    expect(await lastValueFrom(pair)).toEqual(await lastValueFrom(pair));
  });
}

function declareClosing({ holds, expect }: Kit): void {
  holds('completes every subscription', async (log) => {
    await fill(log, 'a', 3);
    const heard = [untilClosed(log, 0), untilClosed(log, 3), untilClosed(log, 9)];
    await log.close();
    expect((await Promise.all(heard)).map(positions)).toEqual([[1, 2, 3], [], []]);
  });

  holds('waits for what is under way', async (log) => {
    const heard = untilClosed(log, 0);
    const answers = upTo(9, 0).map((version) => log.append(commitOf('a', version)));
    await log.close();
    expect((await Promise.all(answers)).map(({ position }) => position)).toEqual(upTo(10));
    expect(positions(await heard)).toEqual(upTo(10));
  });

  holds('refuses new and repeated commands afterwards', async (log) => {
    await fill(log, 'a', 1);
    await log.close();
    for (const commit of [commitOf('a', 1), commitOf('a', 0), commitOf('b', 0)])
      await expect(log.append(commit)).rejects.toMatchObject({ code: 'log_closed' });
  });

  holds('may be asked twice', async (log) => {
    await fill(log, 'a', 1);
    await Promise.all([log.close(), log.close()]);
    await log.close();
  });
}

function declareReopening({ outlives, expect }: Kit): void {
  outlives('reads the same', async (log, reopen) => {
    await Promise.all(['z', 'a', 'm'].map((stream) => fill(log, stream, 20)));
    const before = [await contentOf(log), log.streams(), log.find(a, commandId('a-at-3'))];
    const again = await reopen();
    expect([await contentOf(again), again.streams(), again.find(a, commandId('a-at-3'))]).toEqual(before);
    expect(await first(again, 0, 60)).toEqual(before[0]);
  });

  outlives('reads the same odd texts and keys', async (log, reopen) => {
    const events = [
      noteOf(oddTexts.map(([, text]) => ({ [text]: text }))),
      noteOf(JSON.parse(oddKeys) as Json),
    ];
    await log.append(commitOf('a', 0, { events }));
    const [stored] = await (await reopen()).read(a);
    expect(canonicalJson(stored?.events)).toBe(canonicalJson(events));
  });

  outlives('answers a repeated command with its first result', async (log, reopen) => {
    await fill(log, 'a', 3);
    const again = await reopen();
    expect(await again.append(commitOf('a', 1))).toEqual({ version: 2, position: 2 });
    expect(await again.append(commitOf('a', 7, { id: 'a-at-2' }))).toEqual({ version: 3, position: 3 });
    expect(await contentOf(again)).toHaveLength(3);
  });

  outlives('continues versions and positions', async (log, reopen) => {
    await fill(log, 'a', 2);
    await fill(log, 'b', 1);
    for (const round of [0, 1, 2]) {
      const again = await reopen();
      await expect(again.append(commitOf('b', 0, { id: 'late' }))).rejects.toMatchObject({
        code: 'log_version_conflict',
      });
      const answer = await again.append(commitOf('a', 2 + round));
      expect(answer).toEqual({ version: 3 + round, position: 4 + round });
      expect(positions(await contentOf(again))).toEqual(upTo(4 + round));
    }
  });

  outlives('goes from what was stored to what is new', async (log, reopen) => {
    await fill(log, 'a', 3);
    const again = await reopen();
    const heard = first(again, 1, 4);
    await fill(again, 'a', 2, 3);
    expect(positions(await heard)).toEqual([2, 3, 4, 5]);
  });
}
