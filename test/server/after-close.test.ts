import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { adapterNames } from '../support/adapters.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/match/clock.ts';
import { TestServer } from '../support/server.ts';

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
      'Host: arena',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
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

describe.each(adapterNames)('over %s, what comes after the server closed a socket', (adapter) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({ adapter, ruleset: 'classic', clock: systemClock });
  });
  afterAll(() => server.close());

  it('makes no match', async () => {
    const rude = await RudePeer.connect(server.port, '/ws/fraudster');
    rude.send('{"type":"close"}');
    await rude.closing();
    rude.send('{"type":"reset","data":{"episode_id":"too-late"}}');
    await rude.bye();
    const auditor = await server.open('auditor');
    const { data } = await auditor.request('{"type":"join","data":{"match_id":"too-late"}}');
    expect(data['code']).toBe('unknown_match');
  });

  it('takes no seat back from who took it over', async () => {
    const token = 'the-token-of-a-fraudster';
    const rude = await RudePeer.connect(server.port, '/ws/fraudster');
    await rude.ask(`{"type":"reset","data":{"episode_id":"mine","seat_token":"${token}"}}`);
    const claim = `{"type":"join","data":{"match_id":"mine","seat_token":"${token}"}}`;
    const heir = await server.open('fraudster');
    expect((await heir.request(claim)).type).toBe('observation');
    await rude.closing();
    rude.send(claim);
    await rude.bye();
    const { type, data } = await heir.request('{"type":"obs"}');
    expect([type, data['match_id']]).toEqual(['observation', 'mine']);
  });
});
