import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { RoleClient } from '../src/client/role-client.ts';
import { openSocket } from '../src/client/node.ts';
import type { Role } from '../src/game/command.ts';
import { recordPieces } from './load/script.ts';
import type { Piece } from './load/script.ts';
import { startArena, startServer } from './load/programs.ts';
import type { Server } from './load/programs.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';

const spectators = 1000;

/**
 * Frames delivered per second to 1,000 spectators of one match, which is played as fast as the server
 * answers. The control publishes as many texts of the same size to 1,000 sockets with the native library's
 * own publishing.
 */
export async function benchFanout({ rounds, folder }: BenchOptions): Promise<readonly Row[]> {
  const [piece] = await recordPieces(1);
  if (piece === undefined) throw new Error('A match was recorded.');
  const data = await mkdtemp(join(folder, 'fraudarena-bench-'));
  const server = await startArena(data);
  const publisher = await startServer('bench/control/publish.js', []);
  try {
    const samples = [];
    for (let round = -1; round < rounds; round += 1) {
      const ours = await watched(server, piece);
      const control = await published(publisher, ours.frames, ours.frameBytes);
      // The first round warms up the JIT compilers.
      if (round >= 0) samples.push({ value: ours.perSecond, control });
    }
    return [row('frames to 1,000 spectators', '/s', samples, '0.5 of publish')];
  } finally {
    await publisher.stop();
    await server.stop();
    await rm(data, { recursive: true });
  }
}

async function watched(server: Server, { task, seed, moves }: Piece) {
  const url = `http://127.0.0.1:${server.port}`;
  const join = <R extends Role>(role: R) => RoleClient.connect(url, role, { open: openSocket });
  const clients = {
    fraudster: await join('fraudster'),
    investigator: await join('investigator'),
    auditor: await join('auditor'),
  };
  const { match_id: id } = await clients.fraudster.reset({ task_id: task, seed });
  await clients.investigator.join(id);
  await clients.auditor.join(id);
  const path = `/api/v1/matches/${id}/stream`;
  const streams = await Promise.all(
    Array.from({ length: spectators }, () => open(server, [`GET ${path} HTTP/1.1`, 'Host: bench'])),
  );
  const ended = Promise.all(streams.map((stream) => stream.until(({ tail }) => tail.includes(end))));
  const start = performance.now();
  for (const { role, action } of moves) await clients[role].step(action);
  const lengths = await ended;
  const seconds = (performance.now() - start) / 1000;
  for (const each of [...Object.values(clients), ...streams]) each.close();
  // All spectators received the same frames; a later request returns them again.
  const text = await (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
  const frames = text.split('\nid: ').length - 1;
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  return {
    frames,
    frameBytes: Math.round(bytes / spectators / frames),
    perSecond: (frames * spectators) / seconds,
  };
}

const end = 'event: end';

async function published(server: Server, frames: number, bytes: number): Promise<number> {
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const sockets = await Promise.all(
    Array.from({ length: spectators }, () =>
      open(server, ['GET /ws HTTP/1.1', 'Host: bench', ...upgrade, key]),
    ),
  );
  // A frame of this size has a header of two or four bytes.
  const wanted = frames * (bytes + (bytes < 126 ? 2 : 4));
  const ended = Promise.all(sockets.map((socket) => socket.until((read) => read.bytes >= wanted)));
  const start = performance.now();
  await fetch(`http://127.0.0.1:${server.port}/publish?n=${frames}&bytes=${bytes}`);
  await ended;
  const seconds = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.close();
  return (frames * spectators) / seconds;
}

/** Requests a streamed answer and waits for its first bytes. */
async function open({ port }: Server, lines: readonly string[]): Promise<Reading> {
  const reading = new Reading(port, `${lines.join('\r\n')}\r\n\r\n`);
  await reading.until(({ bytes }) => bytes > 0);
  return reading;
}

/** Bytes received since the last call of `until`, and the end of them. */
interface Read {
  readonly bytes: number;
  readonly tail: string;
}

/**
 * A connection whose bytes are counted and inspected but not kept, so that reading takes little of the
 * measured time.
 */
class Reading {
  readonly #socket: Socket;
  #read: Read = { bytes: 0, tail: '' };
  #isEnough: (read: Read) => boolean = () => false;
  #enough: () => void = () => undefined;

  constructor(port: number, request: string) {
    const buffer = Buffer.alloc(1 << 16);
    const callback = (count: number): boolean => {
      const last = buffer.toString('latin1', Math.max(0, count - tailLength), count);
      const { bytes, tail } = this.#read;
      this.#read = { bytes: bytes + count, tail: (tail + last).slice(-tailLength) };
      if (this.#isEnough(this.#read)) this.#enough();
      return true;
    };
    this.#socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback } });
    this.#socket.write(request);
  }

  /** Counts from here on. @returns the bytes received until `isEnough` was true */
  until(isEnough: (read: Read) => boolean): Promise<number> {
    this.#read = { bytes: 0, tail: '' };
    return new Promise((resolve, reject) => {
      this.#isEnough = isEnough;
      this.#enough = () => {
        this.#isEnough = () => false;
        resolve(this.#read.bytes);
      };
      this.#socket.once('close', () => reject(new Error('The connection was closed too early.')));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Longer than the text searched for, with what may follow it. */
const tailLength = 64;
