import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { tasks } from '../src/game/task.ts';
import type { TaskId } from '../src/game/task.ts';
import { exportLog } from '../src/log/tools/export-log.ts';
import { FileEventLog } from '../src/log/file/file-event-log.ts';
import { nodeFiles } from '../src/log/disk/files.ts';
import { lineVersion } from '../src/log/line/line.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import { digestForm } from '../src/match/proof/digest.ts';
import { openingFor } from '../src/match/new-match.ts';
import { playMatch } from '../src/players/play-match.ts';
import { seatsFor } from '../src/players/roster.ts';
import { archiveOf } from '../src/history/archive.ts';
import { matchId } from '../src/shared/ids.ts';

/**
 * Writes the golden streams: exports of one match each, with the archive that they must give. They must
 * replay forever. A new format, of lines or of digests, adds new streams; those of old formats, which no
 * program writes any more, stay.
 */
const streams: readonly {
  ruleset: string;
  task: TaskId;
  fraudster: string;
  investigator: string;
  auditor: string;
}[] = [
  {
    ruleset: 'standard',
    task: 'task_1',
    fraudster: 'reactive',
    investigator: 'scripted',
    auditor: 'scripted',
  },
  { ruleset: 'standard', task: 'task_2', fraudster: 'random', investigator: 'random', auditor: 'repeating' },
  {
    ruleset: 'classic',
    task: 'task_1',
    fraudster: 'reactive',
    investigator: 'scripted',
    auditor: 'scripted',
  },
  { ruleset: 'classic', task: 'task_2', fraudster: 'random', investigator: 'marker', auditor: 'random' },
];

const seed = 20_260_406;

for (const { ruleset, task, ...players } of streams) {
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  const log = await FileEventLog.open(folder, 'write');
  let now = 1_775_433_600_000;
  const clock = { now: () => (now += 1000), after: () => () => undefined };
  const registry = new MatchRegistry({ log, clock, source: generatedProposals });
  const name = `${ruleset}-${task}`;
  const opening = openingFor({
    task,
    ruleset,
    seed,
    salt: 'golden',
    episode: generateEpisode(tasks[task], seed),
    players,
  });
  const actor = await registry.create(matchId(name), opening);
  await playMatch(actor, seatsFor(players, seed));
  await registry.close();
  const archive = archiveOf(await log.read(matchId(name)));
  await log.close();
  let lines = '';
  for await (const line of exportLog(nodeFiles, folder, 'all')) lines += line;
  const file = `digest-${digestForm}-${name}`;
  await writeFile(`test/golden/format-${lineVersion}-${file}.ndjson`, lines);
  await writeFile(`test/golden/${file}.archive.json`, `${JSON.stringify(archive, null, 1)}\n`);
  await rm(folder, { recursive: true });
  console.log(name);
}
