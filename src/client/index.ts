import type { Role } from '../game/command.ts';
import type { ConnectOptions, SocketLike } from './role-client.ts';
import { Seat } from './seat.ts';
import type { SeatOptions } from './seat.ts';

export { createMatch, watch, type CreatedMatch } from './http.ts';
export { RoleClient, type ConnectOptions, type SocketLike } from './role-client.ts';
export { Seat, type SeatOptions } from './seat.ts';
export { RoleSocketError, type Observation, type PushedFrame, type ReplyFrame } from './wire.ts';
export type { Role } from '../game/command.ts';

/**
 * Connects to a seat. Without `open` the platform's own WebSocket is used: browsers and Node 22 have one; on Node 20
 * pass one of the package `ws`: `{ open: (url) => new WebSocket(url) }`.
 * @throws RoleSocketError `server_unreachable`
 */
export function connectRole(server: string, role: Role, options: Partial<SeatOptions> = {}): Promise<Seat> {
  return Seat.connect(server, role, { open: platformSocket, ...options });
}

const platformSocket: ConnectOptions['open'] = (url) => {
  const { WebSocket: Platform } = globalThis as { WebSocket?: new (url: string) => SocketLike };
  if (Platform === undefined)
    throw new TypeError('This platform has no WebSocket; pass one: connectRole(server, role, { open }).');
  return new Platform(url);
};
