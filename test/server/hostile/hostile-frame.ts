import type { Role } from '../../../src/game/command.ts';
import type { Draws } from '../../../src/game/random.ts';
import { opcodes } from '../../../src/testing/socket-port/wire.ts';
import { outcomeOf } from './hostile-kit.ts';
import type { Frame } from './hostile-kit.ts';

/** Who sends, as far as the right answer depends on it. */
export interface Sender {
  readonly role: Role;
  /** The match it sits in, which is in its first turn; null where it sits in none. */
  readonly match: string | null;
  /** A match that exists, with every seat taken by others. */
  readonly foreign: string;
}

/** A frame that no sound client sends, with what is right to answer. */
export interface Hostile {
  readonly kind: string;
  readonly opcode: number;
  readonly bytes: Buffer;
  /** Types and error codes. */
  readonly right: readonly string[];
  /** What is echoed; undefined where nothing is. */
  readonly requestId?: string;
  /** Where a refused `reset` says the fault is, where there is one place. */
  readonly path?: string;
}

export type Maker = (draws: Draws, sender: Sender) => Hostile;

export const text = (
  kind: string,
  value: string,
  right: readonly string[],
  more: Partial<Hostile> = {},
): Hostile => ({
  kind,
  opcode: opcodes.text,
  bytes: Buffer.from(value),
  right,
  ...more,
});

export const json = (kind: string, value: unknown, right: readonly string[], more: Partial<Hostile> = {}) =>
  text(kind, JSON.stringify(value), right, more);

/** What is wrong with an answer; null where nothing is. */
export function faultOf({ right, requestId, path }: Hostile, reply: Frame): string | null {
  const outcome = outcomeOf(reply);
  if (!right.includes(outcome)) return `${outcome} instead of ${right.join(' or ')}`;
  if (reply.request_id !== requestId)
    return `request_id ${String(reply.request_id)} instead of ${String(requestId)}`;
  const { faults } = (reply.data['details'] ?? {}) as { faults?: readonly { path: string }[] };
  if (path !== undefined && faults?.[0]?.path.split('.')[0] !== path)
    return `a fault at ${String(faults?.[0]?.path)} instead of ${path}`;
  return null;
}
