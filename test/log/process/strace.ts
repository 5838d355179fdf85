import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeError } from '../../../src/shared/errors.ts';
import { indexPath, lockPath, logFolder, rowsPath, segmentPath } from '../../../src/log/disk/data-folder.ts';
import { runProgram } from './spawned.ts';
import type { Ended } from './spawned.ts';

/** Why system calls cannot be traced on this machine; null when they can. */
export async function whyNoStrace(): Promise<string | null> {
  const kill = ['-f', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:signal=SIGKILL:when=1'];
  try {
    await promisify(execFile)('strace', [...kill, 'true']);
    return null;
  } catch (error) {
    return `strace cannot trace here: ${describeError(error).split('\n')[0] ?? ''}`;
  }
}

/** One thread does what Node does beside its main thread, so that counting calls finds each of them. */
const oneThread = { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' };

/** What a log may call its files, up to a number of segments. strace knows paths, not folders. */
export function pathsOf(data: string, segments: number): readonly string[] {
  const paths = [data, logFolder(data), lockPath(data), join(logFolder(data), 'reserve')];
  for (let number = 1; number <= segments; number += 1) {
    const whole = [segmentPath(data, number), indexPath(data, number), rowsPath(data, number)];
    paths.push(...whole.flatMap((path) => [path, `${path}.tmp`, `${path}.broken`]));
  }
  return paths;
}

export interface Traced extends Ended {
  readonly calls: readonly Call[];
}

/** Runs a program and writes down these calls of it: all of them, or those that concern the paths. */
export async function trace(
  command: readonly string[],
  { names, paths, into }: { names: readonly string[]; paths: readonly string[]; into: string },
): Promise<Traced> {
  const only = paths.flatMap((path) => ['-P', path]);
  const how = ['-f', '-y', '-s', '1000000', '-o', into, '-e', `trace=${names.join(',')}`, ...only];
  const ended = await runProgram(['strace', ...how, ...command], undefined, oneThread);
  return { ...ended, calls: callsIn(await readFile(into, 'utf8')) };
}

/** Runs a program and kills it as it makes a call that concerns the paths for the n-th time. */
export function killAt(
  command: readonly string[],
  { name, nth, paths }: { name: string; nth: number; paths: readonly string[] },
): Promise<Ended> {
  const only = paths.flatMap((path) => ['-P', path]);
  const inject = `inject=${name}:signal=SIGKILL:when=${nth}`;
  const how = ['-f', '-o', '/dev/null', '-e', `trace=${name}`, '-e', inject, ...only];
  return runProgram(['strace', ...how, ...command], undefined, oneThread);
}

/** One system call of a trace. */
export interface Call {
  readonly name: string;
  readonly given: string;
  readonly result: string;
  /** Places in the trace, where the call was made and where it returned. */
  readonly begun: number;
  readonly ended: number;
}

const whole = /^(\d+) +(\w+)\((.*)\) += (.*)$/;
const begun = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/;
const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.*)$/;

function callsIn(text: string): readonly Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { readonly given: string; readonly begun: number }>();
  for (const [place, line] of text.split('\n').entries()) {
    const [, thread = '', name = '', given = '', result = ''] =
      whole.exec(line) ?? begun.exec(line) ?? resumed.exec(line) ?? [];
    if (name === '') continue;
    const key = `${thread} ${name}`;
    if (line.endsWith('<unfinished ...>')) open.set(key, { given, begun: place });
    else if (resumed.test(line)) {
      const start = open.get(key) ?? { given: '', begun: place };
      calls.push({ name, given: start.given + given, result, begun: start.begun, ended: place });
    } else calls.push({ name, given, result, begun: place, ended: place });
  }
  return calls;
}
