import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RoleClient } from '../src/client/role-client.ts';
import { openSocket } from '../src/client/node.ts';
import { fillLog } from './load/fill-log.ts';
import { startArena } from './load/programs.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';

/**
 * From the start of the server's process to the answer to a first player. The control is the same with an
 * empty folder, which is the cost of the runtime and the program.
 */
export async function benchStartup({ rounds, folder, scale }: BenchOptions): Promise<readonly Row[]> {
  const events = Math.round(10_000_000 * scale);
  const [full, empty] = [join(folder, 'full'), join(folder, 'empty')];
  await mkdir(empty);
  await fillLog(full, events);
  const samples = [];
  for (let round = 0; round < rounds; round += 1)
    samples.push({ control: await secondsToFirstAnswer(empty), value: await secondsToFirstAnswer(full) });
  return [row(`first answer over ${events} events`, 's', samples, 'under 3 s at 10 million')];
}

async function secondsToFirstAnswer(data: string): Promise<number> {
  const start = performance.now();
  const server = await startArena(data);
  try {
    const url = `http://127.0.0.1:${server.port}`;
    const client = await RoleClient.connect(url, 'fraudster', { open: openSocket });
    await client.reset({ task_id: 'task_1', seed: 1 });
    const seconds = (performance.now() - start) / 1000;
    client.close();
    return seconds;
  } finally {
    await server.stop();
  }
}
