import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader } from './reader.ts';
import { Site, adapters } from './site.ts';
import type { Made } from './site.ts';

describe.each(adapters)('a stream over %s', (adapter) => {
  let site: Site;
  let done: Made;
  beforeAll(async () => {
    site = await Site.open(adapter);
    done = await site.played();
  });
  afterAll(() => site.close());

  const pathOf = ({ match_id }: Made) => `/api/v1/matches/${match_id}/stream`;
  const open = (made: Made, headers: Readonly<Record<string, string>> = {}, query = '') =>
    Reader.open(site.server.port, pathOf(made) + query, headers);
  const whole = async (made: Made, headers: Readonly<Record<string, string>> = {}, query = '') => {
    const reader = await open(made, headers, query);
    await reader.ended;
    return reader.heard;
  };

  it('of a match that is over tells everything in order, and ends', async () => {
    const heard = await whole(done);
    const last = heard.length - 1;
    expect(heard.map(({ id }) => id)).toEqual([...Array.from({ length: last }, (_, at) => at + 1), null]);
    expect(heard.slice(-2).map(({ event }) => event)).toEqual(['match_over', 'end']);
    for (const { id, event, data } of heard.slice(0, -1))
      expect(JSON.parse(data)).toMatchObject({ type: event, seq: id });
  });

  it('goes on after any frame that was read, whichever way it is named', async () => {
    const all = await whole(done);
    for (let after = 0; after < all.length; after += 1) {
      expect(await whole(done, { 'last-event-id': String(after) })).toEqual(all.slice(after));
      expect(await whole(done, {}, `?after=${after}`)).toEqual(all.slice(after));
    }
    // A browser that comes back names what it read last, at the address that it was given at first.
    expect(await whole(done, { 'last-event-id': '3' }, '?after=1')).toEqual(all.slice(3));
  });

  it.each([
    '-1',
    'x',
    '1.5',
    '1e1',
    '0x1',
    'NaN',
    '99999999999999999999',
    '1000',
    '9007199254740993',
    '1, 2',
    '',
  ])('that was read up to %j, which is no frame of it, begins anew', async (last) => {
    expect(await whole(done, { 'last-event-id': last })).toEqual(await whole(done));
  });

  it('is refused where it shall begin after a frame that is still to come', async () => {
    const made = await site.make();
    const { body } = await site.line.get(`/api/v1/matches/${made.match_id}`);
    const { seq } = JSON.parse(body) as { readonly seq: number };
    for (const after of [seq + 1, seq + 1000, Number.MAX_SAFE_INTEGER]) {
      const asked = { method: 'GET', path: `${pathOf(made)}?after=${after}` };
      const reply = await site.line.ask(asked);
      expect(site.description.faults(asked, reply)).toEqual([]);
      expect(reply.status).toBe(422);
    }
    const reader = await open(made, {}, `?after=${seq}`);
    const { fraudster, investigator, auditor } = await site.seats(made);
    await reader.until(3);
    expect(reader.heard.map(({ id, event }) => [id, event])).toEqual(
      [1, 2, 3].map((more) => [seq + more, 'presence']),
    );
    reader.hangUp();
    for (const line of [fraudster, investigator, auditor]) await line.leave();
  });

  it('lags behind as the match wishes, for those who come back as well, and is whole at the end', async () => {
    const late = 2;
    const made = await site.make({ max_rounds: 1, policies: { spectator_delay: late } });
    const early = await open(made);
    const { fraudster, investigator, auditor } = await site.seats(made);
    const shown = async () => {
      const { body } = await site.line.get(`/api/v1/matches/${made.match_id}/events`);
      return JSON.parse(body) as { readonly count: number; readonly events: readonly object[] };
    };
    const { count } = await shown();
    await early.until(count);
    const again = await open(made, { 'last-event-id': String(count - 1) });
    await again.until(1);
    // What is held back is not given to whoever says that it has read it, nor is its number.
    const beyond = await site.line.get(`${pathOf(made)}?after=${count + 1}`);
    expect([beyond.status, JSON.parse(beyond.body)]).toMatchObject([
      422,
      { detail: expect.stringContaining(`is ${count};`) as string },
    ]);
    const pretending = await open(made, { 'last-event-id': String(count + 1) });
    await pretending.until(count);
    expect(pretending.heard).toEqual(early.heard);
    expect(early.heard.length).toBe(count);
    await fraudster.request({ type: 'step', data: { action_type: 'commit_final' } });
    await investigator.request({ type: 'step', data: { action_type: 'end_turn' } });
    await auditor.request({ type: 'step', data: { action_type: 'submit_audit_report' } });
    for (const reader of [early, again, pretending]) await reader.ended;
    const all = await whole(made);
    expect(early.heard).toEqual(all);
    expect(pretending.heard).toEqual(all);
    expect(again.heard).toEqual(all.slice(count - 1));
    for (const line of [fraudster, investigator, auditor]) await line.leave();
  });

  it('is one of so many, and tells when to try again', async () => {
    const few = await Site.open(adapter, { limits: { spectatorsPerAddress: 1 } });
    const none = await Site.open(adapter, { limits: { spectators: 0 } });
    try {
      for (const [where, status] of [
        [few, 429],
        [none, 503],
      ] as const) {
        const made = await where.make();
        const reader = where === few ? await Reader.open(where.server.port, pathOf(made)) : null;
        const asked = { method: 'GET', path: pathOf(made) };
        const reply = await where.line.ask(asked);
        expect(where.description.faults(asked, reply)).toEqual([]);
        expect([reply.status, reply.headers['retry-after']]).toEqual([status, '5']);
        reader?.hangUp();
      }
    } finally {
      await few.close();
      await none.close();
    }
  });
});
