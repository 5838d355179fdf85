import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { MatchEvent } from '../../../src/game/event.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { endTurn, propose, pull } from '../../../src/testing/examples.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import { canariesIn, canaryAd, sing } from '../../game/view/canaries.ts';
import { canaryMatch, tokenFor } from './canary-match.ts';
import { RoleClient } from '../../support/role-client.ts';
import { World } from './world.ts';

const action = { actionType: 'propose_ad', adCopy: sing('adCopy', 'ad_x') };
const ad = canaryAd('ad_x', 'fraud');

/** Facts that no match can take, or that break it, full of what nobody may know. */
const broken: readonly object[] = [
  { type: 'verdict.given', data: { action, adId: sing('adId', 'ad_x'), verdict: 'reject', confidence: 0.5 } },
  { type: 'ad.proposed', data: { action, slot: 0, ad: null, position: 0, ring: null, focus: null } },
  {
    type: 'ad.proposed',
    data: { action, slot: 0, ad, position: 0, ring: sing('ring', 'ad_x'), focus: null },
  },
  { type: 'ad.modified', data: { action, slot: 0, adId: 'ad_x', findings: null, adCopy: null } },
  { type: 'seat.resumed', data: { role: sing('role', 'none') } },
  { type: 'seat.resumed', data: { role: 'auditor' } },
  { type: 'ad.of_a_newer_version', data: { ad } },
];

it('what breaks is said without anything that a role may not know, and without tokens', async () => {
  const world = await World.open();
  const draws = drawsFor(1, 'diagnostics');
  try {
    for (const [index, event] of broken.entries()) {
      const id = `broken-${index}`;
      const { created, source } = canaryMatch(id, 'standard', draws);
      await world.host(id, created, source);
      await world.server.log.append({
        stream: matchId(id),
        expectedVersion: streamVersion(1),
        commandId: commandId('broken'),
        at: world.clock.now(),
        events: [event as MatchEvent],
      });
    }
    const heard = await failing(world);
    await unarchivable(world);
    await world.restart();

    const said = world.diagnostics.join('');
    console.log(`${world.diagnostics.length} lines of diagnostics searched`);
    for (const message of ['revived', 'archived', 'recorded']) expect(said).toContain(message);
    expect(world.diagnostics.length).toBeGreaterThanOrEqual(broken.length);
    for (const text of [said, ...heard]) {
      expect(canariesIn(text)).toEqual([]);
      for (const role of roles) expect(text).not.toContain(tokenHash(tokenFor('failing', role)));
    }
    for (const role of roles) expect(said).not.toContain(tokenFor('failing', role));
  } finally {
    await world.close();
  }
});

/** A match whose source of proposals fails: it is stopped, and its players are told no more than that. */
async function failing(world: World): Promise<readonly string[]> {
  const { created, source } = canaryMatch('failing', 'standard', drawsFor(2, 'diagnostics'));
  const complete = () => JSON.parse('{') as never;
  await world.host('failing', created, { ...source, complete });
  const line = await RoleClient.connect(world.port, 'fraudster');
  const token = tokenFor('failing', 'fraudster');
  await line.request({ type: 'join', data: { match_id: 'failing', seat_token: token } });
  const known = line.texts.length;
  await line.request({ type: 'step', data: formatAction(propose(sing('adCopy', 'ad_x')).action) });
  await line.request(
    `{"type":"step","data":{"seat_token":"${token}","rationale":"${sing('attempt', 'none')}"`,
  );
  await line.request({ type: 'step', data: { action_type: sing('attempt', 'none') } });
  await line.leave();
  return line.texts.slice(known);
}

/** A match in whose archive's place stands a folder: once over it is not archived, and says where, not what. */
async function unarchivable(world: World): Promise<void> {
  const id = 'unarchivable';
  await mkdir(join(archiveFolder(world.folder), `${id}.json`), { recursive: true });
  const { created, source } = canaryMatch(id, 'standard', drawsFor(3, 'diagnostics'), {
    auth: 'seats',
    revealAtEnd: false,
  });
  const knobs = { ...created.knobs, maxRounds: 1 };
  await world.host(id, { ...created, knobs }, source);
  const actions = [
    endTurn('fraudster'),
    pull('ad_a1', 'landing_page'),
    endTurn('investigator'),
    { by: 'auditor', action: { actionType: 'submit_audit_report' } } as const,
  ];
  for (const command of actions) {
    const line = await RoleClient.connect(world.port, command.by);
    const data = { match_id: id, seat_token: tokenFor(id, command.by) };
    await line.request({ type: 'join', data });
    const { type } = await line.request({ type: 'step', data: formatAction(command.action) });
    expect(type).toBe('observation');
    await line.leave();
  }
}
