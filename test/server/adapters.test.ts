import { namedForNative, whyNoNative } from '../support/adapters.ts';
import { describe, expect, it } from 'vitest';
import { chooseAdapter } from '../../src/server/net/adapter.ts';
import { socketPortContract } from '../../src/testing/socket-port.contract.ts';

const { port: native } = chooseAdapter('auto');
const { port: ws } = chooseAdapter('ws');

/** On the Node that this repository is developed on, there is nothing to skip. */
it.runIf(process.versions.node.startsWith('20.'))('the native library loads', () => {
  expect(whyNoNative).toBeNull();
});

socketPortContract(
  namedForNative('uWebSockets.js'),
  {
    adapter: native,
    other: ws,
    // The native library cuts a connection that breaks a rule without a word, and reads every frame as masked.
    traits: {
      tooLongCode: null,
      invalidTextCode: null,
      brokenFrameCode: null,
      refusesUnmasked: false,
      silentMsMin: 8000,
    },
  },
  { describe: whyNoNative === null ? describe : (describe.skip as typeof describe), it, expect },
);

socketPortContract(
  'ws',
  {
    adapter: ws,
    other: native,
    traits: {
      tooLongCode: 1009,
      invalidTextCode: 1007,
      brokenFrameCode: 1002,
      refusesUnmasked: true,
      silentMsMin: 400,
    },
  },
  { describe, it, expect },
);
