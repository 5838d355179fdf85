import type { Ad, Target, VerdictWord } from './ad.ts';
import type { FraudsterAction, InvestigatorAction } from './command.ts';
import type { Arrival } from './episode/episode.ts';
import type { Ring } from './ad.ts';
import type {
  AuditReport,
  Created,
  Deadlines,
  EndReason,
  Grades,
  PenaltyCode,
  Policies,
  RulesetRef,
} from './event.ts';
import type { AuditFlag, Track } from './grading/record.ts';
import type { Knobs, TaskId } from './task.ts';

/**
 * What the rules know of a match between two events. The phase is not part of it: it is the statechart's
 * state. Plain JSON, immutable: `evolve` makes the next value.
 */
export interface GameState {
  /** The statechart of the match. A solo review has no rounds, opponent or audit. */
  readonly machine: Created['machine'];
  readonly taskId: TaskId;
  readonly ruleset: RulesetRef;
  readonly knobs: Knobs;
  readonly policies: Policies;
  readonly deadlines: Deadlines;
  readonly seed: number;
  /** The queue in its visible order. */
  readonly queue: readonly QueuedAd[];
  readonly rings: readonly Ring[];
  /** Genuine ads that have not joined yet. */
  readonly arrivals: readonly Arrival[];
  readonly roundsPlayed: number;
  /** Actions of the current turn that count for its cap. */
  readonly turnActions: number;
  readonly committed: boolean;
  /** Processed actions of the investigator, faulty ones included. */
  readonly steps: number;
  readonly focus: string | null;
  readonly links: readonly Link[];
  readonly fraudsterLog: readonly FraudsterEntry[];
  readonly investigatorLog: readonly InvestigatorEntry[];
  readonly flags: readonly AuditFlag[];
  /** The number of flags sent again, by track; each counts as wrong. */
  readonly repeatedFlags: Readonly<Record<Track, number>>;
  readonly report: AuditReport | null;
  readonly endReason: EndReason | null;
  /** Sums of the step rewards. Episode rewards are in `grades`. */
  readonly stepRewards: { readonly fraudster: number; readonly investigator: number };
  readonly grades: Grades | null;
}

/** An ad in the queue with its history in the match. */
export interface QueuedAd {
  /** With its current texts and findings. */
  readonly ad: Ad;
  /** The texts of every version; the last one is current. */
  readonly versions: readonly AdTexts[];
  /** The fraudster's slot; null for an ad it did not propose. */
  readonly slot: number | null;
  /** The round in which the ad joined; 0 for the starting queue. */
  readonly joinedRound: number;
  readonly pulls: readonly Pull[];
  /** Attempts to investigate, refused ones included. */
  readonly attempts: number;
  readonly verdict: Verdict | null;
}

export interface AdTexts {
  readonly adCopy: string;
  readonly pageSummary: string;
}

/** A finding with its text at the time of the pull. */
export interface Pull {
  readonly target: Target;
  readonly text: string;
  readonly adVersion: number;
}

export interface Verdict {
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly autoApproved: boolean;
  /** The verdict's number in the match, from 0. */
  readonly order: number;
}

export interface Link {
  readonly adId1: string;
  readonly adId2: string;
  readonly reason: string;
  readonly correct: boolean;
}

/** A processed action of the fraudster, accepted or penalised. */
export interface FraudsterEntry {
  readonly action: FraudsterAction;
  readonly round: number;
  /** The ad that the action made, or that its slot names; null if there is none. */
  readonly adId: string | null;
  readonly slot: number | null;
  /** The ad's texts after a `modify_pending_ad` with a known slot, even if refused. */
  readonly texts: (AdTexts & { readonly targetingSummary: string }) | null;
  /** Null when the action took effect. */
  readonly code: PenaltyCode | null;
  readonly reward: number;
}

/** A processed action of the investigator, accepted or penalised. */
export interface InvestigatorEntry {
  readonly action: InvestigatorAction;
  readonly round: number;
  /** Null when the action took effect. */
  readonly code: PenaltyCode | null;
  readonly reward: number;
}

/** The state right after `match.created`. */
export function initialState(created: Created): GameState {
  const { machine, episode, taskId, ruleset, knobs, policies, deadlines, seed } = created;
  return {
    machine,
    taskId,
    ruleset,
    knobs,
    policies,
    deadlines,
    seed,
    queue: episode.ads.map((ad) => queued(ad, null, 0)),
    rings: episode.rings,
    arrivals: episode.arrivals,
    roundsPlayed: 0,
    turnActions: 0,
    committed: false,
    steps: 0,
    focus: episode.ads[0]?.adId ?? null,
    links: [],
    fraudsterLog: [],
    investigatorLog: [],
    flags: [],
    repeatedFlags: { A: 0, B: 0 },
    report: null,
    endReason: null,
    stepRewards: { fraudster: 0, investigator: 0 },
    grades: null,
  };
}

/** A queue entry for an ad that joins, without pulls or verdict. */
export function queued(ad: Ad, slot: number | null, joinedRound: number): QueuedAd {
  const { adCopy, pageSummary } = ad;
  return {
    ad,
    versions: [{ adCopy, pageSummary }],
    slot,
    joinedRound,
    pulls: [],
    attempts: 0,
    verdict: null,
  };
}

/**
 * A copy of the state with some fields replaced. Every field is written out, so that all states share one
 * hidden class: copies made by spreading get one each, which makes all readers ten times slower.
 */
export function changed(state: GameState, to: Partial<GameState>): GameState {
  const copy: GameState = {
    machine: state.machine,
    taskId: state.taskId,
    ruleset: state.ruleset,
    knobs: state.knobs,
    policies: state.policies,
    deadlines: state.deadlines,
    seed: state.seed,
    queue: state.queue,
    rings: state.rings,
    arrivals: state.arrivals,
    roundsPlayed: state.roundsPlayed,
    turnActions: state.turnActions,
    committed: state.committed,
    steps: state.steps,
    focus: state.focus,
    links: state.links,
    fraudsterLog: state.fraudsterLog,
    investigatorLog: state.investigatorLog,
    flags: state.flags,
    repeatedFlags: state.repeatedFlags,
    report: state.report,
    endReason: state.endReason,
    stepRewards: state.stepRewards,
    grades: state.grades,
  };
  return Object.assign(copy, to);
}

// --- questions asked of a match by rules, guards and views ---

/** The current round, from 1; after the last round, the last one. */
export const round = (state: GameState): number => Math.min(state.roundsPlayed + 1, state.knobs.maxRounds);

export const findAd = (state: GameState, adId: string): QueuedAd | undefined =>
  state.queue.find((entry) => entry.ad.adId === adId);

export const pending = (state: GameState): readonly QueuedAd[] =>
  state.queue.filter((entry) => entry.verdict === null);

export const proposals = (state: GameState): readonly QueuedAd[] =>
  state.queue.filter((entry) => entry.slot !== null);

export const proposalsUsed = (state: GameState): number => proposals(state).length;

export const pullsMade = (state: GameState): number =>
  state.queue.reduce((sum, entry) => sum + entry.pulls.length, 0);

export const stepsLeft = (state: GameState): number => Math.max(0, state.knobs.actionBudget - state.steps);

/** The ads with a verdict, in the order of the verdicts; automatic approvals come last. */
export function verdictsInOrder(state: GameState): readonly (QueuedAd & { readonly verdict: Verdict })[] {
  return state.queue
    .filter((entry): entry is QueuedAd & { readonly verdict: Verdict } => entry.verdict !== null)
    .sort((a, b) => a.verdict.order - b.verdict.order);
}
