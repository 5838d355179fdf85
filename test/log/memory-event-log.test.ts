import { describe, expect, it } from 'vitest';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { eventLogContract } from '../../src/testing/event-log.contract.ts';

eventLogContract(
  'a memory log',
  () => {
    const log = new MemoryEventLog();
    return Promise.resolve({ log, close: () => log.close() });
  },
  { describe, it, expect },
);
