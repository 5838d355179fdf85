import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import { targets, truths } from '../../../src/game/ad.ts';
import type { Ad, AdRecords, Findings, Target } from '../../../src/game/ad.ts';
import type { Command, RoleCommand } from '../../../src/game/command.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import { spectatorView } from '../../../src/game/view/spectator.ts';
import { viewFor } from '../../../src/game/view/view.ts';
import { opened, when } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  endTurn,
  exampleAd,
  exampleOpening,
  exampleProposals,
  exampleRecords,
  link,
  propose,
  pull,
} from '../../../src/testing/examples.ts';
import { commandOf, someMoves } from './moves.ts';
import type { Move } from './moves.ts';
import type { Viewer } from './may-know.ts';

/** What stays equal in both worlds because somebody looks at it. */
type IsSeen = (adId: string, target: Target) => boolean;

const runs = { numRuns: 60 };

// --- two worlds ---

/** The ad with everything that is hidden behind unseen targets, and its truth, as it is in the other world. */
function inOtherWorld(ad: Ad, isSeen: IsSeen): Ad {
  const other = exampleRecords(`other ${ad.adId}`);
  const truth = truths[(truths.indexOf(ad.truth) + 1) % truths.length] ?? 'fraud';
  const findings = targets.map((target) => [
    target,
    isSeen(ad.adId, target) ? ad.findings[target] : `other ${target}`,
  ]);
  return {
    ...ad,
    truth,
    fraudType: 'other',
    severity: 0.31,
    difficulty: 'hard',
    pageSummary: 'Another page.',
    records: ad.records === null ? null : mixed(ad.records, other, (target) => isSeen(ad.adId, target)),
    findings: Object.fromEntries(findings) as Findings,
  };
}

/** The other world's records, but for what is known without a pull and what the seen targets show. */
function mixed(here: AdRecords, other: AdRecords, isSeen: (target: Target) => boolean): AdRecords {
  const { country, accountAgeDays, advertiserId, verifiedBusiness } = here.advertiser;
  const history = isSeen('advertiser_history') ? { advertiserId, verifiedBusiness } : {};
  const { paymentType } = here.payment;
  return {
    ...other,
    advertiser: { ...other.advertiser, verifiedBusiness: false, country, accountAgeDays, ...history },
    payment: isSeen('payment_method') ? here.payment : { ...other.payment, paymentType },
    page: isSeen('landing_page') ? here.page : { ...other.page, domainAgeDays: 3 },
    targeting: isSeen('targeting_overlap') ? here.targeting : other.targeting,
    campaign: isSeen('campaign_structure') ? here.campaign : other.campaign,
  };
}

const otherSource = (isSeen: IsSeen): ProposalSource => ({
  complete: (state, submission) => inOtherWorld(exampleProposals.complete(state, submission), isSeen),
  refresh: (state, ad, stale) =>
    Object.fromEntries(
      stale.map((target) => [
        target,
        isSeen(ad.adId, target) ? exampleProposals.refresh(state, ad, stale)[target] : `other ${target}`,
      ]),
    ),
});

const knobs = { maxRounds: 3, maxInvestigatorActionsPerTurn: 5, actionBudget: 12 };
const arrivals = [
  { round: 1, ad: exampleAd('ad_050', 'legit') },
  { round: 2, ad: exampleAd('ad_060', 'legit') },
];

const thisWorld = opened(exampleOpening({ arrivals, knobs }));

function otherWorld(isSeen: IsSeen): Scene {
  const { episode } = thisWorld.created;
  return opened(
    exampleOpening({
      knobs,
      seed: 8,
      ads: episode.ads.map((ad) => inOtherWorld(ad, isSeen)),
      arrivals: arrivals.map(({ round, ad }) => ({ round, ad: inOtherWorld(ad, isSeen) })),
      rings: [{ ringId: 'other', memberAdIds: ['ad_002', 'ad_004'], edges: [] }],
    }),
    otherSource(isSeen),
  );
}

// --- playing both ---

/** The scenes before the grade: from the first one on, one for each command. */
function scenesOf(start: Scene, commands: readonly Command[]): readonly Scene[] {
  const scenes = [start];
  for (const command of commands) scenes.push(when(scenes.at(-1) ?? start, command).scene);
  return scenes.filter(({ phase }) => phase !== 'done');
}

/** The actions that the moves come to, by way of the first world. */
function commandsOf(moves: readonly Move[]): readonly RoleCommand[] {
  const commands: RoleCommand[] = [];
  let scene = thisWorld;
  for (const move of moves) {
    if (scene.onTurn === null) break;
    const command = commandOf(scene, move);
    commands.push(command);
    scene = when(scene, command).scene;
  }
  return commands;
}

function seenAfter(commands: readonly RoleCommand[]): IsSeen {
  const last = scenesOf(thisWorld, commands).at(-1) ?? thisWorld;
  const pulls = new Set(
    last.state.queue.flatMap(({ ad, pulls: made }) => made.map(({ target }) => `${ad.adId} ${target}`)),
  );
  return (adId, target) => pulls.has(`${adId} ${target}`);
}

const jsonFor = (viewer: Viewer, scene: Scene): string =>
  JSON.stringify(viewer === 'spectator' ? spectatorView(scene) : viewFor(viewer, scene, 0));

function expectSame(viewer: Viewer, here: readonly Scene[], there: readonly Scene[]) {
  expect(there.map(({ phase }) => phase)).toEqual(here.map(({ phase }) => phase));
  expect(there.map((scene) => jsonFor(viewer, scene))).toEqual(here.map((scene) => jsonFor(viewer, scene)));
}

