import { errorCode } from '../../log/disk/system-error.ts';
import { AppError } from '../../shared/errors.ts';

/**
 * What the server asks of a WebSocket library. Two adapters keep it: uWebSockets.js and ws; the contract suite in
 * src/testing holds for both.
 */
export interface SocketPort {
  readonly name: 'uws' | 'ws';
  /** @throws AppError `address_in_use` */
  listen(options: ListenOptions): Promise<Listening>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /**
   * A text or binary frame above this many bytes cuts the connection, before it is read whole. The peer is told close
   * code 1009 where the library can say so.
   */
  readonly frameBytesMax: number;
  /** Bytes that may wait for a slow reader; what is sent above it is dropped. */
  readonly waitingBytesMax: number;
  /** A connection that answers no ping for so long is cut. */
  readonly silentMs: number;
  /** Decides about a connection before it is one. Synchronous: nothing may be buffered for a stranger. */
  readonly upgrade: (request: UpgradeRequest) => Upgrade;
  /** Bytes of a request's body; a longer one is not read to its end. */
  readonly bodyBytesMax: number;
  /** Answers a request that is no upgrade. Must not throw. */
  readonly http: (request: HttpRequest) => HttpAnswer | HttpStream | Promise<HttpAnswer | HttpStream>;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

export interface UpgradeRequest {
  /** Without query. */
  readonly path: string;
  readonly query: string;
  /** Of the peer, as text. */
  readonly address: string;
  /** A header by its lower-case name; empty where it is absent. */
  readonly header: (name: string) => string;
}

export interface HttpRequest extends UpgradeRequest {
  /** In upper case. */
  readonly method: string;
  /** Whole; null where it is longer than may be. */
  readonly body: Uint8Array | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer that goes on: its body is written as it comes. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly open: (sink: HttpSink) => HttpReader;
}

/** The body of a stream. Every method may be called after the end, and then does nothing. */
export interface HttpSink {
  /** As {@link ServerSocket.send}. */
  send(text: string): 'sent' | 'waiting' | 'dropped';
  readonly waitingBytes: number;
  end(): void;
}

/** Who wrote a stream hears of its reader: like a {@link Conversation} that says nothing. */
export type HttpReader = Pick<Conversation, 'drained' | 'closed'>;

export type Upgrade =
  | { readonly ok: true; readonly open: (socket: ServerSocket) => Conversation }
  | { readonly ok: false; readonly answer: HttpAnswer };

/** One open connection. Every method may be called after the end, and then does nothing. */
export interface ServerSocket {
  readonly address: string;
  /** `waiting`: taken, but the reader is slow. `dropped`: too much waits already; the frame is lost. */
  send(text: string): 'sent' | 'waiting' | 'dropped';
  /** Bytes that were sent and not yet taken by the system. */
  readonly waitingBytes: number;
  /** Sends what waits, then the code. */
  close(code: number, reason: string): void;
}

/**
 * What the server does with a connection. Called in the order of the wire, never after `closed`; once the server has
 * closed the socket, `closed` is all that follows.
 */
export interface Conversation {
  /** `data` is valid during the call only. Text frames are valid UTF-8. */
  message(data: Uint8Array, isBinary: boolean): void;
  /** What waited for the reader has been taken. */
  drained(): void;
  /** The connection is gone, whoever ended it. Called once. */
  closed(): void;
}

export interface Listening {
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  stopAccepting(): void;
  /** Closes every connection with the code, and resolves when all are gone. */
  close(code: number, reason: string): Promise<void>;
}

export function addressInUse(host: string, port: number, cause: unknown): AppError {
  const message = `Cannot listen on ${host}:${port}: the address is taken or unusable.`;
  return new AppError('address_in_use', message, { host, port, system: errorCode(cause) }, { cause });
}
