import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterNames } from '../support/adapters.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { diagnosticsAt } from '../../src/log/diagnostics.ts';
import { chooseAdapter } from '../../src/server/net/adapter.ts';
import { startServer } from '../../src/server/server.ts';
import type { RunningServer } from '../../src/server/server.ts';

/** A peer that does not care for closing handshakes: it reads the server's close frame and sends on. */
class RudePeer {
  readonly #socket: Socket;
  readonly #closing: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    let came = Buffer.alloc(0);
    this.#closing = new Promise((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        came = Buffer.concat([came, bytes]);
        // The close frame is the last one: FIN and opcode 8, a length below 126, and nothing after it.
        for (let at = 0; at + 1 < came.length; at += 1)
          if (came[at] === 0x88 && at + 2 + (came[at + 1] ?? 0) === came.length) resolve();
      });
      socket.on('close', () => resolve());
    });
  }

  static async connect(port: number, path: string): Promise<RudePeer> {
    const socket = connect(port, '127.0.0.1');
    const head = [
      `GET ${path} HTTP/1.1`,
      ...['Host: arena', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    return new RudePeer(socket);
  }

  send(text: string): void {
    this.#frame(0x81, Buffer.from(text));
  }

  /** Sends, and resolves when the server has begun to answer. */
  async ask(text: string): Promise<void> {
    this.send(text);
    await once(this.#socket, 'data');
  }

  /** Resolves when the server has said that it closes. */
  closing(): Promise<void> {
    return this.#closing;
  }

  /** Answers the close frame at last; resolves when the connection is gone, and all that was sent has been read. */
  async bye(): Promise<void> {
    const gone = this.#socket.closed ? Promise.resolve() : once(this.#socket, 'close');
    this.#frame(0x88, Buffer.from([0x03, 0xe8]));
    await gone;
  }

  #frame(first: number, payload: Buffer): void {
    const { length } = payload;
    const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
    // A mask of zeros changes nothing, and is a mask.
    const head = Buffer.from([first, ...size, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([head, payload]));
  }
}

class Peer {
  readonly #socket: WebSocket;
  readonly #closed: Promise<never>;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#closed = new Promise((_, reject) =>
      this.#socket.once('close', (code) => reject(new Error(`The server closed with ${code}.`))),
    );
    this.#closed.catch(() => undefined);
  }

  async ask(frame: string): Promise<{ readonly type: string; readonly data: Record<string, unknown> }> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await once(this.#socket, 'open');
    this.#socket.send(frame);
    const answer = once(this.#socket, 'message');
    const [data] = (await Promise.race([answer, this.#closed])) as [Buffer];
    return JSON.parse(data.toString('utf8')) as Awaited<ReturnType<Peer['ask']>>;
  }
}

describe.each(adapterNames)('over %s, what comes after the server closed a socket', (adapter) => {
  let folder: string;
  let server: RunningServer;
  const url = (role: string) => `ws://127.0.0.1:${server.port}/ws/${role}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fraudarena-after-close-'));
    server = await startServer({
      ...{ dataDir: folder, host: '127.0.0.1', port: 0, durability: { mode: 'os' }, ruleset: 'classic' },
      ...{ adapter: chooseAdapter(adapter).port, policies: {}, diagnostics: diagnosticsAt('warn') },
    });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('makes no match', async () => {
    const rude = await RudePeer.connect(server.port, '/ws/fraudster');
    rude.send('{"type":"close"}');
    await rude.closing();
    rude.send('{"type":"reset","data":{"episode_id":"too-late"}}');
    await rude.bye();
    const { data } = await new Peer(url('auditor')).ask('{"type":"join","data":{"match_id":"too-late"}}');
    expect(data['code']).toBe('unknown_match');
  });

  it('takes no seat back from who took it over', async () => {
    const token = 'the-token-of-a-fraudster';
    const rude = await RudePeer.connect(server.port, '/ws/fraudster');
    await rude.ask(`{"type":"reset","data":{"episode_id":"mine","seat_token":"${token}"}}`);
    const claim = `{"type":"join","data":{"match_id":"mine","seat_token":"${token}"}}`;
    const heir = new Peer(url('fraudster'));
    expect((await heir.ask(claim)).type).toBe('observation');
    await rude.closing();
    rude.send(claim);
    await rude.bye();
    const { type, data } = await heir.ask('{"type":"obs"}');
    expect([type, data['match_id']]).toEqual(['observation', 'mine']);
  });
});
