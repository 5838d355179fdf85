import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeFrom } from '../../support/sizes.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawsFor } from '../../../src/game/random.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import { limits } from '../../../src/shared/limits.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { SmallDisk } from '../../log/process/small-disk.ts';
import { seed, unhurried } from '../../log/process/spawned.ts';
import { expectSameStory } from './expect-once.ts';
import { Hall } from './hall.ts';
import { withoutRequest } from './line.ts';
import { Listener } from './listener.ts';
import { ServerProcess, freePort, withProgram } from './server-process.ts';
import { mend, trouble, troubles } from './trouble.ts';
import { TestServer } from '../../support/server.ts';
import { systemClock } from '../../../src/match/clock.ts';
import type { Clock } from '../../../src/match/clock.ts';

const rounds = sizeFrom('TEST_DISK_TROUBLES', { small: 6, all: 12 });
const tables = 5;

let dataDir: string;
let servers: TestServer[];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fraudarena-trouble-'));
  servers = [];
});
afterEach(async () => {
  mend();
  for (const server of servers) await server.close();
  await rm(dataDir, { recursive: true });
});

function nothing(): void {
  return;
}

/** A server in this process, whose disk a test can put in trouble. */
async function started(
  folder = dataDir,
  clock: Clock = systemClock,
): Promise<{ readonly server: RunningServer; readonly url: string }> {
  const served = await TestServer.start({
    folder,
    clock,
    durability: { mode: 'group' },
    policies: { auth: 'seats' },
  });
  servers.push(served);
  const { server } = served;
  return { server, url: `ws://127.0.0.1:${server.port}` };
}

/** Everybody who is put off, until the trouble is over. */
class PutOff {
  readonly codes: unknown[] = [];
  #over = Promise.resolve();
  #end = nothing;
  #enough = Infinity;
  #isEnough = nothing;

