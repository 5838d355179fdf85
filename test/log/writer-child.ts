/**
 * Another process that writes a log. Run as: tsx writer-child.ts WAY FOLDER, where WAY is one of
 * `endless`: appends until it is killed and prints each position as it is acknowledged;
 * `hold`: opens the log, says so, and closes it at the end of its input; or prints why it cannot;
 * `until-refused`: appends large commits until one fails, has its limit of file sizes lifted, and prints all it was
 * told as JSON.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Appended, Commit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import type { LogHealth } from '../../src/log/file/health.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';

/** What a commit came to. */
export type Answer = Appended | { readonly code: string; readonly message: string };

export interface Refusal {
  /** Commits acknowledged in stream `a` before the first refusal. */
  readonly acknowledged: number;
  /** What the failed commit and the one beside it were told. */
  readonly told: readonly Answer[];
  readonly health: LogHealth;
  /** Whether the failed commit can be found. */
  readonly found: boolean;
  readonly streams: readonly string[];
  /** A small commit after the failed ones, the failed one again, and once more after the limit was lifted. */
  readonly small: Answer;
  readonly again: Answer;
  readonly lifted: Answer;
  /** The log's health after all. */
  readonly mended: LogHealth;
}

/** What `hold` prints. */
export type Held = { readonly open: true } | { readonly code: string; readonly pid: unknown };

function print(line: string | number): void {
  process.stdout.write(`${line}\n`);
}

async function answerTo(log: FileEventLog, commit: Commit): Promise<Answer> {
  try {
    return await log.append(commit);
  } catch (error) {
    return isAppError(error)
      ? { code: error.code, message: error.message }
      : { code: '', message: String(error) };
  }
}

async function appendEndlessly(log: FileEventLog): Promise<never> {
  for (let version = 0; ; version += 1) {
    const answers = ['a', 'b', 'c'].map((stream) => log.append(commitOf(stream, version)));
    for (const answer of answers) print((await answer).position);
  }
}

async function appendUntilRefused(log: FileEventLog): Promise<Refusal> {
  const events = [noteOf('x'.repeat(100_000))];
  for (let version = 0; version < 100; version += 1) {
    const failed = commitOf('a', version, { events });
    const told = await Promise.all(
      [failed, commitOf(`b-${version}`, 0)].map((commit) => answerTo(log, commit)),
    );
    if (told.every((answer) => 'position' in answer)) continue;
    const { health } = log;
    const found = (await log.find(failed.stream, failed.commandId)) !== null;
    const streams = log.streams();
    const small = await answerTo(log, commitOf('small', 0));
    const again = await answerTo(log, failed);
    await promisify(execFile)('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
    const lifted = await answerTo(log, failed);
    const rest = { small, again, lifted, mended: log.health };
    return { acknowledged: version, told, health, found, streams, ...rest };
  }
  throw new Error('Nothing was refused.');
}

async function hold(folder: string): Promise<void> {
  const say = (held: Held) => print(JSON.stringify(held));
  try {
    const log = await FileEventLog.open(folder, 'write');
    await log.append(commitOf(`by-${process.pid}`, 0));
    say({ open: true });
    await once(process.stdin.resume(), 'end');
    await log.close();
  } catch (error) {
    say(
      isAppError(error) ? { code: error.code, pid: error.details['pid'] ?? null } : { code: '', pid: null },
    );
  }
}

const [way, folder = ''] = process.argv.slice(2);
if (way === 'hold') await hold(folder);
else {
  const log = await FileEventLog.open(folder, 'write');
  if (way === 'endless') await appendEndlessly(log);
  else print(JSON.stringify(await appendUntilRefused(log)));
  await log.close();
}
