import { sizeOf } from '../support/sizes.ts';

/** How often each row is tried, and at every how manyth byte: prime, so that every bit of a byte is flipped. */
export const conflicts = sizeOf({ small: 100, all: 500 });
export const switches = { logs: sizeOf({ small: 4, all: 20 }), each: 50 };
export const deletions = sizeOf({ small: 20, all: 100 });
export const histories = sizeOf({ small: 20, all: 100 });
export const byteStep = sizeOf({ small: 7, all: 1 });
export const tornAt = byteStep === 1 ? 'every byte' : `every ${byteStep}th byte`;
export const commandCount = sizeOf({ small: 2000, all: 10_000 });
