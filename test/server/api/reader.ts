import { get } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** One event of a stream. */
export interface Heard {
  readonly id: number | null;
  readonly event: string;
  readonly data: string;
}

/** Reads a stream of server-sent events, byte for byte. */
export class Reader {
  /** Resolves once the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly #request: ClientRequest;
  #text = '';
  #wake: () => void = () => undefined;

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      this.#text += part;
      this.#wake();
    });
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      response.on('close', () => {
        this.#wake();
        resolve();
      }),
    );
  }

  static open(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reader> {
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, headers, agent: false });
      request.on('error', reject);
      request.on('response', (response) => {
        if (response.statusCode === 200) resolve(new Reader(request, response));
        else reject(new Error(`The stream is refused with ${response.statusCode}.`));
      });
    });
  }

  /** Everything but comments. */
  get heard(): readonly Heard[] {
    const blocks = this.#text.split('\n\n').slice(0, -1);
    return blocks.filter((block) => !block.startsWith(':')).map(read);
  }

  get text(): string {
    return this.#text;
  }

  /** Resolves once so many frames have come. */
  async until(count: number): Promise<void> {
    while (this.heard.filter(({ id }) => id !== null).length < count)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  hangUp(): void {
    this.#request.destroy();
  }
}

function read(block: string): Heard {
  const fields = new Map(
    block.split('\n').map((line) => {
      const mark = line.indexOf(': ');
      return [line.slice(0, mark), line.slice(mark + 2)];
    }),
  );
  const id = fields.get('id');
  return {
    id: id === undefined ? null : Number(id),
    event: fields.get('event') ?? '',
    data: fields.get('data') ?? '',
  };
}

/** The frames after one of them, as far as there are `count`, and then the connection is cut. */
export async function framesAfter(port: number, id: string, after: number, count: number): Promise<Reader> {
  const last: Readonly<Record<string, string>> = after === 0 ? {} : { 'last-event-id': String(after) };
  const reader = await Reader.open(port, `/api/v1/matches/${id}/stream`, last);
  await reader.until(count);
  reader.hangUp();
  return reader;
}
