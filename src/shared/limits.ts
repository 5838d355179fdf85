/** Every bound on what a stranger may send, hold or keep waiting. docs/limits.md has a row for each. */
export const limits = {
  /** Bytes of one frame; a longer one is answered `frame_too_large`. */
  frameBytes: 64 * 1024,
  /** Bytes at which the connection itself is cut, before the frame is read whole. */
  frameBytesHard: 2 * 1024 * 1024,
  /** Frames a socket may send in a second; as many again are answered `rate_limited`, then the socket is closed. */
  framesPerSecond: 500,
  /** Frames that may wait for their answer on one socket. */
  framesWaiting: 64,
  /** Bytes that may wait for a slow reader before it is pushed no more frames. */
  outgoingBytes: 256 * 1024,
  /** Bytes at which a slow reader is closed. */
  outgoingBytesHard: 4 * 1024 * 1024,
  sockets: 20_000,
  socketsPerAddress: 10_000,
  /** Connections that watch. */
  spectators: 20_000,
  spectatorsPerAddress: 10_000,
  /** Unfinished matches. */
  matches: 200_000,
  matchesPerAddress: 100_000,
  /** A socket without a match is closed after so many milliseconds. */
  unseatedMs: 120_000,
  /** A connection that answers no ping for so many milliseconds is gone. At least 8 seconds. */
  silentMs: 120_000,
  /** How long a seat is kept for a player whose connection broke. */
  graceMs: 60_000,
  /** How long a server that stops goes on answering what it was asked before. */
  drainMs: 2000,
  /** An unfinished match in which nothing happens for so long is aborted. */
  matchIdleMs: 6 * 60 * 60_000,
  /** Refused attempts of one role that a match keeps; later ones are answered and forgotten. */
  refusalsPerSeat: 1000,
  /** Flags of one audit, where the ruleset sets no limit of its own. */
  flagsPerAudit: 500,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };
