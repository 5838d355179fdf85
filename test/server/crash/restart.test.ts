import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../../src/game/command.ts';
import { roles } from '../../../src/game/command.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { verify } from '../../../src/match/proof/verify.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { limits } from '../../../src/shared/limits.ts';
import { typesOf } from '../../match/kit.ts';
import type { Notice } from './line.ts';
import { Listener } from './listener.ts';
import { lastAt, withSite } from './site.ts';
import { someOf } from '../../support/sizes.ts';

const match = 'm';
const { graceMs } = limits;
const minuteMs = 60_000;
const tokenOf = (role: Role): string => `token-of-${role}`.padEnd(30, '-');
const placeOf = (role: Role) => ({ match_id: match, seat_token: tokenOf(role) });

/** The three players of a new match, seated. */
async function seated(url: string, wanted: object = {}): Promise<Readonly<Record<Role, Listener>>> {
  const players = {
    fraudster: new Listener(url, 'fraudster'),
    investigator: new Listener(url, 'investigator'),
    auditor: new Listener(url, 'auditor'),
  };
  const reset = { seed: 3, ...wanted, episode_id: match, seat_token: tokenOf('fraudster') };
  await players.fraudster.ask('reset', reset);
  for (const role of ['investigator', 'auditor'] as const) await players[role].ask('join', placeOf(role));
  return players;
}

/** One of them again, after a restart, subscribed after a frame. */
async function back(url: string, role: Role, from?: number): Promise<Listener> {
  const player = new Listener(url, role);
  await player.ask('join', placeOf(role));
  if (from !== undefined) await player.ask('subscribe', { from_seq: from });
  return player;
}

const stranger = (url: string, role: Role) => new Listener(url, role);

/** What a player sees, but for the number of frames: others come and go. */
const seen = ({ data }: Notice) => JSON.stringify({ ...data, seq: 0, seat_token: '' });

/** By which a server ends: at once, or in its own way. */
const ends = [['SIGKILL'], ['SIGTERM']] as const;

