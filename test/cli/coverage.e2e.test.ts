import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/chart/layout/layout.ts';
import { machines } from '../../src/chart/model/machines.ts';
import { traceOf, overlayAt } from '../../src/chart/model/match-trace.ts';
import type { MatchTrace } from '../../src/chart/model/match-trace.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { paintChart } from '../../src/chart/paint/paint.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { matchId } from '../../src/shared/ids.ts';
import { arena } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

let folder = '';
let data = '';
let other = '';
let history: MatchTrace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  [data, other] = [join(folder, 'data'), join(folder, 'other')];
  const play = (dir: string, ...args: string[]) => arena(['play', '--seed', '1', '--data-dir', dir, ...args]);
  expect(await play(data, '--matches', '3')).toMatchObject({ code: 0 });
  expect(await play(other, '--knob', 'max_rounds=1')).toMatchObject({ code: 0 });
  const log = await FileEventLog.open(data, 'read');
  history = traceOf((await log.read(matchId('task_1-standard-1'))).flatMap(({ events }) => events));
  await log.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('arena chart of a match', () => {
  const painted = async (overlay: object) =>
    `${paintChart(await layoutOf(chartOf(machines.match), 'down'), { overlay })}\n`;
  const chart = (...args: string[]) => arena(['chart', ...args, '--data-dir', data]);

  it('shows where it stood at an event, and with --heat what it had done until then', async () => {
    const { heat, ...moment } = overlayAt(history, 20);
    const plain = await chart('task_1-standard-1', '--at', '20');
    expect(plain).toEqual({ code: 0, stderr: '', stdout: await painted(moment) });
    const warm = await chart('task_1-standard-1', '--at', '20', '--heat');
    expect(warm.stdout).toBe(await painted({ ...moment, heat }));
    expect(warm.stdout).not.toBe(plain.stdout);
    const last = await chart('task_1-standard-1', '--format', 'json');
    expect(JSON.parse(last.stdout)).toMatchObject({
      overlay: { active: ['done'], seq: history.steps.length },
    });
  });

  it.each(
    someOf(
      [
        [['nowhere'], 'nowhere is no machine (match, review, seat, node), and no match of that id is stored'],
        [['task_1-standard-1', '--at', '9999'], '--at 9999: match task_1-standard-1 has '],
        [['match', '--at', '3'], '--at and --heat belong to a match'],
        [['..'], 'is no match id'],
      ],
      1,
    ),
  )('%j is refused in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await chart(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});

describe('arena coverage', () => {
  interface Told {
    readonly matches: number;
    readonly end_reasons: Readonly<Record<string, number>>;
    readonly states: readonly { readonly id: string; readonly count: number }[];
    readonly edges: readonly {
      readonly id: string;
      readonly count: number;
      readonly refused: number | null;
    }[];
  }
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await arena(['coverage', ...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told);
  };

  it('counts what stored matches took, each transition of the machine with its guard', async () => {
    const [set] = await told(data);
    expect(set).toMatchObject({ matches: 3 });
    expect(Object.values(set?.end_reasons ?? {}).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(set?.edges.map(({ id }) => id)).toEqual(chartOf(machines.match).edges.map(({ id }) => id));
    const done = set?.states.find(({ id }) => id === 'done');
    expect(done?.count).toBe(3);
    expect(set?.edges.find(({ id }) => id.startsWith('audit_phase|match.graded'))).toMatchObject({
      count: 3,
      refused: 0,
    });
  });

  it('names what was never taken, and shows two sets beside each other', async () => {
    const { code, stdout } = await arena(['coverage', data, '--against', other]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ matches +│ 3 +│ 1 +│/);
    expect(stdout).toContain(
      `Never taken in ${data}:\n  state aborted\n  match --match.aborted--> aborted\n`,
    );
    expect(stdout).toContain(`Never taken in ${other}:`);
  });

  itInAll('draws the heat of all of them', async () => {
    const file = join(folder, 'heat.svg');
    expect(await arena(['coverage', data, '--chart', file])).toMatchObject({ code: 0 });
    const svg = await readFile(file, 'utf8');
    expect(svg).toContain('data-edge="audit_phase|match.graded|0"');
    expect(svg).toContain('×3');
  });

  itInAll('says in one sentence that the picture cannot be written', async () => {
    const { code, stderr } = await arena([
      'coverage',
      data,
      '--chart',
      join(folder, 'no', 'heat.svg'),
      '--json',
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/heat\.svg cannot be written/);
  });

  itInAll('refuses a folder that holds no log', async () => {
    await writeFile(join(folder, 'file'), '');
    expect((await arena(['coverage', join(folder, 'file')])).code).not.toBe(0);
  });
});
