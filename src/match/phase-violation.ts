import { rejected } from '../game/decide/decision.ts';
import type { Decision } from '../game/decide/decision.ts';
import type { Command, Role } from '../game/command.ts';
import type { Phase } from './fold/chart.ts';

/** The refusal of a command whose sender is not on turn; null when it may go on. Host commands need a running match. */
export function phaseViolation(by: Command['by'], phase: Phase, onTurn: Role | null): Decision | null {
  if (phase === 'done' || phase === 'aborted')
    return rejected('phase_violation', `The match is over (${phase}); nobody may act.`, {
      phase,
      on_turn: null,
    });
  if (by === 'clock' || by === 'owner' || by === onTurn) return null;
  return rejected(
    'phase_violation',
    `It is the ${onTurn ?? 'host'}'s turn (${phase}); the ${by} may not act.`,
    {
      phase,
      on_turn: onTurn,
    },
  );
}
