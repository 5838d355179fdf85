import { describe, expect, it } from 'vitest';
import { chooseAdapter } from '../../src/server/net/adapter.ts';
import { socketPortContract } from '../../src/testing/socket-port.contract.ts';

const { port: uws } = chooseAdapter('uws');
const { port: ws } = chooseAdapter('ws');

socketPortContract(
  'uWebSockets.js',
  {
    ...{ adapter: uws, other: ws },
    // The native library cuts a connection that breaks a rule without a word, and reads every frame as masked.
    traits: {
      ...{ tooLongCode: null, invalidTextCode: null, brokenFrameCode: null },
      ...{ refusesUnmasked: false, silentMsMin: 8000 },
    },
  },
  { describe, it, expect },
);

socketPortContract(
  'ws',
  {
    ...{ adapter: ws, other: uws },
    traits: {
      ...{ tooLongCode: 1009, invalidTextCode: 1007, brokenFrameCode: 1002 },
      ...{ refusesUnmasked: true, silentMsMin: 400 },
    },
  },
  { describe, it, expect },
);
