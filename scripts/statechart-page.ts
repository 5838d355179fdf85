import { layoutOf } from '../src/chart/layout/layout.ts';
import { machineNames, machines } from '../src/chart/model/machines.ts';
import type { MachineName } from '../src/chart/model/machines.ts';
import { chartOf } from '../src/chart/model/model.ts';
import type { ChartEdge } from '../src/chart/model/model.ts';
import { paintChart } from '../src/chart/paint/paint.ts';
import { code, table } from './table.ts';

const themes = ['light', 'dark'] as const;

/** The charts of every machine in both themes, by file name. */
export async function statechartFigures(): Promise<Readonly<Record<string, string>>> {
  const figures: Record<string, string> = {};
  for (const machine of machineNames) {
    const layout = await layoutOf(chartOf(machines[machine]), 'down');
    for (const theme of themes) figures[figureName(machine, theme)] = `${paintChart(layout, { theme })}\n`;
  }
  return figures;
}

const figureName = (machine: MachineName, theme: (typeof themes)[number]): string =>
  `chart-${machine}-${theme}.svg`;

/**
 * The generated sections of docs/statechart.md by machine: its picture, and its states and transitions as
 * tables.
 */
export const statechartSections = (): Readonly<Record<MachineName, string>> => ({
  match: section('match'),
  review: section('review'),
  seat: section('seat'),
  node: section('node'),
});

function section(machine: MachineName): string {
  const { states, edges } = chartOf(machines[machine]);
  const [root, ...others] = states;
  const picture = [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="img/${figureName(machine, 'dark')}">`,
    `  <img src="img/${figureName(machine, 'light')}" alt="Statechart of ${machine}">`,
    '</picture>',
  ].join('\n');
  const transitions = edges.filter(({ kind }) => kind !== 'initial');
  return [
    root?.description ?? '',
    picture,
    table(
      ['state', 'what it is'],
      others.map(({ id, description }) => [code(id), description]),
    ),
    table(
      ['in', 'event', 'if', 'then', 'because'],
      transitions.map((edge) => [
        edge.source === '' ? 'any' : code(edge.source),
        edge.kind === 'always' ? 'none' : code(edge.label),
        conditionOf(edge),
        edge.targets.map(code).join(', ') || 'stays',
        edge.description,
      ]),
    ),
  ].join('\n\n');
}

const conditionOf = ({ guard, isElse }: ChartEdge): string =>
  isElse ? 'else' : guard === null ? '' : code(guard);
