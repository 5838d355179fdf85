import { WebSocket } from 'ws';
import type { Role } from '../game/command.ts';
import { connectRole as connectAnywhere } from './index.ts';
import type { ConnectOptions } from './role-client.ts';
import type { Seat, SeatOptions } from './seat.ts';

// Node 20 has no WebSocket, so the client for Node brings one.
export * from './index.ts';

/** Opens a WebSocket with the package `ws`. */
export const openSocket: ConnectOptions['open'] = (url) => new WebSocket(url);

/**
 * Does the same as {@link connectAnywhere}, with sockets of the package `ws`.
 * @throws ArenaError `server_unreachable`
 */
export function connectRole<R extends Role>(
  server: string,
  role: R,
  options: Partial<SeatOptions> = {},
): Promise<Seat<R>> {
  return connectAnywhere(server, role, { open: openSocket, ...options });
}
