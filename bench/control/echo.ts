import { createRequire } from 'node:module';
import type * as Uws from 'uWebSockets.js';

/**
 * A control server that does no work: the native library answers every message with the same text. Argument:
 * the bytes of an answer. Prints its port once it listens.
 */
const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof Uws;
const text = JSON.stringify('x'.repeat(Math.max(0, Number(process.argv[2] ?? '100') - 2)));

const app = uws.App().ws('/*', {
  maxPayloadLength: 1 << 20,
  message: (socket) => {
    socket.send(text, false, false);
  },
});
app.listen('127.0.0.1', 0, (token) => {
  if (token === false) throw new Error('No port is free.');
  process.stdout.write(`${uws.us_socket_local_port(token)}\n`);
});
