import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { addressInUse } from './socket-port.ts';
import { addressOf, answerOn, handle, refuse, requestOf } from './node-http.ts';
import type { NodeSink } from './node-http.ts';
import type { Conversation, ListenOptions, Listening, ServerSocket, SocketPort } from './socket-port.ts';

export const wsPort: SocketPort = { name: 'ws', listen };

class WsSocket implements ServerSocket {
  readonly address: string;
  readonly #ws: WebSocket;
  readonly #waitingBytesMax: number;
  readonly #drained: () => void;
  #isWaiting = false;

  constructor(ws: WebSocket, address: string, waitingBytesMax: number, drained: () => void) {
    this.#ws = ws;
    this.address = address;
    this.#waitingBytesMax = waitingBytesMax;
    this.#drained = drained;
  }

  send(text: string): 'sent' | 'waiting' | 'dropped' {
    if (this.#ws.readyState !== this.#ws.OPEN) return 'dropped';
    if (this.#ws.bufferedAmount > this.#waitingBytesMax) return 'dropped';
    this.#ws.send(text, () => {
      if (!this.#isWaiting || this.#ws.bufferedAmount > 0) return;
      this.#isWaiting = false;
      if (this.#ws.readyState === this.#ws.OPEN) this.#drained();
    });
    if (this.#ws.bufferedAmount === 0) return 'sent';
    this.#isWaiting = true;
    return 'waiting';
  }

  get waitingBytes(): number {
    return this.#ws.bufferedAmount;
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }
}

/** Ends a connection after two unanswered pings, one each half of `silentMs`. */
function keepAlive(ws: WebSocket, silentMs: number): void {
  let isAlive = true;
  const beat = setInterval(() => {
    if (!isAlive) ws.terminate();
    isAlive = false;
    ws.ping();
  }, silentMs / 2);
  beat.unref();
  for (const sign of ['pong', 'message'] as const) ws.on(sign, () => (isAlive = true));
  ws.on('close', () => clearInterval(beat));
}

function converse(
  ws: WebSocket,
  address: string,
  { waitingBytesMax, silentMs }: ListenOptions,
  open: (socket: ServerSocket) => Conversation,
): void {
  let conversation: Conversation | null = null;
  const socket = new WsSocket(ws, address, waitingBytesMax, () => conversation?.drained());
  ws.on('message', (data: Buffer, isBinary) => {
    // A peer may still send after the server has closed.
    if (ws.readyState === ws.OPEN) conversation?.message(data, isBinary);
  });
  ws.on('close', () => conversation?.closed());
  // The library answers a broken frame with its close code; `close` follows.
  ws.on('error', () => undefined);
  keepAlive(ws, silentMs);
  conversation = open(socket);
}

async function listen(options: ListenOptions): Promise<Listening> {
  const { frameBytesMax, tls } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: frameBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const streams = new Set<NodeSink>();
  const onRequest = (req: IncomingMessage, res: ServerResponse) => void handle(options, streams, req, res);
  const server =
    tls === undefined
      ? createServer(onRequest)
      : createSecureServer(
          { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) },
          onRequest,
        );
  let isAccepting = true;
  server.on('upgrade', (req, stream, head) => {
    // Nothing else handles errors of this stream, and the peer may disconnect at any time.
    stream.on('error', () => undefined);
    if (!isAccepting) {
      stream.destroy();
      return;
    }
    if (req.headers.upgrade?.toLowerCase() !== 'websocket') {
      // An upgrade to another protocol is optional: the client accepts a plain HTTP answer.
      onRequest(req, answerOn(req));
      return;
    }
    const decision = options.upgrade(requestOf(req));
    if (decision.ok)
      sockets.handleUpgrade(req, stream, head, (ws) => converse(ws, addressOf(req), options, decision.open));
    else refuse(stream, decision.answer);
  });
  // A peer that does not send valid HTTP gets no answer.
  server.on('clientError', (_, stream) => stream.destroy());
  await bind(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    stopAccepting: () => {
      isAccepting = false;
      server.close();
    },
    close: async (code, reason) => {
      isAccepting = false;
      const gone = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const sink of [...streams]) sink.end();
      for (const ws of sockets.clients) ws.close(code, reason);
      server.closeAllConnections();
      const closed = [...sockets.clients].map(
        (ws) =>
          new Promise<void>((resolve) => {
            ws.once('close', () => resolve());
            setTimeout(() => ws.terminate(), goodbyeMs).unref();
          }),
      );
      await Promise.all([gone, ...closed]);
    },
  };
}

/** How long a peer may take to answer a closing handshake, in milliseconds. */
const goodbyeMs = 1000;

function bind(server: ReturnType<typeof createServer>, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(addressInUse(host, port, error)));
    server.listen(port, host, () => {
      // A later accept error loses that connection only.
      server.on('error', () => undefined);
      resolve();
    });
  });
}
