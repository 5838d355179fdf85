import { afterEach, describe, expect, it } from 'vitest';
import { momentsShape } from '../../src/protocol/moments.ts';
import { momentsAt } from './kit.ts';
import type { Revealed, ToldMoments } from './kit.ts';
import { Table, openHouse } from './table.ts';
import type { House } from './table.ts';

const houses: House[] = [];
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});

async function opened(policies: Readonly<Record<string, unknown>>, wanted: object = {}) {
  const house = await openHouse();
  houses.push(house);
  const table = await Table.open(house.url, { task_id: 'task_2', ...wanted, policies });
  const { id } = table;
  return {
    house,
    table,
    told: () => momentsAt<ToldMoments>(house.url, id),
    record: () => momentsAt<Revealed>(house.url, id),
  };
}

describe('the moments of a running match', () => {
  it('are the spectator’s frames and the ads that were there from the start', async () => {
    const { house, table, told } = await opened({});
    await table.until('investigator_turn');
    await table.acts(3);
    const answer = await told();
    momentsShape.parse(answer);
    const events = (await (await fetch(`${house.url}/api/v1/matches/${table.id}/events`)).json()) as {
      events: unknown;
    };
    expect(answer).toMatchObject({ source: 'spectator', seed: null, verification: null });
    expect(answer.frames).toEqual(events.events);
    expect(Object.keys(answer.starting_ads[0] ?? {}).sort()).toEqual(['ad_copy', 'ad_id', 'category']);
    const joined = answer.frames
      .filter(({ data }) => data['event'] === 'ad.joined')
      .map(({ data }) => data['ad_id']);
    expect(joined.length).toBeGreaterThan(0);
    expect(answer.starting_ads.filter((ad) => joined.includes(ad['ad_id']))).toEqual([]);
    table.leave();
  });

  it('are as late as the match’s policy says', async () => {
    const { table, told } = await opened({ spectator_delay: 5 });
    await table.until('investigator_turn');
    const late = await told();
    await table.act();
    const later = await told();
    expect(later.frames.length).toBeGreaterThan(late.frames.length);
    expect(later.frames.some(({ data }) => data['event'] === 'finding.revealed')).toBe(false);
    table.leave();
  });

  it('are refused where nobody may watch', async () => {
    const { house, table } = await opened({ spectators: 'none' });
    const answer = await fetch(`${house.url}/api/v1/matches/${table.id}/moments`);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'spectators_refused' });
    table.leave();
  });
});

describe('the moments of a finished match', () => {
  it('are its whole record, verified', async () => {
    const { house, table, record: read } = await opened({});
    await table.trespass();
    await table.finish();
    const record = await read();
    momentsShape.parse(record);
    const log = (await (await fetch(`${house.url}/api/v1/matches/${table.id}/log`)).text())
      .trim()
      .split('\n');
    const commits = log.map((line) => JSON.parse(line) as { version: number });
    expect(record.moments.map(({ version }) => version)).toEqual(
      Array.from({ length: commits.at(-1)?.version ?? 0 }, (_, index) => index + 1),
    );
    expect(record.verification).toMatchObject({ verified: true });
    expect(record.moments.find(({ event }) => event === 'action.refused')?.data).toMatchObject({
      by: 'auditor',
    });
    expect(record.moments.filter(({ action }) => action?.['rationale'] !== undefined).length).toBeGreaterThan(
      0,
    );
    // What proves a guess of a secret is in no record.
    expect(/"(salt|\w*token\w*)":/i.test(JSON.stringify(record))).toBe(false);
    expect(await read()).toEqual(record);
    table.leave();
  });

  it('stay the spectator’s where the match does not reveal itself', async () => {
    const { table, told } = await opened({ reveal_at_end: false });
    await table.finish();
    const answer = await told();
    expect(answer).toMatchObject({ source: 'spectator', verification: null });
    expect(answer.frames.at(-1)?.type).toBe('match_over');
    expect(JSON.stringify(answer)).not.toMatch(/ground_truth|rationale/);
    table.leave();
  });

  it('can be had after a restart', async () => {
    const house = await openHouse();
    const table = await Table.open(house.url, {});
    await table.finish();
    const before = await momentsAt<Revealed>(house.url, table.id);
    table.leave();
    await house.stop();
    const again = await openHouse({ folder: house.folder });
    houses.push(again, house);
    expect(await momentsAt<Revealed>(again.url, table.id)).toEqual(before);
  });
});

it('of a match that nobody made are refused', async () => {
  const { house, table } = await opened({});
  expect((await fetch(`${house.url}/api/v1/matches/nobody/moments`)).status).toBe(404);
  table.leave();
});
