import { randomInt } from 'node:crypto';
import { Command, Option } from 'commander';
import { SingleBar } from 'cli-progress';
import { generateEpisode } from '../../game/episode/generate.ts';
import { generatedProposals } from '../../game/episode/proposal.ts';
import type { Created } from '../../game/event.ts';
import type { KnobOverrides } from '../../game/task.ts';
import { tasks } from '../../game/task.ts';
import type { EventLog } from '../../log/event-log.ts';
import type { Durability } from '../../log/durability.ts';
import { Documents } from '../../log/disk/documents.ts';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { checkpointFolder } from '../../log/disk/data-folder.ts';
import { MatchRegistry } from '../../match/registry.ts';
import { systemClock } from '../../match/clock.ts';
import { openingFor, taskNamed } from '../../match/new-match.ts';
import { verify } from '../../match/proof/verify.ts';
import { mishapsFor } from '../../players/mishaps.ts';
import { playMatch } from '../../players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../players/roster.ts';
import type { SeatNames } from '../../players/roster.ts';
import { archiveOf } from '../../history/archive.ts';
import { snakeCase } from '../../shared/case.ts';
import { AppError } from '../../shared/errors.ts';
import { isId, matchId, streamVersion } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import { inParallel } from '../in-parallel.ts';
import { dataDirOption, durabilityOption, maybeServerOption, share, wholeNumber } from '../options.ts';
import { exitCodes, print, run, self } from '../run.ts';
import type { Hints } from '../run.ts';
import type { Played, Result } from '../played.ts';
import { broughtEpisode } from '../read-episode.ts';
import { playOnServer } from './play-remote.ts';
import { showMany, showMatch, showProofs } from '../summary.ts';

interface PlayOptions extends SeatNames {
  readonly task: string;
  readonly seed?: number;
  readonly ruleset?: string;
  readonly machine: Created['machine'];
  readonly mishaps: number;
  readonly episode?: string;
  readonly confirmHoldout: boolean;
  readonly matches: number;
  readonly concurrency: number;
  readonly dataDir: string;
  readonly durability: Durability;
  readonly json: boolean;
  readonly server?: string;
  readonly knob: readonly string[];
  readonly stepRewards?: 'shown' | 'withheld';
}

export function playCommand(): Command {
  const { fraudster, investigator, auditor } = defaultPlayers;
  return new Command('play')
    .description(
      'play whole matches in this process, store them, and verify them from the log; or on a server',
    )
    .option('--task <task>', 'task_1, task_2, task_3 or task_3_unseen', 'task_1')
    .option(
      '--seed <n>',
      'seed of the first match; the others count up (default: drawn)',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option('--ruleset <name>', 'standard or classic (default: standard, or what the server takes)')
    .addOption(
      new Option('--machine <name>', 'a match of three seats, or the review of an investigator alone')
        .choices(['match', 'review'])
        .default('match'),
    )
    .option('--fraudster <player>', 'who plays the fraudster', fraudster)
    .option('--investigator <player>', 'who plays the investigator', investigator)
    .option('--auditor <player>', 'who plays the auditor', auditor)
    .option(
      '--episode <file>',
      'play this episode document instead of a generated one; "holdout" or "holdout:NAME" is the held-out set',
    )
    .option('--confirm-holdout', 'yes, the held-out set is meant', false)
    .option(
      '--knob <name=n>',
      'set a knob of the match; repeat for more',
      (text, all: string[]) => [...all, text],
      [],
    )
    .addOption(
      new Option('--step-rewards <policy>', 'whether players see step rewards').choices([
        'shown',
        'withheld',
      ]),
    )
    .option(
      '--mishaps <share>',
      'at this share of moves (0 to 1) something else happens, drawn by the seed: a turn is missed, time runs out, ' +
        'somebody acts out of turn or in no known form, the owner ends the match',
      share,
      0,
    )
    .addOption(maybeServerOption())
    .option('--matches <n>', 'how many matches', wholeNumber(1, 1_000_000), 1)
    .option('--concurrency <n>', 'how many at the same time', wholeNumber(1, 1024), 8)
    .addOption(dataDirOption())
    .addOption(durabilityOption())
    .option('--json', 'one JSON line per match', false)
    .action((options: PlayOptions) => run(options.json, () => play(options), hints));
}

const defaultRuleset = 'standard';

const hints: Hints = {
  log_locked: `Play on its server with ${self} play --server, or choose another folder with --data-dir.`,
  server_unreachable: `Start one with: ${self} serve`,
};

async function play(options: PlayOptions): Promise<number> {
  // All arguments are checked before the first byte is written.
  refuseContradictions(options);
  const firstSeed = options.seed ?? randomInt(2 ** 32);
  const brought = options.episode === undefined ? null : await broughtEpisode(options.episode, options);
  const knobs = knobsFrom(options.knob);
  const openingOf = (seed: number) =>
    openingFor({
      task: options.task,
      ruleset: options.ruleset ?? defaultRuleset,
      machine: options.machine,
      seed,
      episode: brought?.episode ?? generateEpisode(tasks[taskNamed(options.task)], seed),
      knobs,
      policies: options.stepRewards === undefined ? {} : { stepRewards: options.stepRewards },
      players: playersOf(options),
    });
  openingOf(firstSeed);
  seatsFor(options, firstSeed);

  if (options.server !== undefined)
    return playOnServer({
      ...options,
      server: options.server,
      firstSeed,
      wanted: wantedFrom(options, knobs),
    });
  const { dataDir, durability } = options;
  const log = await FileEventLog.open(dataDir, 'write', { durability });
  if (!options.json) process.stderr.write(`Log ${dataDir}: ${durability.mode}, ${log.health.lossWindow}.\n`);
  const checkpoints = new Documents(checkpointFolder(dataDir), { isLasting: false });
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals, checkpoints });
  try {
    const names = nameMatches(log, options, firstSeed, brought?.namePart ?? '');
    const bar = new SingleBar({
      format: '{bar} {value}/{total} matches',
      clearOnComplete: true,
      stream: process.stderr,
    });
    if (options.matches > 1 && !options.json) bar.start(options.matches, 0);
    const started = performance.now();
    const results = await inParallel(names, options.concurrency, async ({ id, seed }) => {
      const actor = await registry.create(id, openingOf(seed));
      await playMatch(actor, seatsFor(options, seed), mishapsFor(seed, 1000 * options.mishaps));
      await registry.passivate(id);
      const played = await readBack(log, id, seed);
      bar.increment();
      if (options.json) print(JSON.stringify(jsonOf(played)));
      return summaryOf(played, options.matches);
    });
    bar.stop();
    if (!options.json) show(results, performance.now() - started, options);
    return results.every((result) => result.verified) ? exitCodes.good : exitCodes.failed;
  } finally {
    await registry.close();
    await log.close();
  }
}

