import { describe, expect, it } from 'vitest';
import { SerialQueue, SerialQueues } from '../../src/shared/serial-queue.ts';

/** Work that ends when it is told to. */
function held(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async (): Promise<string> => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { work, end };
}

describe('a serial queue', () => {
  it('begins a piece of work when the one before it has ended', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const [one, two] = [held(log, 'one'), held(log, 'two')];
    const results = Promise.all([queue.run(one.work), queue.run(two.work)]);
    two.end();
    one.end();
    expect(await results).toEqual(['one', 'two']);
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('never begins in the turn of its caller, and takes work that is no promise', async () => {
    const queue = new SerialQueue();
    let hasBegun = false;
    const result = queue.run(() => (hasBegun = true));
    expect(hasBegun).toBe(false);
    expect(await result).toBe(true);
  });

  it.each([
    ['throws', () => raise()],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('goes on after one that %s, and tells its caller only', async (_how, work) => {
    const queue = new SerialQueue();
    const failed = queue.run(work);
    const next = queue.run(() => 'next');
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('next');
    await expect(queue.idle()).resolves.toBeUndefined();
  });

  it('is idle when all that came so far has ended, failed or not', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const one = held(log, 'one');
    const failed = queue.run(raise);
    const first = queue.run(one.work);
    const idle = queue.idle().then(() => log.push('idle'));
    one.end();
    await Promise.allSettled([failed, first, idle]);
    expect(log).toEqual(['one begins', 'one ends', 'idle']);
  });

  it('is idle before anything came, and keeps its promise until more comes', async () => {
    const queue = new SerialQueue();
    const idle = queue.idle();
    await idle;
    expect(queue.idle()).toBe(idle);
    void queue.run(() => 1);
    expect(queue.idle()).not.toBe(idle);
  });
});

describe('serial queues by key', () => {
  it('keep the order within a key, and let keys pass each other', async () => {
    const queues = new SerialQueues<string>();
    const log: string[] = [];
    const [slow, after, other] = [held(log, 'slow'), held(log, 'after'), held(log, 'other')];
    const all = [queues.run('a', slow.work), queues.run('a', after.work)];
    other.end();
    await queues.run('b', other.work);
    after.end();
    slow.end();
    await Promise.all(all);
    expect(log).toEqual([
      'slow begins',
      'other begins',
      'other ends',
      'slow ends',
      'after begins',
      'after ends',
    ]);
  });

  it('forget a key once nothing of it waits, not before', async () => {
    const queues = new SerialQueues<string>();
    const log: string[] = [];
    const [one, two] = [held(log, 'one'), held(log, 'two')];
    const first = queues.run('a', one.work);
    const second = queues.run('a', two.work);
    one.end();
    await first;
    expect(queues.has('a')).toBe(true);
    two.end();
    await second;
    // The queue hears of the end one turn after its caller.
    await Promise.resolve();
    await Promise.resolve();
    expect(queues.has('a')).toBe(false);
  });

  it('forget a key whose work failed', async () => {
    const queues = new SerialQueues<string>();
    await expect(queues.run('a', raise)).rejects.toThrow('broken');
    await Promise.resolve();
    await Promise.resolve();
    expect(queues.has('a')).toBe(false);
  });
});

function raise(): never {
  throw new Error('broken');
}
