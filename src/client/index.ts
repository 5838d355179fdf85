import type { Role } from '../game/command.ts';
import type { ConnectOptions, SocketLike } from './role-client.ts';
import { Seat } from './seat.ts';
import type { SeatOptions } from './seat.ts';

export {
  createMatch,
  endMatch,
  watch,
  type CreatedMatch,
  type MatchWishes,
  type WatchOptions,
} from './http.ts';
export type { SocketLike } from './role-client.ts';
export { Seat, type MatchToJoin, type SeatOptions } from './seat.ts';
export { ArenaError, isArenaError } from './wire.ts';
export type { ArenaErrorCode, MatchState, Observation, Phase, PushedFrame } from './wire.ts';
export type { Role } from '../game/command.ts';
export type { Action } from '../protocol/action-types.ts';

/**
 * Connects to a role's socket. Call `reset` or `join` next to take the seat in a match. Browsers use their
 * own WebSocket and Node uses the package `ws`, unless `open` gives another.
 * @example
 * const seat = await connectRole('http://127.0.0.1:8000', 'investigator');
 * await seat.join(match);
 * @throws ArenaError `server_unreachable`
 */
export function connectRole<R extends Role>(
  server: string,
  role: R,
  options: Partial<SeatOptions> = {},
): Promise<Seat<R>> {
  return Seat.connect(server, role, { open: platformSocket, ...options });
}

const platformSocket: ConnectOptions['open'] = (url) => {
  const { WebSocket: Platform } = globalThis as { WebSocket?: new (url: string) => SocketLike };
  if (Platform === undefined)
    throw new TypeError('This platform has no WebSocket; pass one: connectRole(server, role, { open }).');
  return new Platform(url);
};
