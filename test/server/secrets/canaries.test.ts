import { sizeFrom } from '../../support/sizes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { canariesIn } from '../../game/view/canaries.ts';
import { mayKnow } from '../../game/view/may-know.ts';
import type { Viewer } from '../../game/view/may-know.ts';
import { listen } from './canary-match.ts';
import type { Heard } from './canary-match.ts';
import { World } from './world.ts';

const matches = sizeFrom('TEST_CANARY_MATCHES', { small: 6, all: 20 });
const seed = Number(process.env['TEST_SEED'] ?? 1);

describe.each(['standard', 'classic'] as const)(
  '%s matches in which every hidden field is marked',
  (ruleset) => {
    let world: World;
    const heard: Heard[] = [];
    let health = '';

    beforeAll(async () => {
      world = await World.open();
      for (let index = 0; index < matches; index += 1) {
        heard.push(
          await listen(world, `canary-${index}`, ruleset, drawsFor(seed, 'canaries', ruleset, index)),
        );
        health += await world.health();
      }
      const sum = (of: (each: Heard) => number) => heard.reduce((all, each) => all + of(each), 0);
      console.log(
        `${ruleset}: ${matches} matches of seed ${seed}; ${sum(({ frames }) => frames)} frames, ` +
          `${sum(({ bytes }) => bytes)} bytes searched; ${world.diagnostics.length} lines of diagnostics`,
      );
    }, 600_000);

    afterAll(() => world.close());

    it('send no role and no spectator what it may not know, nor a token or the hash of one', () => {
      expect(heard.flatMap(({ leaks }) => leaks).slice(0, 5)).toEqual([]);
    });

    it('come through every phase', () => {
      const phases = new Set(heard.flatMap((each) => [...each.phases]));
      expect([...phases].sort()).toEqual(['audit_phase', 'done', 'fraudster_turn', 'investigator_turn']);
    });

    // Else sockets that send nothing at all would pass.
    it.each(['fraudster', 'investigator', 'auditor'] as const)(
      'send the %s what it may know',
      (role: Viewer) => {
        const kinds = new Set(heard.flatMap((each) => [...(each.kinds.get(role) ?? [])]));
        // The old rules of the game's own tests: a repeated flag is not written down by what is said of it here.
        const known = Object.keys(mayKnow[ruleset][role]).filter((kind) => kind !== 'auditor.repeated');
        expect(known.filter((kind) => !kinds.has(kind))).toEqual([]);
      },
    );

    it('leave nothing of it in health and diagnostics', () => {
      const said = [health, ...world.diagnostics].join('\n');
      expect(canariesIn(said)).toEqual([]);
      const tokens = heard.flatMap((each) => each.tokens);
      expect(tokens.filter((token) => said.includes(token) || said.includes(tokenHash(token)))).toEqual([]);
    });
  },
);
