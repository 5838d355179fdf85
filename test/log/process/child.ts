/**
 * Another process that writes a log, to be killed. Run in its bundled form as: node child.cjs WAY FOLDER PLAN, where
 * PLAN is JSON and WAY is one of
 * `load`: appends to several streams at once until it is killed;
 * `burst`: appends many commits at once and prints each as it is acknowledged;
 * `tour`: opens, appends, rotates, closes, tears its own tail, opens again, erases a match, goes on and closes.
 */
import { appendFile, readdir } from 'node:fs/promises';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { logFolder, segmentNumbers, segmentPath } from '../../../src/log/disk/data-folder.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { ackLine, loadCommit, tourText } from './load.ts';

export type LoadPlan = Pick<FileLogOptions, 'segmentBytes' | 'markAfterMs'> & {
  /** The version of each stream that is written. */
  readonly versions: Readonly<Record<string, number>>;
};

export interface BurstPlan {
  readonly commits: number;
}

export type TourPlan = Pick<FileLogOptions, 'segmentBytes' | 'durability' | 'markAfterMs'> & {
  /** Commits between two steps. */
  readonly commits: number;
  /** How often it does all of it. */
  readonly rounds: number;
};

/** No watermarks: how full the machine's disk is changes nothing. */
const watermarks = { warn: 0, newMatches: 0, commands: 0, commandBytes: 0 };

/** To a pipe this is written before the call returns. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @returns the stream's version after the commit. */
async function append(log: FileEventLog, stream: string, before: number, mostText?: number): Promise<number> {
  const { version, position } = await log.append(loadCommit(stream, before, mostText));
  print(ackLine({ stream, before, version, position }));
  return version;
}

async function load(folder: string, { versions, ...options }: LoadPlan): Promise<void> {
  const log = await FileEventLog.open(folder, 'write', { ...options, watermarks });
  print('open');
  await Promise.all(
    Object.entries(versions).map(async ([stream, version]) => {
      for (let next = version; ;) next = await append(log, stream, next);
    }),
  );
}

async function burst(folder: string, { commits }: BurstPlan): Promise<void> {
  const log = await FileEventLog.open(folder, 'write', { markAfterMs: null, watermarks });
  const streams = Array.from({ length: commits }, (_, index) => `s-${index}`);
  await Promise.all(streams.map((stream) => append(log, stream, 0, tourText)));
  for (const stream of streams.slice(0, 3)) await append(log, `${stream}-alone`, 0, tourText);
  await log.close();
}

/** Half a line as a killed writer may leave it behind a segment's last, with a text that must not outlive its match. */
const tornTail = (version: number): string => `{"v":2,"g":99,"s":"a","n":9,"d":"secret of a at ${version} `;

async function tour(folder: string, { commits, rounds, ...options }: TourPlan): Promise<void> {
  const versions: Record<string, number> = {};
  const open = () => FileEventLog.open(folder, 'write', { ...options, watermarks });
  let log = await open();
  const write = async (...streams: readonly string[]) => {
    for (const stream of streams)
      for (let count = 0; count < commits; count += 1)
        versions[stream] = await append(log, stream, versions[stream] ?? 0, tourText);
  };
  for (let round = 1; round <= rounds; round += 1) {
    await write('a', 'b', `round-${round}`);
    await log.close();
    const last = segmentNumbers(await readdir(logFolder(folder))).at(-1) ?? 0;
    await appendFile(segmentPath(folder, last), tornTail(versions['a'] ?? 0));
    log = await open();
    await write('a');
    print('erasing a');
    await log.erase(matchId('a'), { by: 'a test', reason: 'to be killed meanwhile' });
    print(`erased a ${versions['a'] ?? 0}`);
    await write('a', `round-${round}`);
  }
  await log.close();
  print('done');
}

async function run(): Promise<void> {
  const [way, folder = '', json = '{}'] = process.argv.slice(2);
  const plan: unknown = JSON.parse(json);
  if (way === 'load') await load(folder, plan as LoadPlan);
  else if (way === 'burst') await burst(folder, plan as BurstPlan);
  else await tour(folder, plan as TourPlan);
}

void run();
