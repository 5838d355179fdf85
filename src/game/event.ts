import type { Json } from '../shared/canonical-json.ts';
import type { Ad, Findings, Ring, Target, VerdictWord } from './ad.ts';
import type { AuditorAction, FraudsterAction, InvestigatorAction, Role } from './command.ts';
import type { Episode } from './episode/episode.ts';
import type { AuditFlag } from './grading/record.ts';
import type { Knobs, TaskId } from './task.ts';
import { merged } from '../shared/objects.ts';

/**
 * The stored events of a match, in the order of its stream. Made by `decide`, applied by `evolve`, stored for
 * ever: a field may be added, never renamed or given a new meaning. Every outcome (finding text, reward,
 * focus, grade) is in the event, so that a replay never decides.
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

/** Events that are recorded only: they change neither state nor digest. */
export type Annotation =
  | Fact<'action.refused', Refused>
  | Fact<'state.digested', StateDigest>
  | Fact<'seat.claimed', { role: Role; tokenHash: string }>
  | Fact<'seat.dropped', { role: Role }>
  | Fact<'seat.resumed', { role: Role }>
  | Fact<'seat.released', { role: Role; cause: 'left' | 'grace' }>;

/** `Type` happened, with the outcome `Data`. Its time is that of its commit; no rule reads it. */
interface Fact<Type extends string, Data> {
  readonly type: Type;
  readonly data: Readonly<Data>;
}

export type EventOf<Type extends MatchEvent['type']> = Extract<MatchEvent, { type: Type }>;

/** The opening of a match: everything that its rules need, so that a replay reads nothing else. */
export interface Created {
  /** The statechart of the match: `match` for three seats, `review` for a solo review. */
  readonly machine: 'match' | 'review';
  readonly machineVersion: string;
  readonly taskId: TaskId;
  readonly ruleset: RulesetRef;
  readonly knobs: Knobs;
  readonly policies: Policies;
  readonly deadlines: Deadlines;
  /** Hidden from players until the end. Proposals are completed from it. */
  readonly seed: number;
  /** Hidden like the seed. Prevents guessing the seed from the commitment. */
  readonly salt: string;
  /** SHA-256 of `seed:salt`, hex. Public from the start. */
  readonly seedCommitment: string;
  readonly episode: Episode;
  /** The names of the players, if the creator gave them. */
  readonly players: Readonly<Partial<Record<Role, string>>>;
  /**
   * SHA-256 (hex) of the owner's token, which permits to end and inspect the match; absent if there is none.
   */
  readonly ownerTokenHash?: string;
  /** SHA-256 (hex) of the tokens that the seats require from the start, by role; absent if none does. */
  readonly seatTokenHashes?: Readonly<Partial<Record<Role, string>>>;
}

/** Names a ruleset; the hash shows whether its content is still the same. */
export interface RulesetRef {
  readonly name: string;
  readonly version: number;
  /** SHA-256 (hex) of the ruleset's canonical JSON. */
  readonly hash: string;
}

/** Who may see or do what in one match. An old stream lacks later policies: see {@link earlierPolicies}. */
export interface Policies {
  /**
   * `shown`: an observation has the step reward of the role's own action. `withheld`: rewards come after the
   * end.
   */
  readonly stepRewards: 'shown' | 'withheld';
  /** What the fraudster sees of each verdict while the match runs. */
  readonly verdictsToFraudster: 'none' | 'verdict' | 'verdict_and_targets' | 'full';
  /**
   * What the role on turn sees of its legal actions: nothing, their types, or also the values of their
   * fields.
   */
  readonly legalHints?: 'none' | 'types' | 'full';
  /** Whether spectators may watch while the match runs. */
  readonly spectators?: 'none' | 'public';
  /** How many frames spectators are delayed. */
  readonly spectatorDelay?: number;
  /** Whether everything becomes public once the match is over. */
  readonly revealAtEnd?: boolean;
  /** Whether `state` is complete for every role, as in the original. */
  readonly openState?: boolean;
  /**
   * Who may take a seat. `open`: anybody at any time. `seats`: the first who asks, then the holder of its
   * token. `invited`: the holder of the token set at creation.
   */
  readonly auth?: 'open' | 'seats' | 'invited';
}

