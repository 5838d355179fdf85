/**
 * The WebSocket close codes with which the server closes a role socket. docs/errors.md has a row for each.
 */
export const closeCodes = {
  bye: 1000,
  /** Sent by ws only; uWebSockets.js cuts the connection without a code. */
  frameTooLong: 1009,
  failed: 1011,
  restart: 1012,
  takenOver: 4001,
  unseated: 4002,
  slowReader: 4003,
  rateLimited: 4004,
} as const;

/** The meaning of each close code for the client. */
export const closeCatalogue = {
  bye: 'The client said `close`.',
  frameTooLong:
    'The frame was so long that it was not read to its end. Under uWebSockets.js the connection just breaks.',
  failed: "A failure of the server's own; come back with the seat token.",
  restart: 'The server stops or restarts; come back with the seat token.',
  takenOver: "The seat's token was used on another connection.",
  unseated: 'The socket joined no match for too long.',
  slowReader:
    'The client reads too slowly for what it asks; come back, and subscribe from the last frame read.',
  rateLimited: 'The client went on sending after `rate_limited`.',
} as const satisfies Readonly<Record<keyof typeof closeCodes, string>>;

/** The meanings of {@link closeCatalogue} by numeric code. */
export const closeMeanings: ReadonlyMap<number, string> = new Map(
  Object.entries(closeCodes).map(([name, code]) => [code, closeCatalogue[name as keyof typeof closeCodes]]),
);
