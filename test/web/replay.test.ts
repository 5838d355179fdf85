import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import { Replay, jumpFrom } from '../../web/src/timeline/replay.ts';
import { modelOf, momentsAt, replayOfRecord, replayOfTold } from './kit.ts';
import type { Revealed, ToldMoments } from './kit.ts';
import { Table, openHouse } from './table.ts';
import type { House } from './table.ts';

const kinds = [
  { ruleset: 'standard', task_id: 'task_3', seed: 11, players: {} },
  {
    ruleset: 'standard',
    task_id: 'task_2',
    seed: 5,
    players: { fraudster: 'random', investigator: 'random', auditor: 'random' },
  },
  {
    ruleset: 'classic',
    task_id: 'task_1',
    seed: 3,
    players: { investigator: 'reject-all', auditor: 'repeating' },
  },
  { ruleset: 'classic', task_id: 'task_3', seed: 8, players: { fraudster: 'random', auditor: 'inventing' } },
] as const;

describe.each(kinds)('a $ruleset match of $task_id, seed $seed', ({ players, ...wanted }) => {
  let house: House;
  let told: Replay;
  let record: Replay;
  let revealed: Revealed;
  /** What a spectator saw of the queue in the middle, and how many frames it had been told by then. */
  let halfway: {
    seq: number;
    view: { phase: string; round_number: number; queue: readonly Record<string, unknown>[] };
  };

  beforeAll(async () => {
    house = await openHouse();
    const table = await Table.open(house.url, wanted, players);
    await table.trespass();
    const opening = await momentsAt<ToldMoments>(house.url, table.id);
    await table.acts(24);
    halfway = (await (await fetch(`${house.url}/api/v1/matches/${table.id}`)).json()) as typeof halfway;
    await table.finish();
    table.leave();
    revealed = await momentsAt<Revealed>(house.url, table.id);
    const frames: ToldMoments['frames'] = [];
    const stream = await fetch(`${house.url}/api/v1/matches/${table.id}/stream`);
    for (const [, data = ''] of (await stream.text()).matchAll(/^data: (\{"type".*)$/gm))
      frames.push(JSON.parse(data) as ToldMoments['frames'][number]);
    told = replayOfTold(opening.machine, opening.starting_ads, frames);
    record = replayOfRecord(revealed);
  });
  afterAll(() => house.close());

  it('ends on the same board, live and from its record', () => {
    const [live, whole] = [told, record].map((replay) => replay.boardAt(replay.moments.length - 1));
    const known = (board: typeof live) => ({
      phase: board?.phase,
      round: board?.round,
      grade: board?.result?.grade,
      rewards: board?.result?.rewards,
      endReason: board?.endReason,
      ads: Object.fromEntries(
        (board?.ads ?? []).map(({ id, status, pulls, versions }) => [
          id,
          { status, pulled: pulls.map(({ target }) => target), copy: versions.at(-1)?.copy },
        ]),
      ),
      links: board?.links.map(({ ads }) => ads),
    });
    expect(known(live)).toEqual(known(whole));
  });

  it('shows live what the spectator’s own view shows at that time', () => {
    const { seq, view } = halfway;
    const board = told.boardAt(told.indexOf(seq));
    expect({ phase: board.phase, round: board.round }).toEqual({
      phase: view.phase,
      round: view.round_number,
    });
    const shown = board.ads.map(({ id, category, status, pulls, versions }) => ({
      ad_id: id,
      ad_copy: versions.at(-1)?.copy,
      category,
      status,
      targets_pulled: pulls.map(({ target }) => target),
    }));
    const byId = (a: { ad_id?: unknown }, b: { ad_id?: unknown }) =>
      String(a.ad_id) < String(b.ad_id) ? -1 : 1;
    expect([...shown].sort(byId)).toEqual([...view.queue].sort(byId));
  });

  it('takes transitions that the chart has, from the phase before to the phase after', () => {
    const edges = new Map(modelOf('match').edges.map((edge) => [edge.id, edge]));
    for (const replay of [told, record]) {
      let phase = '';
      for (const moment of replay.moments) {
        const taken = moment.edges.map((id) => edges.get(id));
        expect(taken).not.toContain(undefined);
        if (moment.isExact)
          for (const edge of taken) {
            if (edge?.kind !== 'initial' && edge?.source !== '') expect(edge?.source).toBe(phase);
            phase = edge?.targets[0] ?? phase;
          }
        else phase = taken[0]?.targets[0] ?? phase;
        expect(moment.phase).toBe(phase);
      }
      expect(phase).toBe('done');
    }
  });

  it('approves what nobody has decided when the review closes, and says that it did', () => {
    const closing = revealed.moments.find(({ event }) => event === 'review.closed');
    const given = revealed.moments
      .filter(({ event }) => event === 'verdict.given')
      .map(({ data }) => data['ad_id']);
    const settled = [closing?.data['settled'] ?? []].flat();
    for (const replay of [told, record]) {
      const { ads } = replay.boardAt(replay.moments.length - 1);
      expect(
        ads
          .filter(({ isSettled }) => isSettled)
          .map(({ id }) => id)
          .sort(),
      ).toEqual([...settled].sort());
      expect(ads.filter(({ status }) => status === 'pending').length).toBe(
        ads.length - settled.length - given.length,
      );
    }
  });

  it('counts at every moment how often each transition was taken until then', () => {
    const counts = new Map<string, number>();
    for (const [index, { edges }] of record.moments.entries()) {
      for (const edge of edges) counts.set(edge, (counts.get(edge) ?? 0) + 1);
      expect(record.boardAt(index).counts).toEqual(counts);
    }
    expect([...counts.values()].some((count) => count > 1)).toBe(true);
    expect(revealed.moments.flatMap(({ edges }) => edges)).toHaveLength(
      [...counts.values()].reduce((sum, count) => sum + count, 0),
    );
  });

  it('counts live what is known exactly, and that as the record does', () => {
    const { counts } = record.boardAt(record.moments.length - 1);
    const live = [...told.boardAt(told.moments.length - 1).counts];
    expect(live.length).toBeGreaterThan(3);
    for (const [edge, count] of live) expect([edge, count]).toEqual([edge, counts.get(edge)]);
  });

  it('adds the rewards of the steps up as the archive does', () => {
    const last = record.boardAt(record.moments.length - 1);
    const sums = { fraudster: 0, investigator: 0 };
    for (const { by, reward } of revealed.moments)
      if (by === 'fraudster' || by === 'investigator') sums[by] += reward ?? 0;
    expect(last.earned).toMatchObject(sums);
    expect(Object.keys(last.result?.rewards ?? {}).sort()).toEqual([...roles].sort());
  });

  it('knows a verdict that was wrong, a fault and a refusal as mistakes, and jumps to them', () => {
    const mistakes = record.moments.filter(({ isMistake }) => isMistake);
    const wrong = revealed.moments.filter(
      ({ event, data }) =>
        event === 'action.penalised' ||
        event === 'action.refused' ||
        data['correct'] === false ||
        data['missed'] === true,
    );
    expect(mistakes.map(({ seq }) => seq)).toEqual(wrong.map(({ version }) => version));
    const visited: number[] = [];
    for (
      let at = jumpFrom(record.moments, -1, 'mistake');
      at !== null;
      at = jumpFrom(record.moments, at, 'mistake')
    )
      visited.push(record.moments[at]?.seq ?? 0);
    expect(visited).toEqual(wrong.map(({ version }) => version));
  });

  it('has the digest that the replay gives', () => {
    const digests = revealed.moments.filter(({ event }) => event === 'state.digested');
    expect(revealed.verification).toMatchObject({
      verified: true,
      digest: digests.at(-1)?.data['digest'],
      message: null,
    });
  });

  it('takes every frame once, however often and in whatever parts it comes', () => {
    const { moments } = told;
    let grown = Replay.opened('', revealed.starting_ads);
    for (let from = 0; from < moments.length; from += 7)
      grown = grown.with(moments.slice(Math.max(0, from - 3), from + 7));
    expect(grown.moments).toEqual(moments);
    for (const index of [0, 10, moments.length - 1])
      expect(grown.boardAt(index).phase).toEqual(told.boardAt(index).phase);
    expect(grown.with(moments)).toBe(grown);
  });
});
