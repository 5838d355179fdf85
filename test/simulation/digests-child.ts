/**
 * Replays the log in a folder with the clock set to the given year and prints each match's last digest.
 * Run as: tsx digests-child.ts FOLDER YEAR
 */
const [folder = '', year = ''] = process.argv.slice(2);
const epoch = Date.UTC(Number(year), 0, 1);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [epoch] : given) as []));
  }
  static override now(): number {
    return epoch;
  }
} as DateConstructor;

const { FileEventLog } = await import('../../src/log/file/file-event-log.ts');
const { digestOf } = await import('../../src/match/proof/digest.ts');
const { replay } = await import('../../src/match/fold/replay.ts');

const log = await FileEventLog.open(folder, 'read');
for (const stream of log.streams()) {
  const { position } = replay(stream, await log.read(stream));
  console.log(`${stream} ${digestOf(position).digest}`);
}
await log.close();
