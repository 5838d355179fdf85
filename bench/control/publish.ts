import { createRequire } from 'node:module';
import type * as Uws from 'uWebSockets.js';

/**
 * A control server with the native library's own publishing: every connection to /ws receives everything; a
 * request to /publish?n=10&bytes=300 publishes ten texts of 300 bytes. Prints its port once it listens.
 */
const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof Uws;
const app = uws.App();
app.ws('/ws', {
  open: (socket) => {
    socket.subscribe('all');
  },
});
app.get('/publish', (response, request) => {
  const text = 'x'.repeat(Number(request.getQuery('bytes')));
  for (let left = Number(request.getQuery('n')); left > 0; left -= 1) app.publish('all', text);
  response.end();
});
app.listen('127.0.0.1', 0, (token) => {
  if (token === false) throw new Error('No port is free.');
  process.stdout.write(`${uws.us_socket_local_port(token)}\n`);
});
