import { chooseAdapter } from '../../src/server/net/adapter.ts';
import { someOf } from './sizes.ts';

export type AdapterName = 'uws' | 'ws';

/** Why the native socket library cannot be tested here; it has a binary for some versions of Node only. */
export const whyNoNative: string | null = chooseAdapter('auto').instead;

/** The socket libraries that load here, by their names for `--adapter`. */
export const adapterNames: readonly AdapterName[] = whyNoNative === null ? ['uws', 'ws'] : ['ws'];

/** Of these, those that the long suites try: small sizes leave the second one to the contract of the socket port. */
export const longAdapters = someOf(adapterNames, 1);

/** A name that says, where the native library does not load, why its tests are skipped. */
export const namedForNative = (name: string): string =>
  whyNoNative === null
    ? name
    : `${name} (needs uWebSockets.js: ${whyNoNative.trim().split('\n').at(-1) ?? ''})`;
