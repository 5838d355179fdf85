import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Asked {
  readonly method: string;
  /** With its query, as it goes over the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sends the body in chunks, without its length. */
  readonly isChunked?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Far longer than any answer takes. */
const answerMs = 60_000;

export const isStream = ({ headers }: Pick<Reply, 'headers'>): boolean =>
  headers['content-type'] === 'text/event-stream';

/** An HTTP client that keeps its connections, and sends what no browser would. */
export class HttpLine {
  readonly #port: number;
  readonly #agent: Agent;

  constructor(port: number, connections = 8) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Of a stream the head only. @throws Error when the connection ends without an answer, or nothing comes. */
  ask({ method, path, headers = {}, body, isChunked = false }: Asked): Promise<Reply> {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const req = request({
        host: '127.0.0.1',
        port: this.#port,
        agent: this.#agent,
        method,
        path,
        timeout: answerMs,
        headers: { ...(isChunked ? { 'transfer-encoding': 'chunked' } : length), ...headers },
      });
      req.on('timeout', () => req.destroy(new Error(`${method} ${path} is not answered.`)));
      // A server that has answered may cut what it does not read.
      let isAnswered = false;
      req.on('error', (error) => {
        if (!isAnswered) reject(error);
      });
      req.on('response', (res) => {
        isAnswered = true;
        if (res.headers['content-type'] === 'text/event-stream' && method !== 'HEAD') {
          resolve(replyOf(res, ''));
          req.destroy();
        } else readTo(res, resolve, reject);
      });
      if (isChunked && body !== undefined) for (const part of partsOf(body)) req.write(part);
      req.end(isChunked ? undefined : body);
    });
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask({ method: 'GET', path, headers });
  }

  post(path: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const json = { 'content-type': 'application/json' };
    return this.ask({ method: 'POST', path, headers: { ...json, ...headers }, body: JSON.stringify(value) });
  }

  delete(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask({ method: 'DELETE', path, headers });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function readTo(res: IncomingMessage, resolve: (reply: Reply) => void, reject: (error: Error) => void): void {
  const parts: Buffer[] = [];
  res.on('data', (part: Buffer) => parts.push(part));
  res.on('end', () => resolve(replyOf(res, Buffer.concat(parts).toString())));
  res.on('error', reject);
}

function replyOf(res: IncomingMessage, body: string): Reply {
  const headers = Object.entries(res.headers).map(([name, value]) => [name, String(value)]);
  return { status: res.statusCode ?? 0, headers: Object.fromEntries(headers) as Reply['headers'], body };
}

function partsOf(body: string | Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(body);
  const half = Math.ceil(bytes.length / 2);
  return [bytes.subarray(0, half), bytes.subarray(half)].filter(({ length }) => length > 0);
}
