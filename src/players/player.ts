import type { Role } from '../game/command.ts';
import type { Observations } from '../game/view/view.ts';

/** An action object as its role socket takes it. */
export type WireAction = Readonly<Record<string, unknown>>;

/**
 * Fills a seat. Sees only what the seat's role may see, so the same player runs in process or over a socket.
 * Deterministic for the seed it was made with.
 */
export interface Player<R extends Role = Role> {
  /** The next action, or null to let the turn's time run out. */
  act(observation: Observations[R]): WireAction | null | Promise<WireAction | null>;
}
