import { join } from 'node:path';

/** Where the parts of a log stand in a data folder. */
export const logFolder = (data: string): string => join(data, 'log');
export const lockPath = (data: string): string => join(data, 'lock');
/** Where finished matches are archived, and where unfinished ones keep checkpoints. */
export const archiveFolder = (data: string): string => join(data, 'archive');
export const checkpointFolder = (data: string): string => join(data, 'checkpoints');
/** The whole log of the first format. */
export const firstFormatPath = (data: string): string => join(data, 'events.ndjson');

const numberOf = /^(\d{8})\.ndjson$/;
const prunedNumberOf = /^(\d{8})\.pruned$/;

export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.ndjson`;
}

/** The segment numbers among file names, ascending. */
export function segmentNumbers(names: readonly string[]): readonly number[] {
  return numbersIn(names, numberOf);
}

/** The numbers of pruned segments among file names, ascending. A segment whose file still exists is not pruned yet. */
export function prunedNumbers(names: readonly string[]): readonly number[] {
  const present = new Set(segmentNumbers(names));
  return numbersIn(names, prunedNumberOf).filter((number) => !present.has(number));
}

function numbersIn(names: readonly string[], pattern: RegExp): readonly number[] {
  return names.flatMap((name) => {
    const digits = pattern.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

export const segmentPath = (data: string, number: number): string =>
  join(logFolder(data), segmentName(number));
/** The index of a sealed segment: each stream's version, hash chain and the place of its rows. */
export const indexPath = (data: string, number: number): string =>
  segmentPath(data, number).replace('.ndjson', '.idx');
/** The index of a pruned segment. It and the rows file are all that remains of the segment. */
export const prunedPath = (data: string, number: number): string =>
  segmentPath(data, number).replace('.ndjson', '.pruned');
/** The places of a sealed segment's commits: one line of rows per stream. */
export const rowsPath = (data: string, number: number): string =>
  segmentPath(data, number).replace('.ndjson', '.rows');
/** Bytes that were cut off after a crash, kept for inspection. */
export const brokenPath = (data: string, number: number): string => `${segmentPath(data, number)}.broken`;
