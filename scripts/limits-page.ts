import { limits } from '../src/shared/limits.ts';
import { code, table } from './table.ts';

/** The unit of each limit, and what happens above it. */
const beyond: Readonly<Record<keyof typeof limits, readonly [unit: Unit, sentence: string]>> = {
  frameBytes: ['bytes', 'The frame is not read; the answer is `frame_too_large`, and the socket stays open.'],
  frameBytesHard: [
    'bytes',
    'The connection is cut before the frame is read whole: close code 1009, or 1006 under uWebSockets.js.',
  ],
  framesPerSecond: [
    'count',
    'Further frames of that second are answered `rate_limited`; after as many again, close code 4004. `--frames-per-second`',
  ],
  framesWaiting: [
    'count',
    'A frame that arrives while this many wait for their answer is answered `rate_limited`, in order.',
  ],
  outgoingBytes: [
    'bytes',
    'The server pushes no more frames to a slow reader; once it has read, it gets the missed ones from the log.',
  ],
  outgoingBytesHard: ['bytes', 'A client that keeps asking and does not read is closed: close code 4003.'],
  sockets: ['count', 'A new socket is refused: HTTP 503, `capacity_reached`, `Retry-After`. `--sockets`'],
  socketsPerAddress: [
    'count',
    'A new socket of that address is refused: HTTP 429, `capacity_reached`, `Retry-After`. `--sockets-per-address`',
  ],
  spectators: [
    'count',
    'A new spectator stream is refused: HTTP 503, `capacity_reached`, `Retry-After`. `--spectators`',
  ],
  spectatorsPerAddress: [
    'count',
    'A new spectator stream of that address is refused: HTTP 429, `capacity_reached`, `Retry-After`. `--spectators-per-address`',
  ],
  matches: [
    'count',
    '`reset` is answered `capacity_reached`; matches that are over do not count. `--matches`',
  ],
  matchesPerAddress: [
    'count',
    '`reset` from that address is answered `capacity_reached`. `--matches-per-address`',
  ],
  unseatedMs: ['time', 'A socket that has joined no match is closed: close code 4002.'],
  silentMs: ['time', 'A connection that answers no ping is cut; its seat is then kept for `graceMs`.'],
  graceMs: ['time', 'The seat of a player that was cut off becomes free. `--grace`'],
  drainMs: [
    'time',
    'A server that stops leaves older requests unanswered after this time; it still sends close code 1012.',
  ],
  matchIdleMs: [
    'time',
    'A match in which nothing happens ends: phase `aborted`, end reason `aborted`. `--match-idle`',
  ],
  refusalsPerSeat: ['count', 'Later refusals are still answered, but no longer recorded in the match.'],
  flagsPerAudit: ['count', 'A flag is refused: `flags_spent`. `standard` takes fewer.'],
};

type Unit = 'bytes' | 'count' | 'time';

/** The rows of docs/limits.md for the given limits. */
export function limitsTable(keys = Object.keys(limits) as readonly (keyof typeof limits)[]): string {
  return table(
    ['limit', 'value', 'beyond it'],
    keys.map((key) => {
      const [unit, sentence] = beyond[key];
      return [code(key), shown(limits[key], unit), sentence];
    }),
  );
}

export function limitsPage(): string {
  return `# Limits

What one client may send, hold or keep waiting. \`npm run docs\` makes this page from \`src/shared/limits.ts\`. Where an
option of \`arena serve\` changes a limit, its row names the option.

${limitsTable()}

The texts of an action have their own limits ([play-a-seat.md](play-a-seat.md#acting)). One commit of the log is at most
1 MiB, and JSON may be nested 64 levels deep.
`;
}

function shown(value: number, unit: Unit): string {
  if (unit === 'time') return value % 3_600_000 === 0 ? `${value / 3_600_000} h` : `${value / 1000} s`;
  if (unit === 'count') return value.toLocaleString('en');
  return value % 1024 ** 2 === 0 ? `${value / 1024 ** 2} MiB` : `${value / 1024} KiB`;
}
