import type { HttpReader, HttpSink, HttpStream } from '../../server/net/socket-port.ts';
import { ask, begin, breakAfter, exchange } from './bare-socket.ts';
import { echo, sendUntil, serve } from './kit.ts';
import type { Kit } from './kit.ts';

export function declareHttp({ expect, holds }: Kit): void {
  const http = { status: 418, headers: { 'content-type': 'text/plain', 'x-own': 'yes' }, body: 'tea: é' };

  holds(
    'is answered with the status, the headers and the body',
    { http: () => http },
    async ({ port, requests }) => {
      for (const method of ['GET', 'POST', 'DELETE'])
        expect(await ask(port, method, '/a/b?c=d&e')).toMatchObject({
          status: 418,
          body: 'tea: é',
          headers: { 'content-type': 'text/plain', 'x-own': 'yes', 'content-length': '7' },
        });
      expect(
        requests.map(({ method, path, query, address, body }) => ({
          method,
          path,
          query,
          address,
          bytes: body?.length,
        })),
      ).toEqual(
        ['GET', 'POST', 'DELETE'].map((method) => ({
          method,
          path: '/a/b',
          query: 'c=d&e',
          address: '127.0.0.1',
          bytes: 0,
        })),
      );
    },
  );

  holds('tells HEAD all but the body', { http: () => http }, async ({ port }) => {
    const heard = await exchange(port, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const [head = '', body] = heard.toString().split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 418 /);
    expect(head.toLowerCase()).toContain('\r\nx-own: yes');
    expect(head.toLowerCase()).toContain('\r\ncontent-length: 7');
    expect(body).toBe('');
  });

  holds('has a reason beside the status', {}, async ({ port }) => {
    const heard = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(heard.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  holds('answers a request to speak something other than WebSocket', {}, async ({ port, asked }) => {
    const answer = await ask(port, 'GET', '/health', {
      Connection: 'Upgrade, HTTP2-Settings, close',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABk',
    });
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    expect(asked).toEqual([]);
  });

  holds('ends a connection that speaks no HTTP, and goes on', { told: echo }, async ({ port, meet }) => {
    const { client } = await meet();
    const garbage = [
      'hello\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET  HTTP/1.1\r\n: :\r\n\r\n',
    ];
    const answers = await Promise.all(garbage.map((each) => exchange(port, Buffer.from(each, 'latin1'))));
    for (const answer of answers) expect(answer.toString()).not.toContain('200 OK');
    client.send('still there');
    expect(await client.next()).toBe('still there');
  });
}

export function declareBodies({ expect, holds }: Kit): void {
  const limit = { bodyBytesMax: 1000 };
  const post = (bytes: string, head: string) =>
    `POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${head}\r\n\r\n${bytes}`;
  const sized = (bytes: string) => post(bytes, `Content-Length: ${Buffer.byteLength(bytes)}`);

  holds('comes whole, in one piece or in chunks', limit, async ({ port, requests }) => {
    await exchange(port, sized('é'.repeat(500)));
    await exchange(port, post('3\r\nab\u0001\r\n2\r\nde\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'));
    const bodies = requests.map(({ body }) => (body === null ? null : Buffer.from(body).toString()));
    expect(bodies).toEqual(['é'.repeat(500), 'ab\u0001de']);
  });

  holds('is null where it is longer than may be, and read no further', limit, async ({ port, requests }) => {
    const answer = await exchange(port, sized('x'.repeat(1001)));
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    const endless = post('ffff\r\n' + 'x'.repeat(5000), 'Transfer-Encoding: chunked');
    const { tcp, heard } = await begin(port, endless);
    expect(heard.toString()).toMatch(/^HTTP\/1\.1 200 /);
    tcp.destroy();
    expect(requests.map(({ body }) => body)).toEqual([null, null]);
  });

  holds('that never comes whole asks for no answer', limit, async ({ port, requests }) => {
    for (let count = 0; count < 100; count += 1)
      await breakAfter(port, sized('x'.repeat(900)).slice(0, -(count + 1)));
    expect((await ask(port, 'GET', '/')).status).toBe(200);
    expect(requests.map(({ method }) => method)).toEqual(['GET']);
  });

  holds(
    'is answered later, and a peer that has gone meanwhile is not',
    {
      http: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return { status: 200, headers: {}, body: 'x'.repeat(10_000) };
      },
    },
    async ({ port }) => {
      for (let count = 0; count < 100; count += 1) await breakAfter(port, sized('x'));
      expect((await ask(port, 'GET', '/')).body).toHaveLength(10_000);
    },
  );
}

/** A stream that records the calls of its callbacks. */
class RecordedStream implements HttpReader {
  sink: HttpSink | null = null;
  readonly calls: string[] = [];
  readonly #opened: (stream: RecordedStream, sink: HttpSink) => void;
  #wake: () => void = () => undefined;

  constructor(opened: (stream: RecordedStream, sink: HttpSink) => void = () => undefined) {
    this.#opened = opened;
  }

  get answer(): HttpStream {
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      open: (sink) => {
        this.sink = sink;
        this.#opened(this, sink);
        return this;
      },
    };
  }

  drained(): void {
    this.calls.push('drained');
    this.#wake();
  }

  closed(): void {
    this.calls.push('closed');
    this.#wake();
  }

  async until(call: string): Promise<void> {
    while (!this.calls.includes(call)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

export function declareStreams({ expect, it, adapter }: Kit): void {
  const streaming = (fact: string, check: (port: number, stream: RecordedStream) => Promise<void>) =>
    it(fact, async () => {
      const stream = new RecordedStream();
      const served = await serve(adapter, { http: () => stream.answer, waitingBytesMax: 200_000 });
      await check(served.port, stream).finally(() => served.listening.close(1012, 'restart'));
    });

  streaming('is written as it comes, and ends', async (port, stream) => {
    const { tcp, heard, all } = await begin(port, get);
    expect(heard.toString()).toContain('content-type: text/event-stream');
    expect(stream.sink?.send('one é\n')).toBe('sent');
    expect(stream.sink?.send('two\n')).toBe('sent');
    stream.sink?.end();
    await stream.until('closed');
    expect((await all()).toString().match(/one é\n|two\n/g)).toEqual(['one é\n', 'two\n']);
    expect(stream.calls).toEqual(['closed']);
    tcp.destroy();
  });

  streaming('tells once that its reader has gone, and takes no more', async (port, stream) => {
    const { tcp } = await begin(port, get);
    tcp.resetAndDestroy();
    await stream.until('closed');
    expect(stream.sink?.send('nobody hears')).toBe('dropped');
    stream.sink?.end();
    expect(stream.calls).toEqual(['closed']);
  });

  streaming(
    'lets so much wait for a slow reader and no more, and tells when it was read',
    async (port, stream) => {
      const { tcp } = await begin(port, get);
      tcp.pause();
      const sink = stream.sink;
      if (sink === null) throw new Error('Nothing was opened.');
      sendUntil(sink, 'x'.repeat(2000), 'dropped');
      const { waitingBytes } = sink;
      expect(waitingBytes).toBeGreaterThan(200_000);
      expect(waitingBytes).toBeLessThan(210_000);
      expect(stream.calls).toEqual([]);
      tcp.resume();
      await stream.until('drained');
      tcp.destroy();
      await stream.until('closed');
    },
  );

  it('may end while it opens', async () => {
    const stream = new RecordedStream((_, sink) => {
      sink.send('that is all');
      sink.end();
      sink.end();
    });
    const served = await serve(adapter, { http: () => stream.answer });
    expect((await exchange(served.port, get)).toString()).toContain('that is all');
    await stream.until('closed');
    expect(stream.calls).toEqual(['closed']);
    await served.listening.close(1012, 'restart');
  });

  it('ends with the server', async () => {
    const stream = new RecordedStream();
    const served = await serve(adapter, { http: () => stream.answer });
    const { all } = await begin(served.port, get);
    await served.listening.close(1012, 'restart');
    await stream.until('closed');
    await all();
    expect(stream.calls).toEqual(['closed']);
  });
}
