import type { Command, Role } from '../command.ts';
import { isOver } from '../position.ts';
import type { Position } from '../position.ts';
import { decideAuditor, missAudit } from './auditor.ts';
import { accepted, rejected } from './decision.ts';
import type { Decision, Situation } from './decision.ts';
import { closeReview, endFraudsterTurn, endInvestigatorTurn } from './endings.ts';
import { decideFraudster } from './fraudster.ts';
import { decideInvestigator } from './investigator.ts';

/**
 * Decides a command: the events to store, or a rejection. Pure: equal arguments give equal decisions. The
 * caller has checked the sender with {@link turnRefusal}.
 */
export function decide(situation: Situation, command: Command): Decision {
  switch (command.by) {
    case 'fraudster':
      return decideFraudster(situation, command.action);
    case 'investigator':
      return decideInvestigator(situation, command.action);
    case 'auditor':
      return decideAuditor(situation, command.action);
    case 'clock':
      return decideMissed(situation, command.missed);
    case 'owner':
      return accepted({ type: 'match.aborted', data: { reason: command.abort } });
  }
}

/**
 * The rejection `phase_violation` of a command whose sender is not on turn; null if it may be decided.
 * Commands of clock and owner only need a match that is not over.
 */
export function turnRefusal(
  at: { readonly position: Position; readonly onTurn: Role | null },
  by: Command['by'],
) {
  const { position, onTurn } = at;
  const { phase } = position;
  if (isOver(position))
    return rejected('phase_violation', `The match is over (${phase}); nobody may act.`, {
      phase,
      on_turn: null,
    });
  if (by === 'clock' || by === 'owner' || by === onTurn) return null;
  const whose = `It is the ${onTurn ?? 'host'}'s turn (${phase}); the ${by} may not act.`;
  return rejected('phase_violation', whose, { phase, on_turn: onTurn });
}

/**
 * Decides a missed time limit. A turn passes, a review closes with `timeout`, and an audit ends without a
 * report.
 */
function decideMissed(situation: Situation, missed: 'turn' | 'match'): Decision {
  const { phase } = situation;
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
