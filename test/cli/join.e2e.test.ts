import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { RunningArena, arena, serving } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

/** One server for all; every test has a match of its own. */
let folder = '';
let data = '';
let url = '';
let server: RunningArena;
const running: RunningArena[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  data = join(folder, 'data');
  ({ server, url } = await serving(['--data-dir', data]));
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.kill('SIGKILL');
    await each.ended();
  }
});
afterAll(async () => {
  server.kill('SIGTERM');
  expect(await server.ended()).toMatchObject({ code: 0, stderr: '' });
  const whole = await arena(['verify', '--data-dir', data]);
  expect(whole.stdout).toMatch(/^\d+ verified, 0 diverged\n$/);
  await rm(folder, { recursive: true, force: true });
});

function joining(role: Role, ...args: readonly string[]): RunningArena {
  const seat = new RunningArena(['join', '--role', role, ...args], { ARENA_SERVER: url });
  running.push(seat);
  return seat;
}

/** All of a process that is given these lines at once. */
function fed(lines: readonly (object | string)[], role: Role, ...args: readonly string[]) {
  const seat = joining(role, ...args);
  for (const line of lines) seat.type(line);
  seat.endInput();
  return seat.ended();
}

interface Frame {
  readonly type: string;
  readonly seq?: number;
  readonly data: Readonly<Record<string, unknown>>;
}
const framesOf = (stdout: string): readonly Frame[] =>
  stdout.split('\n').map((line) => JSON.parse(line) as Frame);

/** Answers each of the seat's turns until the match is over. */
async function play(seat: RunningArena, moves: readonly object[]): Promise<void> {
  for (;;) {
    const line = await seat.line();
    if (line === null) return;
    const { type, data: told } = JSON.parse(line) as Frame;
    if (type === 'turn' && told['your_turn'] === true) for (const move of moves) seat.type(move);
  }
}

