/** The time and CPU time of some work, over all threads of this process. */
export interface Took {
  readonly seconds: number;
  readonly cpuUs: number;
}

export async function timed<T>(work: () => Promise<T> | T): Promise<Took & { readonly result: T }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds: (performance.now() - start) / 1000, cpuUs: user + system };
}

/** How often `work` runs per second, measured over `seconds`; `count` is the number of earlier runs. */
export async function perSecond(
  seconds: number,
  work: (count: number) => unknown,
): Promise<{ readonly value: number; readonly cpuUs: number }> {
  let count = 0;
  const took = await timed(async () => {
    const end = performance.now() + seconds * 1000;
    for (; performance.now() < end; count += 1) await work(count);
  });
  return { value: count / took.seconds, cpuUs: took.cpuUs / count };
}
