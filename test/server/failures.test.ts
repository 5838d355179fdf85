import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRole } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { tasks } from '../../src/game/task.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { openingFor } from '../../src/match/new-match.ts';
import type { MatchHost } from '../../src/server/matches/match-host.ts';
import { RoleSocket } from '../../src/server/sockets/role-socket.ts';
import { Seating } from '../../src/server/matches/seating.ts';
import { wsPort } from '../../src/server/net/ws-adapter.ts';
import { AppError, errorCatalogue } from '../../src/shared/errors.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';
import type { MatchId, StreamVersion } from '../../src/shared/ids.ts';
import { limits } from '../../src/shared/limits.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { GuardedLog } from '../match/kit.ts';
import { hosting } from './cells/cells-kit.ts';
import { hostIn } from '../support/host.ts';
import { RoleClient } from '../support/role-client.ts';
import type { Frame } from '../support/socket-client.ts';

const secret = 'the path /data/log and a token';
const internal = { code: 'internal', message: errorCatalogue.internal, details: {} };

const codeOf = ({ data }: Frame) => data['code'];

describe('a match whose stored opening no view can read', () => {
  /** As a faulty version might have stored it: the records of one ad are empty. */
  async function writeBroken(folder: string) {
    const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' } });
    const episode = generateEpisode(tasks.task_1, 7);
    const ads = episode.ads.map((ad, index) =>
      index === 0 ? { ...ad, records: {} as typeof ad.records } : ad,
    );
    const policies = { auth: 'open' } as const;
    for (const [id, each] of [
      ['broken', { ...episode, ads }],
      ['sound', episode],
    ] as const)
      await log.append({
        stream: matchId(id),
        expectedVersion: streamVersion(0),
        commandId: commandId('create'),
        at: 0,
        events: [
          { type: 'match.created', data: openingFor({ task: 'task_1', seed: 7, episode: each, policies }) },
        ],
      });
    await log.close();
  }

  it('is internal to who cannot read it, and goes on for everybody else, as other matches do', () =>
    hosting({ prepare: writeBroken }, async ({ open, said }) => {
      const investigator = await open('investigator');
      const fraudster = await open('fraudster', '?match_id=broken');
      const other = await open('investigator', '?match_id=sound');
      investigator.send({ type: 'join', data: { match_id: 'broken' } });
      investigator.send({ type: 'obs', request_id: 'second' });
      investigator.send({ type: 'state', request_id: 'third' });
      investigator.send('{"type":');
      await investigator.until(() => investigator.replies.length === 4);
      const [joined, seen, state, unparsable] = investigator.replies;
      expect(joined?.data).toEqual(internal);
      expect(seen).toEqual({ type: 'error', request_id: 'second', data: internal });
      // What needs no such view is answered.
      expect(state).toMatchObject({ type: 'state', request_id: 'third', data: { match_id: 'broken' } });
      expect(unparsable?.data).toMatchObject({ code: 'invalid_json' });
      expect((await fraudster.step({ action_type: 'end_turn' })).data).toMatchObject({ accepted: true });
      expect((await other.request({ type: 'obs' })).data).toMatchObject({ match_id: 'sound' });
      // The same socket plays elsewhere.
      const elsewhere = await investigator.request({ type: 'join', data: { match_id: 'sound' } });
      expect(elsewhere).toMatchObject({ type: 'observation', data: { match_id: 'sound' } });
      expect(said).toHaveLength(2);
      for (const line of said) expect(line).toContain('a request failed');
    }));
});

/** A log that fails as the test wishes, whenever something is read or stored. */
class FailingLog extends GuardedLog {
  beforeReading: () => void = () => undefined;

  override async read(stream: MatchId, after?: StreamVersion): Promise<readonly StoredCommit[]> {
    this.beforeReading();
    return super.read(stream, after);
  }
}

interface Failing {
  readonly log: FailingLog;
  readonly host: MatchHost;
  readonly said: readonly string[];
  readonly open: (role: Role, query?: string) => Promise<RoleClient>;
}

/** The parts of a server over that log, and real sockets to it. */
async function failing(use: (parts: Failing) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-failing-'));
  const log = new FailingLog();
  const clock = new TestClock();
  const said: string[] = [];
  const say = (details: object, message: string) => void said.push(JSON.stringify({ ...details, message }));
  const diagnostics = { info: say, warn: say, error: say };
  const host = hostIn(folder, { log, clock, limits, diagnostics });
  const seating = new Seating(host, clock, limits.graceMs, diagnostics);
  const listening = await wsPort.listen({
    host: '127.0.0.1',
    port: 0,
    frameBytesMax: limits.frameBytesHard,
    silentMs: limits.silentMs,
    waitingBytesMax: limits.outgoingBytesHard,
    bodyBytesMax: limits.frameBytes,
    http: () => ({ status: 404, headers: {}, body: '' }),
    upgrade: ({ path, query }) => {
      const role = path.replace('/ws/', '');
      const metrics = { answered: () => undefined };
      const parts = { host, seating, clock, limits, diagnostics, metrics };
      return {
        ok: true,
        open: (socket) =>
          new RoleSocket(parts, isRole(role) ? role : 'auditor', socket, { query, address: '' }),
      };
    },
  });
  const lines: RoleClient[] = [];
  const open = async (role: Role, query = '') => {
    const line = await RoleClient.connect(listening.port, role, query);
    lines.push(line);
    return line;
  };
  try {
    await use({ log, host, said, open });
  } finally {
    log.before = () => undefined;
    log.beforeReading = () => undefined;
    for (const line of lines) void line.terminate();
    seating.close();
    await listening.close(1012, 'restart');
    await host.close();
    await rm(folder, { recursive: true });
  }
}

