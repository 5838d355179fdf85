import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { errorCode } from '../log/system-error.ts';
import { AppError } from '../shared/errors.ts';
import type {
  Conversation,
  HttpAnswer,
  ListenOptions,
  Listening,
  ServerSocket,
  SocketPort,
  UpgradeRequest,
} from './socket-port.ts';

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
      this.#drained();
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

/** Two unanswered pings end a connection. */
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

async function listen(options: ListenOptions): Promise<Listening> {
  const { frameBytesMax, waitingBytesMax, silentMs } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: frameBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const server = createServer((req, res) => {
    answer(res, options.http({ ...requestOf(req), method: req.method ?? '' }));
  });
  server.on('upgrade', (req, stream, head) => {
    const decision = options.upgrade(requestOf(req));
    if (!decision.ok) {
      refuse(stream, decision.answer);
      return;
    }
    sockets.handleUpgrade(req, stream, head, (ws) => {
      let conversation: Conversation | null = null;
      const socket = new WsSocket(ws, addressOf(req), waitingBytesMax, () => conversation?.drained());
      ws.on('message', (data: Buffer, isBinary) => {
        // A peer may send on until it answers the closing handshake.
        if (ws.readyState === ws.OPEN) conversation?.message(data, isBinary);
      });
      ws.on('close', () => conversation?.closed());
      // A broken frame is answered by the library with its close code; `close` follows.
      ws.on('error', () => undefined);
      keepAlive(ws, silentMs);
      conversation = decision.open(socket);
    });
  });
  // A peer that speaks no HTTP has nothing to be answered.
  server.on('clientError', (_, stream) => stream.destroy());
  await bind(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    stopAccepting: () => void server.close(),
    close: async (code, reason) => {
      const gone = new Promise<void>((resolve) => server.close(() => resolve()));
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

/** How long a peer may take to answer a closing handshake. */
const goodbyeMs = 1000;

function bind(server: ReturnType<typeof createServer>, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `Cannot listen on ${host}:${port}: the address is taken or unusable.`;
      reject(
        new AppError('address_in_use', message, { host, port, system: errorCode(error) }, { cause: error }),
      );
    });
    server.listen(port, host, () => resolve());
  });
}

function requestOf(req: IncomingMessage): UpgradeRequest {
  const url = req.url ?? '/';
  const mark = url.indexOf('?');
  return {
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    address: addressOf(req),
  };
}

const addressOf = (req: IncomingMessage): string => req.socket.remoteAddress ?? '';

function answer(res: ServerResponse, { status, headers, body }: HttpAnswer): void {
  res.writeHead(status, headers).end(body);
}

function refuse(stream: Duplex, { status, headers, body }: HttpAnswer): void {
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  stream.end(`HTTP/1.1 ${status} \r\n${head}\r\n${body}`);
}
