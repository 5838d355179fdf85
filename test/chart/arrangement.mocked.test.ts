import { describe, expect, it, vi } from 'vitest';
import { arrangementsOfMachines } from '../../scripts/known-arrangements.ts';
import { knownArrangements } from '../../src/chart/layout/known-arrangements.ts';
import type * as Engine from '../../src/chart/layout/elk.ts';
import { layoutOf } from '../../src/chart/layout/layout.ts';
import { machines } from '../../src/chart/model/machines.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { nested } from './sample-machines.ts';

/** Graphs that the layout engine was asked for. */
const asked = vi.hoisted(() => [] as string[]);
vi.mock('../../src/chart/layout/elk.ts', async (load) => {
  const engine = await load<typeof Engine>();
  const arranged: typeof engine.arranged = (graph) => {
    asked.push(graph.id);
    return engine.arranged(graph);
  };
  return { arranged };
});

describe('the arrangements that are kept', () => {
  it('are what the layout engine gives for the machines, all of them and no others', async () => {
    expect(knownArrangements).toEqual(await arrangementsOfMachines());
  });

  it('spare our own charts the engine; others ask it', async () => {
    asked.length = 0;
    for (const machine of Object.values(machines))
      for (const direction of ['down', 'right'] as const) await layoutOf(chartOf(machine), direction);
    expect(asked).toEqual([]);
    const { states } = await layoutOf(chartOf(nested), 'down');
    expect(asked).toEqual(['chart']);
    expect(states.length).toBeGreaterThan(3);
  });
});
