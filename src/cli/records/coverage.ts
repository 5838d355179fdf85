import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { added, noCounts } from '../../chart/model/counts.ts';
import type { Counts } from '../../chart/model/counts.ts';
import { covered, coverageOf } from '../../chart/model/coverage.ts';
import type { Coverage, CoveredEdge } from '../../chart/model/coverage.ts';
import { layoutOf } from '../../chart/layout/layout.ts';
import { machines } from '../../chart/model/machines.ts';
import { countsAt, traceOf } from '../../chart/model/match-trace.ts';
import type { MatchTrace } from '../../chart/model/match-trace.ts';
import { chartOf } from '../../chart/model/model.ts';
import { paintChart } from '../../chart/paint/paint.ts';
import type { Theme } from '../../chart/paint/palette.ts';
import type { MatchEvent } from '../../game/event.ts';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { exitCodes, print, run } from '../run.ts';
import { save } from '../save.ts';
import { plain } from '../summary.ts';

type Machine = MatchTrace['machine'];

interface CoverageOptions {
  readonly against?: readonly string[];
  readonly machine: Machine;
  readonly chart?: string;
  readonly theme: Theme;
  readonly json: boolean;
}

/** What the matches of some data folders did in a chart. */
interface MatchSet {
  readonly name: string;
  readonly matches: number;
  readonly counts: Counts;
  readonly endReasons: Readonly<Record<string, number>>;
}

export function coverageCommand(): Command {
  return new Command('coverage')
    .description(
      'which states, transitions, guard outcomes and endings stored matches took, and which none did',
    )
    .argument('<dir...>', 'data folders')
    .option('--against <dir...>', 'other data folders, to be shown beside the first')
    .addOption(
      new Option('--machine <name>', 'of which machine').choices(['match', 'review']).default('match'),
    )
    .option('--chart <file>', 'draw how often each was taken, as an SVG')
    .addOption(new Option('--theme <theme>', 'colours').choices(['light', 'dark']).default('light'))
    .option('--json', 'one JSON line per set', false)
    .action((folders: readonly string[], options: CoverageOptions) =>
      run(options.json, () => tell(folders, options)),
    );
}

async function tell(folders: readonly string[], options: CoverageOptions): Promise<number> {
  const { against, machine, chart, theme, json } = options;
  const groups = against === undefined ? [folders] : [folders, against];
  const sets: MatchSet[] = [];
  for (const group of groups) sets.push(await readSet(group, options));
  const model = chartOf(machines[machine]);
  const coverages = sets.map(({ counts }) => coverageOf(model, counts));
  if (json)
    for (const [index, { name, matches, endReasons }] of sets.entries())
      print(JSON.stringify({ name, matches, end_reasons: endReasons, ...coverages[index] }));
  if (!json) show(sets, coverages);
  const [first] = sets;
  if (chart !== undefined && first !== undefined) {
    const layout = await layoutOf(model, 'down');
    await save(chart, `${paintChart(layout, { theme, overlay: { heat: first.counts } })}\n`);
  }
  return exitCodes.good;
}

async function readSet(folders: readonly string[], { machine, json }: CoverageOptions): Promise<MatchSet> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} matches',
    clearOnComplete: true,
    stream: process.stderr,
  });
  const endReasons: Record<string, number> = {};
  let [matches, counts] = [0, noCounts];
  for (const folder of folders) {
    const log = await FileEventLog.open(folder, 'read');
    try {
      if (!json) bar.start(log.streams().length, 0);
      for await (const { commits } of log.everyStream()) {
        const events = commits?.flatMap((commit) => commit.events) ?? [];
        if (!json) bar.increment();
        if (events[0]?.type !== 'match.created' || events[0].data.machine !== machine) continue;
        const history = traceOf(events);
        counts = added(counts, countsAt(history, history.steps.length));
        matches += 1;
        const ending = endingOf(events);
        endReasons[ending] = (endReasons[ending] ?? 0) + 1;
      }
    } finally {
      bar.stop();
      await log.close();
    }
  }
  return { name: folders.join(' '), matches, counts, endReasons };
}

function endingOf(events: readonly MatchEvent[]): string {
  let ending = 'not over';
  for (const { type, data } of events) {
    if (type === 'match.aborted') return 'aborted';
    if (type === 'review.closed') ending = data.reason;
  }
  return ending;
}

function show(sets: readonly MatchSet[], coverages: readonly Coverage[]): void {
  const [first] = coverages;
  if (first === undefined) return;
  const table = new Table({ ...plain, head: ['', ...sets.map(({ name }) => name)] });
  const row = (name: string, cell: (index: number) => string) =>
    table.push([name, ...sets.map((_, index) => cell(index))]);
  const share = (pick: (coverage: Coverage) => Coverage['states']) => (index: number) => {
    const all = pick(coverages[index] ?? first);
    const taken = covered(all);
    return `${taken} of ${all.length} (${((100 * taken) / all.length).toFixed(0)} %)`;
  };
  row('matches', (index) => String(sets[index]?.matches ?? 0));
  row(
    'states entered',
    share(({ states }) => states),
  );
  row(
    'transitions taken',
    share(({ edges }) => edges),
  );
  for (const [at, { label }] of first.edges.entries())
    row(label, (index) => edgeCell(coverages[index]?.edges[at]));
  const endings = [...new Set(sets.flatMap(({ endReasons }) => Object.keys(endReasons)))].sort();
  for (const ending of endings)
    row(`ending: ${ending}`, (index) => String(sets[index]?.endReasons[ending] ?? 0));
  print(table.toString());
  for (const [index, { states, edges }] of coverages.entries()) {
    const never = [...states.filter(({ count }) => count === 0).map(({ id }) => `state ${id}`)];
    never.push(...edges.filter(({ count }) => count === 0).map(({ label }) => label));
    const name = sets.length === 1 ? '' : ` in ${sets[index]?.name ?? ''}`;
    print(never.length === 0 ? `Nothing is left untaken${name}.` : `Never taken${name}:`);
    for (const each of never) print(`  ${each}`);
  }
}

/** How often it was taken, and how often its guard was false. */
const edgeCell = (edge: CoveredEdge | undefined): string =>
  edge === undefined ? '' : edge.refused === null ? `${edge.count}` : `${edge.count}, no ${edge.refused}`;
