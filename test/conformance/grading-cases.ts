import type { Truth, VerdictWord } from '../../src/game/ad.ts';
import type {
  AuditFlag,
  EvidenceByAd,
  GradedAd,
  GradedLink,
  GradedRecord,
  GradedVerdict,
  ReasoningEntry,
  SurfaceEntry,
  Track,
} from '../../src/game/grading/record.ts';
import type { PlausibilityOptions } from '../../src/game/grading/tally/plausibility.ts';
import { reasoningScore } from '../../src/game/grading/tally/reasoning-checks.ts';
import { tallyRules, type Component } from '../../src/game/grading/tally/rules.ts';
import { tally, type TallyInput, type TallyOutcome } from '../../src/game/grading/tally/tally.ts';
import { asFlagMultiset, firstDifference } from './compare.ts';

/**
 * Grades one line of `grading.jsonl` and compares: null when it passes, else the first difference with its path.
 * The second plausibility aggregate is left out; the arena has none, which the vectors' README allows.
 */
export function runGradingCase(testCase: unknown): string | null {
  const { input, expect } = objectOf(testCase);
  const graded = tallyInput(objectOf(input));
  const outcome = tally(graded, tallyRules);
  const actual = outcome === null ? { error: 'unknown_task' } : actualOf(outcome, graded.flags);
  return firstDifference(comparable(objectOf(expect)), actual, 'expect');
}

// --- the loose reader ---

type Loose = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Loose {
  if (typeof value !== 'object' || value === null) throw new Error(`Not an object: ${JSON.stringify(value)}`);
  return value as Loose;
}

function listOf(value: unknown): readonly Loose[] {
  if (!Array.isArray(value)) throw new Error(`Not a list: ${JSON.stringify(value)}`);
  return value.map(objectOf);
}

/** The words and numbers below are what the graders claim to read; odd ones are part of the test. */
const textOf = (value: unknown) => value as string;
const textOrNull = (value: unknown) => (value ?? null) as string | null;
const numberOrNull = (value: unknown) => (value ?? null) as number | null;

// --- snake_case in ---

function tallyInput(input: Loose): TallyInput {
  const report = objectOf(input['report']);
  return {
    record: recordOf(objectOf(input['record'])),
    fraudsterLog: listOf(input['fraudster_log']).map(surfaceEntry),
    investigatorLog: listOf(input['investigator_log']).map(reasoningEntry),
    evidence: input['findings'] as EvidenceByAd,
    fraudsterAdIds: input['fraudster_ad_ids'] as readonly string[],
    flags: [
      ...listOf(report['track_a_flags']).map((flag) => flagOf('A', flag)),
      ...listOf(report['track_b_flags']).map((flag) => flagOf('B', flag)),
    ],
    options: optionsOf(objectOf(input['options'] ?? {})),
  };
}

function recordOf(record: Loose): GradedRecord {
  return {
    taskId: textOf(record['task_id']),
    totalSteps: record['total_steps'] as number,
    actionBudget: record['action_budget'] as number,
    verdicts: listOf(record['verdicts']).map(verdictOf),
    links: listOf(record['links']).map(linkOf),
    ads: listOf(record['ads_metadata']).map(adOf),
    ringSizes: record['ring_sizes'] as readonly number[],
  };
}

function verdictOf(verdict: Loose): GradedVerdict {
  return {
    adId: textOf(verdict['ad_id']),
    verdict: verdict['verdict'] as VerdictWord,
    confidence: numberOrNull(verdict['confidence']),
    truth: verdict['ground_truth'] as Truth,
    autoApproved: verdict['auto_approved'] === true,
  };
}

function linkOf(link: Loose): GradedLink {
  return {
    adId1: textOf(link['ad_id_1']),
    adId2: textOf(link['ad_id_2']),
    correct: link['correct'] === true,
  };
}

function adOf(ad: Loose): GradedAd {
  return {
    adId: textOf(ad['ad_id']),
    truth: ad['ground_truth'] as Truth,
    severity: numberOrNull(ad['severity']),
    fraudType: textOrNull(ad['fraud_type']),
    category: textOrNull(ad['category']),
    country: textOrNull(ad['country']),
  };
}

function surfaceEntry(entry: Loose): SurfaceEntry {
  return {
    actionType: textOrNull(entry['action_type']) ?? '',
    adId: textOrNull(entry['ad_id']),
    slotIndex: numberOrNull(entry['slot_index']),
    adCopy: textOrNull(entry['ad_copy']),
    category: textOrNull(entry['category']),
    landingPageBlurb: textOrNull(entry['landing_page_blurb']),
    targetingSummary: textOrNull(entry['targeting_summary']),
    newAdCopy: textOrNull(entry['new_ad_copy']),
    newLandingPageBlurb: textOrNull(entry['new_landing_page_blurb']),
  };
}

function reasoningEntry(entry: Loose): ReasoningEntry {
  return {
    actionType: textOf(entry['action_type']),
    adId: textOf(entry['ad_id']),
    verdict: textOrNull(entry['verdict']) as VerdictWord | null,
    rationale: textOrNull(entry['rationale']),
  };
}

function flagOf(track: Track, flag: Loose): AuditFlag {
  return {
    track,
    flagType: textOf(flag['flag_type']),
    targetAdId: textOrNull(flag['target_ad_id']),
    severity: flag['severity'] as number,
    note: '',
  };
}

const componentNames: Readonly<Record<string, Component>> = {
  intrinsic_consistency: 'intrinsic',
  parameter_grounding: 'grounding',
  real_world_existence: 'existence',
  signal_realism: 'signal',
  pattern_novelty: 'novelty',
};

function optionsOf(options: Loose): PlausibilityOptions {
  const weights = Object.entries(objectOf(options['weights'] ?? {}));
  return {
    countryByAdId: objectOf(options['country_by_ad_id'] ?? {}) as Readonly<Record<string, string>>,
    weights: Object.fromEntries(weights.map(([name, weight]) => [componentNames[name], weight])) as Readonly<
      Partial<Record<Component, number>>
    >,
  };
}

// --- snake_case out ---

function comparable(expect: Loose): Loose {
  if ('error' in expect) return expect;
  const trackA = objectOf(expect['track_a']);
  const trackB = objectOf(expect['track_b']);
  return {
    ...expect,
    track_a: { ...trackA, flags: asFlagMultiset(trackA['flags']) },
    track_b: {
      novelty: trackB['novelty'],
      entries: trackB['entries'],
      flags: asFlagMultiset(trackB['flags']),
    },
  };
}

function actualOf(outcome: TallyOutcome, submitted: readonly AuditFlag[]): Loose {
  const { reasoning, surface } = outcome;
  return {
    grader_score: outcome.grade,
    track_a: {
      flags: asFlagMultiset(reasoning.flags.map(flagOut)),
      score: reasoning.score,
      score_of_report: reasoningScore(submitted, tallyRules),
    },
    track_b: {
      novelty: surface.novelty,
      entries: surface.entries.map(({ key, components: scores, plausibility }) => ({
        key,
        components: [scores.intrinsic, scores.grounding, scores.existence, scores.signal],
        plausibility,
      })),
      flags: asFlagMultiset(surface.flags.map(flagOut)),
    },
    per_ad_plausibility: outcome.perAdPlausibility,
    queue_plausibility: outcome.queuePlausibility,
    audit_ground_truth: outcome.auditGroundTruth,
    rewards: outcome.rewards,
  };
}

function flagOut(flag: AuditFlag): Loose {
  return { flag_type: flag.flagType, target_ad_id: flag.targetAdId, severity: flag.severity };
}
