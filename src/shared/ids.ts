declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The id of a match and of its stream: 1 to 128 letters, digits, `.`, `_` or `-`. */
export type MatchId = Branded<string, 'MatchId'>;
/**
 * The idempotency key of a command, unique within its seat: the stream stores it with a prefix of the seat.
 * Same alphabet as a match id, at most 100 characters.
 */
export type CommandId = Branded<string, 'CommandId'>;
/** The number of events in a stream; the first event has version 1. */
export type StreamVersion = Branded<number, 'StreamVersion'>;

/** `.` and `..` are excluded, because ids become file names. */
export const idPattern = /^(?!\.\.?$)[A-Za-z0-9._-]{1,128}$/;

export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** Brand a value. The caller has checked the text with {@link isId}, or generated it. */
export const matchId = (text: string): MatchId => text as MatchId;
export const commandId = (text: string): CommandId => text as CommandId;
export const streamVersion = (count: number): StreamVersion => count as StreamVersion;
