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
 * A match between two events. The phase is the statechart's state and is kept there only. Plain JSON, never
 * mutated: `evolve` makes the next value.
 */
export interface GameState {
  /** Which statechart rules the turns; a solo review has no rounds, opponent or audit. */
  readonly machine: Created['machine'];
  readonly taskId: TaskId;
  readonly ruleset: RulesetRef;
  readonly knobs: Knobs;
  readonly policies: Policies;
  readonly deadlines: Deadlines;
  readonly seed: number;
  /** The queue, in the order the ads joined. */
  readonly queue: readonly QueuedAd[];
  readonly rings: readonly Ring[];
  /** Genuine ads still to come. */
  readonly arrivals: readonly Arrival[];
  readonly roundsPlayed: number;
  /** Actions of the current turn that count towards its cap. */
  readonly turnActions: number;
  readonly committed: boolean;
  /** Investigator actions processed, faulty ones included. */
  readonly steps: number;
  readonly focus: string | null;
  readonly links: readonly Link[];
  readonly fraudsterLog: readonly FraudsterEntry[];
  readonly investigatorLog: readonly InvestigatorEntry[];
  readonly flags: readonly AuditFlag[];
  /** Flags sent again, by track; they count as wrong. */
  readonly repeatedFlags: Readonly<Record<Track, number>>;
  readonly report: AuditReport | null;
  readonly endReason: EndReason | null;
  /** Sums of the step rewards; episode rewards stand in `grades`. */
  readonly stepRewards: { readonly fraudster: number; readonly investigator: number };
  readonly grades: Grades | null;
}

export interface QueuedAd {
  /** With its current texts and findings. */
  readonly ad: Ad;
  /** Every version's texts; the last is current. */
  readonly versions: readonly AdTexts[];
  /** The fraudster's slot; null for an ad it did not propose. */
  readonly slot: number | null;
  /** The round in which the ad joined; 0 for the starting queue. */
  readonly joinedRound: number;
  readonly pulls: readonly Pull[];
  /** Tries to investigate, refused ones included. */
  readonly attempts: number;
  readonly verdict: Verdict | null;
}

export interface AdTexts {
  readonly adCopy: string;
  readonly pageSummary: string;
}

/** Evidence as it read when it was pulled. */
export interface Pull {
  readonly target: Target;
  readonly text: string;
  readonly adVersion: number;
}

export interface Verdict {
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly autoApproved: boolean;
  /** The how-manieth verdict of the match, from 0. */
  readonly order: number;
}

export interface Link {
  readonly adId1: string;
  readonly adId2: string;
  readonly reason: string;
  readonly correct: boolean;
}

export interface FraudsterEntry {
  readonly action: FraudsterAction;
  readonly round: number;
  /** The ad the action made or named by a known slot. */
  readonly adId: string | null;
  readonly slot: number | null;
  /** The ad's texts after a `modify_pending_ad` of a known slot, applied or not. */
  readonly texts: (AdTexts & { readonly targetingSummary: string }) | null;
  /** Null when the action took effect. */
  readonly code: PenaltyCode | null;
  readonly reward: number;
}

export interface InvestigatorEntry {
  readonly action: InvestigatorAction;
  readonly round: number;
  /** Null when the action took effect. */
  readonly code: PenaltyCode | null;
  readonly reward: number;
}

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
 * The match with some of its fields changed. Written out, so that every match has one shape: copies of copies made by
 * spreading have a new one each, and everything that reads them takes ten times as long.
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

/** The current round, from 1; stays at the last one when all are played. */
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

/** Every verdict in the order given; settled ads come last. */
export function verdictsInOrder(state: GameState): readonly (QueuedAd & { readonly verdict: Verdict })[] {
  return state.queue
    .filter((entry): entry is QueuedAd & { readonly verdict: Verdict } => entry.verdict !== null)
    .sort((a, b) => a.verdict.order - b.verdict.order);
}
