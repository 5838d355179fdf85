import { roles } from '../src/game/command.ts';
import type { Role } from '../src/game/command.ts';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { tasks } from '../src/game/task.ts';
import { MemoryEventLog } from '../src/log/memory-event-log.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import { systemClock } from '../src/match/clock.ts';
import { openingFor } from '../src/match/new-match.ts';
import type { MatchFold } from '../src/match/fold/fold.ts';
import * as replies from '../src/server/sockets/replies.ts';
import { commandId, matchId } from '../src/shared/ids.ts';
import { recordPieces } from './load/script.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';
import { perSecond } from './timing.ts';

/**
 * Observations as text, for each role at every moment of a task_3 match in turn. The control writes the same
 * observations, prepared as values, with JSON.stringify.
 */
export async function benchView({ rounds, seconds }: BenchOptions): Promise<readonly Row[]> {
  const moments = await momentsOfMatch();
  const rows: Row[] = [];
  for (const role of roles) {
    const text = (count: number) => textOf(role, moments[count % moments.length]);
    const values = moments.map((moment) => JSON.parse(textOf(role, moment)) as unknown);
    await perSecond(seconds / 2, text);
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const control = await perSecond(seconds / 4, (count) => JSON.stringify(values[count % values.length]));
      samples.push({ ...(await perSecond(seconds / 4, text)), control: control.value });
    }
    rows.push(row(`observations of the ${role}`, '/s', samples));
  }
  return rows;
}

function textOf(role: Role, moment: MatchFold | undefined): string {
  if (moment === undefined) throw new Error('A match has moments.');
  return replies.observation({ role, requestId: undefined }, matchId('bench'), moment, 0).text;
}

async function momentsOfMatch(): Promise<readonly MatchFold[]> {
  const pieces = await recordPieces(1);
  const piece = pieces.find(({ task }) => task === 'task_3');
  if (piece === undefined) throw new Error('There is a task_3.');
  const { task, seed, moves } = piece;
  const registry = new MatchRegistry({
    log: new MemoryEventLog(),
    clock: systemClock,
    source: generatedProposals,
  });
  const episode = generateEpisode(tasks[task], seed);
  const actor = await registry.create(matchId('bench'), openingFor({ task, seed, episode }));
  const moments = [];
  for (const [index, { role, action }] of moves.entries()) {
    moments.push(actor.fold);
    await actor.act(role, action, commandId(`bench-${index}`));
  }
  await registry.close();
  return moments;
}
