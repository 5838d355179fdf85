import { describe, expect, it } from 'vitest';
import type { ProposalSource } from '../../src/game/decide/decision.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { spectatorView } from '../../src/game/view/spectator.ts';
import { viewFor } from '../../src/game/view/view.ts';
import { tasks } from '../../src/game/task.ts';
import { labelOf, opened, play, when } from '../../src/testing/decider.ts';
import type { Scene } from '../../src/testing/decider.ts';
import {
  commit,
  endTurn,
  exampleAd,
  exampleOpening,
  exampleProposals,
  judge,
  miss,
  propose,
} from '../../src/testing/examples.ts';

const turn = endTurn('fraudster');
const pass = endTurn('investigator');
const idsOf = ({ state }: Scene) => state.queue.map((entry) => entry.ad.adId);

/** Proposals get these ids, slot by slot. */
const withIds = (...ids: readonly string[]): ProposalSource => ({
  ...exampleProposals,
  complete: (state, submission) => ({
    ...exampleProposals.complete(state, submission),
    adId: ids[submission.slot] ?? 'ad_none',
  }),
});

const start = (ids: readonly string[], arrivals: Readonly<Record<string, number>> = {}, knobs = {}) =>
  opened(
    exampleOpening({
      arrivals: Object.entries(arrivals).map(([adId, round]) => ({ round, ad: exampleAd(adId, 'legit') })),
      knobs,
    }),
    withIds(...ids),
  );
const queue = ['ad_001', 'ad_002', 'ad_003', 'ad_004'];

describe('genuine ads', () => {
  it('join when the fraudster ends its turn, before the turn passes', () => {
    const ended = when(start([], { ad_050: 1, ad_060: 2 }), turn);
    expect(ended.ok && ended.events.map(labelOf)).toEqual(['ad.arrived', 'turn.ended player']);
    expect(idsOf(ended.scene)).toEqual([...queue, 'ad_050']);
    expect(ended.scene.state.arrivals.map(({ ad }) => ad.adId)).toEqual(['ad_060']);
  });

  it.each([
    ['by its cap', { maxFraudsterActionsPerTurn: 1 }, propose()],
    ['by a commit', {}, commit()],
    ['by the clock', {}, miss('turn')],
  ] as const)('join as well when the turn ends %s', (_, knobs, command) => {
    const scene = play(start(['ad_040'], { ad_050: 1 }, knobs), command);
    expect(idsOf(scene)).toContain('ad_050');
    expect(scene.phase).toBe('investigator_turn');
  });

  it('join in their own round', () => {
    const scene = play(start([], { ad_050: 2 }), turn);
    expect(idsOf(scene)).toEqual(queue);
    expect(idsOf(play(scene, pass))).toEqual(queue);
    expect(idsOf(play(scene, pass, turn))).toEqual([...queue, 'ad_050']);
  });

  it('join at once in the rounds that a commit skips', () => {
    const scene = play(start([], { ad_050: 2, ad_060: 3 }), commit());
    const ended = when(scene, pass);
    expect(ended.ok && ended.events.map(labelOf)).toEqual(['turn.ended player', 'ad.arrived']);
    expect(idsOf(ended.scene)).toEqual([...queue, 'ad_050']);
    expect(idsOf(play(ended.scene, pass))).toEqual([...queue, 'ad_050', 'ad_060']);
    expect(ended.scene.state.queue.at(-1)?.joinedRound).toBe(2);
  });

  it('belong to nobody', () => {
    const { state } = play(start([], { ad_050: 1 }), turn);
    expect(state.queue.at(-1)).toMatchObject({ slot: null, joinedRound: 1, verdict: null });
  });

  it('do not join when the review closes in the fraudster’s turn', () => {
    expect(idsOf(play(start([], { ad_050: 1 }), miss('match')))).toEqual(queue);
  });
});

