import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import { momentsShape } from '../../../src/protocol/moments.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { RoleClient } from '../../support/role-client.ts';
import { codeOf } from './contract-kit.ts';
import { Reader } from './reader.ts';
import { Site, adapters, bearer } from './site.ts';
import type { Made } from './site.ts';

interface Notice {
  readonly source: string;
  readonly frames: readonly { readonly seq: number; readonly type: string; readonly data: object }[];
  readonly starting_ads: readonly Readonly<Record<string, unknown>>[];
  readonly view: Readonly<Record<string, unknown>>;
}

const tokenOf = ({ seat_tokens }: Made, role: Role): string => present(seat_tokens?.[role], role);
const pathOf = ({ match_id }: Made, what: string, as: string) =>
  `/api/v1/matches/${match_id}/${what}?as=${as}`;

describe.each(adapters)('looking at a match as a role, over %s', (adapter) => {
  const withSite = (use: (site: Site) => Promise<void>) => async () => {
    const site = await Site.open(adapter);
    try {
      await use(site);
      expect(site.diagnostics).toEqual([]);
    } finally {
      await site.close();
    }
  };

  async function look(site: Site, made: Made, as: Role | 'spectator', token?: string): Promise<Notice> {
    const headers = token === undefined ? {} : bearer(token);
    const asked = { method: 'GET', path: pathOf(made, 'moments', as), headers };
    const reply = await site.line.ask(asked);
    expect(site.description.faults(asked, reply)).toEqual([]);
    expect(reply.status, reply.body).toBe(200);
    expect(reply.headers['cache-control']).toBe(as === 'spectator' ? undefined : 'no-store');
    momentsShape.parse(JSON.parse(reply.body));
    return JSON.parse(reply.body) as Notice;
  }

  /** What the seat's own socket is pushed. */
  async function pushedTo(line: RoleClient): Promise<Notice['frames']> {
    const already = line.pushed.length;
    const { data } = await line.request({ type: 'subscribe', data: { from_seq: 0 } });
    await line.untilPushed(already + Number(data['seq']));
    await line.request({ type: 'unsubscribe' });
    const frames = line.texts.map((text) => JSON.parse(text) as Notice['frames'][number]);
    return frames.filter((frame) => 'seq' in frame).slice(-Number(data['seq']));
  }

  async function streamed(site: Site, made: Made, role: Role, headers: object, count: number) {
    const path = pathOf(made, 'stream', role);
    const reader = await Reader.open(site.server.port, path, { ...bearer(tokenOf(made, role)), ...headers });
    await reader.until(count);
    reader.hangUp();
    return reader.heard.flatMap(({ id, data }) => (id === null ? [] : [JSON.parse(data) as unknown]));
  }

  it(
    'tells what its socket is told, frame by frame, while the match runs and after its end',
    withSite(async (site) => {
      const made = await site.make({ max_rounds: 1, policies: { spectators: 'none', reveal_at_end: false } });
      const seats = await site.seats(made);
      const step = (role: Role, data: object) => seats[role].request({ type: 'step', data });
      const compare = async () => {
        for (const role of roles) {
          const told = await look(site, made, role, tokenOf(made, role));
          const pushed = await pushedTo(seats[role]);
          expect(told.source).toBe(role);
          expect(told.frames).toEqual(pushed);
          expect(told.frames.length).toBeGreaterThan(2);
          const { data } = await seats[role].request({ type: 'obs' });
          expect(data).toMatchObject(told.view);
          const { length } = told.frames;
          expect(await streamed(site, made, role, {}, length)).toEqual(pushed);
          expect(await streamed(site, made, role, { 'last-event-id': '2' }, length - 2)).toEqual(
            pushed.slice(2),
          );
        }
      };
      await step('fraudster', { action_type: 'propose_ad', ad_copy: 'Bowls of oak.', category: 'ecommerce' });
      await compare();
      await step('fraudster', { action_type: 'end_turn' });
      const { data } = await seats.investigator.request({ type: 'obs' });
      const [ad_id = ''] = data['available_ads'] as readonly string[];
      await step('investigator', { action_type: 'investigate', ad_id, investigation_target: 'landing_page' });
      await step('investigator', { action_type: 'verdict', ad_id, verdict: 'reject', confidence: 0.7 });
      await compare();
      const investigators = await look(site, made, 'investigator', tokenOf(made, 'investigator'));
      expect(JSON.stringify(investigators.frames)).toMatch(/"text":"[^"]/);
      // Only where the ads have been is told: no words, no truth.
      expect(new Set(investigators.starting_ads.flatMap(Object.keys))).toEqual(
        new Set(['ad_id', 'category']),
      );
      const auditors = await look(site, made, 'auditor', tokenOf(made, 'auditor'));
      expect([auditors.starting_ads, auditors.view['full_episode_record']]).toEqual([[], {}]);
      await step('investigator', { action_type: 'end_turn' });
      const reading = await look(site, made, 'auditor', tokenOf(made, 'auditor'));
      expect(JSON.stringify(reading.view)).toContain('ground_truth');
      await step('auditor', { action_type: 'submit_audit_report', audit_report: { notes: 'Seen.' } });
      await compare();
      for (const line of Object.values(seats)) await line.leave();
    }),
  );

  it(
    'is for who holds the seat: others are refused, and nothing is recorded',
    withSite(async (site) => {
      const [made, other] = [await site.make(), await site.make()];
      const lines = [...Object.values(await site.seats(made)), ...Object.values(await site.seats(other))];
      const before = await site.server.log.read(matchId(made.match_id));
      for (const role of roles)
        for (const what of ['moments', 'stream']) {
          const path = pathOf(made, what, role);
          const wrong = [
            ...roles.filter((each) => each !== role).map((each) => tokenOf(made, each)),
            tokenOf(other, role),
            made.owner_token,
            tokenHash(tokenOf(made, role)),
            `${tokenOf(made, role)}x`,
            'undefined',
            'null',
            '-',
          ];
          for (const token of wrong) {
            const asked = { method: 'GET', path, headers: bearer(token) };
            const reply = await site.line.ask(asked);
            expect(site.description.faults(asked, reply)).toEqual([]);
            expect([reply.status, codeOf(reply)], `${path} ${token}`).toEqual([403, 'seat_token_wrong']);
          }
          for (const authorization of ['', 'Bearer', 'Bearer ', `Basic ${tokenOf(made, role)}`]) {
            const reply = await site.line.get(path, { authorization });
            expect([reply.status, codeOf(reply)]).toEqual([401, 'seat_token_required']);
          }
          const query = await site.line.get(`${path}&seat_token=${tokenOf(made, role)}`);
          expect(query.status).toBe(422);
        }
      for (const role of roles) await look(site, made, role, tokenOf(made, role));
      expect(await site.server.log.read(matchId(made.match_id))).toEqual(before);
      for (const line of lines) await line.leave();
    }),
  );

  it(
    'is refused before anybody sits there, and where seats are open to all; an invitation is enough',
    withSite(async (site) => {
      const [vacant, open] = [await site.make(), await site.make({ policies: { auth: 'open' } })];
      const invited = await site.make({ policies: { auth: 'invited' } });
      for (const line of Object.values(await site.seats({ ...open, seat_tokens: null }))) await line.leave();
      for (const role of roles) {
        await look(site, invited, role, tokenOf(invited, role));
        for (const made of [vacant, open])
          for (const token of [tokenOf(invited, role), vacant.seat_tokens?.[role] ?? 'none']) {
            const reply = await site.line.get(pathOf(made, 'moments', role), bearer(token));
            expect(codeOf(reply)).toBe('seat_token_wrong');
          }
      }
    }),
  );

  it(
    'ends when the seat changes hands: nothing of its next player is told to the last one',
    withSite(async (site) => {
      const made = await site.make();
      const { fraudster, investigator, auditor } = await site.seats(made);
      const first = tokenOf(made, 'fraudster');
      const path = pathOf(made, 'stream', 'fraudster');
      const { frames } = await look(site, made, 'fraudster', first);
      const reader = await Reader.open(site.server.port, path, bearer(first));
      await reader.until(frames.length);
      await fraudster.leave();
      // Whoever held it last may look until somebody else sits down.
      await look(site, made, 'fraudster', first);
      const next = await RoleClient.connect(site.server.port, 'fraudster');
      const { type } = await next.request({
        type: 'join',
        data: { match_id: made.match_id, seat_token: 'the-next-one-at-this-very-seat' },
      });
      expect(type).toBe('observation');
      const words = 'Bowls of the next one.';
      await next.request({
        type: 'step',
        data: { action_type: 'propose_ad', ad_copy: words, category: 'ecommerce' },
      });
      await Promise.race([reader.ended, reader.until(frames.length + 1)]);
      expect(reader.heard.map(({ id }) => id)).toEqual(frames.map(({ seq }) => seq));
      expect(reader.text).not.toContain(words);
      expect(codeOf(await site.line.get(pathOf(made, 'moments', 'fraudster'), bearer(first)))).toBe(
        'seat_token_wrong',
      );
      const seen = await look(site, made, 'fraudster', 'the-next-one-at-this-very-seat');
      expect(JSON.stringify(seen.frames)).toContain(words);
      for (const line of [next, investigator, auditor]) await line.leave();
    }),
  );

  it(
    'a spectator of a match that is over may see again what spectators were told',
    withSite(async (site) => {
      const made = await site.played();
      const told = await look(site, made, 'spectator');
      const reader = await Reader.open(site.server.port, `/api/v1/matches/${made.match_id}/stream`);
      await reader.ended;
      expect(told.source).toBe('spectator');
      expect(told.frames).toEqual(
        reader.heard.flatMap(({ id, data }) => (id === null ? [] : [JSON.parse(data) as unknown])),
      );
      expect(JSON.stringify(told)).not.toMatch(/ground_truth|rationale|"view"/);
    }),
  );
});
