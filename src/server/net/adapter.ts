import { AppError } from '../../shared/errors.ts';
import type { SocketPort } from './socket-port.ts';
import { loadUws } from './uws-adapter.ts';
import { wsPort } from './ws-adapter.ts';

export interface ChosenAdapter {
  readonly port: SocketPort;
  /**
   * Why the native library is not used although it was preferred; null if it is used or was not preferred.
   */
  readonly instead: string | null;
}

/**
 * Chooses the socket library. `auto` is uWebSockets.js if it loads, else ws.
 * @throws AppError `adapter_unavailable` if `uws` is requested and does not load.
 */
export function chooseAdapter(wanted: 'auto' | 'uws' | 'ws'): ChosenAdapter {
  if (wanted === 'ws') return { port: wsPort, instead: null };
  const native = loadUws();
  if (native.port !== null) return { port: native.port, instead: null };
  if (wanted === 'auto') return { port: wsPort, instead: native.why };
  throw new AppError('adapter_unavailable', `uWebSockets.js cannot be loaded: ${native.why}`);
}
