import { parentPort, workerData } from 'node:worker_threads';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { AppError } from '../../shared/errors.ts';
import { present } from '../../shared/invariant.ts';
import { verifyWanted } from './verify-all.ts';
import type { Share, Tell, VerifiedMatch } from './verify-all.ts';

/** Bytes of the log that may wait in memory, for all threads together. */
const roomForAll = 256 << 20;

// A thread of `arena verify`. It reads the log itself: transferring every match would take as long as
// verifying it.
const share = workerData as Share;
const port = present(parentPort, 'The thread that waits');
const say = (told: VerifiedMatch): void => port.postMessage(told);
try {
  await verifyShare(share, (match, result) => say({ match, result }));
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  const { code, message, details } = error;
  say({ code, message, details });
}

async function verifyShare({ dataDir, matches, share: own, of }: Share, tell: Tell): Promise<void> {
  const log = await FileEventLog.open(dataDir, 'read');
  try {
    const wanted = new Set(log.streams().filter((_, index) => index < matches && index % of === own));
    await verifyWanted(log, (match) => wanted.has(match), tell, roomForAll / of);
  } finally {
    await log.close();
  }
}
