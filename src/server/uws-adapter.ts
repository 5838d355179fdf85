import { createRequire } from 'node:module';
import type * as Uws from 'uWebSockets.js';
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

/** The native library; null with the reason where it cannot be loaded on this machine. */
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

const decoder = new TextDecoder();

class UwsSocket implements ServerSocket {
  readonly address: string;
  isOpen = true;
  readonly #ws: Uws.WebSocket<Connection>;

  constructor(ws: Uws.WebSocket<Connection>, address: string) {
    this.#ws = ws;
    this.address = address;
  }

  send(text: string): 'sent' | 'waiting' | 'dropped' {
    if (!this.isOpen) return 'dropped';
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

  /** At once, without a closing handshake. */
  cut(): void {
    if (this.isOpen) this.#ws.close();
  }
}

async function listen(uws: typeof Uws, options: ListenOptions): Promise<Listening> {
  const open = new Set<UwsSocket>();
  let isClosing = false;
  const app = uws.App();
  app.ws<Connection>('/*', {
    maxPayloadLength: options.frameBytesMax,
    maxBackpressure: options.waitingBytesMax,
    idleTimeout: Math.max(8, Math.min(960, Math.round(options.silentMs / 1000))),
    sendPingsAutomatically: true,
    compression: uws.DISABLED,
    upgrade: (res, req, context) => {
      if (isClosing) res.close();
      else upgrade(options, res, req, context);
    },
    open: (ws) => {
      const connection = ws.getUserData();
      const socket = new UwsSocket(ws, connection.address);
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
  app.any('/*', (res, req) => {
    if (isClosing) res.close();
    else answer(res, options.http({ ...requestOf(res, req), method: req.getCaseSensitiveMethod() }));
  });
  const token = await bind(app, options);
  let isAccepting = true;
  const stopAccepting = () => {
    if (isAccepting) uws.us_listen_socket_close(token);
    isAccepting = false;
  };
  return {
    port: uws.us_socket_local_port(token),
    stopAccepting,
    close: async (code, reason) => {
      stopAccepting();
      isClosing = true;
      for (const socket of [...open]) socket.close(code, reason);
      // `end` calls the close handlers at once; what still waits for a slow reader is cut.
      for (const socket of [...open]) socket.cut();
      // Who has not taken the close frame by then, or is connected without a word, keeps no process alive.
      setTimeout(() => app.close(), goodbyeMs).unref();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** How long a peer may take to answer a closing handshake. */
const goodbyeMs = 1000;

/** LIBUS_LISTEN_EXCLUSIVE_PORT, which the typings lack. */
const exclusively = 1;

function bind(app: Uws.TemplatedApp, { host, port }: ListenOptions) {
  return new Promise<Uws.us_listen_socket>((resolve, reject) => {
    // The typings lack this form as well. Without the option a second server would share the port.
    const listenExclusively = app.listen.bind(app) as unknown as (
      host: string,
      port: number,
      options: number,
      done: (token: Uws.us_listen_socket | false) => void,
    ) => void;
    listenExclusively(host, port, exclusively, (token) => {
      if (token !== false) resolve(token);
      else
        reject(
          new AppError(
            'address_in_use',
            `Cannot listen on ${host}:${port}: the address is taken or unusable.`,
            {
              host,
              port,
            },
          ),
        );
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
    answer(res, decision.answer);
    return;
  }
  const connection: Connection = {
    open: decision.open,
    address: request.address,
    socket: null,
    conversation: null,
  };
  const header = (name: string) => req.getHeader(name);
  res.upgrade(
    connection,
    header('sec-websocket-key'),
    header('sec-websocket-protocol'),
    header('sec-websocket-extensions'),
    context,
  );
}

function requestOf(res: Uws.HttpResponse, req: Uws.HttpRequest): UpgradeRequest {
  return {
    path: req.getUrl(),
    query: req.getQuery(),
    address: decoder.decode(res.getRemoteAddressAsText()),
  };
}

function answer(res: Uws.HttpResponse, { status, headers, body }: HttpAnswer): void {
  res.cork(() => {
    res.writeStatus(String(status));
    for (const [name, value] of Object.entries(headers)) res.writeHeader(name, value);
    res.end(body);
  });
}
