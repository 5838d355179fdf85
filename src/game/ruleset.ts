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
 * A ruleset as data: every number and switch in which rulesets differ. Code reads the ruleset, never its
 * name. `match.created` records name, version and content hash. A change of any value needs a new version,
 * and old versions stay in {@link rulesets} as long as a stored match may name them.
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

/** Turn order and endings. Reasons for the values: docs/rules.md. */
interface Flow {
  /** What `commit_final` ends: the whole review, or only the fraudster's proposals. */
  readonly commitEnds: 'review' | 'proposals';
  /** Whether a `propose_ad`, accepted or not, ends the turn if no proposals are left. */
  readonly spentProposalsEndTurn: boolean;
  /** Whether the end of the review is also tested after an action on an unknown ad. */
  readonly endTestAfterUnknownAd: boolean;
  /** Whether deciding every ad ends the review even if more ads may still join the queue. */
  readonly allDecidedEndsReview: 'always' | 'when_nothing_can_follow';
  readonly reasons: { readonly allDecided: EndReason; readonly stepsSpent: EndReason };
  /** The end reasons on which undecided ads are approved automatically. */
  readonly settlingReasons: readonly EndReason[];
  readonly investigatorMayEndTurn: boolean;
  /** `task`: the task's budget. `reachable`: at most rounds times actions per turn. */
  readonly actionBudget: 'task' | 'reachable';
  /** Whether an action must carry exactly the fields of its type. */
  readonly exactActions: boolean;
}

interface QueueRules {
  /** The categories that a proposal may declare, unless the match sets others. */
  readonly categories: Readonly<Record<TaskId, readonly string[]>>;
  /** `sequential`: `ad_` and the next number. `opaque`: a random id. */
  readonly proposalIds: 'sequential' | 'opaque';
  /**
   * The label of a proposal by its declared category; null: by its text, as the proposal source judges it.
   */
  readonly proposalLabels: ProposalLabels | null;
  /** Whether a proposal may use the payment account of an earlier one. */
  readonly sharedFunding: boolean;
  /** Whether genuine ads also join during the match. */
  readonly genuineArrivals: boolean;
  /** Whether a blank text of a proposal counts as absent. */
  readonly blankTextIsAbsent: boolean;
  /** Where a late ad is inserted: at the end, or sorted by id among the late ads of its round. */
  readonly lateAds: 'at_the_end' | 'by_id';
  /** Whether observations report the current size of the queue, or the task's initial one. */
  readonly reportsTrueTotal: boolean;
  /** Whether the digest of pending ads shows domain and registrar without a pull. */
  readonly digestShowsPage: boolean;
  /** Whether findings show the text at the time of the pull, or the current one. */
  readonly findings: 'as_pulled' | 'current';
  /** The findings that a modification renders again. */
  readonly modificationRefreshes: readonly ('landing_page' | 'targeting_overlap' | 'policy_classifier')[];
  /** Whether a modification without any change is a fault. */
  readonly unchangedTextIsFault: boolean;
  readonly attemptsPerAd: number;
  readonly pullsPerAd: number;
}

/** The step rewards of single actions. */
interface StepRewards {
  readonly propose: number;
  readonly proposeRefused: number;
  readonly modify: number;
  readonly modifyRefused: number;
  readonly modifyNothing: number;
  /** By the number of the ad's pulled targets after the action: the first entry is for 1. */
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
  /** Whether flags must have a listed type, name an ad of the match if the type needs one, and be unique. */
  readonly checkedFlags: boolean;
  readonly flagsMax: number | null;
  /** Whether the report's own scores replace the arena's, or are stored beside them. */
  readonly reportScores: 'replace' | 'opinion';
  /** Whether the investigator learns grade and errors when the review closes. */
  readonly resultBeforeAudit: boolean;
  /** What the auditor may read: everything at any time, or pulled findings from the audit on. */
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

/** The rules of the original arena with its flaws, so that results stay comparable. Source: docs/rules.md. */
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

/**
 * The default ruleset: the same game without the flaws. docs/rules.md lists every deviation with its reason.
 */
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
  // A pull costs an action but no reward, and a modification earns nothing.
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

/** The maximum number of flags in an audit: the ruleset's, else `limits.flagsPerAudit`. */
export const flagsMaxOf = ({ audit }: Ruleset): number => audit.flagsMax ?? limits.flagsPerAudit;

/** Every ruleset a stored match may name. */
export const rulesets: readonly Ruleset[] = [classic, standard];

/** The newest version of a ruleset by name; undefined for an unknown name. */
export function rulesetNamed(name: string): Ruleset | undefined {
  return rulesets.findLast((ruleset) => ruleset.name === name);
}

/** The ruleset of exactly this name and version; undefined if this program has none. */
export function rulesetOf(ref: { readonly name: string; readonly version: number }): Ruleset | undefined {
  return rulesets.find((ruleset) => ruleset.name === ref.name && ruleset.version === ref.version);
}
