/** The host's time. The rules never see it: a time becomes part of a commit, a passed deadline becomes a command. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, call: () => void): () => void;
}

/** Longest delay a Node timer keeps; longer ones would fire at once, and are waited for in parts. */
const timerMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, call) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const next = leftMs > timerMsMax ? () => wait(leftMs - timerMsMax) : call;
      timer = setTimeout(next, Math.min(Math.max(0, leftMs), timerMsMax));
      // A waiting deadline alone keeps no process alive.
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
