import { sum } from '../arithmetic.ts';
import { ownValue, type AuditFlag, type GradedRecord } from '../record.ts';
import { auditCounters, type AuditCounter, type TallyRules } from './rules.ts';

export type PerAdPlausibility = Readonly<Record<string, number>>;
export type AuditCounts = Readonly<Record<AuditCounter, number>>;

/**
 * The fraudster's reward (grading spec, section 10.1): severity times plausibility per proposal that was not
 * rejected, minus the same cost per rejected one. Not clamped.
 */
export function fraudsterReward(
  record: GradedRecord,
  fraudsterAdIds: readonly string[],
  perAd: PerAdPlausibility,
  { rewards: { fraudster } }: TallyRules,
): number {
  const rejected = new Set(
    record.verdicts.filter(({ verdict }) => verdict === 'reject').map(({ adId }) => adId),
  );
  const severities = new Map(record.ads.map((ad) => [ad.adId, ad.severity ?? 0]));
  const survivors = fraudsterAdIds.filter((adId) => !rejected.has(adId));
  const gains = survivors.map((adId) => {
    const listed = severities.get(adId) ?? fraudster.unlistedSeverity;
    const severity = listed === 0 ? fraudster.zeroSeverity : listed;
    return fraudster.survivor * severity * (ownValue(perAd, adId) ?? fraudster.missingPlausibility);
  });
  return sum(gains) - fraudster.ban * (fraudsterAdIds.length - survivors.length);
}

/**
 * The investigator's reward (grading spec, section 10.2): the grade, plus a bonus per verdict for the
 * plausibility of its ad (right or wrong, automatic approvals included), minus a cost for submitted
 * inconsistency flags, which nobody verifies. Not clamped.
 */
export function investigatorReward(
  grade: number,
  record: GradedRecord,
  perAd: PerAdPlausibility,
  submitted: readonly AuditFlag[],
  { rewards: { investigator } }: TallyRules,
): number {
  const onReasoning = submitted.filter((flag) => flag.track === 'A');
  const stripped = new Set(
    onReasoning
      .filter((flag) => investigator.strippingFlagTypes.includes(flag.flagType))
      .map((flag) => flag.targetAdId),
  );
  const difficulty = sum(
    record.verdicts
      .filter(({ adId }) => !stripped.has(adId))
      .map(({ adId }) => ownValue(perAd, adId) ?? investigator.missingPlausibility),
  );
  const inconsistencies = onReasoning.filter((flag) => flag.flagType === 'inconsistency').length;
  const cost = investigator.inconsistencyCost * Math.min(investigator.inconsistencyMax, inconsistencies);
  return grade + investigator.bonus * difficulty - cost;
}

/**
 * The submitted flags by counter (grading spec, section 10.3). A flag is true if the arena's own checks
 * raised one of its type on its target, in either track. Repeated submissions count too.
 */
export function auditCounts(
  submitted: readonly AuditFlag[],
  found: readonly AuditFlag[],
  { rewards: { auditor } }: TallyRules,
): AuditCounts {
  const truth = new Set(found.map(keyOf));
  const hits = submitted.map((flag): AuditCounter => {
    const counter = ownValue(auditor.counterByFlagType, flag.flagType);
    return counter !== undefined && truth.has(keyOf(flag)) ? counter : 'false_positives';
  });
  const count = (counter: AuditCounter) => hits.filter((hit) => hit === counter).length;
  return Object.fromEntries(auditCounters.map((counter) => [counter, count(counter)])) as AuditCounts;
}

/** The auditor's reward (grading spec, section 10.4): the weighted counters. Missed faults cost nothing. */
export function auditorReward(counts: AuditCounts, { rewards: { auditor } }: TallyRules): number {
  return sum(auditCounters.map((counter) => counts[counter] * auditor.counterWeights[counter]));
}

function keyOf(flag: AuditFlag): string {
  return JSON.stringify([flag.flagType, flag.targetAdId]);
}
