import { drawsFor } from '../../../src/game/random.ts';
import { Attack } from './hostile-attack.ts';

/**
 * Attacks the server at the port at a fixed rate, from a process of its own, until it is told to stop; then tells how
 * much it did, or what answer was wrong.
 * Run as: node --import tsx hostile-attack-child.ts PORT SEED
 */
export type FromAttack =
  | { readonly underWay: true }
  | {
      readonly answered: number;
      readonly sockets: number;
      /** Ticks that began late because the one before was not over. */
      readonly late: number;
      readonly ticks: number;
      readonly fault: string | null;
    };

const tickMs = 100;
const [port, seed] = process.argv.slice(2).map(Number);
const tell = (message: FromAttack): void => void process.send?.(message);

const stop = new AbortController();
process.on('message', () => stop.abort());

const attack = new Attack(port ?? 0, drawsFor(seed ?? 0, 'attack'));
let fault: string | null = null;
let ticks = 0;
let late = 0;

/** In a second: 600 fuzzed frames, 1,000 requests of slow readers, 40 sockets that come and go, and now and then the rest. */
async function tick(): Promise<void> {
  attack.ask(20);
  const works = [attack.fuzz(10), attack.churn(4), attack.garbage()];
  if (ticks % 20 === 5) works.push(attack.flood());
  if (ticks % 20 === 10) works.push(attack.oversize());
  if (ticks % 40 === 39) works.push(attack.replaceSlow());
  await Promise.all(works);
}

try {
  await attack.arrive(500);
  tell({ underWay: true });
  for (const began = performance.now(); !stop.signal.aborted; ticks += 1) {
    await tick();
    const ahead = began + (ticks + 1) * tickMs - performance.now();
    if (ahead < 0) late += 1;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ahead)));
  }
  await attack.leave();
} catch (error) {
  fault = error instanceof Error ? error.message : String(error);
}
tell({ answered: attack.answered, sockets: attack.sockets, late, ticks, fault });
process.disconnect();
