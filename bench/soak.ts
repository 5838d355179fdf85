import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load, startArena, verifyLog } from './load/programs.ts';
import type { Load } from './load/programs.ts';
import { recordPieces, scriptOf } from './load/script.ts';
import type { BenchOptions } from './options.ts';
import { median, row } from './report.ts';
import type { Row } from './report.ts';

const hour = 3600;
const sampleMs = 5000;
const mebibyte = 1024;

/**
 * An hour of play at full load: whether the server's memory grows with the number of matches played. The
 * control is its resident size in the second sixth of the time, when it is warm. Every match is verified
 * afterwards.
 */
export async function benchSoak({ folder, scale }: BenchOptions): Promise<readonly Row[]> {
  const script = join(folder, 'soak.ndjson');
  await writeFile(script, scriptOf(await recordPieces(6)));
  const data = await mkdtemp(join(folder, 'soak-'));
  const server = await startArena(data);
  const sizes: number[] = [];
  const sampling = setInterval(() => sizes.push(residentMiB(server.pid)), sampleMs);
  const seconds = Math.max(60, Math.round(hour * scale));
  let played: Load;
  try {
    played = await load(server, { script, sockets: 300, seconds, warmSeconds: 0 });
  } finally {
    clearInterval(sampling);
    await server.stop();
  }
  if (played.errors > 0) throw new Error(`${played.errors} of ${played.replies} replies were errors.`);
  const sixth = Math.floor(sizes.length / 6);
  const control = median(sizes.slice(sixth, 2 * sixth));
  const rows = [
    row(`resident at the end of ${seconds} s of play`, 'MiB', [
      { value: median(sizes.slice(-sixth)), control },
    ]),
    row('… at the most', 'MiB', [{ value: Math.max(...sizes), control }]),
    row('actions accepted', '', [{ value: played.counted }]),
  ];
  // The verification takes long. If it is interrupted, the measurements are not lost.
  console.error(`Before the verification: ${JSON.stringify(rows)}`);
  await verifyLog(data);
  await rm(data, { recursive: true });
  return rows;
}

function residentMiB(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / mebibyte;
}
