import type { Role } from '../game/command.ts';
import type { Observations } from '../game/view/view.ts';

/** An action object as sent on the role socket. */
export type WireAction = Readonly<Record<string, unknown>>;

/**
 * Plays a seat. It sees only the role's observations, so the same player works in process and over a socket.
 * Its actions are determined by its seed.
 */
export interface Player<R extends Role = Role> {
  /** The next action, or null to let the turn's time run out. */
  act(observation: Observations[R]): WireAction | null | Promise<WireAction | null>;
}
