import type { Draws } from '../../src/game/random.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { numbered } from '../../src/match/fold/replay.ts';
import { reread } from './kit.ts';

type Container = Record<string, unknown>;

/** One value of a stream, changed where nobody should. */
export interface Tampering {
  readonly commits: readonly StoredCommit[];
  readonly version: number;
  readonly type: MatchEvent['type'];
  /** JSON path within the event. */
  readonly path: string;
  readonly how: string;
}

/** The stream with one value of one event changed, taken away or made null; the draws say which. */
export function tamper(commits: readonly StoredCommit[], draws: Draws): Tampering {
  const copy = reread(commits);
  const { event, version } = draws.pick(numbered(copy));
  const { holder, key, path } = draws.pick(leavesOf(event.data as unknown as Container, '/data'));
  const how = draws.pick(['changed', 'changed', 'removed', 'null']);
  const isNull = holder[key] === null;
  if (how === 'removed' && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else holder[key] = how === 'null' && !isNull ? null : changed(holder[key]);
  return { commits: copy, version, type: event.type, path, how };
}

interface Leaf {
  readonly holder: Container;
  readonly key: string;
  readonly path: string;
}

/** Everything that holds no further value: texts, numbers, switches, null, and what is empty. */
function leavesOf(holder: Container, path: string): readonly Leaf[] {
  return Object.entries(holder).flatMap(([key, value]) => {
    const inside = `${path}/${key}`;
    const isNested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    return isNested ? leavesOf(value as Container, inside) : [{ holder, key, path: inside }];
  });
}

function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'boolean') return !value;
  return value === null ? 'x' : [...(Array.isArray(value) ? ['x'] : ['x', 'y'])];
}
