import { WebSocket } from 'ws';
import type { SocketLike } from '../client/role-client.ts';

/** A WebSocket for the client of this process: Node 20 has none of its own. */
export const openSocket = (url: string): SocketLike => new WebSocket(url);
