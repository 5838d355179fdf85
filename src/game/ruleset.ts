import { limits } from '../shared/limits.ts';
import type { EndReason, Policies } from './event.ts';
import { meritRules } from './grading/merit/rules.ts';
import type { MeritRules } from './grading/merit/rules.ts';
import { tallyRules } from './grading/tally/rules.ts';
import type { TallyRules } from './grading/tally/rules.ts';
import { businessesByTask, originalCategories } from './categories.ts';
import type { TaskId } from './task.ts';
import { proposalLabels } from './proposal-labels.ts';
import type { ProposalLabels } from './proposal-labels.ts';
import { verdictValues } from './grading/verdict-value.ts';
import type { VerdictValues } from './grading/verdict-value.ts';

/**
 * The rules as data: every number and every switch in which rulesets differ. Code asks the ruleset, never its name.
 * `match.created` records name, version and content hash; a change of any value asks for a new version, and old
 * versions stay in {@link rulesets} as long as a stored match may name them.
 */
export interface Ruleset {
  readonly name: string;
  readonly version: number;
  readonly flow: Flow;
  readonly queue: QueueRules;
  readonly stepRewards: StepRewards;
  readonly audit: AuditRules;
  readonly grading: Grading;
  readonly policies: Policies;
}

/** Turn order and endings. */
interface Flow {
  /** What `commit_final` ends: the review at once, or only the fraudster's own part. */
  readonly commitEnds: 'review' | 'proposals';
  /** Whether a propose, accepted or not, passes the turn once the proposals are used up. */
  readonly spentProposalsEndTurn: boolean;
  /** Whether the test for the end of the review runs after an action on an unknown ad too. */
  readonly endTestAfterUnknownAd: boolean;
  /** Whether deciding every ad ends the review although the fraudster may still add to the queue. */
  readonly allDecidedEndsReview: 'always' | 'when_nothing_can_follow';
  readonly reasons: { readonly allDecided: EndReason; readonly stepsSpent: EndReason };
  /** The end reasons upon which undecided ads are approved. */
  readonly settlingReasons: readonly EndReason[];
  readonly investigatorMayEndTurn: boolean;
  /** `task`: the task's figure. `reachable`: never more than rounds times turn cap. */
  readonly actionBudget: 'task' | 'reachable';
  /** Whether an action must carry exactly the fields of its type. */
  readonly exactActions: boolean;
}

interface QueueRules {
  /** What a proposal may call itself, unless the match says otherwise. */
  readonly categories: Readonly<Record<TaskId, readonly string[]>>;
  /** `sequential`: `ad_` and the next number. `opaque`: an id that tells nothing. */
  readonly proposalIds: 'sequential' | 'opaque';
  /** What a proposal is by its declared category; null: by what its text claims, as the episode's source judges. */
  readonly proposalLabels: ProposalLabels | null;
  /** Whether a proposal may be paid for by the account of an earlier one. */
  readonly sharedFunding: boolean;
  /** Whether genuine ads join while the match runs. */
  readonly genuineArrivals: boolean;
  /** Whether blank text of a proposal counts as not given. */
  readonly blankTextIsAbsent: boolean;
  /** Where a late ad joins: at the end, or among this round's late ads by id. */
  readonly lateAds: 'at_the_end' | 'by_id';
  /** Whether observations count the queue as it is, or as the task began. */
  readonly reportsTrueTotal: boolean;
  /** Whether the digest of pending ads shows domain and registrar without a pull. */
  readonly digestShowsPage: boolean;
  /** Whether the investigator reads findings as they were when pulled, or as they are now. */
  readonly findings: 'as_pulled' | 'current';
  /** Which findings a modification re-derives. */
  readonly modificationRefreshes: readonly ('landing_page' | 'targeting_overlap' | 'policy_classifier')[];
  /** Whether a modification that changes no letter is a fault. */
  readonly unchangedTextIsFault: boolean;
  readonly attemptsPerAd: number;
  readonly pullsPerAd: number;
}

/** Rewards of single actions. */
interface StepRewards {
  readonly propose: number;
  readonly proposeRefused: number;
  readonly modify: number;
  readonly modifyRefused: number;
  readonly modifyNothing: number;
  /** By how many targets of the ad are pulled afterwards, from 1. */
  readonly pull: readonly number[];
  readonly verdict: VerdictValues;
  readonly unknownAd: number;
  readonly alreadyDecided: number;
  readonly attemptsSpent: number;
  readonly alreadyPulled: number;
  readonly pullsSpent: number;
  readonly linkCorrect: number;
  readonly linkWrong: number;
  readonly linkRepeated: number;
  readonly linkFaulty: number;
}

