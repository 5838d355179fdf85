import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import fc from '../property.ts';
import { counted, noCounts } from '../../src/chart/model/counts.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { Tracer } from '../../src/chart/model/trace.ts';
import type { Taken } from '../../src/chart/model/trace.ts';
import { knotted, nested, regions } from './sample-machines.ts';

function traced(machine: AnyStateMachine, events: readonly string[]): readonly Taken[] {
  const tracer = new Tracer(machine);
  const taken = [tracer.opening, ...events.map((type) => tracer.take({ type }))];
  tracer.stop();
  return taken;
}

describe('what is taken', () => {
  it('begins with the ways in, and goes on with what waits for no event', () => {
    const [opening] = traced(nested, []);
    expect(opening).toEqual({
      edges: ['|@initial|0', 'lobby|@always|0', 'play|@initial|0'],
      entered: ['', 'lobby', 'play', 'play.fraudster_turn'],
      failed: [],
      active: ['play.fraudster_turn'],
    });
  });

  it('names a transition that leaves nothing, and enters nothing by it', () => {
    expect(traced(nested, ['note.taken', 'ping'])).toMatchObject([
      {},
      { edges: ['play|note.taken|0'], entered: [], active: ['play.fraudster_turn'] },
      { edges: ['|ping|0'], entered: [] },
    ]);
  });

  it('counts a state again that was left and entered again', () => {
    const [, , again] = traced(nested, ['turn.end', 'again']);
    expect(again).toMatchObject({
      edges: ['play.investigator_turn|again|0'],
      entered: ['play.investigator_turn'],
    });
  });

  it('enters every region, and no dot of a region into which a transition leads', () => {
    const [, skipped] = traced(nested, ['skip']);
    expect(skipped?.edges).toEqual(['play.fraudster_turn|skip|0', 'audit_phase.scoring|@initial|0']);
    expect(skipped?.active).toEqual(['audit_phase.verdicts.settled', 'audit_phase.scoring.waiting']);
  });

  it('is all that the regions take from one event', () => {
    const tracer = traced(regions, ['press', 'press']);
    expect(tracer[1]?.edges).toEqual(['light.off|press|0', 'sound.quiet|press|0']);
    expect(tracer[2]?.edges).toEqual(['light.on|press|0', 'sound.loud|press|0']);
  });

  it('goes on to the end of a parallel state', () => {
    const [, , end] = traced(nested, ['skip', 'score']);
    expect(end?.edges).toEqual([
      'audit_phase.scoring.waiting|score|0',
      'audit_phase|xstate.done.state.nested.audit_phase|0',
    ]);
    expect(end?.active).toEqual(['done']);
  });

  it('is nothing where no state takes the event, or the machine has ended', () => {
    expect(traced(nested, ['seat.join', 'match.abort', 'ping'])).toMatchObject([
      {},
      { edges: [], entered: [], failed: [] },
      { edges: ['|match.abort|0'], active: ['aborted'] },
      { edges: [], failed: [], active: ['aborted'] },
    ]);
  });

  it('tells an error of a guard to whoever asks', () => {
    const broken = setup({ guards: { isBroken: () => raise() } }).createMachine({
      id: 'broken',
      initial: 'a',
      states: { a: { on: { go: { guard: 'isBroken', target: 'b' } } }, b: {} },
    });
    expect(() => traced(broken, ['go'])).toThrow('The guard broke.');
  });
});

describe('guards', () => {
  it('that said no are those that the library asked, in any run of any machine', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...askable),
        fc.array(fc.nat({ max: 100 }), { maxLength: 60 }),
        fc.array(fc.nat({ max: 30 }), { maxLength: 20 }),
        (base, answers, choices) => {
          const asked: { name: string; answer: boolean }[] = [];
          let next = 0;
          const answer = (name: string) => () => {
            const is = (answers[next % Math.max(1, answers.length)] ?? 0) % 2 === 0;
            next += 1;
            asked.push({ name, answer: is });
            return is;
          };
          const names = new Set(chartOf(base).edges.flatMap(({ guard }) => guard ?? []));
          const guards = Object.fromEntries([...names].map((name) => [name, answer(name)]));
          const machine = base.provide({ guards } as never) as AnyStateMachine;
          const model = chartOf(machine);
          const events = [
            ...new Set(model.edges.filter(({ kind }) => kind === 'event').map(({ event }) => event)),
          ];
          const tracer = new Tracer(machine);
          // The library starts a machine once for its first step, and once for its run.
          asked.length = 0;
          for (const choice of choices) {
            const taken = tracer.take({ type: events[choice % events.length] ?? '' });
            const guardsOf = (ids: readonly string[]) =>
              ids.flatMap((id) => model.edges.find((edge) => edge.id === id)?.guard ?? []).sort();
            expect(guardsOf(taken.failed)).toEqual(saying(asked, false));
            expect(guardsOf(taken.edges)).toEqual(saying(asked, true));
            asked.length = 0;
          }
          tracer.stop();
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('counts', () => {
  it('add up what was taken, entered and refused', () => {
    const counts = counted(noCounts, traced(knotted, ['ab', 'ba', 'stay', 'ab', 'ab']));
    expect(counts).toEqual({
      edges: { '|@initial|0': 1, 'a|ab|0': 2, 'b|ba|0': 1, 'a|stay|0': 1 },
      states: { '': 1, a: 2, b: 2 },
      failed: {},
    });
  });
});

/** With guards on transitions that follow each other, in regions and around them, waiting for events or for none. */
const guarded = setup({
  types: { events: {} as { type: string } },
  guards: { g1: () => true, g2: () => true, g3: () => true, g4: () => true, g5: () => true, g6: () => true },
}).createMachine({
  id: 'guarded',
  type: 'parallel',
  on: { x: { guard: 'g6' } },
  states: {
    p: {
      initial: 'a',
      on: { x: { guard: 'g5', target: '.a' } },
      always: { guard: 'g6' },
      states: {
        a: {
          on: {
            x: [
              { guard: 'g1', target: 'b' },
              { guard: 'g2', target: 'c' },
            ],
            y: 'c',
          },
        },
        b: {
          always: [
            { guard: 'g3', target: 'c' },
            { guard: 'g4', target: 'a' },
          ],
          on: { y: 'a' },
        },
        c: { on: { x: { guard: 'g1', target: 'b' }, y: { guard: 'g2', target: 'a' } } },
      },
    },
    q: {
      initial: 'd',
      states: { d: { on: { y: { guard: 'g4', target: 'e' } } }, e: { on: { y: 'd', x: {} } } },
    },
  },
});

const askable: readonly AnyStateMachine[] = [guarded, nested, knotted, regions];

const saying = (asked: readonly { readonly name: string; readonly answer: boolean }[], answer: boolean) =>
  asked
    .filter((each) => each.answer === answer)
    .map(({ name }) => name)
    .sort();

function raise(): never {
  throw new Error('The guard broke.');
}
