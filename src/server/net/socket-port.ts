import { errorCode } from '../../log/disk/system-error.ts';
import { AppError } from '../../shared/errors.ts';

/**
 * What the server requires of a WebSocket library. There are two adapters, uWebSockets.js and ws; the
 * contract suite in src/testing covers both.
 */
export interface SocketPort {
  readonly name: 'uws' | 'ws';
  /** Starts to listen. @throws AppError `address_in_use` */
  listen(options: ListenOptions): Promise<Listening>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  /**
   * A text or binary frame above this many bytes ends the connection before it is read completely. The peer
   * gets close code 1009 if the library can send it.
   */
  readonly frameBytesMax: number;
  /** Bytes that may be buffered for a slow reader; sends above it are dropped. */
  readonly waitingBytesMax: number;
  /** Milliseconds without any sign of the peer, pongs included, after which the connection is cut. */
  readonly silentMs: number;
  /**
   * Accepts or refuses a connection before it is opened. Synchronous, so that nothing is buffered for unknown
   * peers.
   */
  readonly upgrade: (request: UpgradeRequest) => Upgrade;
  /** Maximal bytes of a request body; a longer one is not read to its end. */
  readonly bodyBytesMax: number;
  /** Answers a request that is no WebSocket upgrade. Must not throw. */
  readonly http: (request: HttpRequest) => HttpAnswer | HttpStream | Promise<HttpAnswer | HttpStream>;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

export interface UpgradeRequest {
  /** Without query. */
  readonly path: string;
  readonly query: string;
  /** The peer's IP address. */
  readonly address: string;
  /** A header by its lower-case name; empty if absent. */
  readonly header: (name: string) => string;
}

export interface HttpRequest extends UpgradeRequest {
  /** In upper case. */
  readonly method: string;
  /** The complete body; null if it is longer than `bodyBytesMax`. */
  readonly body: Uint8Array | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer whose body is written over time. `open` is called once the head is written. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly open: (sink: HttpSink) => HttpReader;
}

/** The body of a streamed answer. Every method may be called after the end, and then does nothing. */
export interface HttpSink {
  /** As {@link ServerSocket.send}. */
  send(text: string): 'sent' | 'waiting' | 'dropped';
  readonly waitingBytes: number;
  end(): void;
}

/** The callbacks of a streamed answer, as in {@link Conversation}. */
export type HttpReader = Pick<Conversation, 'drained' | 'closed'>;

export type Upgrade =
  | { readonly ok: true; readonly open: (socket: ServerSocket) => Conversation }
  | { readonly ok: false; readonly answer: HttpAnswer };

/** One open connection. Every method may be called after the end, and then does nothing. */
export interface ServerSocket {
  readonly address: string;
  /**
   * `waiting`: buffered, the reader is slow. `dropped`: too much is buffered already, or the connection has
   * ended; the frame is lost.
   */
  send(text: string): 'sent' | 'waiting' | 'dropped';
  /** Bytes that were sent but not yet passed to the system. */
  readonly waitingBytes: number;
  /** Sends what is buffered, then the close code. */
  close(code: number, reason: string): void;
}

/**
 * Callbacks of a connection, called in the order of the wire and never after `closed`. Once the server has
 * closed the socket, only `closed` follows.
 */
export interface Conversation {
  /** `data` is valid during the call only. Text frames are valid UTF-8. */
  message(data: Uint8Array, isBinary: boolean): void;
  /** The buffered output was sent. */
  drained(): void;
  /** The connection is gone, whichever side ended it. Called once. */
  closed(): void;
}

export interface Listening {
  readonly port: number;
  /** Accepts no more connections; open ones stay. */
  stopAccepting(): void;
  /**
   * Closes every connection with the code. The adapter `ws` resolves when all are gone, `uws` after its close
   * handlers ran.
   */
  close(code: number, reason: string): Promise<void>;
}

export function addressInUse(host: string, port: number, cause: unknown): AppError {
  const message = `Cannot listen on ${host}:${port}: the address is taken or unusable.`;
  return new AppError('address_in_use', message, { host, port, system: errorCode(cause) }, { cause });
}
