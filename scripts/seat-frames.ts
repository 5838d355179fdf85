import { roles } from '../src/game/command.ts';
import type { Role } from '../src/game/command.ts';
import type { NumberedFrame } from '../src/match/fold/frames.ts';
import type { MatchActor } from '../src/match/match-actor.ts';
import { playMatch } from '../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../src/players/roster.ts';
import type { SeatNames, Seats } from '../src/players/roster.ts';
import { matchFor } from './seat-matches.ts';
import { code, table } from './table.ts';

/**
 * The pushed frames by receiver, collected from played matches, so that only frames that occur are listed.
 */
export async function framesTables(): Promise<Readonly<Record<'events' | 'otherFrames', string>>> {
  const told = await gather();
  const cell = (fields: ReadonlySet<string> | undefined): string =>
    fields === undefined ? '' : fields.size === 0 ? 'yes' : [...fields].map(code).join(', ');
  const events = [...told.keys()].filter((name) => !otherTypes.includes(name));
  return {
    events: table(
      ['event', ...roles],
      events.map((name) => [code(name), ...roles.map((role) => cell(told.get(name)?.get(role)))]),
    ),
    otherFrames: table(
      ['frame', 'field', 'meaning'],
      otherTypes.flatMap((type) => {
        const fields = new Set(roles.flatMap((role) => [...(told.get(type)?.get(role) ?? [])]));
        return [...fields].map((field) => [code(type), code(field), meaningOf(type, field)]);
      }),
    ),
  };
}

const otherTypes: readonly string[] = ['turn', 'presence', 'match_over'];

const meanings: Readonly<Record<string, string>> = {
  'turn phase': 'the phase that began',
  'turn on_turn': 'the role that acts now',
  'turn your_turn': 'whether that is you',
  'turn round_number': 'from 1',
  'turn rounds_remaining': 'this one included',
  'turn deadline_at': 'when the turn ends by itself, in milliseconds since 1970; null without a limit',
  'turn legal_actions': 'what you may do now; only on your turn, and as `legal_hints` says',
  'presence role': 'of another seat',
  'presence status': '`held`, `dropped` (cut off; the seat waits) or `released` (free)',
  'match_over phase': '`done` or `aborted`',
  'match_over end_reason':
    '`all_decided`, `steps_spent`, `max_rounds`, `timeout`, `aborted`; in `classic` `investigator_done`, `max_rounds`, `commit_final`',
  'match_over grader_score': 'the grade of the review, 0 to 1; null where the match was aborted',
  'match_over reward': 'your own episode reward',
  'match_over rewards': 'those of all; with `reveal_at_end`',
};

function meaningOf(type: string, field: string): string {
  const meaning = meanings[`${type} ${field}`];
  if (meaning === undefined) throw new Error(`What is ${field} in a ${type} frame?`);
  return meaning;
}

/** The fields by event, or by frame type for other frames, and by role. */
type ToldFields = Map<string, Map<Role, Set<string>>>;

async function gather(): Promise<ToldFields> {
  const told: ToldFields = new Map();
  for (const actor of await playedMatches())
    for (const role of roles)
      for (const { type, data } of await framesOf(actor, role)) {
        const name = type === 'event' ? (data['event'] as string) : type;
        const byRole = told.get(name) ?? new Map<Role, Set<string>>();
        const fields = byRole.get(role) ?? new Set<string>();
        for (const field of Object.keys(data)) if (field !== 'event') fields.add(field);
        told.set(name, byRole.set(role, fields));
      }
  return told;
}

async function playedMatches(): Promise<readonly MatchActor[]> {
  const policies = { verdictsToFraudster: 'full', legalHints: 'full' } as const;
  const random: SeatNames = { fraudster: 'random', investigator: 'random', auditor: 'random' };
  const played: MatchActor[] = [];
  for (const [players, ruleset] of [
    [defaultPlayers, 'standard'],
    [random, 'standard'],
    [defaultPlayers, 'classic'],
    [random, 'classic'],
  ] as const)
    for (let seed = 1; seed <= 5; seed += 1) {
      const actor = await matchFor({ task: 'task_3', seed, ruleset, policies });
      for (const role of roles) {
        await actor.claimSeat(role, { shown: null, fresh: 'f'.repeat(64) });
        await actor.dropSeat(role);
      }
      await playMatch(actor, seatsFor(players, seed));
      played.push(actor);
    }
  for (const ruleset of ['standard', 'classic']) {
    const actor = await matchFor({ task: 'task_1', seed: 1, ruleset, policies });
    const idle = seatsFor({ fraudster: 'idle', investigator: 'idle', auditor: 'idle' }, 1);
    await playMatch(actor, { ...idle, ...rarePlayers() });
    played.push(actor);
  }
  return played;
}

/** Two players that produce rare events. */
function rarePlayers(): Pick<Seats, 'fraudster' | 'investigator'> {
  let proposed = '';
  return {
    /** Modifies its ad in the second round, after the investigator has looked at it. */
    fraudster: {
      act: ({ round_number: round, actions_left_this_turn: left, my_proposal_signals: own, ...seen }) => {
        proposed = Object.keys(own)[0] ?? '';
        if (proposed === '')
          return {
            action_type: 'propose_ad',
            ad_copy: 'Good as new.',
            category: seen.allowed_categories[0] ?? '',
          };
        return round === 2 && left > 1
          ? { action_type: 'modify_pending_ad', slot_index: 0, new_ad_copy: `As good as new, ${left}.` }
          : { action_type: 'end_turn' };
      },
    },
    /** Decides one ad, then the same ad again; investigates the ad that will be modified. */
    investigator: {
      act: ({ queue_status: { step }, available_ads: open, decided_ads: [decided] }) => {
        const other = open.find((id) => id !== proposed) ?? '';
        if (step < 2)
          return {
            action_type: 'verdict',
            ad_id: decided?.ad_id ?? other,
            verdict: 'reject',
            confidence: 0.9,
          };
        return step === 2
          ? { action_type: 'investigate', ad_id: proposed, investigation_target: 'landing_page' }
          : null;
      },
    },
  };
}

/** All frames of a match that is over, which arrive in one portion. */
function framesOf(actor: MatchActor, role: Role): Promise<readonly NumberedFrame[]> {
  return new Promise((resolve, reject) => {
    const frames = actor.framesAfter(role, 0).subscribe({
      next: (portion) => {
        resolve(portion);
        setImmediate(() => frames.unsubscribe());
      },
      error: reject,
    });
  });
}
