import { firstValueFrom } from 'rxjs';
import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import type { Role, Viewer } from '../../../src/game/command.ts';
import { roles } from '../../../src/game/command.ts';
import { generatedProposals } from '../../../src/game/episode/proposal.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { taskIds } from '../../../src/game/task.ts';
import { spectatorView } from '../../../src/game/view/spectator.ts';
import { viewFor } from '../../../src/game/view/view.ts';
import { Documents } from '../../../src/log/disk/documents.ts';
import { MemoryEventLog } from '../../../src/log/memory-event-log.ts';
import { replay } from '../../../src/match/fold/replay.ts';
import type { MatchFold } from '../../../src/match/fold/fold.ts';
import { roster, seatsFor } from '../../../src/players/roster.ts';
import * as replies from '../../../src/server/sockets/replies.ts';
import { commandId, matchId } from '../../../src/shared/ids.ts';
import { stage } from '../../match/kit.ts';
import { inFolder } from '../../log/temp-folder.ts';
import { opening } from './feed-kit.ts';

const matches = sizeFrom('FEED_MATCHES', { small: 3, all: 10 });
const id = matchId('match');
const viewers: readonly Viewer[] = [...roles, 'spectator'];

/** Everything that anybody could be shown of a match from here. */
function shown(fold: MatchFold): readonly string[] {
  return [
    ...roles.map((role) => replies.observation({ role, requestId: undefined }, id, fold, 0).text),
    ...roles.map((role) => replies.state({ role, requestId: undefined }, id, fold).text),
    JSON.stringify(spectatorView(fold.position)),
  ];
}

const attempts: readonly object[] = [
  { action_type: 'end_turn' },
  { action_type: 'commit_final', rationale: 7, hint: 'no such field' },
  { action_type: 'modify_pending_ad', slot_index: 99, new_ad_copy: 'Other words.' },
  { action_type: 'verdict', ad_id: 'ad_nowhere', verdict: 'reject', confidence: 3 },
  { action_type: 'flag_investigator', flag_type: 'too_slow', severity: 0.5 },
  { action_type: 'submit_audit_report', audit_report: { investigator_audit_score: [] } },
];

/** A random match with refused attempts, seats that change hands, and an actor given up again and again. */
async function play(ruleset: string, seed: number, folder: string) {
  const draws = drawsFor(seed, 'same bytes', ruleset);
  const log = new MemoryEventLog();
  const { registry, clock } = stage(log, generatedProposals, new Documents(folder));
  const policies = {
    stepRewards: draws.pick(['shown', 'withheld'] as const),
    verdictsToFraudster: draws.pick(['none', 'verdict', 'verdict_and_targets', 'full'] as const),
    legalHints: draws.pick(['none', 'types', 'full'] as const),
    revealAtEnd: draws.chance(500),
    openState: draws.chance(300),
    auth: 'seats' as const,
  };
  const deadlines = { turnMs: 60_000, auditMs: 90_000 };
  const created = opening(ruleset, { task: draws.pick(taskIds), seed, policies, deadlines });
  let actor = await registry.create(id, created);
  const names = {
    fraudster: draws.pick(Object.keys(roster.fraudster)),
    investigator: draws.pick(Object.keys(roster.investigator)),
    auditor: draws.pick(Object.keys(roster.auditor)),
  };
  const players = seatsFor(names, seed);
  const moments: { readonly version: number; readonly shown: readonly string[] }[] = [];
  const answers: { readonly role: Role; readonly action: unknown; readonly name: string; text: string }[] =
    [];
  const live = new Map<Viewer, string[]>(viewers.map((viewer) => [viewer, []]));
  const watch = () => {
    for (const viewer of viewers) {
      const told = live.get(viewer) ?? [];
      actor.framesAfter(viewer, told.length).subscribe((frames) => told.push(...frames.map(replies.push)));
    }
  };
  const step = async (role: Role, action: unknown) => {
    const name = `step-${answers.length}`;
    const text = await answer(role, action, name);
    answers.push({ role, action, name, text });
  };
  const answer = async (role: Role, action: unknown, name: string) => {
    const reply = await actor.act(role, action, commandId(name));
    return replies.stepAnswer({ role, requestId: undefined }, id, reply, {}).text;
  };
  watch();
  while (!actor.isOver) {
    const role = actor.onTurn ?? 'fraudster';
    const action = await players[role].act(viewFor(role, actor.position, 0) as never);
    if (draws.chance(300)) await step(draws.pick(roles), draws.pick(attempts));
    if (draws.chance(200)) await changeSeat(draws.pick(roles));
    if (action === null) await clock.advance(120_000);
    else await step(role, action);
    await clock.advance(draws.below(20));
    moments.push({ version: actor.version, shown: shown(actor.fold) });
    if (draws.chance(150)) {
      await registry.passivate(id);
      actor = await registry.find(id);
      moments.push({ version: actor.version, shown: shown(actor.fold) });
      watch();
    }
  }
  async function changeSeat(role: Role) {
    const claim = { shown: draws.pick([null, 'a', 'b']), fresh: draws.pick(['c', 'd']) };
    if (draws.chance(400)) await actor.claimSeat(role, claim);
    else if (draws.chance(500)) await actor.dropSeat(role);
    else await actor.releaseSeat(role, draws.pick(['left', 'grace'] as const));
  }
  await step('fraudster', { action_type: 'end_turn' });
  return { registry, log, actor, moments, answers, answer, live };
}

describe.each(['standard', 'classic'])(`${matches} random matches of %s`, (ruleset) => {
  it(
    'show, tell and answer the same bytes at once, from a checkpoint and rebuilt from the log',
    inFolder(async (folder) => {
      let refused = 0;
      let seatFacts = 0;
      for (let seed = 0; seed < matches; seed += 1) {
        const where = `${ruleset}, seed ${seed}`;
        const { registry, log, actor, moments, answers, answer, live } = await play(ruleset, seed, folder);
        const commits = await log.read(id);
        for (const { version, shown: then } of moments)
          expect(shown(replay(id, commits, version)), `${where}, version ${version}`).toEqual(then);
        for (const viewer of viewers) {
          const rebuilt = (await firstValueFrom(actor.framesAfter(viewer, 0))).map(replies.push);
          expect(rebuilt, `${where}, ${viewer}`).toEqual(live.get(viewer));
        }
        for (const { role, action, name, text } of answers)
          expect(await answer(role, action, name), `${where}, ${name}`).toBe(text);
        await registry.close();
        refused += answers.filter(({ text }) => text.startsWith('{"type":"error"')).length;
        seatFacts += commits
          .flatMap(({ events }) => events)
          .filter(({ type }) => type.startsWith('seat.')).length;
      }
      expect(refused).toBeGreaterThan(matches);
      expect(seatFacts).toBeGreaterThan(matches);
    }),
  );
});
