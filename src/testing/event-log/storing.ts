import { lastValueFrom, take, tap } from 'rxjs';
import { canonicalJson } from '../../shared/canonical-json.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { commandId, matchId, streamVersion } from '../../shared/ids.ts';
import { a, b, commitOf, contentOf, fill, first, noteOf, positions, scribble, upTo } from './kit.ts';
import type { Kit } from './kit.ts';

export function declareReading({ holds, expect }: Kit): void {
  const aHash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

  holds('gives back what was appended', async (log) => {
    const commit = commitOf('a', 0, { events: [noteOf('one'), noteOf({ two: [2] })] });
    expect(await log.append(commit)).toEqual({ version: 2, position: 1 });
    expect(await log.read(a)).toEqual([{ ...commit, version: 2, position: 1, hash: aHash }]);
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
    expect(await log.find(a, commandId('one'))).toEqual({ version: 1, position: 1 });
    expect(await log.find(a, commandId('two'))).toEqual({ version: 3, position: 2 });
    expect(await log.find(a, commandId('three'))).toBeNull();
    expect(await log.find(b, commandId('one'))).toBeNull();
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

export function declareOrder({ holds, expect }: Kit): void {
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

export function declareVersions({ holds, expect }: Kit): void {
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
      expect(await log.find(matchId(stream), commandId('late'))).toBeNull();
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

export function declareCommandIds({ holds, expect }: Kit): void {
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
    expect(await log.find(a, commandId('same'))).toEqual({ version: 1, position: 1 });
    expect(await log.find(b, commandId('same'))).toEqual({ version: 1, position: 2 });
  });

  holds('leaves the id of a refused command free', async (log) => {
    await expect(log.append(commitOf('a', 1, { id: 'again' }))).rejects.toMatchObject({
      code: 'log_version_conflict',
    });
    expect(await log.append(commitOf('a', 0, { id: 'again' }))).toEqual({ version: 1, position: 1 });
  });
}

/** Valid strings that a careless encoder breaks. */
export const oddTexts: readonly (readonly [what: string, text: string])[] = [
  ['an empty text', ''],
  ['line and paragraph separators', 'a\u2028b\u2029c\u0085'],
  ['line feeds and carriage returns', 'a\nb\r\nc\r'],
  ['emoji joined from several', '👩‍👩‍👧‍👦 🏳️‍🌈'],
  ['quotes and backslashes', '"\'`\\" \\n \\\\'],
  ['the null character and other controls', '\u0000\u0001\u001f\u007f'],
  ['marks of encoding and replacement', '\uFEFF\uFFFD\uFFFF'],
  ['unlike forms of one letter', 'e\u0301 \u00e9'],
  ['what the log itself may write', '","h":"0"}\n{"v":1,"g":2'],
  ['80,000 characters of three bytes', '€'.repeat(80_000)],
];

/** Keys with a special meaning for objects or JSON, which only a parser creates. */
export const oddKeys =
  '{"__proto__":{"x":1},"constructor":2,"toJSON":3,"":4,"10":5,"9":6,"length":7,"\\u2028":8}';

export function declareValues({ holds, expect }: Kit): void {
  const aHash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

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
    const meant = { ...structuredClone(commit), version: 1, position: 1, hash: aHash };
    const answer = log.append(commit);
    scribble(commit);
    await answer;
    expect(await log.read(a)).toEqual([meant]);
    expect(await live).toEqual([meant]);
  });

  holds('does not share what it gives with anyone', async (log) => {
    const commit = commitOf('a', 0, { events: [noteOf({ deep: ['value'] })] });
    const meant = { ...structuredClone(commit), version: 1, position: 1, hash: aHash };
    const careless = [0, 1].map(() => lastValueFrom(log.subscribe(0).pipe(take(1), tap(scribble))));
    const careful = first(log, 0, 1);
    scribble(await log.append(commit));
    await Promise.all(careless);
    for (const given of [await log.read(a), await log.find(a, commit.commandId), log.streams()])
      scribble(given);
    scribble(await first(log, 0, 1));
    expect([await careful, await log.read(a), await first(log, 0, 1)]).toEqual([[meant], [meant], [meant]]);
    expect(await log.find(a, commit.commandId)).toEqual({ version: 1, position: 1 });
    expect(await log.append(commit)).toEqual({ version: 1, position: 1 });
    expect(log.streams()).toEqual(['a']);
  });
}

class Point {
  readonly x = 1;
}

/** Values that JSON would change, drop or fail on, with the path of the fault. */
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

export function declareUnstorable({ holds, expect }: Kit): void {
  for (const [what, value, path] of unstorable)
    holds(`refuses ${what}, names the place and goes on`, async (log) => {
      const events = [noteOf('sound'), noteOf(value as Json)];
      await expect(log.append(commitOf('a', 0, { id: 'faulty', events }))).rejects.toMatchObject({
        code: 'event_invalid',
        message: expect.stringContaining(`events/1/data/details/value${path}`) as string,
      });
      expect(await log.find(a, commandId('faulty'))).toBeNull();
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
