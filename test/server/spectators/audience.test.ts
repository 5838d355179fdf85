import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { framesOfStream } from '../../../src/match/fold/frame-cache.ts';
import { push } from '../../../src/server/sockets/replies.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { serving } from '../../cli/arena.ts';
import { inFolder } from '../../log/temp-folder.ts';
import { adapters, fromEnvironment } from '../hostile/hostile-kit.ts';
import { playMatchAt } from '../hostile/hostile-players.ts';
import type { FromAudience } from './audience-child.ts';
import { sizeFrom } from '../../support/sizes.ts';

const spectators = sizeFrom('AUDIENCE_SPECTATORS', { small: 60, all: 200 });
const listers = fromEnvironment('AUDIENCE_LISTERS', 10);
/** Of each who lists, between two lists. */
const pauseMs = fromEnvironment('AUDIENCE_PAUSE_MS', 100);
const matches = sizeFrom('AUDIENCE_MATCHES', { small: 4, all: 12 });
/** Answers to the other players between two actions of the match that is watched. */
const paceOf = fromEnvironment('AUDIENCE_PACE', 15);

const watched = 'watched';

/** Lets one action of the watched match pass for so many answers that the others get. */
class Pace {
  #answers = 0;
  #isOpen = false;
  readonly #waiting: (() => void)[] = [];
  #begun = (): void => undefined;
  /** Resolves when the first action waits: the match is there. */
  readonly begun = new Promise<void>((resolve) => (this.#begun = resolve));

  pass(): Promise<void> {
    this.#begun();
    return this.#isOpen ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  answered(): void {
    this.#answers += 1;
    if (this.#answers % paceOf === 0) this.#waiting.shift()?.();
  }

  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** Plays matches, four at a time. @returns how long each answer took. */
async function play(url: string, answered = (): void => undefined): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 0;
  const lane = async () => {
    while ((next += 1) <= matches) times.push(...(await playMatchAt(url, next, { answered })).times);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return times.sort((one, other) => one - other);
}

const at = (times: readonly number[], share: number): number =>
  times[Math.floor((times.length - 1) * share)] ?? 0;

const told = (times: readonly number[]): string =>
  `${times.length} answers, p50 ${at(times, 0.5).toFixed(2)} ms, p99 ${at(times, 0.99).toFixed(2)} ms`;

/** The audience takes its seats. @returns what it tells in the end. */
async function audienceAt(port: string) {
  const path = fileURLToPath(new URL('audience-child.ts', import.meta.url));
  const args = [port, watched, String(spectators), String(listers), String(pauseMs)];
  const child = fork(path, args, { execArgv: ['--import', 'tsx'] });
  const messages: FromAudience[] = [];
  child.on('message', (message: FromAudience) => messages.push(message));
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  await Promise.race([once(child, 'message'), ended]);
  return async () => {
    expect((await ended)[0]).toBe(0);
    const [, report] = messages;
    if (report === undefined || !('bodies' in report)) throw new Error('The audience told nothing.');
    return report;
  };
}

describe.each(adapters)('%s: a match with many spectators', (adapter) => {
  it(
    `is shown whole to ${spectators}, while ${listers} list matches and others play`,
    { timeout: 600_000 },
    inFolder(async (data) => {
      const args = ['--data-dir', data, '--adapter', adapter, '--log-level', 'warn'];
      const { server, url } = await serving([...args, '--frames-per-second', '5000']);
      onTestFinished(() => server.kill('SIGKILL'));
      await play(url);
      const quiet = await play(url);
      const pace = new Pace();
      const wanted = { episode_id: watched, task_id: 'task_3' };
      const watchedMatch = playMatchAt(url, 1, { wanted, pace: () => pace.pass() });
      await pace.begun;
      const report = await audienceAt(new URL(url).port);
      const began = performance.now();
      const loaded = await play(url, () => pace.answered());
      const seconds = (performance.now() - began) / 1000;
      pace.open();
      await watchedMatch;
      const { bodies, body, lists, faults } = await report();
      const ratio = (share: number) => (at(loaded, share) / at(quiet, share)).toFixed(2);
      console.log(
        `${adapter}: quiet ${told(quiet)}; with ${spectators} spectators and ${listers} listing ${told(loaded)}; ` +
          `ratio p50 ${ratio(0.5)}, p99 ${ratio(0.99)}; ${lists} lists in ${seconds.toFixed(1)} s`,
      );
      server.kill('SIGTERM');
      expect(await server.ended()).toMatchObject({ code: 0, stderr: '' });
      expect(faults).toEqual([]);
      expect(Object.values(bodies)).toEqual([spectators]);
      expect(lists).toBeGreaterThan(listers);
      const log = await FileEventLog.open(data, 'read');
      const frames = framesOfStream(matchId(watched), await log.read(matchId(watched)), 'spectator');
      await log.close();
      expect(body).toBe(
        [
          ...frames.map((frame) => `id: ${frame.seq}\nevent: ${frame.type}\ndata: ${push(frame)}\n\n`),
          'event: end\ndata: {}\n\n',
        ].join(''),
      );
    }),
  );
});
