import { limits } from '../src/shared/limits.ts';
import { code, table } from './table.ts';

/** What a limit is counted in, and what happens beyond it. */
const beyond: Readonly<Record<keyof typeof limits, readonly [unit: Unit, sentence: string]>> = {
  frameBytes: ['bytes', 'The frame is not read; it is answered `frame_too_large`, and the socket goes on.'],
  frameBytesHard: [
    'bytes',
    'The connection is cut before the frame is read whole: close code 1009, or 1006 under uWebSockets.js.',
  ],
  framesPerSecond: [
    'count',
    'The rest of the second is answered `rate_limited`; after as many again, close code 4004. `--frames-per-second`',
  ],
  framesWaiting: [
    'count',
    'A frame that finds so many waiting for their answer is answered `rate_limited`, in order.',
  ],
  outgoingBytes: [
    'bytes',
    'A slow reader is pushed no more frames; once it has read, the ones it missed come from the log.',
  ],
  outgoingBytesHard: ['bytes', 'A reader that asks on and does not read is closed: close code 4003.'],
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
  silentMs: ['time', 'A connection that answers no ping is cut; its seat then waits as below.'],
  graceMs: ['time', 'The seat of a player that was cut off becomes free. `--grace`'],
  drainMs: [
    'time',
    'A server that stops answers no more of what it was asked before; close code 1012 comes all the same.',
  ],
  matchIdleMs: [
    'time',
    'A match in which nothing happens ends: phase `aborted`, end reason `aborted`. `--match-idle`',
  ],
  refusalsPerSeat: ['count', 'Later refusals are answered as ever, but no longer recorded in the match.'],
  flagsPerAudit: ['count', 'A flag is refused: `flags_spent`. `standard` takes fewer.'],
};

type Unit = 'bytes' | 'count' | 'time';

/** The rows of docs/limits.md for these limits. */
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

What a stranger may send, hold or keep waiting. All stand in \`src/shared/limits.ts\`, from which \`npm run docs\` makes
this page. Where an option of \`arena serve\` changes one, the option is named.

${limitsTable()}

Texts of an action have lengths of their own ([play-a-seat.md](play-a-seat.md#acting)), one commit of the log is at
most 1 MiB, and JSON may be nested 64 levels deep.
`;
}

function shown(value: number, unit: Unit): string {
  if (unit === 'time') return value % 3_600_000 === 0 ? `${value / 3_600_000} h` : `${value / 1000} s`;
  if (unit === 'count') return value.toLocaleString('en');
  return value % 1024 ** 2 === 0 ? `${value / 1024 ** 2} MiB` : `${value / 1024} KiB`;
}
