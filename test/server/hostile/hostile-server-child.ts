import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import { startServer } from '../../../src/server/server.ts';
import type { Diagnostics } from '../../../src/log/diagnostics.ts';
import type { AdapterName } from './hostile-kit.ts';

/**
 * A server in a process of its own, on the folder given, that tells its parent its port, its complaints, and how much
 * memory it holds when asked. Ends by itself once told to stop.
 * Run as: node --expose-gc --import tsx hostile-server-child.ts ADAPTER FOLDER DURABILITY
 */
export type ToServer = 'memory' | 'stop';
export type FromServer =
  | { readonly port: number }
  | { readonly complaint: string }
  | { readonly heapBytes: number; readonly rssBytes: number }
  | { readonly stopped: true };

const [adapter = 'ws', folder = '', mode = 'group'] = process.argv.slice(2);
const tell = (message: FromServer): void => void process.send?.(message);
const complain = (details: object, message: string) =>
  tell({ complaint: `${message} ${JSON.stringify(details)}` });
const diagnostics: Diagnostics = { info: () => undefined, warn: complain, error: complain };

const server = await startServer({
  dataDir: folder,
  host: '127.0.0.1',
  port: 0,
  diagnostics,
  durability: { mode: mode === 'os' ? 'os' : 'group' },
  ruleset: 'standard',
  policies: {},
  adapter: chooseAdapter(adapter as AdapterName).port,
  limits: { graceMs: 1000, outgoingBytesHard: 512 * 1024, framesPerSecond: 2000 },
});

process.on('message', (message: ToServer) => {
  void (message === 'stop' ? stop() : measure());
});
tell({ port: server.port });

/** Once nothing under way holds what it has used. */
async function measure(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  tell({ heapBytes: heapUsed + external, rssBytes: rss });
}

async function stop(): Promise<void> {
  await server.close();
  tell({ stopped: true });
  process.disconnect();
}
