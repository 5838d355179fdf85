import { Chance } from './fixed-draws.ts';

export const roles = ['fraudster', 'investigator', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** What happens in one match of the corpus. All of it follows from the number of the match. */
export interface Plan {
  readonly name: string;
  readonly index: number;
  /** In wire names, as a creator sends it. */
  readonly wanted: Readonly<Record<string, unknown>>;
  readonly made: 'http' | 'reset';
  readonly auth: 'open' | 'seats' | 'invited';
  readonly players: Readonly<Record<Role, string>>;
  readonly seed: number;
  readonly deadlines: { readonly turn_ms?: number; readonly audit_ms?: number; readonly match_ms?: number };
  /** Tokens of the players' own, where the server draws none. */
  readonly bringsTokens: boolean;
  /** Whose sockets are pushed frames. */
  readonly subscribed: readonly Role[];
  /** Whether spectators and roles follow over HTTP. */
  readonly isWatched: boolean;
  /** Rounds of the loop after which something happens to the match or to the server. */
  readonly restartAt: number | null;
  readonly restAt: number | null;
  readonly abortAt: number | null;
  readonly stepsMax: number;
  readonly framesPerSecond: number;
}

const tasks = ['task_1', 'task_2', 'task_3', 'task_3_unseen'] as const;
const rulesets = ['classic', 'standard'] as const;
const hints = ['none', 'types', 'full'] as const;
const sights = ['none', 'verdict', 'verdict_and_targets', 'full'] as const;
const auths = ['seats', 'open', 'invited', 'seats', 'seats'] as const;

const fraudsters = ['reactive', 'scripted', 'random', 'gibberish', 'constant', 'reactive', 'commit'] as const;
const investigators = ['scripted', 'marker', 'random', 'scripted', 'reject-all', 'escalate-all'] as const;
const auditors = ['scripted', 'random', 'repeating', 'scripted', 'inventing', 'silent'] as const;

const at = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

/** Long enough that only the driver lets one pass; of one kind, so that no two are due together. */
const deadlinesOf = (index: number): Plan['deadlines'] =>
  index % 2 === 0 ? { match_ms: 3_000_000 } : { turn_ms: 600_000, audit_ms: 900_000 };

function planOf(index: number): Plan {
  const chance = new Chance(1000 + index);
  const seed = 4000 + 37 * index;
  const { auth } = policiesOf(index);
  const made = auth === 'invited' || index % 2 === 0 ? 'http' : 'reset';
  const name = `m${String(index).padStart(2, '0')}`;
  // Those that are made over HTTP: their owner ends them where nobody plays on.
  const restarts = index % 10 === 6 || index % 10 === 8;
  const isTimed = index % 3 === 1 && !restarts;
  const deadlines = isTimed ? deadlinesOf(index) : {};
  const isQuiet = index % 6 === 2;
  const players = playersOf(index);
  const wanted = {
    seed,
    episode_id: name,
    task_id: at(tasks, Math.floor(index / 2)),
    ruleset: at(rulesets, index),
    max_rounds: at([2, 3, 1, 2, null], index),
    max_proposals: at([null, 3, null, 2], index),
    max_investigator_actions_per_turn: at([4, null, 5], index),
    players,
    policies: policiesOf(index),
    deadlines,
  };
  return {
    name,
    index,
    wanted,
    made,
    auth,
    players,
    seed,
    deadlines,
    bringsTokens: index % 4 !== 1,
    subscribed: isQuiet ? [] : roles.filter(() => chance.happens(75)),
    isWatched: !isQuiet && !restarts && (index % 4 < 2 || index % 10 === 7),
    restartAt: restarts ? 6 : null,
    restAt: isQuiet ? 5 : null,
    abortAt: index % 12 === 10 ? 8 : null,
    stepsMax: 60,
    framesPerSecond: index % 15 === 5 ? 8 : 500,
  };
}

function playersOf(index: number) {
  const isIdle = index % 9 === 4;
  return {
    fraudster: isIdle && index % 2 === 0 ? 'idle' : at(fraudsters, index),
    investigator: isIdle && index % 4 === 1 ? 'idle' : at(investigators, Math.floor(index / 2)),
    auditor: isIdle ? 'idle' : at(auditors, Math.floor(index / 3)),
  };
}

const policiesOf = (index: number) => ({
  step_rewards: at(['shown', 'withheld', null], index),
  legal_hints: at(hints, Math.floor(index / 2)),
  verdicts_to_fraudster: at(sights, Math.floor(index / 3)),
  reveal_at_end: index % 4 !== 3,
  open_state: index % 7 === 3,
  auth: at(auths, index),
  spectators: index % 8 === 6 ? 'none' : 'public',
  spectator_delay: index % 10 === 7 ? 3 : 0,
});

export const matches = 60;
export const plans: readonly Plan[] = Array.from({ length: matches }, (_, index) => planOf(index));

/** A spread over tasks, rulesets and policies for everyday runs. */
export const spread: readonly Plan[] = plans.filter(({ index }) => index % 5 === 0);