describe('join', () => {
  it('lets three processes play a whole match, each told all it may know, in order', async () => {
    const fraudster = joining('fraudster', '--name', 'three', '--seed', '7', '--task', 'task_2');
    const opened = JSON.parse((await fraudster.line()) ?? '') as Frame;
    const [category] = opened.data['allowed_categories'] as readonly string[];
    expect(opened).toMatchObject({ type: 'observation', data: { match_id: 'three', task_id: 'task_2' } });
    const seats = [
      fraudster,
      joining('investigator', '--match', 'three'),
      joining('auditor', '--match', 'three'),
    ];
    const moves = [
      [
        { action_type: 'propose_ad', ad_copy: 'Warm socks, knitted by hand.', category },
        { action_type: 'end_turn' },
      ],
      [{ action_type: 'end_turn' }],
      [{ type: 'step', request_id: 'last', data: { action_type: 'submit_audit_report' } }],
    ];
    await Promise.all(seats.map((seat, index) => play(seat, moves[index] ?? [])));
    for (const [index, seat] of seats.entries()) {
      const { code, stdout, stderr } = await seat.ended();
      expect(code, stderr).toBe(0);
      expect(stderr).toContain(`You are the ${roles[index] ?? ''} of match three.`);
      const frames = framesOf(stdout);
      const pushed = frames.filter(({ seq }) => seq !== undefined);
      expect(pushed.map(({ seq }) => seq)).toEqual(pushed.map((_, at) => at + 1));
      expect(pushed.at(-1)).toMatchObject({ type: 'match_over', data: { phase: 'done' } });
      expect(frames.filter(({ type }) => type === 'error')).toEqual([]);
    }
    expect(seats[2]?.seen.some((line) => line.includes('"request_id":"last"'))).toBe(true);
    const verified = await arena(['verify', 'three', '--data-dir', data]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toMatch(/three: verified, \d+ events, done/);
    const replayed = await arena(['replay', 'three', '--data-dir', data]);
    expect(replayed.stdout).toContain('proposes ad_');
  });

  itInAll('sends a long input no faster than it is answered', async () => {
    // Each one is refused, and waits for the disk, since refusals are recorded.
    const lines = Array.from({ length: 200 }, () => ({ action_type: 'end_turn' }));
    const { code, stdout } = await fed(lines, 'auditor');
    expect(code).toBe(0);
    const errors = framesOf(stdout).filter(({ type }) => type === 'error');
    expect(errors.map(({ data: told }) => told['code'])).toEqual(lines.map(() => 'validation_error'));
  });

  itInAll('leaves the seat with the end of its input, for whoever comes next', async () => {
    await fed([{ action_type: 'end_turn' }], 'fraudster', '--name', 'left');
    const next = await fed([], 'fraudster', '--match', 'left');
    expect(next).toMatchObject({ code: 0 });
    expect(framesOf(next.stdout)[0]).toMatchObject({
      data: { match_id: 'left', phase: 'investigator_turn' },
    });
  });

  it('comes back with the token that it was told, as the told command says', async () => {
    const seat = joining('auditor', '--name', 'back');
    await seat.lineWith('"type":"turn"');
    seat.kill('SIGKILL');
    const told = /come back to your seat: arena (join .*)\n/.exec((await seat.ended()).stderr)?.[1] ?? '';
    expect(await arena(['join', '--role', 'auditor', '--match', 'back', '--server', url])).toMatchObject({
      code: 1,
    });
    const back = await arena(told.split(' '));
    expect(back).toMatchObject({ code: 0 });
    expect(back.stderr).not.toContain('--token');
  });

  itInAll('tells a line that is no JSON object apart, and goes on', async () => {
    const { code, stdout, stderr } = await fed(
      ['', 'end_turn', '[1]', { action_type: 'end_turn' }],
      'fraudster',
    );
    expect(code).toBe(0);
    expect(stderr.match(/A line is a JSON object/g)).toHaveLength(2);
    expect(framesOf(stdout).filter(({ type }) => type === 'observation')).toHaveLength(2);
  });

  it('passes refusals on as frames, and goes on', async () => {
    const { code, stdout } = await fed(
      [{ action_type: 'verdict' }, { type: 'dance' }, { action_type: 'end_turn' }],
      'fraudster',
    );
    expect(code).toBe(0);
    const errors = framesOf(stdout).filter(({ type }) => type === 'error');
    expect(errors.map(({ data: { code: each } }) => each)).toEqual(['validation_error', 'unknown_type']);
  });

  itInAll('ends when the line `close` is typed', async () => {
    const seat = joining('fraudster', '--name', 'closed');
    seat.type({ type: 'close' });
    expect(await seat.ended()).toMatchObject({ code: 0 });
  });
});

describe('join says in one sentence why not', () => {
  beforeAll(async () => {
    await fed([], 'investigator', '--name', 'known');
  });

  it.each(
    someOf(
      [
        [['--match', 'nowhere'], 2, 'No match nowhere is stored.'],
        [['--match', '..'], 2, 'No match has such an id.'],
        [['--match', 'known', '--token', 'short'], 2, 'The join does not fit.'],
        [['--name', 'known'], 2, 'A match known is stored already.'],
        [['--task', 'task_9'], 2, 'No match was made. task_id: Invalid option'],
      ],
      2,
    ),
  )('%j', async (args, exitCode, sentence) => {
    const { code, stdout, stderr } = await fed([{ action_type: 'end_turn' }], 'fraudster', ...args);
    expect(code).toBe(exitCode);
    expect(framesOf(stdout)).toMatchObject([{ type: 'error' }]);
    expect(stderr).toContain(`error: ${sentence}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a seat that another holds', async () => {
    const first = joining('fraudster', '--name', 'taken');
    await first.lineWith('"type":"turn"');
    for (const more of [[], ['--token', 'another-token-of-22-letters']]) {
      const { code, stderr } = await fed(
        [{ action_type: 'end_turn' }],
        'fraudster',
        '--match',
        'taken',
        ...more,
      );
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: "error: The fraudster's seat is taken. Its player joins again with its seat_token.\n",
      });
    }
    first.endInput();
    expect(await first.ended()).toMatchObject({ code: 0 });
  });

  it.each(
    someOf(
      [
        [['--role', 'judge'], 'Allowed choices are fraudster, investigator, auditor.'],
        [[], "required option '--role <role>' not specified"],
        [
          ['--role', 'auditor', '--match', 'known', '--seed', '3'],
          "'--seed <n>' cannot be used with option '--match <id>'",
        ],
        [
          ['--role', 'auditor', '--server', 'localhost:8000'],
          'It must be an address such as http://127.0.0.1:8000.',
        ],
      ],
      2,
    ),
  )('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await arena(['join', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  itInAll('a server that is not there, or has no such socket', async () => {
    const dead = await arena(['join', '--role', 'auditor', '--server', 'http://127.0.0.1:9']);
    expect(dead).toMatchObject({ code: 1, stdout: '' });
    expect(dead.stderr).toBe(
      'error: No role socket opens at http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9. Start one with: arena serve\n',
    );
    const elsewhere = await arena(['join', '--role', 'auditor', '--server', `${url}/elsewhere/`]);
    expect(elsewhere).toMatchObject({ code: 1, stdout: '' });
    expect(elsewhere.stderr).toContain('Unexpected server response: 404');
  });

  it.each([
    [
      'SIGTERM',
      'The connection was closed (1012): The server stops or restarts; come back with the seat token.\n',
    ],
    ['SIGKILL', 'The connection was closed (1006): it broke.\n'],
  ] as const)('a server that dies by %s under it', async (signal, sentence) => {
    const other = await serving(['--data-dir', join(folder, signal)]);
    const seat = new RunningArena(['join', '--role', 'fraudster', '--server', other.url]);
    running.push(seat);
    await seat.lineWith('"type":"turn"');
    other.server.kill(signal);
    await other.server.ended();
    const { code, stderr } = await seat.ended();
    expect(code).toBe(1);
    expect(stderr.endsWith(sentence), stderr).toBe(true);
  });
});
