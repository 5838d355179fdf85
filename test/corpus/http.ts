import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Transcript } from './transcript.ts';

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly token?: string | undefined;
  /** Who the token makes of the asker, for the reader of the recording. */
  readonly as?: string | undefined;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Headers that belong to the day, the connection or the socket library. */
const unstable: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'uwebsockets',
]);

/** Asks a server over HTTP, and records what it answers. */
export class RecordedHttp {
  readonly #port: number;
  readonly #transcript: Transcript;

  constructor(port: number, transcript: Transcript) {
    this.#port = port;
    this.#transcript = transcript;
  }

  async ask(
    asked: Asked,
    stream = 'http',
    shown: (body: string) => string = (body) => body,
  ): Promise<Answered> {
    const response = await this.#send(asked);
    const body = await textOf(response);
    this.#note(stream, asked, response, shown(body));
    return { status: response.statusCode ?? 0, body };
  }

  /** Asks without a record. */
  async peek(path: string): Promise<string> {
    return textOf(await this.#send({ path }));
  }

  /** Resolves once the answer has begun, with what resolves once it has ended and is recorded. */
  async follow(asked: Asked, stream: string): Promise<{ readonly ended: Promise<void> }> {
    const response = await this.#send(asked);
    // A broken stream is recorded as far as it came.
    const ended = textOf(response).then((text) => {
      // How often silence was broken depends on nothing that was said.
      const [first = '', ...rest] = text.split(': here\n\n');
      this.#note(stream, asked, response, `${first}: here\n\n${rest.join('')}`);
    });
    return { ended };
  }

  #note(
    stream: string,
    { method = 'GET', path, as, body: sent, headers }: Asked,
    got: IncomingMessage,
    body: string,
  ) {
    const stable = Object.entries(got.headers).filter(([name]) => !unstable.has(name));
    stable.sort(([a], [b]) => (a < b ? -1 : 1));
    const extra = headers === undefined ? '' : ` ${JSON.stringify(headers)}`;
    const who = as === undefined ? '' : ` as ${as}`;
    this.#transcript.add(stream, `> ${method} ${path}${who}${extra}`);
    if (sent !== undefined) this.#transcript.add(stream, `> ${sent}`);
    this.#transcript.add(stream, `< ${got.statusCode ?? 0} ${JSON.stringify(Object.fromEntries(stable))}`);
    this.#transcript.add(stream, body);
  }

  #send({ method = 'GET', path, token, body, headers = {} }: Asked): Promise<IncomingMessage> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = Object.assign({}, type, authorization, headers);
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, method, path, headers: sent, agent: false };
      const asking = request(options, resolve);
      asking.on('error', reject);
      asking.end(body);
    });
  }
}

function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => undefined);
    response.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}
