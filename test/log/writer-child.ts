/**
 * Another process that writes a log. Run as: tsx writer-child.ts WAY FOLDER, where WAY is one of
 * `endless`: appends until it is killed and prints each position as it is acknowledged;
 * `until-refused`: appends large commits until one fails, then prints what it was told as JSON.
 */
import { FileEventLog } from '../../src/log/file-event-log.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';

export interface Refusal {
  /** Commits acknowledged in stream `a` before the first refusal. */
  readonly acknowledged: number;
  /** What the failed commit, the one beside it and a later one were told. */
  readonly told: readonly { readonly code: string; readonly message: string }[];
  /** Whether the failed commit can be found. */
  readonly found: boolean;
  readonly streams: readonly string[];
}

function print(line: string | number): void {
  process.stdout.write(`${line}\n`);
}

async function appendEndlessly(log: EventLog): Promise<never> {
  for (let version = 0; ; version += 1) {
    const answers = ['a', 'b', 'c'].map((stream) => log.append(commitOf(stream, version)));
    for (const answer of answers) print((await answer).position);
  }
}

async function appendUntilRefused(log: EventLog): Promise<Refusal> {
  const events = [noteOf('x'.repeat(100_000))];
  for (let version = 0; version < 100; version += 1) {
    const failed = commitOf('a', version, { events });
    const pair = await Promise.allSettled([log.append(failed), log.append(commitOf(`b-${version}`, 0))]);
    if (pair.every(({ status }) => status === 'fulfilled')) continue;
    const later = await Promise.allSettled([log.append(commitOf('later', 0))]);
    const told = [...pair, ...later].map((answer) => {
      const reason: unknown = answer.status === 'rejected' ? answer.reason : null;
      return isAppError(reason) ? { code: reason.code, message: reason.message } : { code: '', message: '' };
    });
    const found = log.find(failed.stream, failed.commandId) !== null;
    return { acknowledged: version, told, found, streams: log.streams() };
  }
  throw new Error('Nothing was refused.');
}

const [way, folder = ''] = process.argv.slice(2);
const log = await FileEventLog.open(folder, 'write');
if (way === 'endless') await appendEndlessly(log);
else print(JSON.stringify(await appendUntilRefused(log)));
await log.close();
