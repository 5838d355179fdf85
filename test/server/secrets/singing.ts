import type { AuditorAction, FraudsterAction, InvestigatorAction } from '../../../src/game/command.ts';
import type { RoleCommand } from '../../../src/game/command.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import { number, sing } from '../../game/view/canaries.ts';

/**
 * The action with words and numbers that are found nowhere else, each telling what it is. `proposed` is the id that the
 * ad of an accepted proposal gets.
 */
export function singing(
  command: RoleCommand,
  proposed: string | null,
  version: number,
  scene: Scene,
): RoleCommand {
  switch (command.by) {
    case 'fraudster':
      return { by: 'fraudster', action: ofFraudster(command.action, proposed, version, scene) };
    case 'investigator':
      return { by: 'investigator', action: ofInvestigator(command.action, version) };
    case 'auditor':
      return { by: 'auditor', action: ofAuditor(command.action, version) };
  }
}

const written = {
  adCopy: 'adCopy',
  newAdCopy: 'adCopy',
  landingPageBlurb: 'pageSummary',
  newLandingPageBlurb: 'pageSummary',
  targetingSummary: 'targetingSummary',
} as const;

function ofFraudster(action: FraudsterAction, proposed: string | null, version: number, { state }: Scene) {
  const owned = state.queue.find(({ slot }) => slot === (action.slotIndex ?? -1))?.ad.adId;
  const adId = proposed ?? owned;
  const texts = Object.entries(written).flatMap(([field, kind]) => {
    const text = action[field as keyof typeof written];
    // Blank texts are faults, and stay so.
    if (text === undefined || text.trim() === '') return [];
    return [[field, sing(adId === undefined ? 'fraudster.refused' : kind, adId ?? 'none', version)] as const];
  });
  const rationale = sing('fraudster.rationale', adId ?? 'none', version);
  return { ...action, rationale, ...Object.fromEntries(texts) };
}

function ofInvestigator(action: InvestigatorAction, version: number): InvestigatorAction {
  const adId = action.adId === '' ? 'none' : action.adId;
  const isVerdict = action.actionType === 'verdict';
  const isLink = action.actionType === 'link_accounts';
  return {
    ...action,
    rationale: sing('investigator.rationale', adId, version),
    ...(isVerdict ? { confidence: number('investigator.confidence', adId, true) } : {}),
    ...(isLink ? { linkReason: sing('investigator.linkReason', adId, version) } : {}),
  };
}

function ofAuditor(action: AuditorAction, version: number): AuditorAction {
  if (action.actionType === 'submit_audit_report')
    return { ...action, auditReport: { notes: sing('auditor.notes', 'report', version) } };
  const adId = action.targetAdId ?? 'none';
  const severity = number('auditor.severity', adId, true);
  return { ...action, note: sing('auditor.note', adId, version), severity };
}
