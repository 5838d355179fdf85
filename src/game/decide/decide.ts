import type { Command } from '../command.ts';
import { decideAuditor, missAudit } from './auditor.ts';
import { accepted, rejected } from './decision.ts';
import type { Decision, Situation } from './decision.ts';
import { closeReview, endFraudsterTurn, endInvestigatorTurn } from './endings.ts';
import { decideFraudster } from './fraudster.ts';
import { decideInvestigator } from './investigator.ts';

/**
 * What a command comes to. Pure: equal arguments give equal decisions. The caller has asked the statechart whether
 * the command's sender is on turn in `phase`.
 */
export function decide(situation: Situation, phase: string, command: Command): Decision {
  switch (command.by) {
    case 'fraudster':
      return decideFraudster(situation, command.action);
    case 'investigator':
      return decideInvestigator(situation, command.action);
    case 'auditor':
      return decideAuditor(situation, command.action);
    case 'clock':
      return decideMissed(situation, phase, command.missed);
    case 'owner':
      return accepted({ type: 'match.aborted', data: { reason: command.abort } });
  }
}

/** A missed deadline is a rule, not an error: the turn passes, the review settles, the audit goes without a report. */
function decideMissed(situation: Situation, phase: string, missed: 'turn' | 'match'): Decision {
  if (phase === 'audit_phase') return missAudit(situation);
  if (missed === 'match' || phase === 'reviewing') return accepted(...closeReview(situation, 'timeout'));
  if (phase === 'fraudster_turn')
    return accepted(...endFraudsterTurn(situation, { by: 'fraudster', cause: 'deadline', action: null }));
  if (phase === 'investigator_turn')
    return accepted(
      ...endInvestigatorTurn(situation, { by: 'investigator', cause: 'deadline', action: null }),
    );
  return rejected('deadline_stale', 'No turn is running.');
}
