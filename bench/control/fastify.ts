import type { WebSocket } from 'ws';
import websocket from '@fastify/websocket';
import fastify from 'fastify';

/**
 * A control server as a user might first write it: JSON over WebSockets on Fastify. Parses each message and
 * answers with an object of the given size, without a game. Argument: the bytes of an answer. Prints its port
 * once it listens.
 */
const words = Math.max(1, Math.round(Number(process.argv[2] ?? '100') / 64));
const rows = Array.from({ length: words }, (_, index) => ({ ad_id: `ad_${index}`, text: 'x'.repeat(36) }));

const app = fastify();
await app.register(websocket);
app.get('/*', { websocket: true }, (socket: WebSocket) => {
  socket.on('message', (data: Buffer) => {
    const { type } = JSON.parse(data.toString()) as { type: string };
    socket.send(JSON.stringify({ type, data: { accepted: true, rows } }));
  });
});
const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${new URL(address).port}\n`);
