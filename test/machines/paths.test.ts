import { describe, expect, it } from 'vitest';
import type { MatchEvent } from '../../src/game/event.ts';
import { edgesOf, machines, pathsThrough, replayed, statesOf, withOneMore } from './paths.ts';
import type { MachineName, Path } from './paths.ts';

const names: readonly MachineName[] = ['match', 'review'];
const rulesets = ['classic', 'standard'];

describe.each(names)('the %s machine', (name) => {
  const machine = machines[name];
  const states = statesOf(machine).filter((node) => node.type !== 'compound');
  const edges = edgesOf(machine);
  const paths = rulesets.flatMap((ruleset) => pathsThrough(name, ruleset));
  const byState = new Map<string, Path>();
  const byEdge = new Map<string, Path>();
  for (const path of paths.flatMap((each) => [each, ...withOneMore(each)])) {
    const { phase, taken } = replayed(name, path.scene);
    if (!byState.has(phase)) byState.set(phase, path);
    for (const id of taken) if (!byEdge.has(id)) byEdge.set(id, path);
  }

  it('has states and transitions to walk', () => {
    expect(paths.length).toBeGreaterThan(name === 'match' ? 300 : 8);
    expect(new Set(edges.map((edge) => edge.id)).size).toBe(edges.length);
    expect(edges.length).toBeGreaterThan(name === 'match' ? 25 : 7);
  });

  it.each(states.map((node) => node.key).filter((key) => key !== 'round_end'))('reaches %s', (key) => {
    expect([...byState.keys()]).toContain(key);
  });

  it.each(edges.map((edge) => edge.id))('takes %s', (id) => {
    const path = byEdge.get(id);
    expect(path, `no decided events take ${id}`).toBeDefined();
    if (path === undefined) return;
    const again = replayed(name, path.scene);
    expect(again.taken).toContain(id);
    expect({ phase: again.phase, state: again.state }).toEqual(momentOf(path));
  });

  it('comes to the same state by the stored events of every path', () => {
    for (const path of paths) {
      const { phase, state } = replayed(name, path.scene);
      expect({ phase, state }).toEqual(momentOf(path));
    }
  });

  it('takes every path to an end', () => {
    const ends = new Set(paths.filter(({ scene }) => scene.onTurn === null).map(({ scene }) => scene.phase));
    expect([...ends].sort()).toEqual(['aborted', 'done']);
    expect(byState.has('round_end')).toBe(false);
  });

  it('describes every state and every transition', () => {
    const silent = [
      ...statesOf(machine).filter((node) => !node.description),
      ...edges.filter(({ definition }) => !definition.description),
    ];
    expect(silent).toEqual([]);
  });

  it('implements every guard and action it names', () => {
    const { guards, actions } = machine.implementations;
    const namesIn = (value: unknown) =>
      [value]
        .flat()
        .filter((each) => each !== undefined)
        .map(nameOf);
    const all = edges.map(({ definition }) => definition);
    const states = statesOf(machine).flatMap((node) => [...node.entry, ...node.exit]);
    expect(new Set(all.flatMap(({ guard }) => namesIn(guard)))).toEqual(new Set(Object.keys(guards)));
    expect(new Set([...all.flatMap((each) => namesIn(each.actions)), ...states.map(nameOf)])).toEqual(
      new Set(Object.keys(actions)),
    );
  });

  it('has neither delays nor children', () => {
    expect(statesOf(machine).flatMap((node) => [...node.after, ...node.invoke])).toEqual([]);
  });
});

const nameOf = (named: unknown): string =>
  typeof named === 'object' && named !== null && 'type' in named ? String(named.type) : String(named);

const momentOf = ({ scene: { phase, state } }: Path) => ({ phase, state });

/** The compiler asks for a line here when an event type is added. */
const kinds: Readonly<Record<MatchEvent['type'], 'opening' | 'match' | 'both' | 'annotation'>> = {
  'match.created': 'opening',
  'ad.proposed': 'match',
  'ad.arrived': 'match',
  'ad.modified': 'match',
  'proposals.committed': 'match',
  'turn.ended': 'match',
  'flag.raised': 'match',
  'audit.submitted': 'match',
  'finding.revealed': 'both',
  'verdict.given': 'both',
  'accounts.linked': 'both',
  'action.penalised': 'both',
  'review.closed': 'both',
  'match.graded': 'both',
  'match.aborted': 'both',
  'action.refused': 'annotation',
  'state.digested': 'annotation',
  'seat.claimed': 'annotation',
  'seat.dropped': 'annotation',
  'seat.resumed': 'annotation',
  'seat.released': 'annotation',
};

describe('event types', () => {
  const typesOf = (...wanted: readonly string[]) =>
    Object.entries(kinds).flatMap(([type, kind]) => (wanted.includes(kind) ? [type] : []));

  it('are exactly the facts in the match machine', () => {
    expect([...machines.match.events].sort()).toEqual(typesOf('match', 'both').sort());
  });

  it('are those of the investigator alone in the review machine', () => {
    expect([...machines.review.events].sort()).toEqual(typesOf('both').sort());
  });
});
