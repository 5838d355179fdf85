import { parentPort, workerData } from 'node:worker_threads';
import { FileEventLog } from '../log/file-event-log.ts';
import { AppError } from '../shared/errors.ts';
import { present } from '../shared/invariant.ts';
import type { Share, Told } from './verify-all.ts';
import { verifyWanted } from './verify-all.ts';

// A thread of `arena verify`. It reads the log for itself: to hand it every match would take as long as to verify them.
const { dataDir, matches, share, of } = workerData as Share;
const port = present(parentPort, 'The thread that waits');
const say = (told: Told): void => port.postMessage(told);
const log = await FileEventLog.open(dataDir, 'read');
try {
  const wanted = new Set(log.streams().filter((_, index) => index < matches && index % of === share));
  await verifyWanted(
    log,
    (match) => wanted.has(match),
    (match, result) => say({ match, result }),
  );
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  const { code, message, details } = error;
  say({ code, message, details });
} finally {
  await log.close();
}
