import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { tasks } from '../src/game/task.ts';
import type { TaskId } from '../src/game/task.ts';
import { FileEventLog, logFileName } from '../src/log/file-event-log.ts';
import { Arena } from '../src/match/arena.ts';
import { openingFor } from '../src/match/new-match.ts';
import { playMatch } from '../src/players/play-match.ts';
import { seatsFor } from '../src/players/roster.ts';
import { archiveOf } from '../src/projection/archive.ts';
import { matchId } from '../src/shared/ids.ts';

/**
 * Writes the golden streams: whole log files of one match each, with the archive they must give. They replay for
 * ever; make new ones only when a format changes on purpose, beside the old ones once a version is released.
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
  const arena = new Arena({ log, clock, source: generatedProposals });
  const name = `${ruleset}-${task}`;
  const opening = openingFor({
    task,
    ruleset,
    seed,
    salt: 'golden',
    episode: generateEpisode(tasks[task], seed),
    players,
  });
  const actor = await arena.create(matchId(name), opening);
  await playMatch(actor, seatsFor(players, seed));
  await arena.close();
  const archive = archiveOf(await log.read(matchId(name)));
  await log.close();
  await copyFile(join(folder, logFileName), `test/golden/${name}.ndjson`);
  await writeFile(`test/golden/${name}.archive.json`, `${JSON.stringify(archive, null, 1)}\n`);
  await rm(folder, { recursive: true });
  console.log(name);
}