function refuseContradictions({ server, episode, machine, mishaps, knob }: PlayOptions): void {
  const reason =
    server !== undefined && episode !== undefined
      ? '--episode and --server do not go together: a server makes its own.'
      : server !== undefined && machine === 'review'
        ? '--machine review and --server do not go together: servers host matches of three seats.'
        : server !== undefined && mishaps > 0
          ? '--mishaps and --server do not go together: there, time and ends are the server’s.'
          : machine === 'review' && knob.length > 0
            ? '--knob belongs to matches of three seats, not to a review.'
            : null;
  if (reason !== null) throw new AppError('argument_invalid', reason);
}

/** A review has no other seats. */
const playersOf = ({ machine, fraudster, investigator, auditor }: PlayOptions): Partial<SeatNames> =>
  machine === 'review' ? { investigator } : { fraudster, investigator, auditor };

async function readBack(log: EventLog, id: MatchId, seed: number): Promise<Played> {
  const commits = await log.read(id);
  return {
    matchId: id,
    seed,
    archive: archiveOf(commits),
    verification: verify(id, commits),
  };
}

function summaryOf(played: Played, matches: number): Result {
  const { grader_score, rewards, end_reason, phase } = played.archive;
  return {
    grade: grader_score ?? 0,
    rewards,
    endReason: phase === 'aborted' ? phase : (end_reason ?? 'none'),
    verified: played.verification.ok,
    played: matches === 1 || !played.verification.ok ? played : null,
  };
}

function show(results: readonly Result[], elapsedMs: number, options: PlayOptions): void {
  const [only] = results;
  if (options.matches === 1 && only?.played != null) showMatch(only.played, options.dataDir);
  else {
    showMany(results, elapsedMs, { task: options.task, ruleset: options.ruleset ?? defaultRuleset });
    showProofs(results, options.dataDir);
  }
}

/**
 * Readable ids that no stored match has: task, ruleset, review, holdout and seed, with a number if the name
 * is taken.
 */
function nameMatches(
  log: EventLog,
  { task, ruleset = defaultRuleset, machine, matches }: PlayOptions,
  firstSeed: number,
  namePart: string,
) {
  const taken = new Set<string>(log.streams());
  return Array.from({ length: matches }, (_, index) => {
    const seed = (firstSeed + index) % 2 ** 32;
    const alone = machine === 'review' ? 'review-' : '';
    const base = `${task}-${ruleset}-${alone}${namePart}${seed}`;
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
    taken.add(name);
    return { id: matchId(name), seed };
  });
}

function jsonOf({ matchId: id, seed, archive, verification }: Played) {
  const { task_id, ruleset, end_reason, grader_score, rewards, grades } = archive;
  return {
    match_id: id,
    task_id,
    ruleset: ruleset.name,
    seed,
    end_reason,
    grader_score,
    rewards,
    parts: grades?.parts ?? {},
    version: streamVersion(archive.versions),
    verified: verification.ok,
    ...(verification.ok ? { digest: verification.digest } : { divergence: verification.divergence }),
  };
}

/** The same match as data of `reset`. */
function wantedFrom({ task, ruleset, stepRewards }: PlayOptions, knobs: KnobOverrides) {
  const overrides = Object.entries(knobs).map(([name, value]) => [snakeCase(name), value] as const);
  return {
    task_id: task,
    ...(ruleset === undefined ? {} : { ruleset }),
    ...Object.fromEntries(overrides),
    ...(stepRewards === undefined ? {} : { policies: { step_rewards: stepRewards } }),
  };
}

const knobNames = [
  'maxRounds',
  'maxProposals',
  'maxFraudsterActionsPerTurn',
  'maxInvestigatorActionsPerTurn',
] as const;

/** Parses `--knob max_rounds=3`, with the names of the wire. */
function knobsFrom(texts: readonly string[]): KnobOverrides {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', value = ''] = text.split('=');
      const known = knobNames.find((each) => snakeCase(each) === name);
      if (known === undefined || !isId(value) || !Number.isFinite(Number(value)))
        throw new AppError(
          'knob_invalid',
          `--knob ${text}: give one of ${knobNames.map(snakeCase).join(', ')} and a number.`,
        );
      return [known, Number(value)];
    }),
  );
}
