import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { count, lastValueFrom, map, take } from 'rxjs';
import { generateEpisode } from '../src/game/episode/generate.ts';
import { generatedProposals } from '../src/game/episode/proposal.ts';
import { isOver } from '../src/game/position.ts';
import { taskIds, tasks } from '../src/game/task.ts';
import type { StoredCommit } from '../src/log/event-log.ts';
import { FileEventLog } from '../src/log/file/file-event-log.ts';
import { MatchRegistry } from '../src/match/registry.ts';
import { systemClock } from '../src/match/clock.ts';
import { digestInForm } from '../src/match/proof/digest.ts';
import { openingFor } from '../src/match/new-match.ts';
import { PartDigests } from '../src/match/proof/part-digests.ts';
import { foldCommit, openFold } from '../src/match/fold/fold.ts';
import type { FoldedStep, MatchFold } from '../src/match/fold/fold.ts';
import { divergedAt } from '../src/match/fold/replay.ts';
import { verify } from '../src/match/proof/verify.ts';
import { playMatch } from '../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../src/players/roster.ts';
import { matchId } from '../src/shared/ids.ts';
import type { MatchId } from '../src/shared/ids.ts';
import type { BenchOptions } from './options.ts';
import { row } from './report.ts';
import type { Row } from './report.ts';
import { timed } from './timing.ts';

/**
 * Stored commits processed per second: read only; folded, with every digest compared; and verified, which
 * decides every command again. The control parses each line of the same files with JSON.parse.
 */
export async function benchReplay({ rounds, folder, scale }: BenchOptions): Promise<readonly Row[]> {
  const data = join(folder, 'replay');
  await playMany(data, Math.max(8, Math.round(400 * scale)));
  const log = await FileEventLog.open(data, 'read');
  const { position } = log.health;
  const read: Sample[] = [];
  const folded: Sample[] = [];
  const verified: Sample[] = [];
  let events = 0;
  for (let round = 0; round < rounds; round += 1) {
    const bare = await timed(() => parsePlainly(data));
    const control = bare.result / bare.seconds;
    const sampleOf = async (work: () => Promise<unknown>) => {
      const { seconds, cpuUs } = await timed(work);
      return { value: position / seconds, cpuUs: cpuUs / position, control };
    };
    read.push(await sampleOf(() => lastValueFrom(log.subscribe(0).pipe(take(position), count()))));
    folded.push(await sampleOf(() => foldAll(log)));
    verified.push(
      await sampleOf(async () => {
        events = await verifyAll(log);
      }),
    );
  }
  await log.close();
  return [
    row('commits read', '/s', read),
    row('… folded, digests compared', '/s', folded, '0.25 of JSON.parse'),
    row('… verified', '/s', verified),
    row('events in the log', '', [{ value: events }]),
  ];
}

interface Sample {
  readonly value: number;
  readonly control: number;
  readonly cpuUs: number;
}

/** @returns the number of verified events */
async function verifyAll(log: FileEventLog): Promise<number> {
  let events = 0;
  for await (const { stream, commits } of log.everyStream()) {
    const proof = verify(stream, commits ?? []);
    if (!proof.ok) throw new Error(`Match ${stream} does not verify: ${proof.divergence.message}`);
    events += proof.version;
  }
  return events;
}

/** Folds all matches together, in the order of the log, as a subscriber would. */
async function foldAll(log: FileEventLog): Promise<void> {
  const open = new Map<MatchId, Folding>();
  await lastValueFrom(
    log.subscribe(0).pipe(
      take(log.health.position),
      map((commit) => {
        const { stream } = commit;
        const folding = open.get(stream) ?? new Folding(commit);
        open.set(stream, folding);
        if (folding.takesLast(commit)) open.delete(stream);
      }),
    ),
  );
  if (open.size > 0) throw new Error(`${open.size} matches did not end.`);
}

/** Folds one match and compares every recorded digest. */
class Folding {
  #fold: MatchFold;
  readonly #digests = new PartDigests();

  constructor(opening: StoredCommit) {
    this.#fold = openFold(opening.stream, opening);
  }

  /** Folds a commit. @returns whether the match is over */
  takesLast(commit: StoredCommit): boolean {
    const folded = foldCommit(this.#fold, commit);
    if (!folded.ok) throw divergedAt(commit.stream, folded);
    for (const step of folded.steps) this.#compare(commit, step);
    this.#fold = folded.fold;
    return isOver(this.#fold.position);
  }

  #compare({ stream }: StoredCommit, { event, after }: FoldedStep): void {
    if (event.type !== 'state.digested') return;
    const { form, digest } = event.data;
    if (digestInForm(form, after, this.#digests).digest !== digest)
      throw new Error(`Match ${stream} diverges.`);
  }
}

async function playMany(data: string, matches: number): Promise<void> {
  const log = await FileEventLog.open(data, 'write', { durability: { mode: 'os' } });
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals });
  for (let seed = 0; seed < matches; seed += 1) {
    const task = taskIds[seed % taskIds.length] ?? 'task_1';
    const id = matchId(`${task}-${seed}`);
    const actor = await registry.create(
      id,
      openingFor({ task, seed, episode: generateEpisode(tasks[task], seed) }),
    );
    await playMatch(actor, seatsFor(defaultPlayers, seed));
    await registry.passivate(id);
  }
  await registry.close();
  await log.close();
}

/** The minimal work of any reader of these files. @returns the number of lines */
async function parsePlainly(data: string): Promise<number> {
  const parsed: unknown[] = [];
  let lines = 0;
  for (const name of (await readdir(join(data, 'log'))).filter((file) => file.endsWith('.ndjson'))) {
    const bytes = await readFile(join(data, 'log', name));
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(10, start);
      parsed[0] = JSON.parse(bytes.toString('utf8', start, end));
      lines += 1;
      start = end + 1;
    }
  }
  return lines;
}