const breakdown = () => {
  throw new TypeError(secret);
};

describe('an error that nobody expects', () => {
  it('is answered internal to the one request, and told to the operator only', () =>
    failing(async ({ log, host, said, open }) => {
      const fraudster = await open('fraudster');
      const auditor = await open('auditor');
      log.before = breakdown;
      expect((await fraudster.request({ type: 'reset', request_id: 'a', data: {} })).data).toEqual(internal);
      expect(host.counts).toEqual({ unfinished: 0, living: 0 });
      log.before = () => undefined;
      const created = await fraudster.request({ type: 'reset', request_id: 'b', data: {} });
      expect(created).toMatchObject({ type: 'observation', request_id: 'b' });
      const join = { type: 'join', data: { match_id: created.data['match_id'] } };
      log.before = breakdown;
      expect((await auditor.request(join)).data).toEqual(internal);
      expect(codeOf(await auditor.request({ type: 'obs' }))).toBe('no_match');
      // A refused action is recorded as well.
      expect((await fraudster.step({ action_type: 'resign' })).data).toEqual(internal);
      expect(await fraudster.request({ type: 'obs' })).toMatchObject({ type: 'observation' });
      log.before = () => undefined;
      expect(await auditor.request(join)).toMatchObject({ type: 'observation' });
      expect((await fraudster.step({ action_type: 'end_turn' })).data).toMatchObject({ accepted: true });
      expect(said).toHaveLength(3);
      for (const line of said) expect(line).toContain(secret);
      for (const { data } of [...fraudster.replies, ...auditor.replies])
        expect(JSON.stringify(data)).not.toContain(secret);
    }));

  it('while an action is stored stops its match, by a code without its message; others go on', () =>
    failing(async ({ log, open }) => {
      const [one, other] = [await open('fraudster'), await open('fraudster')];
      await one.request({ type: 'reset' });
      await other.request({ type: 'reset' });
      log.before = breakdown;
      const stopped = await one.step({ action_type: 'end_turn' });
      log.before = () => undefined;
      const data = { code: 'match_quarantined', message: errorCatalogue.match_quarantined, details: {} };
      expect(stopped.data).toEqual(data);
      expect((await one.step({ action_type: 'end_turn' })).data).toEqual(data);
      expect((await other.step({ action_type: 'end_turn' })).data).toMatchObject({ accepted: true });
      expect(await one.request({ type: 'reset' })).toMatchObject({ type: 'observation' });
    }));

  it('while a subscription catches up ends that connection, not the match', () =>
    failing(async ({ log, host, said, open }) => {
      const fraudster = await open('fraudster');
      const created = await fraudster.request({ type: 'reset' });
      const id = created.data['match_id'];
      // A match that came back from its checkpoint has its past in the log only.
      await host.passivate(matchId(String(id)));
      const auditor = await open('auditor');
      const { data } = await auditor.request({ type: 'join', data: { match_id: id } });
      log.beforeReading = breakdown;
      expect((await auditor.request({ type: 'subscribe', data: { from_seq: 0 } })).type).toBe('subscribed');
      expect(await auditor.closed).toEqual({ code: 1011, reason: 'internal' });
      log.beforeReading = () => undefined;
      expect(said.join()).toContain(secret);
      const back = await open('auditor');
      const again = { type: 'join', data: { match_id: id, seat_token: data['seat_token'] } };
      expect(await back.request(again)).toMatchObject({ type: 'observation' });
      expect((await fraudster.step({ action_type: 'end_turn' })).data).toMatchObject({ accepted: true });
    }));

  it.each([
    ['of the unexpected', () => new TypeError(secret), 'internal', 1],
    ['of the log', () => new AppError('log_damaged', secret, { path: secret }), 'log_damaged', 0],
  ] as const)('%s keeps a socket from the match of its address, without its message', (_, make, code, told) =>
    failing(async ({ log, host, said, open }) => {
      const fraudster = await open('fraudster');
      const id = String((await fraudster.request({ type: 'reset' })).data['match_id']);
      await host.passivate(matchId(id));
      log.beforeReading = () => {
        throw make();
      };
      const auditor = await open('auditor', `?match_id=${id}`);
      const answer = await auditor.request({ type: 'obs' });
      log.beforeReading = () => undefined;
      expect(answer.data).toMatchObject({ code: 'no_match', details: { reason_code: code } });
      expect(answer.data['message']).toContain(errorCatalogue[code]);
      expect(JSON.stringify(answer)).not.toContain(secret);
      expect(said).toHaveLength(told);
      expect(await auditor.request({ type: 'join', data: { match_id: id } })).toMatchObject({
        type: 'observation',
      });
    }),
  );

  it.each([
    ['log_disk_full', true],
    ['log_write_failed', true],
    ['log_overloaded', true],
    ['log_damaged', undefined],
  ] as const)('is no %s: that is told by its code, and nothing of where the log is', (code, retryable) =>
    failing(async ({ log, said, open }) => {
      const fraudster = await open('fraudster');
      await fraudster.request({ type: 'reset' });
      log.before = () => {
        throw new AppError(code, secret, { path: secret });
      };
      const refused = await fraudster.step({ action_type: 'end_turn' });
      expect(refused.data).toEqual({
        code,
        message: errorCatalogue[code],
        details: {},
        ...(retryable === undefined ? {} : { retryable }),
      });
      log.before = () => undefined;
      expect((await fraudster.step({ action_type: 'end_turn' })).data).toMatchObject({ accepted: true });
      expect(said).toEqual([]);
    }),
  );
});
