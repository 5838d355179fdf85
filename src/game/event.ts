import type { Json } from '../shared/canonical-json.ts';
import type { Ad, Findings, Ring, Target, VerdictWord } from './ad.ts';
import type { AuditorAction, FraudsterAction, InvestigatorAction, Role } from './command.ts';
import type { Episode } from './episode/episode.ts';
import type { AuditFlag } from './grading/record.ts';
import type { Knobs, TaskId } from './task.ts';
import { merged } from '../shared/objects.ts';

/**
 * The accepted facts of a match, in the order of its stream. Written by `decide`, applied by `evolve`, stored for
 * ever: a field may be added, never renamed or given a new meaning. Every outcome (finding text, reward, focus,
 * grade) is in the event, so that replay never decides again.
 */
export type MatchEvent =
  | Fact<'match.created', Created>
  | Fact<'ad.proposed', Proposed>
  | Fact<'ad.arrived', { ad: Ad; position: number; focus: string | null; round: number }>
  | Fact<'ad.modified', Modified>
  | Fact<'proposals.committed', { action: FraudsterAction; reward: number }>
  | Fact<'finding.revealed', Revealed>
  | Fact<'verdict.given', VerdictGiven>
  | Fact<'accounts.linked', Linked>
  | Fact<'action.penalised', Penalised>
  | Fact<'turn.ended', TurnEnded>
  | Fact<'review.closed', { reason: EndReason; settled: readonly string[] }>
  | Fact<'flag.raised', { action: AuditorAction; flag: AuditFlag }>
  | Fact<'audit.submitted', { action: AuditorAction | null; report: AuditReport }>
  | Fact<'match.graded', Grades>
  | Fact<'match.aborted', { reason: string }>
  | Annotation;

/** Recorded beside the facts; changes neither state nor digest. */
export type Annotation =
  | Fact<'action.refused', Refused>
  | Fact<'state.digested', StateDigest>
  | Fact<'seat.claimed', { role: Role; tokenHash: string }>
  | Fact<'seat.dropped', { role: Role }>
  | Fact<'seat.resumed', { role: Role }>
  | Fact<'seat.released', { role: Role; cause: 'left' | 'grace' }>;

/** `Type` happened, with the outcome `Data`. Times are the log's: one per commit, never read on replay. */
interface Fact<Type extends string, Data> {
  readonly type: Type;
  readonly data: Readonly<Data>;
}

export type EventOf<Type extends MatchEvent['type']> = Extract<MatchEvent, { type: Type }>;

export interface Created {
  /** Which statechart rules the turns. */
  readonly machine: 'match' | 'review';
  readonly machineVersion: string;
  readonly taskId: TaskId;
  readonly ruleset: RulesetRef;
  readonly knobs: Knobs;
  readonly policies: Policies;
  readonly deadlines: Deadlines;
  /** Hidden from players until the end; proposals are completed from it. */
  readonly seed: number;
  /** Hidden like the seed; makes the commitment safe from guessing. */
  readonly salt: string;
  /** SHA-256 of `seed:salt`, which may be published from the first moment. */
  readonly seedCommitment: string;
  readonly episode: Episode;
  /** Names of the players that fill the seats, where the creator knows them. */
  readonly players: Readonly<Partial<Record<Role, string>>>;
  /** SHA-256 of the token of whoever may end and inspect the match; absent where nobody may. */
  readonly ownerTokenHash?: string;
  /** SHA-256 of the tokens that the seats ask for from the start; absent where no seat does. */
  readonly seatTokenHashes?: Readonly<Partial<Record<Role, string>>>;
}

export interface RulesetRef {
  readonly name: string;
  readonly version: number;
  /** SHA-256 of the ruleset's canonical JSON. */
  readonly hash: string;
}

/** Who may see or do what in one match. Streams of before a policy lack it: see {@link earlierPolicies}. */
export interface Policies {
  /** `shown` puts the acting role's own step reward beside its observation; `withheld` gives rewards after the end. */
  readonly stepRewards: 'shown' | 'withheld';
  /** What the fraudster learns of each verdict while the match runs. */
  readonly verdictsToFraudster: 'none' | 'verdict' | 'verdict_and_targets' | 'full';
  /** What a role is told of the actions it could take: nothing, their types, or all that would be accepted. */
  readonly legalHints?: 'none' | 'types' | 'full';
  /** Whether anybody may watch while the match runs. */
  readonly spectators?: 'none' | 'public';
  /** By how many frames spectators lag behind the match. */
  readonly spectatorDelay?: number;
  /** Whether everybody may see everything once the match is over. */
  readonly revealAtEnd?: boolean;
  /** Whether `state` is the same for every role, as the original's was. */
  readonly openState?: boolean;
  /** Who may take a seat: anybody at any time; the first who asks, and then its token; whoever holds its token. */
  readonly auth?: 'open' | 'seats' | 'invited';
}

export const earlierPolicies = {
  legalHints: 'none',
  spectators: 'public',
  spectatorDelay: 0,
  revealAtEnd: true,
  openState: false,
  auth: 'open',
} as const satisfies Required<Omit<Policies, 'stepRewards' | 'verdictsToFraudster'>>;

