import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type * as Uws from 'uWebSockets.js';
import type { Conversation, ListenOptions, Listening, ServerSocket, SocketPort } from './socket-port.ts';
import { addressInUse } from './socket-port.ts';
import type { UwsSink } from './uws-http.ts';
import { answer, handle, requestOf } from './uws-http.ts';

/** Loads the native library; on failure `port` is null and `why` the reason. */
export function loadUws(): { readonly port: SocketPort } | { readonly port: null; readonly why: string } {
  try {
    const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof Uws;
    return { port: { name: 'uws', listen: (options) => listen(uws, options) } };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { port: null, why };
  }
}

interface Connection {
  readonly open: (socket: ServerSocket) => Conversation;
  readonly address: string;
  socket: UwsSocket | null;
  conversation: Conversation | null;
}

class UwsSocket implements ServerSocket {
  readonly address: string;
  isOpen = true;
  readonly #ws: Uws.WebSocket<Connection>;
  readonly #waitingBytesMax: number;

  constructor(ws: Uws.WebSocket<Connection>, address: string, waitingBytesMax: number) {
    this.#ws = ws;
    this.address = address;
    this.#waitingBytesMax = waitingBytesMax;
  }

  send(text: string): 'sent' | 'waiting' | 'dropped' {
    if (!this.isOpen || this.#ws.getBufferedAmount() > this.#waitingBytesMax) return 'dropped';
    let taken = 1;
    this.#ws.cork(() => {
      taken = this.#ws.send(text, false, false);
    });
    return taken === 1 ? 'sent' : taken === 0 ? 'waiting' : 'dropped';
  }

  get waitingBytes(): number {
    return this.isOpen ? this.#ws.getBufferedAmount() : 0;
  }

  close(code: number, reason: string): void {
    if (this.isOpen) this.#ws.end(code, reason);
  }
}

/** How long a peer may take to close its side after the server closed, in milliseconds. */
const goodbyeMs = 1000;

async function listen(uws: typeof Uws, options: ListenOptions): Promise<Listening> {
  const open = new Set<UwsSocket>();
  let isAccepting = true;
  const { tls } = options;
  const app =
    tls === undefined
      ? uws.App()
      : uws.SSLApp({ cert_file_name: tls.certificateFile, key_file_name: tls.keyFile });
  const streams = new Set<UwsSink>();
  app.ws<Connection>('/*', {
    maxPayloadLength: options.frameBytesMax,
    // `send` enforces `waitingBytesMax` itself. This limit would also drop the close frame, so it leaves room
    // for one; it bounds the pongs for a peer that pings and reads nothing.
    maxBackpressure: 2 * options.waitingBytesMax + options.frameBytesMax,
    idleTimeout: Math.max(8, Math.min(960, Math.round(options.silentMs / 1000))),
    sendPingsAutomatically: true,
    compression: uws.DISABLED,
    upgrade: (res, req, context) => {
      if (isAccepting) upgrade(options, res, req, context);
      // The library ends the process if a handler leaves a request unanswered.
      else res.writeStatus('503 Service Unavailable').endWithoutBody(0, true);
    },
    open: (ws) => {
      const connection = ws.getUserData();
      const socket = new UwsSocket(ws, connection.address, options.waitingBytesMax);
      connection.socket = socket;
      open.add(socket);
      connection.conversation = connection.open(socket);
    },
    message: (ws, data, isBinary) => ws.getUserData().conversation?.message(new Uint8Array(data), isBinary),
    drain: (ws) => ws.getUserData().conversation?.drained(),
    close: (ws) => {
      const { socket, conversation } = ws.getUserData();
      if (socket === null) return;
      socket.isOpen = false;
      open.delete(socket);
      conversation?.closed();
    },
  });
  app.any('/*', (res, req) => handle(options, streams, res, req));
  const token = await bind(app, options);
  const stopAccepting = () => {
    if (isAccepting) uws.us_listen_socket_close(token);
    isAccepting = false;
  };
  return {
    port: uws.us_socket_local_port(token),
    stopAccepting,
    close: async (code, reason) => {
      stopAccepting();
      for (const sink of [...streams]) sink.end();
      // The close handlers are called synchronously. A peer that reads nothing or never closes is cut after
      // `goodbyeMs`.
      for (const socket of [...open]) socket.close(code, reason);
      setTimeout(() => app.close(), goodbyeMs).unref();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** LIBUS_LISTEN_EXCLUSIVE_PORT, missing in the typings: without it a second server would share the port. */
const exclusively = 1;

async function bind(app: Uws.TemplatedApp, { host, port }: ListenOptions): Promise<Uws.us_listen_socket> {
  if (port !== 0) return take(app, host, port);
  // A port that the library chooses itself cannot be bound again while its closed connections linger.
  for (let tries = 1; ; tries += 1)
    try {
      return await take(app, host, await freePort(host));
    } catch (error) {
      // Another process may have bound the port meanwhile.
      if (tries === freePortTries) throw error;
    }
}

const freePortTries = 5;

function take(app: Uws.TemplatedApp, host: string, port: number): Promise<Uws.us_listen_socket> {
  return new Promise((resolve, reject) => {
    // The typings lack this overload too.
    const listenExclusively = app.listen.bind(app) as unknown as (
      host: string,
      port: number,
      options: number,
      done: (token: Uws.us_listen_socket | false) => void,
    ) => void;
    listenExclusively(host, port, exclusively, (token) => {
      if (token !== false) resolve(token);
      else reject(addressInUse(host, port, null));
    });
  });
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(addressInUse(host, 0, error)));
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function upgrade(
  options: ListenOptions,
  res: Uws.HttpResponse,
  req: Uws.HttpRequest,
  context: Uws.us_socket_context_t,
): void {
  const request = requestOf(res, req);
  const decision = options.upgrade(request);
  if (!decision.ok) {
    answer(res, 'GET', decision.answer);
    return;
  }
  const connection: Connection = {
    open: decision.open,
    address: request.address,
    socket: null,
    conversation: null,
  };
  const { header } = request;
  res.upgrade(
    connection,
    header('sec-websocket-key'),
    header('sec-websocket-protocol'),
    header('sec-websocket-extensions'),
    context,
  );
}
