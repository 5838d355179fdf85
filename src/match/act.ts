import type { CommandId } from '../shared/ids.ts';
import type { Role } from '../game/command.ts';
import { parseAction } from '../protocol/action.ts';
import type { MatchActor } from './match-actor.ts';
import type { Reply } from './reply.ts';

/**
 * A role's action object, as the wire brings it, carried out on a match. The schema comes before the phase: a
 * malformed action is a `validation_error` in every phase, from every role.
 * @throws AppError `match_quarantined`, or the log's own codes.
 */
export function act(actor: MatchActor, role: Role, action: unknown, id: CommandId): Promise<Reply> {
  const attempt = () => written(action);
  const parsed = parseAction(role, action, actor.rules);
  if (parsed.ok) return actor.tell(parsed.command, id, attempt);
  const [first] = parsed.faults;
  const where = first === undefined || first.path === '' ? 'The action' : `Field ${first.path} of the action`;
  return actor.refuse(role, id, attempt, {
    code: 'validation_error',
    message: `${where} does not fit: ${first?.message ?? 'unknown fault'}.`,
    details: { faults: parsed.faults.map(({ path, message }) => ({ path, message })) },
  });
}

/** The attempt as text. What has none, or is nested too deep to be written, is refused all the same. */
function written(action: unknown): string {
  try {
    const text = JSON.stringify(action) as string | undefined;
    return text ?? '';
  } catch {
    return '';
  }
}
