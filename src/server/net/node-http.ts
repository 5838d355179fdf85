import { STATUS_CODES, ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  HttpAnswer,
  HttpReader,
  HttpSink,
  HttpStream,
  ListenOptions,
  UpgradeRequest,
} from './socket-port.ts';

export const addressOf = (req: IncomingMessage): string => req.socket.remoteAddress ?? '';

export function requestOf(req: IncomingMessage): UpgradeRequest {
  const url = req.url ?? '/';
  const mark = url.indexOf('?');
  return {
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    address: addressOf(req),
    header: (name) => {
      const value = Object.hasOwn(req.headers, name) ? req.headers[name] : '';
      return Array.isArray(value) ? value.join(', ') : (value ?? '');
    },
  };
}

/** Reads the body, gets the answer from `options.http`, and writes it. */
export async function handle(
  options: ListenOptions,
  streams: Set<NodeSink>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  // A peer that disconnects during its request gets no answer.
  const body = await readBody(req, options.bodyBytesMax).catch(() => undefined);
  if (body === undefined) return;
  const reply = await options.http({ ...requestOf(req), method: req.method ?? 'GET', body });
  if (res.destroyed) return;
  if ('open' in reply) new NodeSink(res, reply, options.waitingBytesMax, streams);
  else {
    // The unread rest of the body would be parsed as the next request.
    const close = body === null ? { connection: 'close' } : {};
    const length = reply.status === 204 ? {} : { 'content-length': Buffer.byteLength(reply.body) };
    res.writeHead(reply.status, { ...reply.headers, ...close, ...length });
    res.end(req.method === 'HEAD' ? '' : reply.body);
  }
}

/**
 * Resolves with null as soon as the body is too long. Uses events: leaving an async iterator early would
 * destroy the connection.
 */
function readBody(req: IncomingMessage, bytesMax: number): Promise<Uint8Array | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else resolve(null);
    });
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('error', reject);
    req.on('close', () => reject(new Error('The peer has gone.')));
  });
}

/** A streamed response body. */
export class NodeSink implements HttpSink {
  readonly #res: ServerResponse;
  readonly #waitingBytesMax: number;

  constructor(
    res: ServerResponse,
    { status, headers, open }: HttpStream,
    waitingBytesMax: number,
    streams: Set<NodeSink>,
  ) {
    this.#res = res;
    this.#waitingBytesMax = waitingBytesMax;
    streams.add(this);
    res.writeHead(status, headers);
    res.flushHeaders();
    const reader: HttpReader = open(this);
    res.on('drain', () => reader.drained());
    res.on('close', () => {
      streams.delete(this);
      reader.closed();
    });
    // A broken pipe also emits `close`.
    res.on('error', () => undefined);
  }

  get waitingBytes(): number {
    return this.#res.writableLength;
  }

  send(text: string): 'sent' | 'waiting' | 'dropped' {
    if (this.#res.writableEnded || this.#res.destroyed) return 'dropped';
    if (this.waitingBytes > this.#waitingBytesMax) return 'dropped';
    return this.#res.write(text) ? 'sent' : 'waiting';
  }

  end(): void {
    this.#res.end();
  }
}

/** A response on a connection that the HTTP server has handed over. The connection ends after it. */
export function answerOn(req: IncomingMessage): ServerResponse {
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(req.socket);
  res.on('finish', () => req.socket.end());
  return res;
}

/** Refuses an upgrade with an HTTP answer on the raw connection. */
export function refuse(stream: Duplex, { status, headers, body }: HttpAnswer): void {
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`);
}
