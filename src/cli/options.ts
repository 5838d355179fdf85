import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { Durability } from '../log/durability.ts';
import { roles } from '../game/command.ts';
import type { Role } from '../game/command.ts';
import { isId, matchId } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import { AppError } from '../shared/errors.ts';

/** The folder of the log, as in every verb. */
export const dataDirOption = () =>
  new Option('--data-dir <dir>', 'folder of the event log').env('ARENA_DATA_DIR').default('./data');

export const defaultServer = 'http://127.0.0.1:8000';

/** The server to play on. */
export const serverOption = () =>
  new Option('--server <url>', 'address of the server')
    .env('ARENA_SERVER')
    .default(defaultServer)
    .argParser(serverUrl);

/** For verbs that can play with or without a server. ARENA_SERVER alone does not choose one. */
export const maybeServerOption = () =>
  new Option(
    '--server [url]',
    `play over the sockets of this server (without a URL: ARENA_SERVER, or ${defaultServer}) instead of in this process`,
  )
    .preset(process.env['ARENA_SERVER'] ?? defaultServer)
    .argParser(serverUrl);

/** Removes trailing slashes, so that a path can be appended. */
function serverUrl(text: string): string {
  if (/^(https?|wss?):\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError(`It must be an address such as ${defaultServer}.`);
}

const durabilityWords = 'group, os, or interval with milliseconds, as in interval:100';

/** The durability setting as text: when a commit is acknowledged. */
export const durabilityShape = z
  .string()
  .regex(/^(group|os|interval:[1-9]\d{0,5})$/, durabilityWords)
  .transform((text): Durability => {
    if (text === 'group' || text === 'os') return { mode: text };
    return { mode: 'interval', ms: Number(text.slice('interval:'.length)) };
  });

export const durabilityOption = () =>
  new Option('--durability <mode>', 'group, interval:MS or os: when a commit is answered')
    .env('ARENA_DURABILITY')
    .default({ mode: 'group' }, 'group')
    .argParser((text: string) => {
      const parsed = durabilityShape.safeParse(text);
      if (parsed.success) return parsed.data;
      throw new InvalidArgumentError(`It must be ${durabilityWords}.`);
    });

/** A parser for a whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${bounds}.`);
  };
}

/** Parses a share from 0 to 1, in steps of 0.001. */
export function share(text: string): number {
  const value = Number(text);
  if (/^[01](\.\d{1,3})?$/.test(text) && value <= 1) return value;
  throw new InvalidArgumentError(
    'It must be a share from 0 to 1, in thousandths at the finest, such as 0.05.',
  );
}

/** Parses a match id. @throws AppError `argument_invalid` */
export function matchIdArgument(text: string): MatchId {
  if (isId(text)) return matchId(text);
  throw new AppError(
    'argument_invalid',
    `"${text}" is no match id: letters, digits, dots, underscores and hyphens only.`,
  );
}

/** Parses a role or `spectator`. @throws AppError `unknown_role` */
export function roleArgument(text: string): Role | 'spectator' {
  const known = [...roles, 'spectator' as const];
  const role = known.find((each) => each === text);
  if (role !== undefined) return role;
  throw new AppError('unknown_role', `There is no role "${text}". Roles: ${known.join(', ')}.`, {
    role: text,
    roles: known,
  });
}