/** The values of policies that a stream from before them lacks (docs/decisions/0010). */
export const earlierPolicies = {
  legalHints: 'none',
  spectators: 'public',
  spectatorDelay: 0,
  revealAtEnd: true,
  openState: false,
  auth: 'open',
} as const satisfies Required<Omit<Policies, 'stepRewards' | 'verdictsToFraudster'>>;

/** Every policy of a match, with {@link earlierPolicies} for those that its stream lacks. */
export function policiesOf({ policies }: { readonly policies: Policies }): Required<Policies> {
  // An archive file may lack the policies altogether.
  return merged(earlierPolicies, policies) as Required<Policies>;
}

/** The time limits of a match, in milliseconds; null means no limit. */
export interface Deadlines {
  readonly turnMs: number | null;
  readonly auditMs: number | null;
  readonly matchMs: number | null;
}

interface Proposed {
  readonly action: FraudsterAction;
  readonly slot: number;
  readonly ad: Ad;
  /** The index in the queue at which the ad is inserted. */
  readonly position: number;
  /** The whole ring that the ad forms or joins by a shared account; null if none. */
  readonly ring: Ring | null;
  readonly focus: string | null;
  readonly reward: number;
}

interface Modified {
  readonly action: FraudsterAction;
  readonly slot: number;
  readonly adId: string;
  /** The ad's version after the change; the first version is 1. */
  readonly version: number;
  readonly adCopy: string;
  readonly pageSummary: string;
  /** The findings that were rendered again. */
  readonly findings: Partial<Findings>;
  readonly reward: number;
}

interface Revealed {
  readonly action: InvestigatorAction;
  readonly adId: string;
  readonly target: Target;
  readonly text: string;
  /** The version of the ad that the text describes, from 1. */
  readonly adVersion: number;
  readonly focus: string | null;
  readonly reward: number;
}

interface VerdictGiven {
  readonly action: InvestigatorAction;
  readonly adId: string;
  readonly verdict: VerdictWord;
  /** 0..1; 0.5 if the action had none. */
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

/** A penalty: an action in turn, but faulty, which costs reward. */
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

/** `action` is null unless the player asked for the end. */
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
/** Why the review or the match ended. The first two occur in `classic` only. */
export type EndReason = (typeof endReasons)[number];

/** An audit report as filed. Track A concerns the investigator, track B the fraudster. */
export interface AuditReport {
  readonly trackAFlags: readonly AuditFlag[];
  readonly trackBFlags: readonly AuditFlag[];
  /** 0..1. */
  readonly investigatorAuditScore: number;
  /** 0..1. */
  readonly fraudsterPlausibilityScore: number;
  readonly notes: string;
  /** The auditor's own scores (0..1), if the ruleset keeps them apart from the arena's. */
  readonly opinion: Readonly<
    Partial<Record<'investigatorAuditScore' | 'fraudsterPlausibilityScore', number>>
  >;
  /** Whether the audit deadline passed without a report. */
  readonly missed: boolean;
}

/** The final result of a match. */
export interface Grades {
  /** The investigator's result on the task, 0..1. */
  readonly grade: number;
  /** The episode rewards: -1..1 in `standard`, unbounded in `classic`. */
  readonly rewards: Readonly<Record<Role, number>>;
  /** 0..1 by ad id; in `classic` by ad id or `slot_<n>`. */
  readonly perAdPlausibility: Readonly<Record<string, number>>;
  /** Counts of the auditor's flags against the arena's own audit. */
  readonly auditGroundTruth: Readonly<Record<string, number>>;
  /** The components of grade and rewards, by name; empty in `classic`. */
  readonly parts: Readonly<Record<string, number>>;
}

interface Refused {
  readonly by: Role;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, Json>>;
  readonly phase: string;
  /** What the role sent, as text, cut to 4096 characters, without seat tokens. */
  readonly attempt: string;
}

/** A digest of phase and state, recorded at every turn change. A replay must reach the same one. */
export interface StateDigest {
  /** 1: of the whole state as text. 2: of the digests of its parts. */
  readonly form: 1 | 2;
  readonly phase: string;
  /**
   * SHA-256 (hex) of the canonical JSON of phase and state. In form 2, long objects are replaced by their
   * digests.
   */
  readonly digest: string;
  /**
   * The first 8 hex digits of the digest of each top-level part; they locate a difference between two states.
   */
  readonly parts: Readonly<Record<string, string>>;
}
