import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillLog } from './load/fill-log.ts';
import { recordPieces, resetScript, scriptOf } from './load/script.ts';
import { load, startArena } from './load/programs.ts';
import type { BenchOptions } from './options.ts';
import { median, row } from './report.ts';
import type { Row } from './report.ts';

/**
 * Whether the cost of an action grows with what else the server holds: idle matches, or an old log. The
 * control is the same server with 10 matches and an empty log. All logs are written without syncs.
 */
export async function benchGrowth({ rounds, seconds, folder, scale }: BenchOptions): Promise<readonly Row[]> {
  const script = join(folder, 'growth.ndjson');
  await writeFile(script, scriptOf(await recordPieces(6)));
  const play = { script, sockets: 300, seconds, warmSeconds: 8 * seconds };
  const resets = join(folder, 'resets.ndjson');
  await writeFile(resets, resetScript);
  const rateOver = async (data: string, matches: number): Promise<number> => {
    const server = await startArena(data, ['--durability', 'os']);
    try {
      // A socket that resets leaves its previous match unfinished.
      if (matches >= 30) {
        const loops = Math.round(matches / 30);
        await load(server, { script: resets, sockets: 30, group: 1, seconds: 3600, warmSeconds: 0, loops });
      }
      const rates: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { counted, elapsed_s: elapsed } = await load(server, {
          ...play,
          warmSeconds: round === 0 ? play.warmSeconds : 1,
        });
        rates.push(counted / elapsed);
      }
      return median(rates);
    } finally {
      await server.stop();
    }
  };
  const control = await rateOver(join(folder, 'few'), 10);
  const rows: Row[] = [];
  for (const matches of [1000, Math.round(100_000 * scale)]) {
    const value = await rateOver(join(folder, `live-${matches}`), matches);
    rows.push(row(`actions beside ${matches} live matches`, '/s', [{ value, control }], 'within 15 %'));
  }
  const events = Math.round(10_000_000 * scale);
  const old = join(folder, 'old');
  await fillLog(old, events);
  const value = await rateOver(old, 10);
  rows.push(row(`actions over a log of ${events} events`, '/s', [{ value, control }], 'within 10 %'));
  return rows;
}
