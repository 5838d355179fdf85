import {
  declareCommandIds,
  declareOrder,
  declareReading,
  declareUnstorable,
  declareValues,
  declareVersions,
} from './event-log/storing.ts';
import {
  declareClosing,
  declareReopening,
  declareSubscribers,
  declareSubscribing,
} from './event-log/subscribing.ts';
import type { Kit, OpenedLog, TestFunctions } from './event-log/kit.ts';

export { commitOf, noteOf } from './event-log/kit.ts';
export type { OpenedLog, TestFunctions } from './event-log/kit.ts';

/**
 * Declares the test cases that every event log must pass. Call it in a test file, with vitest's own
 * functions: `eventLogContract('a memory log', () => Promise.resolve({ log, close: () => log.close() }), {
 * describe, it, expect })`.
 */
export function eventLogContract(
  name: string,
  open: () => Promise<OpenedLog>,
  { describe, it, expect }: TestFunctions,
): void {
  const kit: Kit = {
    describe,
    it,
    expect,
    holds: (fact, check) =>
      it(fact, async () => {
        const opened = await open();
        await check(opened.log).finally(() => opened.close());
      }),
    outlives: (fact, check) =>
      it(fact, async (context) => {
        const opened = await open();
        const { reopen } = opened;
        if (reopen !== undefined) await check(opened.log, reopen).finally(() => opened.close());
        else await opened.close().then(() => context.skip('Nothing outlives this log.'));
      }),
  };
  describe(name, () => {
    describe('appending and reading', () => declareReading(kit));
    describe('the order', () => declareOrder(kit));
    describe('the expected version', () => declareVersions(kit));
    describe('the command id', () => declareCommandIds(kit));
    describe('values', () => declareValues(kit));
    describe('values no JSON keeps', () => declareUnstorable(kit));
    describe('subscribing', () => declareSubscribing(kit));
    describe('several subscribers', () => declareSubscribers(kit));
    describe('closing', () => declareClosing(kit));
    describe('opening again', () => declareReopening(kit));
  });
}