  /** @returns what resolves once so many were put off. */
  begin(count: number): Promise<void> {
    this.#over = new Promise((resolve) => (this.#end = resolve));
    this.#enough = this.codes.length + count;
    return new Promise((resolve) => (this.#isEnough = resolve));
  }

  end(): void {
    this.#end();
  }

  async wait(code: unknown): Promise<void> {
    this.codes.push(code);
    if (this.codes.length >= this.#enough) this.#isEnough();
    await this.#over;
  }
}

const isRetried = ['log_disk_full', 'log_write_failed'];

describe.each(troubles)('a log whose disk is in trouble (%s)', (kind) => {
  it('puts players off by a code, and takes what they send again once', async () => {
    const { server, url } = await started();
    const fraudster = new Listener(url, 'fraudster');
    const investigator = new Listener(url, 'investigator');
    const auditor = new Listener(url, 'auditor');
    const token = 'fraudster'.padEnd(30, '-');
    await fraudster.ask('reset', { episode_id: 'm', seed: 5, seat_token: token });
    await investigator.ask('join', { match_id: 'm' });
    const ad = { action_type: 'propose_ad', ad_copy: 'A lamp.', category: 'ecommerce' };
    const step = (data: object) => ({ type: 'step', command_id: 'c1', data });
    const asked = async () => [
      await (await fraudster.line).ask(step(ad)),
      await (await investigator.line).ask(step({ action_type: 'end_turn' })),
      await (await auditor.line).ask({ type: 'join', data: { match_id: 'm' } }),
      await (await new Listener(url, 'auditor').line).ask({ type: 'reset', data: { episode_id: 'other' } }),
    ];
    await fraudster.ask('subscribe', { from_seq: 0 });
    trouble(kind);
    // The first commit after it still goes through where the log has not looked yet.
    if (kind === 'full') await investigator.ask('step', { action_type: 'dance' }).catch(nothing);
    for (let times = 0; times < 2; times += 1) {
      for (const { type, data } of await asked()) {
        expect({ type, data }).toMatchObject({ type: 'error', data: { retryable: true } });
        expect(isRetried).toContain(data['code']);
      }
      // What is stored is read all the same.
      expect((await fraudster.ask('obs')).data).toMatchObject({ proposals_used: 0 });
      expect((await investigator.ask('state')).data).toMatchObject({ phase: 'fraudster_turn' });
    }
    mend();
    const [proposed, refused, joined, made] = await asked();
    expect(proposed?.data).toMatchObject({ accepted: true, proposals_used: 1 });
    expect(refused?.data).toMatchObject({ code: 'phase_violation' });
    expect(joined?.data).toMatchObject({ role: 'auditor', phase: 'fraudster_turn' });
    expect(made?.data).toMatchObject({ match_id: 'other' });
    const again = await (await fraudster.line).ask(step(ad));
    expect(withoutRequest(again.text)).toBe(withoutRequest(proposed?.text ?? ''));
    const own = (await server.log.read(matchId('m'))).map(({ commandId }) => String(commandId));
    expect(own.filter((id) => id.endsWith('.c1'))).toEqual(['fraudster.c1', 'investigator.c1']);
  });
});

describe('a full disk', () => {
  it('holds up neither a turn whose time is over nor a seat that is to be free, once there is room', async () => {
    const clock = new TestClock();
    const { url } = await started(dataDir, clock);
    const fraudster = new Listener(url, 'fraudster');
    const auditor = new Listener(url, 'auditor');
    await fraudster.ask('reset', { episode_id: 'm', deadlines: { turn_ms: 2 * limits.graceMs } });
    await auditor.ask('join', { match_id: 'm' });
    await fraudster.ask('subscribe', { from_seq: 0 });
    await (await auditor.line).terminate();
    await fraudster.hear(({ data }) => data['status'] === 'dropped');
    trouble('full');
    await fraudster.ask('step', { action_type: 'dance' }).catch(nothing);
    await clock.advance(2 * limits.graceMs);
    expect((await fraudster.ask('obs')).data).toMatchObject({ phase: 'fraudster_turn' });
    mend();
    await clock.advance(limits.graceMs);
    await fraudster.hear(({ data }) => data['event'] === 'turn.ended');
    await fraudster.hear(({ data }) => data['status'] === 'released');
    expect(await new Listener(url, 'auditor').ask('join', { match_id: 'm' })).toMatchObject({
      data: { role: 'auditor' },
    });
  });
});

describe('a server whose disk gets into trouble while fifteen players play', () => {
  it(
    `loses nothing and doubles nothing, ${rounds} times, and every match finishes`,
    { timeout: unhurried },
    async () => {
      const { url, server } = await started();
      const putOff = new PutOff();
      const hall = new Hall({ url, up: Promise.resolve(), putOff: (code) => putOff.wait(code) }, seed);
      const where = `seed ${seed}, ${rounds} troubles`;
      const playing = hall.play(tables);
      const troubling = async () => {
        for (let round = 1; round <= rounds; round += 1) {
          const draws = drawsFor(seed, 'trouble', round);
          await hall.heardMore(draws.between(1, 120));
          const enough = putOff.begin(draws.between(1, tables));
          trouble(draws.pick(troubles));
          await enough;
          mend();
          putOff.end();
        }
        hall.close();
      };
      await Promise.race([Promise.all([troubling(), playing]), hall.stalled]);
      const seats = hall.companies.flatMap((company) => company.seats);
      for (const seat of seats) expect(await seat.askAllAgain(), where).toEqual(seat.frames);
      await server.close();
      await expectSameStory(dataDir, hall.companies, where);
      expect([...new Set(putOff.codes)].sort(), where).toEqual(isRetried);
    },
  );

  it('loses nothing and doubles nothing where the disk is really full', { timeout: unhurried }, (context) =>
    withProgram(async (program) => {
      const disk = await SmallDisk.mount(160 << 20);
      if (typeof disk === 'string') return context.skip(disk);
      const where = `seed ${seed}, a small disk`;
      const data = join(disk.folder, 'data');
      const server = new ServerProcess({ program, dataDir: data, port: await freePort() });
      const putOff = new PutOff();
      try {
        expect(await server.start()).toBe(true);
        const hall = new Hall({ url: server.url, up: server.up, putOff: (code) => putOff.wait(code) }, seed);
        const troubling = async () => {
          for (let round = 1; round <= 4; round += 1) {
            const draws = drawsFor(seed, 'small disk', round);
            await hall.heardMore(draws.between(1, 150));
            const enough = putOff.begin(draws.between(1, tables));
            // The log takes of the last pages too, so that the filling itself may find no room.
            await disk.fillTo(0).catch((error: unknown) => expect(error).toMatchObject({ code: 'ENOSPC' }));
            await enough;
            await disk.dropBallast();
            putOff.end();
          }
          hall.close();
        };
        await Promise.race([Promise.all([troubling(), hall.play(tables)]), hall.stalled]);
        const seats = hall.companies.flatMap((company) => company.seats);
        for (const seat of seats) expect(await seat.askAllAgain(), where).toEqual(seat.frames);
        expect(await server.end('SIGTERM'), where).toMatchObject({ code: 0 });
        // What was not archived on the full disk is archived at the next start.
        const next = await started(data);
        await next.server.recovered;
        await next.server.close();
        await expectSameStory(data, hall.companies, where);
        expect(new Set(putOff.codes), where).toContain('log_write_failed');
      } finally {
        await server.end('SIGKILL');
        await disk.unmount();
      }
    }),
  );
});
