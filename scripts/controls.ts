import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import { roles } from '../src/game/command.ts';
import type { Role } from '../src/game/command.ts';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { taskIds, tasks } from '../src/game/task.ts';
import type { TaskId } from '../src/game/task.ts';
import { MemoryEventLog } from '../src/log/memory-event-log.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import { systemClock } from '../src/match/clock.ts';
import { openingFor } from '../src/match/new-match.ts';
import { playMatch } from '../src/players/play-match.ts';
import { defaultPlayers, roster, seatsFor } from '../src/players/roster.ts';
import { matchId } from '../src/shared/ids.ts';
import { replaceSection } from './section.ts';

/**
 * Plays every player of the roster against the default others on `standard`, and checks that no control
 * scores as well as the scripted players of its role. `npm run controls -- [seeds] [--write]` prints the
 * table; `--write` also writes it to docs/rules.md.
 */

/** Players that are meant to play well, by role. All others are controls, except the baselines. */
const scripted: Readonly<Record<Role, readonly string[]>> = {
  fraudster: ['reactive', 'scripted'],
  investigator: ['scripted'],
  auditor: ['scripted'],
};
const baselines = ['marker', 'gibberish'];
/** The minimal grade of the scripted investigator above the best constant verdict. */
const constantMargin = 0.15;

interface Job {
  readonly role: Role;
  readonly player: string;
  readonly task: TaskId;
  readonly seeds: number;
}

/** The mean reward of the role, and the mean grade. */
interface Mean {
  readonly reward: number;
  readonly grade: number;
}

async function measure({ role, player, task, seeds }: Job): Promise<Mean> {
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals });
  const players = { ...defaultPlayers, [role]: player };
  let [reward, grade] = [0, 0];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const id = matchId(`m-${seed}`);
    const actor = await registry.create(
      id,
      openingFor({ task, seed, episode: generateEpisode(tasks[task], seed) }),
    );
    await playMatch(actor, seatsFor(players, seed));
    const { grades } = actor.position.state;
    reward += (grades?.rewards[role] ?? 0) / seeds;
    grade += (grades?.grade ?? 0) / seeds;
    await registry.passivate(id);
  }
  await registry.close();
  await log.close();
  return { reward, grade };
}

const nameOf = ({ role, player, task }: Job) => `${role} ${player} ${task}`;

/** Measures the jobs, distributed over the processors. */
async function measureAll(jobs: readonly Job[]): Promise<ReadonlyMap<string, Mean>> {
  const means = new Map<string, Mean>();
  const queue = [...jobs];
  const worker = async () => {
    const child = fork(new URL(import.meta.url), { execArgv: ['--import', 'tsx'] });
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const current = job;
      child.send(current);
      means.set(
        nameOf(current),
        await new Promise<Mean>((resolve) => child.once('message', resolve as never)),
      );
    }
    child.disconnect();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return means;
}

async function main(seeds: number, write: boolean): Promise<number> {
  const jobs = roles.flatMap((role) =>
    Object.keys(roster[role]).flatMap((player) => taskIds.map((task) => ({ role, player, task, seeds }))),
  );
  const means = await measureAll(jobs);
  const meanOf = (role: Role, player: string, task: TaskId) =>
    means.get(nameOf({ role, player, task, seeds })) ?? { reward: NaN, grade: NaN };
  const rows = roles.flatMap((role) =>
    Object.keys(roster[role]).map((player) => {
      const kind = scripted[role].includes(player)
        ? 'scripted'
        : baselines.includes(player)
          ? 'baseline'
          : 'control';
      const cells = taskIds.map((task) => {
        const { reward, grade } = meanOf(role, player, task);
        return role === 'investigator' ? `${reward.toFixed(3)} (${grade.toFixed(3)})` : reward.toFixed(3);
      });
      return [role, player, kind, ...cells];
    }),
  );
  const failures = roles.flatMap((role) =>
    taskIds.flatMap((task) => {
      const least = Math.min(...scripted[role].map((player) => meanOf(role, player, task).reward));
      return Object.keys(roster[role])
        .filter((player) => !scripted[role].includes(player) && !baselines.includes(player))
        .filter((player) => !(meanOf(role, player, task).reward < least))
        .map(
          (player) => `${role} ${player} on ${task} is not below the scripted players (${least.toFixed(3)})`,
        );
    }),
  );
  const constants = ['approve-all', 'reject-all', 'escalate-all'];
  for (const task of taskIds) {
    const best = Math.max(...constants.map((player) => meanOf('investigator', player, task).grade));
    const margin = meanOf('investigator', 'scripted', task).grade - best;
    console.log(
      `${task}: the scripted investigator's grade is ${margin.toFixed(3)} above the best constant one`,
    );
    if (!(margin >= constantMargin)) failures.push(`on ${task} that margin is below ${constantMargin}`);
  }
  const head = ['role', 'player', 'kind', ...taskIds];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  console.log(table.toString());
  if (write) await replaceSection('docs/rules.md', 'controls', markdown(head, rows, seeds));
  for (const failure of failures) console.log(failure);
  console.log(`${jobs.length - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[], seeds: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const caption = `Mean reward over the seeds 1 to ${seeds}, the other seats by the default players; the investigator's grade in brackets.`;
  return [caption, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.send === undefined) {
  const seeds = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 200);
  process.exitCode = await main(seeds, process.argv.includes('--write'));
} else {
  process.on('message', (job: Job) => {
    void measure(job).then((mean) => process.send?.(mean));
  });
}
