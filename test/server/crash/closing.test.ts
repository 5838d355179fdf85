import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterNames } from '../../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import { startServer } from '../../../src/server/server.ts';

const upgrade = [
  'GET /ws/fraudster HTTP/1.1',
  'Host: here',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

const silent = { info: nothing, warn: nothing, error: nothing };
function nothing(): void {
  return;
}

describe.each(adapterNames)('a server over %s that closes', (name) => {
  // Such a connection would keep a process that was told to stop alive, and its players waiting.
  it('lets no connection become a role socket that is none yet', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fraudarena-closing-'));
    const server = await startServer({
      ...{ dataDir, host: '127.0.0.1', port: 0, durability: { mode: 'os' }, diagnostics: silent },
      ...{ adapter: chooseAdapter(name).port, ruleset: 'standard', policies: {} },
    });
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
    await rm(dataDir, { recursive: true });
  });
});
