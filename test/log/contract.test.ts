import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../src/log/file/file-event-log.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { eventLogContract } from '../../src/testing/event-log.contract.ts';
import { makeFolder } from './temp-folder.ts';

eventLogContract(
  'a memory log',
  () => {
    const log = new MemoryEventLog();
    return Promise.resolve({ log, close: () => log.close() });
  },
  { describe, it, expect },
);

const kinds: Readonly<Record<string, FileLogOptions>> = {
  'a file log': {},
  'a file log of many small segments': { segmentBytes: 2000 },
  'a file log in interval mode': { durability: { mode: 'interval', ms: 5 }, segmentBytes: 20_000 },
  'a file log in os mode': { durability: { mode: 'os' }, markAfterMs: null },
};

for (const [name, options] of Object.entries(kinds))
  eventLogContract(
    name,
    async () => {
      const folder = await makeFolder();
      let log = await FileEventLog.open(folder, 'write', options);
      return {
        log,
        reopen: async () => {
          await log.close();
          log = await FileEventLog.open(folder, 'write', options);
          return log;
        },
        close: () => log.close().finally(() => rm(folder, { recursive: true })),
      };
    },
    { describe, it, expect },
  );
