import { lastValueFrom, take, tap, toArray } from 'rxjs';
import { drawsFor } from '../../game/random.ts';
import type { StoredCommit } from '../../log/event-log.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { commandId } from '../../shared/ids.ts';
import { a, commitOf, contentOf, fill, first, noteOf, positions, untilClosed, upTo } from './kit.ts';
import type { Kit } from './kit.ts';
import { oddKeys, oddTexts } from './storing.ts';

export function declareSubscribing({ holds, expect }: Kit): void {
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

export function declareSubscribers({ holds, expect }: Kit): void {
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

export function declareClosing({ holds, expect }: Kit): void {
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

export function declareReopening({ outlives, expect }: Kit): void {
  outlives('reads the same', async (log, reopen) => {
    await Promise.all(['z', 'a', 'm'].map((stream) => fill(log, stream, 20)));
    const before = [await contentOf(log), log.streams(), await log.find(a, commandId('a-at-3'))];
    const again = await reopen();
    expect([await contentOf(again), again.streams(), await again.find(a, commandId('a-at-3'))]).toEqual(
      before,
    );
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
