import { STATUS_CODES } from 'node:http';
import type * as Uws from 'uWebSockets.js';
import type {
  HttpAnswer,
  HttpReader,
  HttpSink,
  HttpStream,
  ListenOptions,
  UpgradeRequest,
} from './socket-port.ts';

const decoder = new TextDecoder();

/** Copies what is needed of a request: the library's object is valid during the handler call only. */
export function requestOf(res: Uws.HttpResponse, req: Uws.HttpRequest): UpgradeRequest {
  const headers = new Map<string, string>();
  req.forEach((name, value) => headers.set(name, value));
  return {
    path: req.getUrl(),
    // Typed as string, but undefined without a question mark.
    query: req.getQuery() || '',
    address: decoder.decode(res.getRemoteAddressAsText()),
    header: (name) => headers.get(name) ?? '',
  };
}

/** Reads the body, gets the answer from `options.http`, and writes it unless the peer has disconnected. */
export function handle(
  options: ListenOptions,
  streams: Set<UwsSink>,
  res: Uws.HttpResponse,
  req: Uws.HttpRequest,
): void {
  const request = requestOf(res, req);
  const method = req.getCaseSensitiveMethod().toUpperCase();
  const peer: { isGone: boolean; sink: UwsSink | null } = { isGone: false, sink: null };
  res.onAborted(() => {
    peer.isGone = true;
    peer.sink?.gone();
  });
  readBody(res, options.bodyBytesMax, (body) => {
    void Promise.resolve(options.http({ ...request, method, body })).then((reply) => {
      if (peer.isGone) return;
      if (!('open' in reply)) {
        answer(res, method, reply);
        return;
      }
      peer.sink = new UwsSink(res, reply, options.waitingBytesMax, streams);
    });
  });
}

/** Calls `done` once: with the body, or with null as soon as it is too long. */
function readBody(res: Uws.HttpResponse, bytesMax: number, done: (body: Uint8Array | null) => void): void {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isTooLong = false;
  res.onData((chunk, isLast) => {
    if (isTooLong) return;
    bytes += chunk.byteLength;
    isTooLong = bytes > bytesMax;
    // The chunk is valid during this call only.
    if (!isTooLong && chunk.byteLength > 0) chunks.push(new Uint8Array(chunk.slice(0)));
    if (isTooLong) done(null);
    else if (isLast) done(Buffer.concat(chunks));
  });
}

/**
 * A streamed response body. The library reports that a reader is slow, but not by how much: the bytes are
 * counted here.
 */
export class UwsSink implements HttpSink {
  waitingBytes = 0;
  #isOpen = true;
  readonly #res: Uws.HttpResponse;
  readonly #waitingBytesMax: number;
  readonly #streams: Set<UwsSink>;
  /** Null while `open` runs: the connection may end during that call. */
  #reader: HttpReader | null = null;

  constructor(
    res: Uws.HttpResponse,
    { status, headers, open }: HttpStream,
    waitingBytesMax: number,
    streams: Set<UwsSink>,
  ) {
    this.#res = res;
    this.#waitingBytesMax = waitingBytesMax;
    this.#streams = streams;
    streams.add(this);
    // A connection that carried a stream is not reused, so a stopping server need not wait for its peer.
    res.cork(() => writeHead(res, status, { ...headers, connection: 'close' }));
    res.onWritable(() => {
      this.waitingBytes = 0;
      this.#reader?.drained();
      return true;
    });
    const reader = open(this);
    if (this.#isOpen) this.#reader = reader;
    else reader.closed();
  }

  send(text: string): 'sent' | 'waiting' | 'dropped' {
    if (!this.#isOpen || this.waitingBytes > this.#waitingBytesMax) return 'dropped';
    let written = text.length;
    this.#res.cork(() => {
      if (!this.#res.write(text)) written = 0;
    });
    if (written === text.length) return 'sent';
    this.waitingBytes += Buffer.byteLength(text);
    return 'waiting';
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#res.cork(() => this.#res.end());
    this.gone();
  }

  /** The connection has ended. Repeated calls have no effect. */
  gone(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#streams.delete(this);
    this.#reader?.closed();
  }
}

function writeHead(res: Uws.HttpResponse, status: number, headers: Readonly<Record<string, string>>): void {
  res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
  for (const [name, value] of Object.entries(headers)) res.writeHeader(name, value);
}

export function answer(res: Uws.HttpResponse, method: string, { status, headers, body }: HttpAnswer): void {
  res.cork(() => {
    writeHead(res, status, headers);
    // Given the length as an argument, `endWithoutBody` would wait for the body.
    if (method === 'HEAD')
      res.writeHeader('content-length', String(Buffer.byteLength(body))).endWithoutBody();
    else if (status === 204) res.endWithoutBody();
    else res.end(body);
  });
}
