/**
 * The host's clock. The rules never read it: times are stored in commits, and a passed deadline becomes a
 * command.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `call` once after `delayMs` milliseconds. The returned function cancels it. */
  after(delayMs: number, call: () => void): () => void;
}

/** The longest delay of a Node timer in milliseconds. A longer one would fire at once, so it is split. */
const timerMsMax = 2 ** 31 - 1;

/** The clock of the operating system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, call) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const next = leftMs > timerMsMax ? () => wait(leftMs - timerMsMax) : call;
      timer = setTimeout(next, Math.min(Math.max(0, leftMs), timerMsMax));
      // A pending deadline must not keep the process alive.
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
