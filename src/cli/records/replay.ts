import Table from 'cli-table3';
import { Command } from 'commander';
import { auditorView } from '../../game/view/auditor.ts';
import type { Position } from '../../game/position.ts';
import { spectatorView } from '../../game/view/spectator.ts';
import { viewFor } from '../../game/view/view.ts';
import type { Role } from '../../game/command.ts';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { replay } from '../../match/fold/replay.ts';
import { timelineOf } from '../../history/timeline.ts';
import type { TimelineRow } from '../../history/timeline.ts';
import { AppError } from '../../shared/errors.ts';
import { dataDirOption, matchIdArgument, roleArgument, wholeNumber } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { plain } from '../summary.ts';

interface ReplayOptions {
  readonly at?: number;
  readonly role?: string;
  readonly dataDir: string;
  readonly json: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description("show a stored match's timeline, or what one role saw at an event")
    .argument('<match>', 'match id')
    .option('--at <n>', 'stop after event n (default: the last)', wholeNumber(1))
    .option('--role <role>', 'show the view of fraudster, investigator, auditor or spectator')
    .addOption(dataDirOption())
    .option('--json', 'JSON instead of a table', false)
    .action((match: string, options: ReplayOptions) => run(options.json, () => show(match, options)));
}

async function show(match: string, { at, role, dataDir, json }: ReplayOptions): Promise<number> {
  const id = matchIdArgument(match);
  const viewer = role === undefined ? null : roleArgument(role);
  const log = await FileEventLog.open(dataDir, 'read');
  try {
    const commits = await log.read(id);
    const events = commits.at(-1)?.version ?? 0;
    if (events === 0)
      throw new AppError('unknown_match', `No match ${id} is stored in ${dataDir}.`, { match: id });
    if (at !== undefined && at > events)
      throw new AppError('argument_invalid', `--at ${at}: match ${id} has ${events} events.`, { at, events });
    const { position, bookkeeping } = replay(id, commits, at);
    if (viewer === null) {
      const rows = timelineOf(commits).filter((row) => at === undefined || row.version <= at);
      if (json) print(JSON.stringify(rows));
      else showTimeline(rows);
      return exitCodes.good;
    }
    const { phase, state, rules } = position;
    const view = viewAs(viewer, { phase, state, rules });
    const place = { match_id: id, role: viewer, version: at ?? events, seq: bookkeeping.frameCounts[viewer] };
    print(JSON.stringify({ ...place, ...view }, null, json ? 0 : 2));
    return exitCodes.good;
  } finally {
    await log.close();
  }
}

function viewAs(viewer: Role | 'spectator', position: Position): object {
  if (viewer === 'spectator') return spectatorView(position);
  return viewer === 'auditor' ? auditorView(position) : viewFor(viewer, position, 0);
}

function showTimeline(rows: readonly TimelineRow[]): void {
  const table = new Table({
    ...plain,

    head: ['event', 'time', 'by', 'what', 'reward'],
  });
  const start = rows[0]?.at ?? 0;
  for (const { version, at, by, what, reward } of rows)
    table.push([
      version,
      `+${((at - start) / 1000).toFixed(2)} s`,
      by,
      what,
      reward === null ? '' : signed(reward),
    ]);
  print(table.toString());
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
