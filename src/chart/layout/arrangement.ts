import type { ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Arrangement } from './elk.ts';
import { keyOf } from './graph.ts';
import { knownArrangements } from './known-arrangements.ts';

/**
 * Those of our own machines were computed when they were written, so that no server keeps its players waiting for them;
 * the engine is loaded for other graphs only.
 */
export async function arrangementOf(graph: ElkNode): Promise<Arrangement> {
  const known = knownArrangements[keyOf(graph)];
  if (known !== undefined) return JSON.parse(known) as Arrangement;
  return (await import('./elk.ts')).arranged(graph);
}
