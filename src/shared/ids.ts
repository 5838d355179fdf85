declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Names one match and its stream. Letters, digits, `.`, `_`, `-`, 1 to 128 characters. */
export type MatchId = Branded<string, 'MatchId'>;
/** The idempotency key of one command, unique within its seat. Same alphabet as a match id, at most 100 characters. */
export type CommandId = Branded<string, 'CommandId'>;
/** How many events a stream holds; the first event has version 1. */
export type StreamVersion = Branded<number, 'StreamVersion'>;

/** The names of the folder itself and of the one above it are none. */
export const idPattern = /^(?!\.\.?$)[A-Za-z0-9._-]{1,128}$/;

export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** The caller has checked the text with {@link isId}, or made it. */
export const matchId = (text: string): MatchId => text as MatchId;
export const commandId = (text: string): CommandId => text as CommandId;
export const streamVersion = (count: number): StreamVersion => count as StreamVersion;
