import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../../../src/game/event.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { eventually } from '../hostile/hostile-kit.ts';
import { lookAround } from './look.ts';
import { Planted, marksIn, sourceOf } from './planted.ts';
import { Site } from './site.ts';

const seed = Number(process.env['TEST_SEED'] ?? 1);
const rounds = Number(process.env['HTTP_CANARY_ROUNDS'] ?? 1);

/** The ways in which strangers may watch, or may not. */
const ways: readonly (readonly [string, Partial<Policies>])[] = [
  ['watched', { spectators: 'public', spectatorDelay: 0, revealAtEnd: false }],
  ['unwatched', { spectators: 'none', revealAtEnd: false }],
  ['delayed', { spectators: 'public', spectatorDelay: 2, revealAtEnd: false }],
  ['revealed', { spectators: 'public', revealAtEnd: true }],
];

describe.each([
  ['standard', adapterNames[0] ?? 'ws'],
  ['classic', 'ws'],
] as const)('%s matches in which every hidden field is marked, over %s', (ruleset, adapter) => {
  it('show strangers over HTTP nothing that a spectator may not know, nor a token or the hash of one', async () => {
    const planted = Array.from({ length: rounds }, (_, round) =>
      ways.map(
        ([way, policies]) => new Planted({ id: `${way}-${round}`, ruleset, seed: seed + round, policies }),
      ),
    ).flat();
    const site = await Site.open(adapter, { source: sourceOf(planted) });
    const around = { line: site.line, description: site.description, port: site.server.port };
    const leaks: string[] = [];
    const secrets = planted.flatMap((each) => each.secrets);
    const seen = { texts: 0, bytes: 0, marks: new Set<string>(), phases: new Set<string>() };
    const look = async (match: Planted) => {
      // Any action may end it, and with that reveal it.
      const isEverybodys = match.isOver && match.isRevealed;
      seen.phases.add(match.phase);
      for (const { path, text, isOfMatch } of await lookAround(around, match.id)) {
        seen.texts += 1;
        seen.bytes += text.length;
        for (const { kind } of marksIn(text)) seen.marks.add(kind);
        const told = secrets.filter((secret) => text.includes(secret));
        const marks = isOfMatch ? match.leaksIn(text) : marksIn(text).map(({ kind }) => kind);
        const found = isEverybodys ? told : [...told, ...marks];
        leaks.push(...found.map((what) => `${match.id} in ${match.phase}, ${path}: ${what}`));
      }
    };
    try {
      for (const match of planted) {
        await match.store(site.server, site.clock.now());
        const seats = await match.sit(site.server.port);
        await look(match);
        for (let action = 0; action < 40 && !match.isOver; action += 1) {
          await match.act(seats);
          if (action % 4 === 0) await look(match);
        }
        await match.finish(seats);
        for (const seat of seats.values()) await seat.leave();
        // Before its archive is written, and after.
        await look(match);
        await eventually(async () =>
          (await site.line.get('/api/v1/matches')).body.includes(`"${match.id}","task_id"`),
        );
        await look(match);
      }
      const said = site.diagnostics.join('');
      console.log(
        `${ruleset}: ${planted.length} matches of seed ${seed}; ${seen.texts} answers, ${seen.bytes} bytes searched`,
      );
      expect(leaks.slice(0, 5)).toEqual([]);
      expect(marksIn(said)).toEqual([]);
      expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
      // Else answers that say nothing at all would pass.
      expect([...seen.marks]).toEqual(
        expect.arrayContaining(['adCopy', 'category', 'findings.landing_page']),
      );
      expect([...seen.phases].sort()).toEqual(['audit_phase', 'done', 'fraudster_turn', 'investigator_turn']);
      const stored = await site.server.log.read(matchId(planted[0]?.id ?? ''));
      expect(marksIn(JSON.stringify(stored)).length).toBeGreaterThan(100);
    } finally {
      await site.close();
    }
  }, 600_000);
});
