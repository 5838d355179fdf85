import type { ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Arrangement } from './elk.ts';
import { keyOf } from './graph.ts';
import { knownArrangements } from './known-arrangements.ts';

/**
 * The arrangement of a graph. Those of this project's machines are precomputed, so that no server delays its
 * players with them; the layout engine is loaded for other graphs only.
 */
export async function arrangementOf(graph: ElkNode): Promise<Arrangement> {
  const known = knownArrangements[keyOf(graph)];
  if (known !== undefined) return JSON.parse(known) as Arrangement;
  return (await import('./elk.ts')).arranged(graph);
}
