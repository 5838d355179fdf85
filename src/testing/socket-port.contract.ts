import type { SocketPort } from '../server/net/socket-port.ts';
import { declareEndings, declareServerClose } from './socket-port/endings.ts';
import { declareBackpressure, declareMany, declareSilence } from './socket-port/flow.ts';
import { serve } from './socket-port/kit.ts';
import type { AdapterTraits, Kit, TestFunctions } from './socket-port/kit.ts';
import { declareListening, declareUpgrades } from './socket-port/listening.ts';
import { declareBodies, declareHttp, declareStreams } from './socket-port/http.ts';
import {
  declareBrokenFrames,
  declareFrameLimits,
  declareMessages,
  declarePortions,
} from './socket-port/messages.ts';

export type { AdapterTraits } from './socket-port/kit.ts';

export interface AdapterUnderTest {
  readonly adapter: SocketPort;
  readonly traits: AdapterTraits;
  /** Another adapter, which tries to use the same port. */
  readonly other: SocketPort;
}

/**
 * Declares the test cases that every adapter of a WebSocket library must pass, over real sockets. Call it in
 * a test file, with vitest's own functions: `socketPortContract('ws', { adapter, traits, other }, { describe,
 * it, expect })`.
 */
export function socketPortContract(
  name: string,
  { adapter, traits, other }: AdapterUnderTest,
  { describe, it, expect }: TestFunctions,
): void {
  const kit: Kit = {
    describe,
    it,
    expect,
    adapter,
    traits,
    other,
    holds: (fact, options, check) =>
      it(fact, async () => {
        const served = await serve(adapter, options);
        await check(served).finally(() => served.listening.close(1012, 'restart'));
      }),
  };
  describe(name, () => {
    describe('the port', () => declareListening(kit));
    describe('an upgrade', () => declareUpgrades(kit));
    describe('a request over HTTP', () => declareHttp(kit));
    describe('the body of a request', () => declareBodies(kit));
    describe('an answer that goes on', () => declareStreams(kit));
    describe('messages', () => declareMessages(kit));
    describe('messages in portions', () => declarePortions(kit));
    describe('frames of any length', () => declareFrameLimits(kit));
    describe('broken frames', () => declareBrokenFrames(kit));
    describe('the end of a connection', () => declareEndings(kit));
    describe('the end of the server', () => declareServerClose(kit));
    describe('a reader', () => declareBackpressure(kit));
    describe('a peer', () => declareSilence(kit));
    describe('a server', () => declareMany(kit));
  });
}
