import { arranged } from '../src/chart/layout/elk.ts';
import { graphOf, keyOf } from '../src/chart/layout/graph.ts';
import type { Direction } from '../src/chart/layout/graph.ts';
import { partsOf } from '../src/chart/layout/lanes.ts';
import { machines } from '../src/chart/model/machines.ts';
import { chartOf } from '../src/chart/model/model.ts';

const directions: readonly Direction[] = ['down', 'right'];

/** The arrangements of every machine in both directions, by graph key, from the installed layout engine. */
export async function arrangementsOfMachines(): Promise<Readonly<Record<string, string>>> {
  const known: Record<string, string> = {};
  for (const machine of Object.values(machines))
    for (const direction of directions) {
      const model = chartOf(machine);
      const graph = graphOf(model, partsOf(model), direction);
      // The engine mutates its input, so the key is computed from the input before the call.
      known[keyOf(graph)] = JSON.stringify(await arranged(graph));
    }
  return known;
}

export async function knownArrangementsModule(): Promise<string> {
  const rows = Object.entries(await arrangementsOfMachines()).map(
    ([key, arrangement]) => `'${key}': '${arrangement}',`,
  );
  return [
    '/** Written by `npm run docs`: what the layout engine answers for the charts of `machines/`, as JSON. */',
    'export const knownArrangements: Readonly<Record<string, string>> = {',
    ...rows,
    '};\n',
  ].join('\n');
}
