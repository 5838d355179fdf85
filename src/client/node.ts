import { WebSocket } from 'ws';
import type { Role } from '../game/command.ts';
import { connectRole as connectAnywhere } from './index.ts';
import type { ConnectOptions } from './role-client.ts';
import type { Seat, SeatOptions } from './seat.ts';

// The client for Node, of which version 20 has no WebSocket of its own.
export * from './index.ts';

/** A WebSocket of this process. */
export const openSocket: ConnectOptions['open'] = (url) => new WebSocket(url);

/** As {@link connectAnywhere}, over sockets of the package `ws`. @throws ArenaError `server_unreachable` */
export function connectRole<R extends Role>(
  server: string,
  role: R,
  options: Partial<SeatOptions> = {},
): Promise<Seat<R>> {
  return connectAnywhere(server, role, { open: openSocket, ...options });
}
