import * as z from 'zod';
import { policiesFrom, policiesShape } from '../protocol/match-request.ts';
import { rulesets } from '../game/ruleset.ts';
import { limits } from '../shared/limits.ts';
import { durabilityShape } from './options.ts';

/** One setting of an operator: from a flag, the environment, the configuration file, or the default. */
export interface Setting<T> {
  /** The flag in Commander's syntax. */
  readonly flag: string;
  readonly meaning: string;
  /** The unit of the value; empty for none. */
  readonly unit: string;
  /** Parses the value in the form of the configuration file. */
  readonly shape: z.ZodType<T>;
  /** Converts the text of a flag or variable to the form of the configuration file. */
  readonly fromText: (text: string) => unknown;
  /** The default, in the form of the configuration file. */
  readonly otherwise: unknown;
}

interface More {
  readonly unit?: string;
  readonly fromText?: (text: string) => unknown;
}

function setting<T>(
  flag: string,
  shape: z.ZodType<T>,
  otherwise: unknown,
  meaning: string,
  { unit = '', fromText = (text) => text }: More = {},
): Setting<T> {
  return { flag, shape, otherwise, meaning, unit, fromText };
}

const numberFrom = (text: string): unknown => (/^-?\d+$/.test(text) ? Number(text) : text);

const count = (
  flag: string,
  [least, most]: readonly [number, number],
  otherwise: number,
  meaning: string,
  unit: string,
) => {
  const message = `a whole number from ${least} to ${most}`;
  const shape = z.number(message).int(message).min(least, message).max(most, message);
  return setting(flag, shape, otherwise, meaning, { unit, fromText: numberFrom });
};

const choice = <const T extends string>(
  flag: string,
  values: readonly T[],
  otherwise: T,
  meaning: string,
) => {
  const message = `one of ${values.join(', ')}`;
  return setting(flag, z.enum(values, message), otherwise, meaning);
};

const optionalText = (flag: string, meaning: string, shape: z.ZodType<string> = z.string().min(1)) =>
  setting(flag, shape.nullable(), null, meaning);

const listFrom = (text: string): unknown => (text === '' ? [] : text.split(',').map((part) => part.trim()));

const originShape = z
  .string()
  .refine(
    (text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text),
    'an origin such as https://example.org, or *',
  );

const urlShape = z
  .string()
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text),
    'an address such as https://arena.example.org',
  )
  .transform((text) => text.replace(/\/+$/, ''));

/** Reads `legal_hints=full,spectator_delay=3`, with the names of the wire. */
const policiesFromText = (text: string): unknown =>
  Object.fromEntries(
    text.split(',').map((part) => {
      const [, name = part, value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
      return [name.trim(), /^(true|false|-?\d+)$/.test(value) ? (JSON.parse(value) as unknown) : value];
    }),
  );

const policyShapes = policiesShape.omit({ auth: true }).shape;
const policyNames = Object.keys(policyShapes).join(', ');
const policyShape = z.strictObject(policyShapes, {
  error: ({ code }) =>
    code === 'unrecognized_keys'
      ? `name=value with the names ${policyNames}; auth is set by itself`
      : undefined,
});

const anyAddress = [1, 10_000_000] as const;

/** Every setting of `arena serve`, in the order of `--print-config`. */
export const settings = {
  host: setting('--host <address>', z.string().min(1), '127.0.0.1', 'address to listen on'),
  port: count('--port <n>', [0, 65_535], 8000, 'port to listen on; 0 takes a free one', ''),
  public_url: optionalText(
    '--public-url <url>',
    'how clients reach the server, for the links it gives; default: where it listens',
    urlShape,
  ),
  data_dir: setting('--data-dir <dir>', z.string().min(1), './data', 'folder of the event log'),
  durability: setting(
    '--durability <mode>',
    durabilityShape,
    'group',
    'when a commit is answered: group, interval:MS or os',
  ),
  auth: choice(
    '--auth <who>',
    ['open', 'seats', 'invited'],
    'seats',
    'who may take a seat: open, anybody; seats, the first, and its token; invited, only token holders',
  ),
  adapter: choice(
    '--adapter <library>',
    ['auto', 'uws', 'ws'],
    'auto',
    'socket library: auto takes uWebSockets.js where it loads, else ws',
  ),
  ruleset: choice(
    '--ruleset <name>',
    rulesets.map(({ name }) => name),
    'standard',
    'rules of matches that name none',
  ),
  policy: setting(
    '--policy <name=value>',
    policyShape.transform(policiesFrom),
    {},
    'policies of matches that name none, such as legal_hints=full; more with commas or further flags',
    { fromText: policiesFromText },
  ),
  grace: count(
    '--grace <n>',
    [0, 86_400],
    limits.graceMs / 1000,
    'a seat waits so long for a player that was cut off',
    'seconds',
  ),
  match_idle: count(
    '--match-idle <n>',
    [1, 525_600],
    limits.matchIdleMs / 60_000,
    'a match in which nothing happens for so long is aborted',
    'minutes',
  ),
  frames_per_second: count(
    '--frames-per-second <n>',
    [1, 1_000_000],
    limits.framesPerSecond,
    'what one socket may send',
    'frames',
  ),
  sockets: count('--sockets <n>', anyAddress, limits.sockets, 'role sockets in total', 'sockets'),
  sockets_per_address: count(
    '--sockets-per-address <n>',
    anyAddress,
    limits.socketsPerAddress,
    'role sockets of one address',
    'sockets',
  ),
  spectators: count(
    '--spectators <n>',
    anyAddress,
    limits.spectators,
    'spectator streams in total',
    'streams',
  ),
  spectators_per_address: count(
    '--spectators-per-address <n>',
    anyAddress,
    limits.spectatorsPerAddress,
    'spectator streams of one address',
    'streams',
  ),
  matches: count('--matches <n>', anyAddress, limits.matches, 'unfinished matches in total', 'matches'),
  matches_per_address: count(
    '--matches-per-address <n>',
    anyAddress,
    limits.matchesPerAddress,
    'unfinished matches made from one address',
    'matches',
  ),
  origins: setting(
    '--origins <list>',
    z.array(originShape),
    [],
    'pages of these origins may use the server besides its own, separated by commas; * lets every page',
    { fromText: listFrom },
  ),
  trust_proxy: setting(
    '--trust-proxy [choice]',
    z.boolean('true or false'),
    false,
    'the peer is a proxy whose X-Forwarded-For is believed: true or false',
    { fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text) },
  ),
  metrics: choice(
    '--metrics <whom>',
    ['local', 'all'],
    'local',
    'who may read /api/v1/metrics: local, programs of this machine; all, everybody who reaches the server',
  ),
  tls_cert: optionalText(
    '--tls-cert <file>',
    'certificate chain in PEM; with tls_key the server speaks https and wss',
  ),
  tls_key: optionalText('--tls-key <file>', 'private key in PEM'),
  log_level: choice(
    '--log-level <level>',
    ['debug', 'info', 'warn', 'error', 'silent'],
    'info',
    'diagnostics on standard error, as JSON lines',
  ),
} as const;

export type SettingKey = keyof typeof settings;
export const settingKeys = Object.keys(settings) as readonly SettingKey[];

/** The parsed values of all settings. */
export type Configuration = {
  readonly [Key in SettingKey]: (typeof settings)[Key] extends Setting<infer T> ? T : never;
};

/** The environment variable of a setting. */
export const variableOf = (key: SettingKey): string => `ARENA_${key.toUpperCase()}`;
