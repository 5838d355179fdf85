import { sizeFrom } from '../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { matchMachine } from '../../machines/match.machine.ts';
import { added, noCounts } from '../../src/chart/model/counts.ts';
import type { Counts } from '../../src/chart/model/counts.ts';
import { layoutOf } from '../../src/chart/layout/layout.ts';
import { machines } from '../../src/chart/model/machines.ts';
import { countsAt, traceOf, overlayAt } from '../../src/chart/model/match-trace.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { paintChart } from '../../src/chart/paint/paint.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import type { GameState } from '../../src/game/state.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { foldStream, numbered } from '../../src/match/fold/replay.ts';
import { isAnnotation } from '../../src/match/fold/chart.ts';
import { matchId } from '../../src/shared/ids.ts';
import { playRandomMatch } from '../simulation/random-match.ts';
import { allOf, attribute, parseXml } from './xml.ts';

/** Random matches, each by its seed. `CHART_MATCHES=200` plays more of them, `CHART_SEED` begins elsewhere. */
const count = sizeFrom('CHART_MATCHES', { small: 4, all: 20 });
const first = Number(process.env['CHART_SEED'] ?? 1);
const seeds = Array.from({ length: count }, (_, index) => first + index);
const cases = seeds.map((seed) => [seed, seed % 2 === 0 ? 'classic' : 'standard'] as const);

const layout = await layoutOf(chartOf(machines.match), 'down');
let total = noCounts;

describe.each(cases)('random match %i (%s)', async (seed, ruleset) => {
  const log = new MemoryEventLog();
  await playRandomMatch(log, ruleset, seed);
  const id = matchId(`${ruleset}-${seed}`);
  const commits = await log.read(id);
  const events = numbered(commits).map(({ event }) => event);
  const history = traceOf(events);
  total = added(total, countsAt(history, events.length));
  const moves = [...foldStream(id, commits)].flatMap(({ steps }) => steps);

  it('has the replayed phase as its active state after every event, and paints it', () => {
    expect(moves).toHaveLength(events.length);
    for (const [index, { after }] of moves.entries()) {
      const { phase } = after;
      const overlay = overlayAt(history, index + 1);
      expect(overlay).toMatchObject({ active: [phase], seq: index + 1 });
      if (index % 10 !== 0 && index < events.length - 1) continue;
      const states = allOf(parseXml(paintChart(layout, { overlay }))).filter((each) =>
        attribute(each, 'class').startsWith('state active'),
      );
      expect(states.map((each) => attribute(each, 'data-state'))).toEqual([phase]);
    }
  });

  it('counts after every event as one does by hand', () => {
    let counts = noCounts;
    for (const [index, { before, event, after }] of moves.entries()) {
      counts = added(counts, byHand(index === 0 ? null : before, event, after.state));
      expect(countsAt(history, index + 1), `version ${index + 1}`).toEqual(counts);
    }
  });

  it('tells the transitions that were taken last, whatever is only noted after them', () => {
    for (const [index, event] of events.entries()) {
      const last = overlayAt(history, index + 1).last ?? [];
      if (isAnnotation(event)) expect(last).toEqual(overlayAt(history, index).last);
      else expect(last.at(index === 0 ? 0 : -1)).toContain('|');
      if (index > 0 && !isAnnotation(event)) expect(last[0]).toContain(`|${event.type}|`);
    }
  });
});

it('takes every state of the chart in some match', () => {
  const { states } = chartOf(machines.match);
  const entered = new Set(Object.keys(total.states));
  expect(states.map(({ id }) => id).filter((id) => !entered.has(id))).toEqual(['aborted']);
});

/** The chart's own literal, read as a person does: try the guards in their order, go where the first leads. */
function byHand(
  before: { readonly phase: string; readonly state: GameState } | null,
  event: MatchEvent,
  after: GameState,
): Counts {
  const [edges, states, failed] = [{}, {}, {}] as Record<string, number>[];
  const add = (counts: Record<string, number> | undefined, id: string) => {
    if (counts !== undefined) counts[id] = (counts[id] ?? 0) + 1;
  };
  let phase = before?.phase ?? 'fraudster_turn';
  const tryAll = (source: string, name: string, rules: unknown, state: GameState): boolean => {
    const list = (Array.isArray(rules) ? rules : rules === undefined ? [] : [rules]) as Rule[];
    for (const [index, { guard, target }] of list.entries()) {
      const id = `${source}|${name}|${index}`;
      if (guard !== undefined && !holds(guard, state, event)) {
        add(failed, id);
        continue;
      }
      add(edges, id);
      if (target === undefined) return true;
      phase = target.replace('.', '');
      add(states, phase);
      return true;
    }
    return false;
  };
  if (before === null) {
    add(edges, '|@initial|0');
    for (const state of ['', phase]) add(states, state);
  } else if (!isAnnotation(event)) {
    const { on } = chart.states[phase] ?? {};
    const isTaken = tryAll(phase, event.type, on?.[event.type], before.state);
    if (!isTaken) tryAll('', event.type, chart.on[event.type], before.state);
    while (tryAll(phase, '@always', chart.states[phase]?.always, after));
  }
  return { edges: edges ?? {}, states: states ?? {}, failed: failed ?? {} };
}

interface Rule {
  readonly guard?: string;
  readonly target?: string;
}

const chart = matchMachine.config as unknown as {
  readonly on: Readonly<Record<string, unknown>>;
  readonly states: Readonly<Record<string, { on?: Record<string, unknown>; always?: unknown }>>;
};

function holds(guard: string, state: GameState, event: MatchEvent): boolean {
  const guards = matchMachine.implementations.guards as Readonly<Record<string, unknown>>;
  const asked = guards[guard] as (args: { context: { state: GameState }; event: MatchEvent }) => boolean;
  return asked({ context: { state }, event });
}
