import { describe, expect, it } from 'vitest';
import type { ServerSocket, SocketPort } from '../../../src/server/net/socket-port.ts';
import { adapters, withServer } from './feed-kit.ts';
import { stepFrame } from '../../support/role-client.ts';
import type { Served } from './feed-kit.ts';
import type { RoleClient } from '../../support/role-client.ts';
import { someOf } from '../../support/sizes.ts';

/** The adapter, with the most bytes that waited on each connection for its reader. */
function measured(adapter: SocketPort): { readonly adapter: SocketPort; readonly most: () => number } {
  let most = 0;
  const watched = (socket: ServerSocket): ServerSocket => ({
    address: socket.address,
    get waitingBytes() {
      return socket.waitingBytes;
    },
    send: (text) => {
      const sent = socket.send(text);
      most = Math.max(most, socket.waitingBytes);
      return sent;
    },
    close: (code, reason) => socket.close(code, reason),
  });
  return {
    most: () => most,
    adapter: {
      name: adapter.name,
      listen: (options) =>
        adapter.listen({
          ...options,
          upgrade: (request) => {
            const upgrade = options.upgrade(request);
            return upgrade.ok ? { ok: true, open: (socket) => upgrade.open(watched(socket)) } : upgrade;
          },
        }),
    },
  };
}

const outgoingBytes = 16 * 1024;
const outgoingBytesHard = 1024 * 1024;
const limits = { outgoingBytes, outgoingBytesHard, framesWaiting: 1_000_000 };

/** Asks until the server has more for the peer than the line takes; how often. */
async function askUntil(peer: RoleClient, isEnough: () => boolean): Promise<number> {
  let asked = 0;
  for (; !isEnough(); asked += 1) {
    peer.send({ type: 'obs', request_id: String(asked) });
    // The server, which is in this process, has its turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThan(20_000);
  }
  return asked;
}

/** An auditor of a match that shows it everything at any time: a little asking brings a lot. */
async function slowAuditor(served: Served) {
  const id = await served.plant('match', 'classic', { task: 'task_3' });
  const { peer, token } = await served.seat('auditor', id);
  await peer.follow();
  return { id, peer, token };
}

/** A fraudster who comes and goes: two frames for everybody, each time. */
async function restlessFraudster(served: Served, id: string): Promise<(times: number) => Promise<void>> {
  const elsewhere = await served.plant('elsewhere', 'standard');
  const fraudster = await served.open('fraudster');
  return async (times) => {
    for (let time = 0; time < times; time += 1) {
      await fraudster.join(id);
      await fraudster.join(elsewhere);
    }
  };
}

const gapless = (peer: RoleClient): void =>
  expect(peer.pushed.map(({ seq }) => seq)).toEqual(peer.pushed.map((_, index) => index + 1));

describe.each(someOf(adapters, 1).map((adapter) => [adapter.name, adapter] as const))(
  'a reader that is too slow (%s)',
  (_, plain) => {
    it('is left alone while thousands of frames come, and has them all without a gap once it reads', async () => {
      const { adapter, most } = measured(plain);
      await withServer({ adapter, limits }, async (served) => {
        const { id, peer } = await slowAuditor(served);
        const comeAndGo = await restlessFraudster(served, id);
        peer.pauseReading();
        const asked = await askUntil(peer, () => most() > outgoingBytes);
        const kept = most();
        await comeAndGo(1000);
        // Of all these frames not one is kept for it.
        expect(most()).toBe(kept);
        expect(kept).toBeLessThan(outgoingBytesHard);
        peer.resumeReading();
        const { seq } = (await peer.obs()).data as { readonly seq: number };
        expect(seq).toBeGreaterThan(2000);
        await peer.until(() => peer.pushed.length >= seq);
        gapless(peer);
        const ids = Array.from({ length: asked }, (__, index) => String(index));
        expect(peer.replies.slice(2, -1).map((reply) => reply.request_id)).toEqual(ids);
        // It is live again.
        await comeAndGo(1);
        await peer.obs();
        expect(peer.pushed).toHaveLength(seq + 2);
        gapless(peer);
      })();
    });

    it('is pushed no more than may wait for it, however often it asks for everything', async () => {
      const { adapter, most } = measured(plain);
      await withServer({ adapter, limits }, async (served) => {
        const { id, peer } = await slowAuditor(served);
        const comeAndGo = await restlessFraudster(served, id);
        await comeAndGo(200);
        const { seq } = (await peer.obs()).data as { readonly seq: number };
        await peer.until(() => peer.pushed.length >= seq);
        gapless(peer);
        peer.pauseReading();
        const asked = 100;
        for (let time = 1; time <= asked; time += 1) {
          peer.send({ type: 'subscribe', request_id: String(time), data: { from_seq: 0 } });
          await comeAndGo(1);
        }
        expect(most()).toBeGreaterThan(outgoingBytes);
        // One frame may pass the mark, and the short replies come on top.
        expect(most()).toBeLessThan(2 * outgoingBytes);
        peer.resumeReading();
        await peer.until(() => peer.replies.at(-1)?.request_id === String(asked));
        const newest = seq + 2 * asked;
        await peer.until(() => peer.pushed.at(-1)?.seq === newest);
        // Every subscription begins at the first frame and goes on from there, until the next one takes its place.
        let last = seq;
        for (const frame of peer.received.slice(peer.received.findIndex(({ request_id: id }) => id === '1')))
          if (frame.type === 'subscribed') last = 0;
          else expect(frame.seq).toBe((last += 1));
        expect(last).toBe(newest);
      })();
    });

    it('is closed when it asks and asks and never reads, and its seat waits for it', async () => {
      const { adapter, most } = measured(plain);
      await withServer({ adapter, limits }, async (served) => {
        const { id, peer, token } = await slowAuditor(served);
        let isDropped = false;
        void served.until(id, 'dropped auditor').then(() => (isDropped = true));
        peer.pauseReading();
        await askUntil(peer, () => isDropped);
        expect(most()).toBeGreaterThan(outgoingBytesHard / 2);
        expect(most()).toBeLessThan(2 * outgoingBytesHard);
        // It is over, though the connection may last: what is sent now is not done any more.
        peer.send(stepFrame({ action_type: 'submit_audit_report' }));
        peer.resumeReading();
        expect(await peer.closed).toEqual({ code: 4003, reason: 'slow_reader' });
        const back = await served.seat('auditor', id, token);
        await back.peer.follow();
        gapless(back.peer);
        const facts = ['match.created', 'seat.claimed', 'seat.dropped', 'seat.resumed'];
        expect((await served.events(id)).map(({ type }) => type)).toEqual(facts);
      })();
    });
  },
);