interface AuditRules {
  /** Whether flags must be of a listed type, aim at a known ad where the type needs one, and be unique. */
  readonly checkedFlags: boolean;
  readonly flagsMax: number | null;
  /** Whether the report's own scores replace the arena's, or are kept beside them. */
  readonly reportScores: 'replace' | 'opinion';
  /** Whether the investigator is told grade and errors when the review closes. */
  readonly resultBeforeAudit: boolean;
  /** What the auditor may read, and when. */
  readonly view: 'everything_always' | 'pulled_in_audit';
}

export type Grading =
  | { readonly scheme: 'tally'; readonly numbers: TallyRules }
  | { readonly scheme: 'merit'; readonly numbers: MeritRules };

/** Source: match spec, sections 5 and 6. */
const originalStepRewards: StepRewards = {
  propose: 0.02,
  proposeRefused: -0.05,
  modify: 0.01,
  modifyRefused: -0.05,
  modifyNothing: -0.02,
  pull: [-0.02, -0.02, -0.05],
  verdict: verdictValues,
  unknownAd: -0.05,
  alreadyDecided: -0.02,
  attemptsSpent: -0.1,
  alreadyPulled: -0.02,
  pullsSpent: -0.05,
  linkCorrect: 0.4,
  linkWrong: -0.25,
  linkRepeated: -0.02,
  linkFaulty: -0.05,
};

/** The original arena's rules, warts included, so that results stay comparable. Source: docs/rules.md. */
export const classic: Ruleset = {
  name: 'classic',
  version: 1,
  flow: {
    commitEnds: 'review',
    spentProposalsEndTurn: true,
    endTestAfterUnknownAd: false,
    allDecidedEndsReview: 'always',
    reasons: { allDecided: 'investigator_done', stepsSpent: 'investigator_done' },
    settlingReasons: ['investigator_done'],
    investigatorMayEndTurn: false,
    actionBudget: 'task',
    exactActions: false,
  },
  queue: {
    categories: originalCategories,
    proposalIds: 'sequential',
    proposalLabels,
    sharedFunding: false,
    genuineArrivals: false,
    blankTextIsAbsent: false,
    lateAds: 'at_the_end',
    reportsTrueTotal: false,
    digestShowsPage: true,
    findings: 'current',
    modificationRefreshes: ['landing_page'],
    unchangedTextIsFault: false,
    attemptsPerAd: 5,
    pullsPerAd: 3,
  },
  stepRewards: originalStepRewards,
  audit: {
    checkedFlags: false,
    flagsMax: null,
    reportScores: 'replace',
    resultBeforeAudit: true,
    view: 'everything_always',
  },
  grading: { scheme: 'tally', numbers: tallyRules },
  policies: { stepRewards: 'shown', verdictsToFraudster: 'full' },
};

/** The default: the same game without the holes. Every deviation stands in docs/rules.md with its reason. */
export const standard: Ruleset = {
  name: 'standard',
  version: 1,
  flow: {
    commitEnds: 'proposals',
    spentProposalsEndTurn: false,
    endTestAfterUnknownAd: true,
    allDecidedEndsReview: 'when_nothing_can_follow',
    reasons: { allDecided: 'all_decided', stepsSpent: 'steps_spent' },
    settlingReasons: ['all_decided', 'steps_spent', 'max_rounds', 'timeout'],
    investigatorMayEndTurn: true,
    actionBudget: 'reachable',
    exactActions: true,
  },
  queue: {
    categories: businessesByTask,
    proposalIds: 'opaque',
    proposalLabels: null,
    sharedFunding: true,
    genuineArrivals: true,
    blankTextIsAbsent: true,
    lateAds: 'by_id',
    reportsTrueTotal: true,
    digestShowsPage: false,
    findings: 'as_pulled',
    modificationRefreshes: ['landing_page', 'targeting_overlap', 'policy_classifier'],
    unchangedTextIsFault: true,
    attemptsPerAd: 5,
    pullsPerAd: 3,
  },
  // Pulling costs an action, not reward, and a change earns nothing by itself.
  stepRewards: { ...originalStepRewards, modify: 0, pull: [0, 0, 0] },
  audit: {
    checkedFlags: true,
    flagsMax: 60,
    reportScores: 'opinion',
    resultBeforeAudit: false,
    view: 'pulled_in_audit',
  },
  grading: { scheme: 'merit', numbers: meritRules },
  policies: { stepRewards: 'shown', verdictsToFraudster: 'verdict' },
};

/** How many flags an audit takes; never more than a host can hold. */
export const flagsMaxOf = ({ audit }: Ruleset): number => audit.flagsMax ?? limits.flagsPerAudit;

/** Every ruleset a stored match may name. */
export const rulesets: readonly Ruleset[] = [classic, standard];

/** The newest version of a ruleset, by name. */
export function rulesetNamed(name: string): Ruleset | undefined {
  return rulesets.findLast((ruleset) => ruleset.name === name);
}

export function rulesetOf(ref: { readonly name: string; readonly version: number }): Ruleset | undefined {
  return rulesets.find((ruleset) => ruleset.name === ref.name && ruleset.version === ref.version);
}
