/** Why the server closes a role socket, as WebSocket close codes. docs/errors.md has a row for each. */
export const closeCodes = {
  /** The client said `close`. */
  bye: 1000,
  /** The frame was so long that it was not read to its end. Sent by ws; uWebSockets.js cuts without a code. */
  frameTooLong: 1009,
  /** A failure of the server's own. */
  failed: 1011,
  /** The server stops or restarts; come back with the seat token. */
  restart: 1012,
  /** The seat's token was used on another connection. */
  takenOver: 4001,
  /** The socket joined no match for too long. */
  unseated: 4002,
  /** The client reads too slowly for what it asks. */
  slowReader: 4003,
  /** The client went on sending after `rate_limited`. */
  rateLimited: 4004,
} as const;
