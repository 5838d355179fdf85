import {
  reasoningFlags as meritReasoning,
  reasoningScore as meritScore,
} from '../game/grading/merit/reasoning.ts';
import { manualAds } from '../game/grading/merit/reviewed-ad.ts';
import type { ReviewedAd } from '../game/grading/merit/reviewed-ad.ts';
import { meritRules } from '../game/grading/merit/rules.ts';
import { plausibilityOf as meritPlausibility } from '../game/grading/merit/surface.ts';
import type { AuditFlag, GradedRecord } from '../game/grading/record.ts';
import { plausibilityOf } from '../game/grading/tally/plausibility.ts';
import { reasoningFlags, reasoningScore } from '../game/grading/tally/reasoning-checks.ts';
import { tallyRules } from '../game/grading/tally/rules.ts';
import type { AuditorObservation } from '../game/view/view.ts';
import type { Player, WireAction } from './player.ts';

interface Audit {
  readonly flags: readonly AuditFlag[];
  readonly investigatorScore: number;
  readonly plausibility: number;
}

/**
 * Runs the arena's own checks on the observation, flags what they find, track B first, and reports. One
 * action per call. Source: players spec, section 3.
 */
export function scriptedAuditor(): Player<'auditor'> {
  let audit: Audit | null = null;
  let sent = 0;
  return {
    act: (seen) => {
      audit ??= auditOf(seen);
      const flag = audit.flags[sent];
      sent += 1;
      return flag === undefined ? reportAction(audit) : flagAction(flag);
    },
  };
}

export function flagAction({ track, targetAdId, flagType, severity, note }: AuditFlag): WireAction {
  return {
    action_type: track === 'A' ? 'flag_investigator' : 'flag_fraudster',
    ...(targetAdId === null ? {} : { target_ad_id: targetAdId }),
    flag_type: flagType,
    severity,
    note,
  };
}

function reportAction({ flags, investigatorScore, plausibility }: Audit): WireAction {
  return {
    action_type: 'submit_audit_report',
    audit_report: {
      investigator_audit_score: round4(investigatorScore),
      fraudster_plausibility_score: round4(plausibility),
      notes: `${flags.length} faults found.`,
    },
  };
}

function auditOf(seen: AuditorObservation): Audit {
  const audit = seen.ruleset === 'classic' ? classicAudit(seen) : standardAudit(seen);
  return {
    ...audit,
    flags: [...audit.flags].sort((a, b) => Number(a.track === 'A') - Number(b.track === 'A')),
  };
}

function standardAudit(seen: AuditorObservation): Audit {
  const { ads: adRows = [], verdicts: verdictRows = [], links: linkRows = [] } = seen.full_episode_record;
  const verdicts = new Map(verdictRows.map((verdict) => [verdict.ad_id, verdict]));
  const rationales = new Map(
    seen.investigator_actions
      .filter((action) => action.action_type === 'verdict' && action.accepted)
      .map((action) => [action.ad_id, action.rationale ?? '']),
  );
  const ads = adRows.map((ad): ReviewedAd => {
    const verdict = verdicts.get(ad.ad_id);
    return {
      adId: ad.ad_id,
      category: ad.category,
      country: ad.country,
      truth: ad.ground_truth,
      fraudType: ad.fraud_type,
      severity: ad.severity,
      targetingSummary: ad.targeting_summary,
      versions: ad.versions.map((each) => ({ adCopy: each.ad_copy, pageSummary: each.landing_page })),
      isProposal: ad.is_fraudster_proposal,
      verdict: verdict?.verdict ?? null,
      manual: verdict !== undefined && verdict.auto_approved !== true,
      confidence: verdict?.confidence ?? 0,
      rationale: rationales.get(ad.ad_id) ?? '',
      evidence: Object.values<string>(seen.investigation_data_seen[ad.ad_id] ?? {}),
      evidenceIsCurrent: false,
    };
  });
  const links = linkRows.map((link) => ({ adId1: link.ad_id_1, adId2: link.ad_id_2 }));
  const reasoning = meritReasoning(ads, links, meritRules);
  const plausibility = meritPlausibility(ads, meritRules);
  return {
    flags: [...plausibility.flags, ...reasoning],
    investigatorScore: meritScore(reasoning, manualAds(ads).length),
    plausibility: plausibility.mean,
  };
}

/** Keeps the original's errors: a severity or confidence of 0 is read as 0.5, and step totals are unknown. */
function classicAudit(seen: AuditorObservation): Audit {
  const episode = seen.full_episode_record;
  const record: GradedRecord = {
    taskId: episode.task_id ?? 'task_1',
    totalSteps: 0,
    actionBudget: 0,
    verdicts: (episode.verdicts ?? []).map((verdict) => ({
      adId: verdict.ad_id,
      verdict: verdict.verdict,
      confidence: verdict.confidence || 0.5,
      truth: verdict.ground_truth,
      autoApproved: verdict.auto_approved === true,
    })),
    links: [],
    ads: (episode.ads ?? []).map((ad) => ({
      adId: ad.ad_id,
      truth: ad.ground_truth,
      severity: ad.severity || 0.5,
      fraudType: ad.fraud_type,
      category: ad.category,
    })),
    ringSizes: [],
  };
  const log = seen.investigator_actions.map((action) => ({
    actionType: action.action_type,
    adId: action.ad_id,
    verdict: action.verdict,
    rationale: action.rationale,
  }));
  const surface = plausibilityOf(
    seen.fraudster_proposals.map((entry) => ({
      actionType: entry.action_type,
      adId: entry.ad_id,
      slotIndex: entry.slot_index,
      adCopy: entry.ad_copy,
      category: entry.category,
      landingPageBlurb: entry.landing_page_blurb,
      targetingSummary: entry.targeting_summary,
      newAdCopy: entry.new_ad_copy,
      newLandingPageBlurb: entry.new_landing_page_blurb,
    })),
    tallyRules,
  );
  const reasoning = reasoningFlags(record, log, seen.investigation_data_seen, tallyRules);
  return {
    flags: [...surface.flags, ...reasoning],
    investigatorScore: reasoningScore(reasoning, tallyRules),
    plausibility: surface.queue,
  };
}

/** Rounds to four decimals, half to even, like the original. */
function round4(value: number): number {
  const scaled = value * 10_000;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor) / 10_000;
}