/** Every policy of a match, those its stream is too old to name included. */
export function policiesOf({ policies }: { readonly policies: Policies }): Required<Policies> {
  // Archive files are not checked to the last field: one without policies reads as an old one.
  return merged(earlierPolicies, policies) as Required<Policies>;
}

/** Milliseconds; null means no limit. */
export interface Deadlines {
  readonly turnMs: number | null;
  readonly auditMs: number | null;
  readonly matchMs: number | null;
}

interface Proposed {
  readonly action: FraudsterAction;
  readonly slot: number;
  readonly ad: Ad;
  /** The index at which the ad joins the queue. */
  readonly position: number;
  /** The ring the ad forms or joins by a shared account, as it stands with it. */
  readonly ring: Ring | null;
  readonly focus: string | null;
  readonly reward: number;
}

interface Modified {
  readonly action: FraudsterAction;
  readonly slot: number;
  readonly adId: string;
  /** The ad's version after the change. */
  readonly version: number;
  readonly adCopy: string;
  readonly pageSummary: string;
  /** The findings that read differently now. */
  readonly findings: Partial<Findings>;
  readonly reward: number;
}

interface Revealed {
  readonly action: InvestigatorAction;
  readonly adId: string;
  readonly target: Target;
  readonly text: string;
  /** The version of the ad that the text describes. */
  readonly adVersion: number;
  readonly focus: string | null;
  readonly reward: number;
}

interface VerdictGiven {
  readonly action: InvestigatorAction;
  readonly adId: string;
  readonly verdict: VerdictWord;
  /** 0..1; 0.5 where the action named none. */
  readonly confidence: number;
  readonly focus: string | null;
  readonly reward: number;
}

interface Linked {
  readonly action: InvestigatorAction;
  readonly adId1: string;
  readonly adId2: string;
  readonly reason: string;
  readonly correct: boolean;
  readonly reward: number;
}

/** A legal-in-turn but faulty action, which costs reward. */
export type Penalised = { readonly code: PenaltyCode; readonly reward: number } & (
  | { readonly by: 'fraudster'; readonly action: FraudsterAction }
  | { readonly by: 'investigator'; readonly action: InvestigatorAction; readonly focus: string | null }
  | { readonly by: 'auditor'; readonly action: AuditorAction }
);

export type PenaltyCode =
  | 'proposals_spent'
  | 'ad_copy_missing'
  | 'category_missing'
  | 'category_not_allowed'
  | 'slot_missing'
  | 'slot_unknown'
  | 'ad_already_decided'
  | 'nothing_to_change'
  | 'unknown_ad'
  | 'attempts_spent'
  | 'target_already_pulled'
  | 'pulls_spent'
  | 'verdict_already_given'
  | 'linked_ad_unknown'
  | 'linked_to_itself'
  | 'link_already_recorded'
  | 'flag_repeated';

export type TurnEndCause = 'player' | 'action_cap' | 'proposals_spent' | 'committed' | 'deadline';

/** `action` is present when the player asked for the end. */
export type TurnEnded = { readonly cause: TurnEndCause } & (
  | { readonly by: 'fraudster'; readonly action: FraudsterAction | null }
  | { readonly by: 'investigator'; readonly action: InvestigatorAction | null }
);

export const endReasons = [
  'commit_final',
  'investigator_done',
  'all_decided',
  'steps_spent',
  'max_rounds',
  'timeout',
  'aborted',
] as const;
/** Why the review, or the match, came to its end. The first two occur in `classic` only. */
export type EndReason = (typeof endReasons)[number];

export interface AuditReport {
  readonly trackAFlags: readonly AuditFlag[];
  readonly trackBFlags: readonly AuditFlag[];
  /** 0..1. */
  readonly investigatorAuditScore: number;
  /** 0..1. */
  readonly fraudsterPlausibilityScore: number;
  readonly notes: string;
  /** The auditor's own scores, where the ruleset keeps them apart from the arena's. */
  readonly opinion: Readonly<
    Partial<Record<'investigatorAuditScore' | 'fraudsterPlausibilityScore', number>>
  >;
  /** True when the audit deadline passed without a report. */
  readonly missed: boolean;
}

export interface Grades {
  /** 0..1: the investigator's result on the task. */
  readonly grade: number;
  /** The episode rewards. */
  readonly rewards: Readonly<Record<Role, number>>;
  /** 0..1 by ad id (`classic`: by log key). */
  readonly perAdPlausibility: Readonly<Record<string, number>>;
  /** Flags counted against the arena's own audit. */
  readonly auditGroundTruth: Readonly<Record<string, number>>;
  /** What the grade and the rewards are made of, by name. */
  readonly parts: Readonly<Record<string, number>>;
}

interface Refused {
  readonly by: Role;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, Json>>;
  readonly phase: string;
  /** What the role sent, as text; cut to 4,096 characters. */
  readonly attempt: string;
}

export interface StateDigest {
  /** How it was made: 1, of the state written out; 2, of the digests of its parts. */
  readonly form: 1 | 2;
  readonly phase: string;
  /** SHA-256, hex, of the canonical JSON of phase and state, in which form 2 replaces every object by its own digest. */
  readonly digest: string;
  /** The first 8 hex digits of the same digest of each top-level part: says where two states part ways. */
  readonly parts: Readonly<Record<string, string>>;
}
