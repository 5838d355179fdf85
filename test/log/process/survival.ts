import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import type { StoredCommit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { logFolder } from '../../../src/log/disk/data-folder.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { loadCommit } from './load.ts';
import type { Ack } from './load.ts';

/** No watermarks: how full the machine's disk is changes nothing. */
export const noWatermarks = { warn: 0, newMatches: 0, commands: 0, commandBytes: 0 };

export const openLog = (folder: string, options: FileLogOptions = {}): Promise<FileEventLog> =>
  FileEventLog.open(folder, 'write', { markAfterMs: null, ...options, watermarks: noWatermarks });

/** Every acknowledged commit stands where the child was told. */
export async function expectAcknowledged(
  log: FileEventLog,
  acks: readonly Ack[],
  where: string,
): Promise<void> {
  for (const { stream, before, version, position } of acks)
    expect(
      await log.find(matchId(stream), commandId(`${stream}-at-${before}`)),
      `${stream} at ${before}, ${where}`,
    ).toEqual({ version, position });
}

/**
 * A stream goes on without a gap from a version, and holds what was appended, but for texts that were erased.
 * @returns its version.
 */
export async function expectContiguous(
  log: FileEventLog,
  stream: string,
  after: number,
  where: string,
  mostText?: number,
): Promise<number> {
  let version = after;
  for (const commit of await log.read(matchId(stream), streamVersion(after))) {
    const written = loadCommit(stream, version, mostText);
    const expected = commit.erased === true ? { ...written, events: commit.events } : written;
    expect(commit, `${stream} at ${version}, ${where}`).toMatchObject(expected);
    version = commit.version;
  }
  return version;
}

/** The log's own check finds nothing, and no torn tail is left. */
export async function expectSound(folder: string, where: string): Promise<void> {
  const { findings, unchecked, tornBytes } = await checkLog(nodeFiles, folder);
  expect({ findings, unchecked, tornBytes }, where).toEqual({ findings: [], unchecked: 0, tornBytes: 0 });
}

/** The positions of the whole log run from 1 without a gap. */
export function expectOneOrder(content: readonly StoredCommit[], where: string): void {
  const positions = content.map(({ position }) => position);
  expect(positions, where).toEqual(positions.map((_, index) => index + 1));
}

/** No file of the log holds any of these texts. */
export async function expectNowhere(folder: string, texts: readonly string[], where: string): Promise<void> {
  for (const name of await readdir(logFolder(folder))) {
    const bytes = await readFile(join(logFolder(folder), name));
    for (const text of texts) expect(bytes.includes(text), `"${text}" in ${name}, ${where}`).toBe(false);
  }
}
