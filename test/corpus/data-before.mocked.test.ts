/**
 * A data folder that an earlier version wrote (`recorded/data-before/`): today's server opens it, its players come
 * back with their tokens and play on, and everything in it is verified. It is written once, where it is missing.
 */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dataBefore, finished, unfinished, writeDataBefore } from './data-before.ts';
import { beginDraws } from './fixed-draws.ts';
import type { Frame, RecordedSocket } from './socket.ts';
import { Stage, startAt } from './stage.ts';
import { arena } from './tools.ts';
import { difference, isRecording, Transcript } from './transcript.ts';
import { playersFor } from './under-test.ts';

vi.mock('node:crypto', async (original) => {
  const { fixedDraws } = await import('./fixed-draws.ts');
  return Object.assign({}, await original(), fixedDraws);
});

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: startAt });
  if (isRecording && !existsSync(dataBefore)) await writeDataBefore();
});
afterAll(() => void vi.useRealTimers());

it('a folder of an earlier version is opened, played on and verified', async () => {
  beginDraws('data after');
  const transcript = new Transcript();
  const stage = await Stage.on(dataBefore, transcript);
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await arena(...args, '--data-dir', stage.dataDir);
    transcript.add('arena', `> arena ${args.join(' ')}\n< ${code}\n${stdout}${stderr}`);
    return code;
  };
  try {
    for (const part of ['', '/events', '/report', '/log', '/moments'])
      for (const name of finished) await stage.http.ask({ path: `/api/v1/matches/${name}${part}` });
    await stage.http.ask({ path: '/api/v1/matches' });
    await stage.http.ask({ path: '/api/v1/leaderboard' });
    const last = await playOn(stage);
    expect(last.data).toMatchObject({ done: true });
    await stage.stop();
    for (const name of [...finished, unfinished.name]) {
      expect(await run('verify', name, '--json')).toBe('0');
      expect(await run('log', 'export', name)).toBe('0');
    }
    expect(await run('log', 'verify', '--json')).toBe('0');
  } finally {
    await stage.remove();
  }
  expect(difference('data-after', transcript.text)).toBeNull();
});

/** The fraudster and the auditor come back, an investigator comes anew, and they play to the end. */
async function playOn(stage: Stage): Promise<Frame> {
  const { name, tokens, seed } = unfinished;
  const join = async (role: string, token: object): Promise<RecordedSocket> => {
    const socket = await stage.socket(`/ws/${role}`, role);
    await socket.ask({ type: 'join', data: { match_id: name } });
    const seated = await socket.ask({ type: 'join', data: Object.assign({ match_id: name }, token) });
    expect(seated?.type).toBe('observation');
    return socket;
  };
  const sockets = {
    fraudster: await join('fraudster', { seat_token: tokens.fraudster }),
    investigator: await join('investigator', {}),
    auditor: await join('auditor', { seat_token: tokens.auditor }),
  };
  // What was done before the stop is not done again.
  const again = { action_type: 'propose_ad', ad_copy: 'Spoons of wood.', category: 'ecommerce' };
  await sockets.fraudster.ask({ type: 'step', command_id: 'first', data: again });
  await sockets.auditor.ask({ type: 'subscribe', data: { from_seq: 0 } });
  const names = { fraudster: 'reactive', investigator: 'scripted', auditor: 'scripted' };
  const players = playersFor(names, seed);
  const turns = {
    fraudster_turn: 'fraudster',
    investigator_turn: 'investigator',
    audit_phase: 'auditor',
  } as const;
  for (let step = 0; step < 100; step += 1) {
    const seen = await sockets.fraudster.ask({ type: 'obs' });
    if (seen === null) break;
    if (seen.data['done'] === true) return seen;
    const role = turns[seen.data['phase'] as keyof typeof turns];
    const own = await sockets[role].ask({ type: 'obs' });
    const data = await players[role].act(own?.data ?? {});
    await sockets[role].ask({ type: 'step', command_id: `again-${step}`, data });
  }
  throw new Error('The match does not end.');
}
