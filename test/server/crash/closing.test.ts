import { once } from 'node:events';
import { connect } from 'node:net';
import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { TestServer } from '../../support/server.ts';
import { systemClock } from '../../../src/match/clock.ts';

const upgrade = [
  'GET /ws/fraudster HTTP/1.1',
  'Host: here',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

function nothing(): void {
  return;
}

describe.each(adapterNames)('a server over %s that closes', (name) => {
  // Such a connection would keep a process that was told to stop alive, and its players waiting.
  it('lets no connection become a role socket that is none yet', async () => {
    const served = await TestServer.start({ adapter: name, clock: systemClock });
    const { server } = served;
    const stream = connect(server.port, '127.0.0.1').on('error', nothing);
    let heard = '';
    stream.on('data', (data) => (heard += data.toString()));
    stream.write('GET /health HTTP/1.1\r\nHost: here\r\n\r\n');
    // It is accepted, and kept alive.
    await once(stream, 'data');
    const isClosed = once(stream, 'close');
    await server.close();
    stream.write(`${upgrade.join('\r\n')}\r\n\r\n`);
    await isClosed;
    expect(heard).toContain('200');
    expect(heard).not.toContain('101');
    await served.close();
  });
});
