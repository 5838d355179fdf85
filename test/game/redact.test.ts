import { describe, expect, it } from 'vitest';
import fc from '../property.ts';
import { difficulties, targets, truths, verdictWords } from '../../src/game/ad.ts';
import { roles } from '../../src/game/command.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { businessCategories } from '../../src/game/episode/words/vocabulary.ts';
import { endReasons } from '../../src/game/event.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import { evolve } from '../../src/game/evolve.ts';
import { flagTypes } from '../../src/game/grading/flag-types.ts';
import { drawsFor } from '../../src/game/random.ts';
import { redact } from '../../src/game/redact.ts';
import { initialState } from '../../src/game/state.ts';
import type { GameState } from '../../src/game/state.ts';
import { taskIds, tasks } from '../../src/game/task.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { openingFor } from '../../src/match/new-match.ts';
import { numbered, replay } from '../../src/match/fold/replay.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { roster, seatsFor } from '../../src/players/roster.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import { errorCatalogue } from '../../src/shared/errors.ts';
import { matchId } from '../../src/shared/ids.ts';
import { originalCategories } from '../../src/game/categories.ts';
import { talking, textsIn } from '../log/tools/kit.ts';
import type { Words } from '../log/tools/kit.ts';
import { still } from '../simulation/random-match.ts';
import { penalties } from '../support/penalties.ts';

const rulesetNames = ['standard', 'classic'];

interface Played {
  readonly events: readonly MatchEvent[];
  readonly words: Words;
  readonly end: GameState;
}

/** A match of any task, players and knobs, all of whose players talk and err. */
async function playTalking(ruleset: string, seed: number): Promise<Played> {
  const draws = drawsFor(seed, 'talking', ruleset);
  const task = draws.pick(taskIds);
  const log = new MemoryEventLog();
  const words: Words = new Set();
  const registry = new MatchRegistry({ log, clock: still, source: generatedProposals });
  const id = matchId('talking');
  const names = {
    fraudster: draws.pick(Object.keys(roster.fraudster)),
    investigator: draws.pick(Object.keys(roster.investigator)),
    auditor: draws.pick(Object.keys(roster.auditor)),
  };
  const opening = openingFor({
    task,
    ruleset,
    seed,
    salt: 'salt',
    episode: generateEpisode(tasks[task], seed),
    knobs: { maxRounds: draws.between(1, 4), maxProposals: draws.between(0, 6) },
    players: { auditor: 'auditor-quokka' },
  });
  const actor = await registry.create(id, opening);
  await playMatch(actor, talking(seatsFor(names, seed), 'talk', words));
  await registry.close();
  const commits = await log.read(id);
  const { state } = replay(id, commits).position;
  return { events: numbered(commits).map(({ event }) => event), words, end: state };
}

/** The words of the rules. Whatever else is a text was somebody's. */
const rulesWords: ReadonlySet<string> = new Set([
  'match.created',
  'ad.proposed',
  'ad.arrived',
  'ad.modified',
  'proposals.committed',
  'finding.revealed',
  'verdict.given',
  'accounts.linked',
  'action.penalised',
  'turn.ended',
  'review.closed',
  'flag.raised',
  'audit.submitted',
  'match.graded',
  'match.aborted',
  'action.refused',
  'state.digested',
  'seats',
  'invited',
  'open',
  'types',
  'public',
  'fraudster_turn',
  'investigator_turn',
  'round_end',
  'audit_phase',
  'reviewing',
  'done',
  'aborted',
  'propose_ad',
  'modify_pending_ad',
  'end_turn',
  'commit_final',
  'investigate',
  'verdict',
  'link_accounts',
  'flag_investigator',
  'flag_fraudster',
  'submit_audit_report',
  ...penalties,
  'player',
  'action_cap',
  'committed',
  'deadline',
  'match',
  'review',
  'shown',
  'withheld',
  'none',
  'full',
  'safe',
  'unsafe',
  'standard',
  'classic',
  'salt',
  'unspecified',
  'auditor',
  'clock',
  'owner',
  ...[roles, targets, truths, verdictWords, difficulties, taskIds, endReasons, businessCategories].flat(),
  ...[flagTypes.A, flagTypes.B, Object.values(originalCategories), Object.keys(errorCatalogue)].flat(2),
]);

/** Ids, and what proves the opening: nobody's words. */
function idsOf({ events, end }: Played): ReadonlySet<string> {
  const [opening] = events;
  if (opening?.type !== 'match.created') throw new Error('A match begins with its opening.');
  const { machineVersion, ruleset, seedCommitment, episode } = opening.data;
  const ads = [...end.queue.map(({ ad }) => ad), ...episode.arrivals.map(({ ad }) => ad)];
  return new Set([
    machineVersion,
    ruleset.hash,
    seedCommitment,
    ...ads.map(({ adId }) => adId),
    ...[...end.rings, ...episode.rings].map(({ ringId }) => ringId),
  ]);
}

/** The texts that are values; keys are looked at by themselves. */
function valuesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesIn) : [];
}

/** Everything in a value but its texts and what stands in place of free objects. */
const numbersIn = (value: object): string =>
  JSON.stringify(JSON.parse(canonicalJson(value)), (key, item: unknown) =>
    typeof item === 'string' ? '' : ['details', 'auditReport', 'parts'].includes(key) ? {} : item,
  );

