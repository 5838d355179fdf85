import type { Draws } from '../../../src/game/random.ts';
import { frame, opcodes } from '../../../src/testing/socket-port/wire.ts';
import { deepMetadata, wildAction, wrongAction } from './hostile-actions.ts';
import {
  binary,
  justFits,
  long,
  noJson,
  noObject,
  noType,
  unknownType,
  wrongEnvelope,
} from './hostile-envelopes.ts';
import type { Hostile, Maker, Sender } from './hostile-frame.ts';
import {
  foreignReset,
  soundRead,
  takenReset,
  wrongJoin,
  wrongReset,
  wrongSubscribe,
} from './hostile-requests.ts';

const makers: readonly (readonly [Maker, number])[] = [
  ...([
    [noJson, 14],
    [noObject, 6],
    [unknownType, 14],
    [noType, 3],
    [wrongEnvelope, 12],
  ] as const),
  ...([
    [binary, 5],
    [long, 1],
    [justFits, 1],
    [wrongReset, 12],
    [foreignReset, 4],
    [takenReset, 1],
  ] as const),
  ...([
    [wrongJoin, 8],
    [wrongSubscribe, 5],
    [soundRead, 4],
    [wrongAction, 16],
    [wildAction, 6],
  ] as const),
  [deepMetadata, 2],
];

const frameBytesMax = 64 * 1024;

/** The next frame of a hostile sender. */
export function hostileFrame(draws: Draws, sender: Sender): Hostile {
  const { requestId, ...made } = draws.weighted(makers)(draws, sender);
  // Whatever it is: a frame that is too long is not read.
  if (made.bytes.length > frameBytesMax) return { ...made, right: ['frame_too_large'] };
  return requestId === undefined ? made : { ...made, requestId };
}

/** Its bytes on the wire: mostly one frame, sometimes many fragments with pings between. */
export function onTheWire(draws: Draws, { opcode, bytes }: Hostile): Buffer {
  if (!draws.chance(100) || bytes.length < 2) return frame(opcode, bytes);
  const parts: Buffer[] = [];
  let at = 0;
  for (let count = draws.between(1, 5); count > 0 && at < bytes.length - 1; count -= 1) {
    const end = draws.between(at, bytes.length - 1);
    parts.push(
      frame(at === 0 && parts.length === 0 ? opcode : opcodes.more, bytes.subarray(at, end), {
        isLast: false,
      }),
    );
    if (draws.chance(200)) parts.push(frame(opcodes.ping, 'between'));
    at = end;
  }
  parts.push(frame(opcodes.more, bytes.subarray(at)));
  return Buffer.concat(parts);
}
