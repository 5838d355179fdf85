import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itInAll } from '../support/it-in-all.ts';
import { sizeFrom } from '../support/sizes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { counted, noCounts } from '../../src/chart/model/counts.ts';
import { coverageOf } from '../../src/chart/model/coverage.ts';
import { machines } from '../../src/chart/model/machines.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { Tracer } from '../../src/chart/model/trace.ts';
import { initialState } from '../../src/game/state.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { isAnnotation } from '../../src/match/fold/chart.ts';
import { arena } from './arena.ts';

/** As in docs/statechart.md. `COVERAGE_MATCHES=1000` plays more of them. */
const matches = sizeFrom('COVERAGE_MATCHES', { small: 150, all: 150 });
const random = ['--fraudster', 'random', '--investigator', 'random', '--auditor', 'random'];
const sweeps = [
  { share: 0.4, args: ['--ruleset', 'standard', ...random] },
  { share: 0.4, args: ['--ruleset', 'classic', ...random] },
  { share: 0.2, args: ['--machine', 'review', '--investigator', 'random'] },
] as const;

let folder = '';
let data = '';

beforeAll(
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
    data = join(folder, 'data');
    for (const { share, args } of sweeps) {
      const count = ['--matches', String(Math.round(share * matches)), '--seed', '1', '--mishaps', '0.03'];
      const played = await arena(['play', '--data-dir', data, ...count, ...args]);
      expect(played, played.stderr).toMatchObject({ code: 0 });
    }
  },
  60_000 + 200 * matches,
);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Notice {
  readonly matches: number;
  readonly end_reasons: Readonly<Record<string, number>>;
  readonly states: readonly { readonly id: string; readonly count: number }[];
  readonly edges: readonly { readonly label: string; readonly count: number }[];
}

async function covered(...args: string[]) {
  const [table, json] = await Promise.all([
    arena(['coverage', ...args]),
    arena(['coverage', ...args, '--json']),
  ]);
  expect([table.code, json.code]).toEqual([0, 0]);
  return { table: table.stdout, told: JSON.parse(json.stdout) as Notice };
}

describe('a sweep of random players with mishaps', () => {
  it.each([
    ['match', 0.8, ['aborted', 'all_decided', 'commit_final', 'max_rounds', 'timeout']],
    ['review', 0.2, ['aborted', 'all_decided', 'timeout']],
  ] as const)('enters every state of %s and names every transition that none took', async (...given) => {
    const [machine, share, endings] = given;
    const { table, told } = await covered(data, '--machine', machine);
    expect(told.matches).toBe(Math.round(share * matches));
    expect(told.states.filter(({ count }) => count === 0)).toEqual([]);
    expect(table).toContain(`${told.states.length} of ${told.states.length} (100 %)`);
    expect(namedIn(table)).toEqual(untaken(told));
    expect(Object.keys(told.end_reasons)).toEqual(expect.arrayContaining([...endings]));
  });

  itInAll('a few sound matches leave much untaken, and all of it is named', async () => {
    const few = join(folder, 'few');
    expect(await arena(['play', '--seed', '1', '--data-dir', few])).toMatchObject({ code: 0 });
    const { table, told } = await covered(few);
    expect(untaken(told).length).toBeGreaterThan(5);
    expect(namedIn(table)).toEqual(untaken(told));
  });

  it('a transition added to the machine is the one more that none took', async () => {
    const before = await takenOf(machines.match);
    const after = await takenOf(withOneMore(machines.match));
    const added = 'audit_phase --ad.arrived--> fraudster_turn';
    expect(untaken(after).filter((label) => !untaken(before).includes(label))).toEqual([added]);
    expect(after.edges.filter(({ label }) => label !== added)).toEqual(before.edges);
  });
});

const untaken = ({ states, edges }: Pick<Notice, 'states' | 'edges'>): readonly string[] => [
  ...states.filter(({ count }) => count === 0).map(({ id }) => `state ${id}`),
  ...edges.filter(({ count }) => count === 0).map(({ label }) => label),
];

const namedIn = (table: string): readonly string[] =>
  (table.split('Never taken:\n')[1] ?? '').split('\n').flatMap((line) => (line === '' ? [] : [line.trim()]));

/** What the stored three-seat matches take of a machine, asked as `arena coverage` asks the running one. */
async function takenOf(machine: AnyStateMachine) {
  const log = await FileEventLog.open(data, 'read');
  let counts = noCounts;
  for (const id of log.streams()) {
    const events = (await log.read(id)).flatMap((commit) => commit.events);
    const [created] = events;
    if (created?.type !== 'match.created' || created.data.machine !== 'match') continue;
    const tracer = new Tracer(machine, { state: initialState(created.data) });
    const facts = events.slice(1).filter((event) => !isAnnotation(event));
    counts = counted(counts, [tracer.opening, ...facts.map((event) => tracer.take(event))]);
    tracer.stop();
  }
  await log.close();
  return coverageOf(chartOf(machine), counts);
}

/** The machine as it would be written with one transition more. */
function withOneMore({ config, implementations }: AnyStateMachine): AnyStateMachine {
  const states = config.states ?? {};
  const audit = states['audit_phase'];
  const grown = { ...audit, on: { ...audit?.on, 'ad.arrived': { target: 'fraudster_turn' } } };
  return createMachine({ ...config, states: { ...states, audit_phase: grown } }, implementations as never);
}