describe('late ads stand by id among those of their round', () => {
  it.each([
    [
      ['ad_010', 'ad_090'],
      ['ad_010', 'ad_050', 'ad_090'],
    ],
    [
      ['ad_090', 'ad_010'],
      ['ad_010', 'ad_050', 'ad_090'],
    ],
    [
      ['ad_060', 'ad_055'],
      ['ad_050', 'ad_055', 'ad_060'],
    ],
  ])('proposals %j', (ids, late) => {
    const scene = play(start(ids, { ad_050: 1 }), propose(), propose('Other goods, as plain.'), turn);
    expect(idsOf(scene)).toEqual([...queue, ...late]);
  });

  it('and never before those of an earlier round', () => {
    const first = play(start(['ad_070', 'ad_005'], { ad_060: 1, ad_006: 2 }), propose(), turn, pass);
    expect(idsOf(play(first, propose(), turn))).toEqual([...queue, 'ad_060', 'ad_070', 'ad_005', 'ad_006']);
  });

  it('in classic proposals come last and genuine ads not at all', () => {
    const classic = opened(
      exampleOpening({ ruleset: 'classic', arrivals: [{ round: 1, ad: exampleAd('ad_000', 'legit') }] }),
    );
    expect(idsOf(play(classic, propose(), turn))).toEqual([...queue, 'ad_005']);
  });
});

describe('the focus', () => {
  const decideAll = queue.map((adId) => judge(adId, 'reject'));

  it('stays on a pending ad when late ads join', () => {
    const judged = play(start(['ad_000'], { ad_0001: 2 }), turn, judge('ad_001', 'reject'), pass);
    expect(play(judged, propose(), turn).state.focus).toBe('ad_002');
  });

  it.each([
    ['a proposal first', ['ad_010'], 'ad_010'],
    ['a genuine ad first', ['ad_090'], 'ad_050'],
  ] as const)('moves to the first late ad when nothing else is pending: %s', (_, ids, first) => {
    const decided = play(start(ids, { ad_050: 2 }), turn, ...decideAll, pass);
    expect(play(decided, propose(), turn).state.focus).toBe(first);
  });

  it('betrays no proposal while the fraudster’s turn runs', () => {
    const decided = play(start(['ad_010'], { ad_050: 2 }), turn, ...decideAll, pass);
    const [before, during] = [decided, play(decided, propose())].map((scene) => [
      viewFor('investigator', scene, 0),
      spectatorView(scene),
    ]);
    expect(during).toEqual(before);
    const shown = viewFor('investigator', play(decided, propose(), turn), 0);
    expect(shown.current_ad_info).toContain('Ad: ad_010');
    expect(shown.available_ads).toEqual(['ad_010', 'ad_050']);
  });
});

describe('the ids of proposals', () => {
  const episode = generateEpisode(tasks.task_1, 5);
  const proposed = (ruleset: string, seed = 5) => {
    const opening = exampleOpening({ ...episode, ruleset, seed, rings: episode.rings });
    return play(opened(opening, generatedProposals), propose(), propose('Other goods, as plain.'));
  };
  const ownIds = ({ state }: Scene) =>
    state.queue.filter((entry) => entry.slot !== null).map((entry) => entry.ad.adId);

  it('are opaque in standard, of the same kind as all others', () => {
    const scene = proposed('standard');
    const ids = idsOf(scene);
    expect(ownIds(scene)).toHaveLength(2);
    expect(new Set(ids).size).toBe(ids.length);
    for (const adId of ids) expect(adId).toMatch(/^ad_[23456789a-hjkmnp-z]{8}$/);
    const late = new Set(scene.state.arrivals.map(({ ad }) => ad.adId));
    expect(ids.filter((adId) => late.has(adId))).toEqual([]);
  });

  it('differ from match to match', () => {
    const [one, two] = [proposed('standard', 5), proposed('standard', 6)].map(ownIds);
    expect(one?.filter((adId) => two?.includes(adId))).toEqual([]);
  });

  it('go on from the length of the queue in classic', () => {
    expect(ownIds(proposed('classic'))).toEqual(['ad_006', 'ad_007']);
  });
});