/** The same action, told otherwise: what stands in texts and numbers that only its own role sees. */
function reworded(command: RoleCommand): RoleCommand {
  if (command.by === 'fraudster') return { ...command, action: { ...command.action, rationale: 'other' } };
  if (command.by === 'auditor') return { ...command, action: { ...command.action, note: 'other' } };
  const { action } = command;
  const more = action.actionType === 'verdict' ? { confidence: 0.123 } : {};
  const reason = action.actionType === 'link_accounts' ? { linkReason: 'other' } : {};
  return { ...command, action: { ...action, ...more, ...reason, rationale: 'other' } };
}

/** Another action at the same cost: what a fraudster cannot tell apart. Verdicts stay. */
function replaced(command: RoleCommand, index: number): RoleCommand {
  if (command.by !== 'investigator') return command;
  const { actionType } = command.action;
  if (actionType === 'verdict' || actionType === 'end_turn') return reworded(command);
  const others = [pull('ad_002', 'payment_method'), link('ad_002', 'ad_004'), pull('ad_999', 'landing_page')];
  return others[index % others.length] ?? command;
}

describe('two matches that differ only in what a role may not know look the same', () => {
  it('to the investigator until the grade', () => {
    fc.assert(
      fc.property(someMoves, (moves) => {
        const commands = commandsOf(moves);
        const there = scenesOf(otherWorld(seenAfter(commands)), commands);
        expectSame('investigator', scenesOf(thisWorld, commands), there);
      }),
      runs,
    );
  });

  it('to a spectator until the grade', () => {
    fc.assert(
      fc.property(someMoves, (moves) => {
        const commands = commandsOf(moves);
        const there = scenesOf(
          otherWorld(() => false),
          commands.map(reworded),
        );
        expectSame('spectator', scenesOf(thisWorld, commands), there);
      }),
      runs,
    );
  });

  it('to the fraudster until the grade', () => {
    // Its own proposals' records are its own to know.
    const isOwn: IsSeen = (adId) => !/^ad_0(0[1-4]|50|60)$/.test(adId);
    fc.assert(
      fc.property(someMoves, (moves) => {
        const commands = commandsOf(moves);
        expectSame(
          'fraudster',
          scenesOf(thisWorld, commands),
          scenesOf(otherWorld(isOwn), commands.map(replaced)),
        );
      }),
      runs,
    );
  });

  it('to the auditor until the audit', () => {
    fc.assert(
      fc.property(someMoves, (moves) => {
        const commands = commandsOf(moves);
        const beforeAudit = (scenes: readonly Scene[]) =>
          scenes.filter(({ phase }) => phase !== 'audit_phase');
        const there = scenesOf(
          otherWorld(() => false),
          commands.map(replaced),
        );
        expectSame('auditor', beforeAudit(scenesOf(thisWorld, commands)), beforeAudit(there));
      }),
      runs,
    );
  });
});

describe('who brought a late ad', () => {
  const late = ['ad_007', 'ad_055', 'ad_003b'] as const;
  type Late = (typeof late)[number];
  const copyOf = (adId: string) => `Late goods of ${adId} at a plain price.`;
  const lateAd = (adId: string, truth: Ad['truth']) => exampleAd(adId, truth, { adCopy: copyOf(adId) });

  /** `mine` is proposed in round 1, the others join by themselves. */
  function worldWhere(mine: Late): Scene {
    const others = late.filter((adId) => adId !== mine);
    return opened(
      exampleOpening({
        knobs,
        arrivals: others.map((adId) => ({ round: 1, ad: lateAd(adId, 'legit') })),
      }),
      { ...exampleProposals, complete: () => lateAd(mine, 'fraud') },
    );
  }

  it.each(['investigator', 'spectator'] as const)('is hidden from the %s until the grade', (viewer) => {
    fc.assert(
      fc.property(fc.constantFrom(...late), fc.constantFrom(...late), someMoves, (one, two, moves) => {
        const opening = (mine: Late) => [propose(copyOf(mine)), endTurn('fraudster')];
        const start = scenesOf(worldWhere(one), opening(one));
        const commands: RoleCommand[] = [];
        let scene = start.at(-1) ?? thisWorld;
        for (const move of moves) {
          if (scene.phase === 'audit_phase') break;
          const command = scene.onTurn === 'fraudster' ? endTurn('fraudster') : commandOf(scene, move);
          commands.push(command);
          scene = when(scene, command).scene;
        }
        const play = (mine: Late) => scenesOf(worldWhere(mine), [...opening(mine), ...commands]);
        expectSame(viewer, play(one), play(two));
      }),
      runs,
    );
  });

  it.each(['investigator', 'spectator'] as const)('is not shown to the %s as it comes', (viewer) => {
    const start = opened(exampleOpening({ arrivals, knobs, ads: [exampleAd('ad_001', 'fraud')] }));
    fc.assert(
      fc.property(someMoves, (moves) => {
        let scene = start;
        for (const move of moves) {
          if (scene.onTurn === null) break;
          const next = when(scene, commandOf(scene, move));
          const isProposal = next.ok && next.events.length === 1 && next.events[0]?.type === 'ad.proposed';
          if (isProposal) expect(jsonFor(viewer, next.scene)).toBe(jsonFor(viewer, scene));
          scene = next.scene;
        }
      }),
      runs,
    );
  });

  it('is no secret of the fraudster', () => {
    const own = (mine: Late) => {
      const last = scenesOf(worldWhere(mine), [propose(copyOf(mine)), endTurn('fraudster')]).at(-1);
      const queue = last === undefined ? [] : viewFor('fraudster', last, 0).current_queue;
      return queue.filter((ad) => ad.is_my_proposal).map((ad) => ad.ad_id);
    };
    expect(late.map(own)).toEqual(late.map((adId) => [adId]));
  });
});
