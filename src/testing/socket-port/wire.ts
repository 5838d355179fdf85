import { randomBytes } from 'node:crypto';

/** Frames of RFC 6455 as bytes, including those that no library would send. */

export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  /** Whether it is the last frame of the message; default true. */
  readonly isLast?: boolean;
  /** Clients must mask; default true. */
  readonly isMasked?: boolean;
  /** The reserved bits, 0 to 7; default 0. */
  readonly reserved?: number;
}

/** A frame as a client sends it. */
export function frame(
  opcode: number,
  data: Uint8Array | string,
  { isLast = true, isMasked = true, reserved = 0 }: FrameOptions = {},
): Buffer {
  const payload = Buffer.from(data as Uint8Array);
  const first = Buffer.from([(isLast ? 0x80 : 0) | (reserved << 4) | opcode]);
  const key = isMasked ? randomBytes(4) : Buffer.alloc(0);
  mask(payload, key);
  return Buffer.concat([first, lengthOf(payload, isMasked ? 0x80 : 0), key, payload]);
}

function lengthOf({ length }: Buffer, maskBit: number): Buffer {
  const bytes = Buffer.alloc(length < 126 ? 1 : length < 65_536 ? 3 : 9);
  bytes[0] = maskBit | (bytes.length === 1 ? length : bytes.length === 3 ? 126 : 127);
  if (bytes.length === 3) bytes.writeUInt16BE(length, 1);
  if (bytes.length === 9) bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** An empty key changes nothing. */
function mask(payload: Buffer, key: Buffer): void {
  for (let index = 0; index < payload.length; index += 1)
    payload[index] = (payload[index] ?? 0) ^ (key[index & 3] ?? 0);
}

export function closeFrame(code: number, reason = ''): Buffer {
  const data = Buffer.alloc(2 + Buffer.byteLength(reason));
  data.writeUInt16BE(code, 0);
  data.write(reason, 2);
  return frame(opcodes.close, data);
}

export interface ServerFrame {
  readonly opcode: number;
  readonly data: Buffer;
}

/** Splits a server's bytes into frames. A server sends unmasked, unfragmented frames. */
export class FrameReader {
  #parts: Buffer[] = [];
  #bytes = 0;

  /** Yields the frames that these bytes complete. */
  *read(bytes: Buffer): Generator<ServerFrame, void> {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    for (;;) {
      const head = this.#peek(10);
      const short = (head[1] ?? 0) & 0x7f;
      const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
      if (this.#bytes < 2 + lengthBytes) return;
      const length =
        lengthBytes === 0
          ? short
          : lengthBytes === 2
            ? head.readUInt16BE(2)
            : Number(head.readBigUInt64BE(2));
      const whole = 2 + lengthBytes + length;
      if (this.#bytes < whole) return;
      const taken = this.#take(whole);
      yield { opcode: (taken[0] ?? 0) & 0x0f, data: taken.subarray(2 + lengthBytes) };
    }
  }

  #peek(count: number): Buffer {
    const [first] = this.#parts;
    if (first !== undefined && (first.length >= count || this.#parts.length === 1)) return first;
    return this.#join();
  }

  #take(count: number): Buffer {
    const all = this.#join();
    this.#parts = all.length === count ? [] : [all.subarray(count)];
    this.#bytes -= count;
    return all.subarray(0, count);
  }

  #join(): Buffer {
    const [first] = this.#parts;
    if (this.#parts.length === 1 && first !== undefined) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}
