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

/** What of a request outlives the call it came with. */
export function requestOf(res: Uws.HttpResponse, req: Uws.HttpRequest): UpgradeRequest {
  const headers = new Map<string, string>();
  // The request itself is gone after this call.
  req.forEach((name, value) => headers.set(name, value));
  return {
    path: req.getUrl(),
    // The typings promise a text; without a question mark there is none.
    query: req.getQuery() || '',
    address: decoder.decode(res.getRemoteAddressAsText()),
    header: (name) => headers.get(name) ?? '',
  };
}

/** Reads the body, asks for the answer, and writes it unless the peer has gone. */
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
    // The chunk is gone after this call.
    if (!isTooLong && chunk.byteLength > 0) chunks.push(new Uint8Array(chunk.slice(0)));
    if (isTooLong) done(null);
    else if (isLast) done(Buffer.concat(chunks));
  });
}

/** A body that is written as it comes. The library tells that a reader is slow, but not by how much: it is counted. */
export class UwsSink implements HttpSink {
  waitingBytes = 0;
  #isOpen = true;
  readonly #res: Uws.HttpResponse;
  readonly #waitingBytesMax: number;
  readonly #streams: Set<UwsSink>;
  /** Null while it opens: an answer may be over by then. */
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
    // Nothing else is asked on a connection that was watched on: a server that stops need not wait for its peer.
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

  /** The connection is over; called once. */
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
    // Told the length, `endWithoutBody` would wait for the body all the same.
    if (method === 'HEAD')
      res.writeHeader('content-length', String(Buffer.byteLength(body))).endWithoutBody();
    else if (status === 204) res.endWithoutBody();
    else res.end(body);
  });
}
