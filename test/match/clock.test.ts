import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/match/clock.ts';
import { TestClock } from '../../src/testing/test-clock.ts';

describe('the test clock', () => {
  it('calls in order of due time, each at its own time', async () => {
    const clock = new TestClock(1000);
    const calls: string[] = [];
    const plan = (name: string, delayMs: number) =>
      clock.after(delayMs, () => calls.push(`${name} at ${clock.now()}`));
    plan('late', 30);
    plan('early', 10);
    plan('early too', 10);
    plan('overdue', -5);
    plan('beyond', 31);
    await clock.advance(30);
    expect(calls).toEqual(['overdue at 1000', 'early at 1010', 'early too at 1010', 'late at 1030']);
    expect(clock.now()).toBe(1030);
    expect(clock.waiting).toBe(1);
  });

  it('makes calls that calls have planned, also after a promise', async () => {
    const clock = new TestClock(0);
    const ticks: number[] = [];
    const tick = () => {
      ticks.push(clock.now());
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => clock.after(10, tick));
    };
    clock.after(10, tick);
    await clock.advance(45);
    expect(ticks).toEqual([10, 20, 30, 40]);
  });

  it('forgets a cancelled call, also one cancelled by another call', async () => {
    const clock = new TestClock();
    const calls: string[] = [];
    const cancel = clock.after(20, () => calls.push('cancelled'));
    clock.after(10, cancel);
    cancel();
    const cancelLater = clock.after(20, () => calls.push('cancelled too'));
    clock.after(10, cancelLater);
    await clock.advance(100);
    expect(calls).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});

describe('the system clock', () => {
  afterEach(() => void vi.useRealTimers());

  const dayMs = 24 * 60 * 60 * 1000;

  it('keeps a delay longer than a timer can', () => {
    vi.useFakeTimers();
    const call = vi.fn();
    systemClock.after(60 * dayMs, call);
    vi.advanceTimersByTime(60 * dayMs - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledOnce();
  });

  it('cancels a long delay in any of its parts', () => {
    vi.useFakeTimers();
    const call = vi.fn();
    const cancel = systemClock.after(60 * dayMs, call);
    vi.advanceTimersByTime(40 * dayMs);
    cancel();
    vi.advanceTimersByTime(40 * dayMs);
    expect(call).not.toHaveBeenCalled();
  });

  it('calls at once when the time has passed already', () => {
    vi.useFakeTimers();
    const call = vi.fn();
    systemClock.after(-5, call);
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledOnce();
    expect(systemClock.now()).toBe(Date.now());
  });
});
