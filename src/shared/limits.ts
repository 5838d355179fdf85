/** Every bound on what a client may send, hold or keep waiting. docs/limits.md has a row for each. */
export const limits = {
  /** Bytes of one frame; a longer one is answered `frame_too_large`. */
  frameBytes: 64 * 1024,
  /** Bytes at which the connection is cut, before the frame is read completely. */
  frameBytesHard: 2 * 1024 * 1024,
  /**
   * Frames a socket may send per second. Up to as many again are answered `rate_limited`, then the socket is
   * closed.
   */
  framesPerSecond: 500,
  /** Unanswered frames of one socket. */
  framesWaiting: 64,
  /** Buffered bytes above which a slow reader gets no more pushed frames. */
  outgoingBytes: 256 * 1024,
  /** Buffered bytes above which a slow reader is disconnected. */
  outgoingBytesHard: 4 * 1024 * 1024,
  sockets: 20_000,
  socketsPerAddress: 10_000,
  /** Spectator streams. */
  spectators: 20_000,
  spectatorsPerAddress: 10_000,
  /** Unfinished matches. */
  matches: 200_000,
  matchesPerAddress: 100_000,
  /** Milliseconds after which a socket without a match is closed. */
  unseatedMs: 120_000,
  /** Milliseconds without an answer to pings after which a connection is cut. At least 8 seconds. */
  silentMs: 120_000,
  /** Milliseconds for which a seat is kept for a player whose connection broke. */
  graceMs: 60_000,
  /** Milliseconds for which a stopping server still answers pending requests. */
  drainMs: 2000,
  /** Milliseconds without activity after which an unfinished match is aborted. */
  matchIdleMs: 6 * 60 * 60_000,
  /** Refused attempts that a match records per role; later ones are answered but not recorded. */
  refusalsPerSeat: 1000,
  /** Flags of one audit, unless the ruleset sets its own limit. */
  flagsPerAudit: 500,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };
