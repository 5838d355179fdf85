import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { taskIds, tasks } from '../src/game/task.ts';
import type { TaskId } from '../src/game/task.ts';
import { canonicalJson } from '../src/shared/canonical-json.ts';

/**
 * The published vectors of the episode generator: SHA-256 of the canonical JSON of every task's episodes.
 * They change only when episodes change on purpose: `npx tsx scripts/golden-episodes.ts` rewrites
 * test/golden/episodes.json, `--print` only prints it.
 */

/** Small seeds, one of each evaluation set, and both ends of the range of seeds. */
export const goldenSeeds = [0, 1, 7, 42, 1001, 2005, 3010, 4003, 20_260_406, 4_294_967_295] as const;

export type EpisodeVectors = Readonly<Record<TaskId, Readonly<Record<string, string>>>>;

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

export function episodeVectors(): EpisodeVectors {
  const byTask = taskIds.map((taskId) => [taskId, vectorsOf(taskId)] as const);
  return Object.fromEntries(byTask) as unknown as EpisodeVectors;
}

function vectorsOf(taskId: TaskId): Readonly<Record<string, string>> {
  return Object.fromEntries(
    goldenSeeds.map((seed) => [String(seed), sha256(canonicalJson(generateEpisode(tasks[taskId], seed)))]),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const text = `${JSON.stringify(episodeVectors(), null, 2)}\n`;
  if (process.argv.includes('--print')) process.stdout.write(text);
  else await writeFile('test/golden/episodes.json', text);
}