const anyMatch = (check: (played: Played) => void) =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(...rulesetNames), fc.nat(0xffff_ffff), async (ruleset, seed) => {
      check(await playTalking(ruleset, seed));
    }),
    { numRuns: 60 },
  );

describe('an event of any match, redacted', () => {
  it('has no text left but words of the rules and ids', () =>
    anyMatch((played) => {
      const ids = idsOf(played);
      const left = played.events
        .flatMap((event) => valuesIn(redact(event)))
        .filter((text) => text.length >= 3 && !rulesWords.has(text) && !ids.has(text));
      expect([...new Set(left)]).toEqual([]);
    }));

  it('has no word of a player left, be it value or key', () =>
    anyMatch(({ events, words }) => {
      const said = JSON.stringify(events);
      expect([...words].filter((word) => said.includes(word)).length).toBeGreaterThanOrEqual(words.size / 2);
      expect(textsIn(events.map(redact)).filter((text) => text.includes('quokka'))).toEqual([]);
    }));

  it('is taken by evolve: the match comes to the same verdicts, rewards and grades', () =>
    anyMatch(({ events, end }) => {
      const [opening, ...rest] = events.map(redact);
      if (opening?.type !== 'match.created') throw new Error('A match begins with its opening.');
      const state = rest.reduce(evolve, initialState(opening.data));
      for (const key of ['grades', 'stepRewards', 'endReason', 'roundsPlayed', 'steps', 'focus'] as const)
        expect(state[key], key).toEqual(end[key]);
      expect(state.queue.map(({ ad, verdict }) => [ad.adId, ad.truth, verdict])).toEqual(
        end.queue.map(({ ad, verdict }) => [ad.adId, ad.truth, verdict]),
      );
      expect(state.flags.map(({ track, flagType }) => [track, flagType])).toEqual(
        end.flags.map(({ track, flagType }) => [track, flagType]),
      );
    }));

  it('keeps every number, switch and place, and stays as it is when it is redacted again', () =>
    anyMatch(({ events }) => {
      for (const event of events) {
        const redacted = redact(event);
        expect(redact(redacted)).toEqual(redacted);
        expect(numbersIn(redacted)).toBe(numbersIn(event));
      }
    }));

  it('is a value of its own: the event stays as it was', () =>
    anyMatch(({ events }) => {
      const before = JSON.stringify(events);
      events.forEach(redact);
      expect(JSON.stringify(events)).toBe(before);
    }));
});

describe('single events, redacted', () => {
  const refused = (details: Record<string, string>): MatchEvent => ({
    type: 'action.refused',
    data: {
      by: 'auditor',
      code: 'validation_error',
      message: 'mine',
      details,
      phase: 'audit_phase',
      attempt: 'mine',
    },
  });

  it('a refusal keeps who, code and phase', () => {
    expect(redact(refused({ mine: 'mine' }))).toEqual({
      type: 'action.refused',
      data: {
        by: 'auditor',
        code: 'validation_error',
        message: '',
        details: {},
        phase: 'audit_phase',
        attempt: '',
      },
    });
  });

  it('an abort keeps a reason of the rules and no other', () => {
    const abort = (reason: string) => redact({ type: 'match.aborted', data: { reason } }).data;
    expect(abort('because she asked')).toEqual({ reason: '' });
    for (const reason of endReasons) expect(abort(reason)).toEqual({ reason });
  });

  it('a digest, which would prove a guess, keeps the phase alone', () => {
    const data = { form: 2 as const, phase: 'done', digest: 'ab'.repeat(32), parts: { queue: 'abababab' } };
    expect(redact({ type: 'state.digested', data }).data).toEqual({
      form: 2,
      phase: 'done',
      digest: '',
      parts: {},
    });
  });

  it('an ad that a penalised action names is kept only as a text that is gone', () => {
    const action = { actionType: 'verdict', adId: 'my words', verdict: 'reject' } as const;
    const data = { by: 'investigator', action, code: 'unknown_ad', reward: -0.05, focus: 'ad_1' } as const;
    expect(redact({ type: 'action.penalised', data }).data).toEqual({
      ...data,
      action: { ...action, adId: '' },
    });
  });

  it('a link keeps both ads and not why', () => {
    const action = {
      actionType: 'link_accounts',
      adId: 'ad_1',
      linkedAdId: 'ad_2',
      linkReason: 'mine',
    } as const;
    const data = { action, adId1: 'ad_1', adId2: 'ad_2', reason: 'mine', correct: true, reward: 0.4 };
    expect(redact({ type: 'accounts.linked', data }).data).toEqual({
      ...data,
      reason: '',
      action: { ...action, linkedAdId: '', linkReason: '' },
    });
  });

  // The original's ruleset takes any text for a flag type, up to 64 characters.
  it('a flag keeps no type that no rule knows', () => {
    const flag = { track: 'A', flagType: 'my words', targetAdId: null, severity: 0.5, note: '' } as const;
    const action = { actionType: 'flag_investigator', flagType: flag.flagType } as const;
    expect(textsIn(redact({ type: 'flag.raised', data: { action, flag } }))).not.toContain('my words');
  });
});
