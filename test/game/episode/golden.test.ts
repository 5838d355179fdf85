import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { episodeVectors, goldenSeeds, sha256 } from '../../../scripts/golden-episodes.ts';
import type { EpisodeVectors } from '../../../scripts/golden-episodes.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { taskIds, tasks } from '../../../src/game/task.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';

const root = new URL('../../../', import.meta.url);
const file = new URL('test/golden/episodes.json', root);
const written = JSON.parse(await readFile(file, 'utf8')) as EpisodeVectors;

describe('the published vectors', () => {
  it('are ten of each task', () => {
    expect(Object.keys(written)).toEqual([...taskIds]);
    for (const vectors of Object.values(written))
      expect(Object.keys(vectors)).toHaveLength(goldenSeeds.length);
    expect(goldenSeeds.length).toBeGreaterThanOrEqual(10);
  });

  it('are those of the episodes generated here', () => {
    expect(episodeVectors()).toEqual(written);
  });

  it('are those of the episodes generated in another process', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'scripts/golden-episodes.ts', '--print'],
      { cwd: root },
    );
    expect(JSON.parse(stdout)).toEqual(written);
  });
});

it('an episode has no carriage return, so that line endings cannot change its hash', () => {
  for (const taskId of taskIds) {
    const json = canonicalJson(generateEpisode(tasks[taskId], 42));
    expect(json).not.toMatch(/\r|\\r|\\u000d/i);
    expect(sha256(json.replaceAll('\r\n', '\n'))).toBe(written[taskId]['42']);
  }
});