describe.each(someOf(ends, 1))('after a server ended by %s', (signal) => {
  it('a match goes on where it was, for every player', () =>
    withSite(async (site) => {
      const before: Partial<Record<Role, string>> = {};
      await site.live(signal, async (url) => {
        const players = await seated(url);
        const ad = { action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'ecommerce' };
        await players.fraudster.ask('step', ad);
        await players.fraudster.ask('step', { action_type: 'end_turn' });
        for (const role of roles) before[role] = seen(await players[role].ask('obs'));
      });
      const { url } = await site.open(lastAt(await site.commits(match)) + 1000);
      for (const role of roles)
        expect(seen(await (await back(url, role)).ask('obs')), role).toBe(before[role]);
      expect(site.complaints).toEqual([]);
    }));

  it('a seat is kept for its token as long as the grace period runs, and is free afterwards', () =>
    withSite(async (site) => {
      await site.live(signal, async (url) => {
        await seated(url);
      });
      const first = await site.open(lastAt(await site.commits(match)) + minuteMs);
      await first.clock.advance(graceMs - 1);
      // Another restart gives everybody the whole period again.
      await first.server.close();
      const { url, clock } = await site.open(first.clock.now());
      const fraudster = await back(url, 'fraudster', 0);
      await clock.advance(graceMs - 1);
      for (const role of ['investigator', 'auditor'] as const)
        expect(await stranger(url, role).refused('join', { match_id: match }), role).toBe('seat_taken');
      await back(url, 'investigator');
      await clock.advance(1);
      await fraudster.hear(({ type, data }) => type === 'presence' && data['status'] === 'released');
      const { data } = await stranger(url, 'auditor').ask('join', { match_id: match });
      expect(data['seat_token']).not.toBe(tokenOf('auditor'));
      expect(await stranger(url, 'auditor').refused('join', placeOf('auditor'))).toBe('seat_taken');
      expect(await stranger(url, 'investigator').refused('join', { match_id: match })).toBe('seat_taken');
      const presence = fraudster.frames.filter(({ type }) => type === 'presence');
      expect(presence.map(({ data: { role, status } }) => `${String(role)} ${String(status)}`)).toEqual([
        'investigator held',
        'auditor held',
        'investigator dropped',
        'auditor dropped',
        'investigator held',
        'auditor released',
        'auditor held',
      ]);
      expect(fraudster.frames.map(({ seq }) => seq)).toEqual(fraudster.frames.map((_, index) => index + 1));
      expect(site.complaints).toEqual([]);
    }));

  it('a turn whose time ran out meanwhile is over at the start', () =>
    withSite(async (site) => {
      await site.live(signal, async (url) => {
        await seated(url, { deadlines: { turn_ms: minuteMs } });
      });
      const began = (await site.commits(match))[0]?.at ?? 0;
      const { url, clock } = await site.open(began + minuteMs + 5000);
      const investigator = await back(url, 'investigator', 0);
      await clock.advance(0);
      const turn = await investigator.hear(({ type, data }) => type === 'turn' && data['your_turn'] === true);
      expect(turn).toMatchObject({ at: clock.now(), data: { deadline_at: clock.now() + minuteMs } });
      const ended = investigator.frames.filter(({ data }) => data['event'] === 'turn.ended');
      expect(ended).toMatchObject([{ at: clock.now(), data: { by: 'fraudster' } }]);
      // That of the new turn runs from here.
      await clock.advance(minuteMs);
      await investigator.hear(({ data }) => data['event'] === 'turn.ended' && data['by'] === 'investigator');
      expect(site.complaints).toEqual([]);
    }));

  it('a turn that goes on ends at its own time, whoever is there', () =>
    withSite(async (site) => {
      await site.live(signal, async (url) => {
        await seated(url, { deadlines: { turn_ms: minuteMs } });
      });
      const began = (await site.commits(match))[0]?.at ?? 0;
      const { url, clock, server } = await site.open(began + 20_000);
      await clock.advance(minuteMs - 20_000 - 1);
      expect(typesOf(await server.log.read(matchId(match)))).not.toContain('turn.ended');
      await clock.advance(1);
      const fraudster = await back(url, 'fraudster', 0);
      const first = await fraudster.hear(({ type }) => type === 'turn');
      expect(first.data).toMatchObject({ your_turn: true, deadline_at: began + minuteMs });
      const ended = await fraudster.hear(({ data }) => data['event'] === 'turn.ended');
      expect(ended.at).toBe(began + minuteMs);
      expect(site.complaints).toEqual([]);
    }));

  it('a match whose time ran out meanwhile is closed and graded at the start', () =>
    withSite(async (site) => {
      await site.live(signal, async (url) => {
        await seated(url, { deadlines: { match_ms: minuteMs, turn_ms: 30 * minuteMs } });
      });
      const { url, clock, server } = await site.open(lastAt(await site.commits(match)) + 10 * minuteMs);
      const auditor = await back(url, 'auditor', 0);
      await clock.advance(0);
      const turn = await auditor.hear(({ type, data }) => type === 'turn' && data['phase'] === 'audit_phase');
      expect(turn.at).toBe(clock.now());
      // It leaves no time for the audit either.
      await clock.advance(0);
      const over = await auditor.hear(({ type }) => type === 'match_over');
      expect(over.data).toMatchObject({ phase: 'done', end_reason: 'timeout' });
      await server.close();
      expect(verify(matchId(match), await site.commits(match))).toMatchObject({ ok: true, phase: 'done' });
      expect(site.complaints).toEqual([]);
    }));

  it('a match in which nothing happened for too long is aborted', () =>
    withSite(async (site) => {
      await site.live(signal, async (url) => {
        for (const player of Object.values(await seated(url))) await (await player.line).leave();
      });
      const idleSince = lastAt(await site.commits(match));
      const matchIdleMs = 20 * minuteMs;
      const first = await site.open(idleSince + matchIdleMs - minuteMs - 1, { matchIdleMs });
      await first.clock.advance(minuteMs);
      await first.server.close();
      expect(typesOf(await site.commits(match))).not.toContain('match.aborted');
      // The sweep looks twice a minute.
      const { clock, server } = await site.open(idleSince + matchIdleMs, { matchIdleMs });
      await clock.advance(30_000);
      await server.close();
      const commits = await site.commits(match);
      expect(typesOf(commits)).toContain('match.aborted');
      expect(verify(matchId(match), commits)).toMatchObject({ ok: true, phase: 'aborted' });
      expect(JSON.parse(await archiveOf(site.dataDir))).toMatchObject({
        archive: { end_reason: 'aborted', done: false },
      });
      expect(site.complaints).toEqual([]);
    }));

  it('a finished match that was not archived yet is archived', () =>
    withSite(async (site) => {
      await site.live(signal, async (url) => {
        const { fraudster, auditor, ...others } = await seated(url);
        await fraudster.ask('step', { action_type: 'commit_final' });
        await others.investigator.ask('subscribe', { from_seq: 0 });
        for (;;) {
          const { data } = await others.investigator.ask('obs');
          if (data['phase'] !== 'investigator_turn') break;
          const [ad_id] = data['available_ads'] as string[];
          const verdict = { action_type: 'verdict', ad_id, verdict: 'approve' };
          await others.investigator.ask('step', ad_id === undefined ? { action_type: 'end_turn' } : verdict);
        }
        await auditor.ask('step', { action_type: 'submit_audit_report', audit_report: {} });
        await fraudster.ask('obs');
      });
      const { server } = await site.open(lastAt(await site.commits(match)) + 1000);
      const archived = await archiveOf(site.dataDir);
      await server.close();
      await rm(join(archiveFolder(site.dataDir), `${match}.json`));
      await site.open(lastAt(await site.commits(match)) + 2000);
      expect(await archiveOf(site.dataDir)).toBe(archived);
      expect(JSON.parse(archived)).toMatchObject({ phase: 'done', archive: { done: true } });
      expect(site.complaints).toEqual([]);
    }));
});

const archiveOf = (dataDir: string): Promise<string> =>
  readFile(join(archiveFolder(dataDir), `${match}.json`), 'utf8');
