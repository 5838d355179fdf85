import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
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
 * Frames delivered in a second to 1,000 spectators of one match, which is played as fast as the server answers. The
 * control publishes as many texts of the same size to 1,000 sockets by the native library's own means.
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
      // The first round is for the compilers.
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
  const ended = Promise.all(streams.map((stream) => until(stream, (_, end) => end.includes('event: end'))));
  const start = performance.now();
  for (const { role, action } of moves) await clients[role].step(action);
  const texts = await ended;
  const seconds = (performance.now() - start) / 1000;
  for (const client of Object.values(clients)) client.close();
  const frames = (texts[0] ?? '').split('\nid: ').length - 1;
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  return {
    frames,
    frameBytes: Math.round(bytes / spectators / frames),
    perSecond: (frames * spectators) / seconds,
  };
}

async function published(server: Server, frames: number, bytes: number): Promise<number> {
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const sockets = await Promise.all(
    Array.from({ length: spectators }, () =>
      open(server, ['GET /ws HTTP/1.1', 'Host: bench', ...upgrade, key]),
    ),
  );
  // A frame of this size has a head of two or four bytes.
  const wanted = frames * (bytes + (bytes < 126 ? 2 : 4));
  const ended = Promise.all(sockets.map((socket) => until(socket, (length) => length >= wanted)));
  const start = performance.now();
  await fetch(`http://127.0.0.1:${server.port}/publish?n=${frames}&bytes=${bytes}`);
  await ended;
  return (frames * spectators) / ((performance.now() - start) / 1000);
}

/** A connection whose answer has begun; what follows its head is to be read. */
async function open({ port }: Server, lines: readonly string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  await once(socket, 'connect');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let head = '';
  while (!head.includes('\r\n\r\n')) head += ((await once(socket, 'data')) as [string])[0];
  return socket.pause();
}

/** All that comes until `isEnough` of its length or its end; the connection is closed then. */
function until(socket: Socket, isEnough: (length: number, end: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    const parts: string[] = [];
    let [length, end] = [0, ''];
    socket.on('data', (more: string) => {
      parts.push(more);
      length += more.length;
      end = (end + more).slice(-endLength);
      if (!isEnough(length, end)) return;
      socket.destroy();
      resolve(parts.join(''));
    });
    socket.resume();
  });
}

const endLength = 64;
