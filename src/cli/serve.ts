import { Command, Option } from 'commander';
import type * as z from 'zod';
import { roles } from '../game/command.ts';
import { policiesFrom, policiesShape } from '../protocol/match-request.ts';
import { rulesets } from '../game/ruleset.ts';
import type { Policies } from '../game/event.ts';
import { diagnosticsAt } from '../log/diagnostics.ts';
import type { Durability } from '../log/durability.ts';
import { chooseAdapter } from '../server/adapter.ts';
import type { ChosenAdapter } from '../server/adapter.ts';
import { bracketed, startServer } from '../server/server.ts';
import type { RunningServer } from '../server/server.ts';
import { AppError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { dataDirOption, durabilityOption, wholeNumber } from './options.ts';
import { exitCodes, print, run, self } from './run.ts';
import type { Hints } from './run.ts';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly durability: Durability;
  readonly auth: 'open' | 'seats' | 'invited';
  readonly adapter: 'auto' | 'uws' | 'ws';
  readonly ruleset: string;
  readonly policy: readonly string[];
  readonly grace: number;
  readonly matchIdle: number;
  readonly framesPerSecond: number;
  readonly logLevel: string;
  readonly json: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('host matches over WebSockets until it is interrupted')
    .addOption(new Option('--host <address>', 'address to listen on').env('ARENA_HOST').default('127.0.0.1'))
    .addOption(
      new Option('--port <n>', 'port to listen on; 0 takes a free one')
        .env('ARENA_PORT')
        .default(8000)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(dataDirOption())
    .addOption(durabilityOption())
    .addOption(
      new Option('--auth <who>', 'who may take a seat: anybody; the first, and its token; only token holders')
        .env('ARENA_AUTH')
        .choices(['open', 'seats', 'invited'])
        .default('seats'),
    )
    .addOption(
      new Option('--adapter <library>', 'socket library; auto takes uWebSockets.js where it loads, else ws')
        .env('ARENA_ADAPTER')
        .choices(['auto', 'uws', 'ws'])
        .default('auto'),
    )
    .addOption(
      new Option('--ruleset <name>', 'rules of matches that name none')
        .env('ARENA_RULESET')
        .choices(rulesets.map(({ name }) => name))
        .default('standard'),
    )
    .option(
      '--policy <name=value>',
      'policy of matches that name none, such as legal_hints=full; repeat for more',
      (text, all: string[]) => [...all, text],
      [],
    )
    .option(
      '--grace <seconds>',
      'how long a seat waits for a player that was cut off',
      wholeNumber(0, 86_400),
      limits.graceMs / 1000,
    )
    .option(
      '--match-idle <minutes>',
      'a match in which nothing happens for so long is aborted',
      wholeNumber(1, 525_600),
      limits.matchIdleMs / 60_000,
    )
    .option(
      '--frames-per-second <n>',
      'frames that one socket may send',
      wholeNumber(1, 1_000_000),
      limits.framesPerSecond,
    )
    .addOption(
      new Option('--log-level <level>', 'diagnostics on standard error')
        .env('ARENA_LOG_LEVEL')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .option('--json', 'say where it listens as one JSON line', false)
    .action((options: ServeOptions) => run(options.json, () => serve(options), hints));
}

const hints: Hints = {
  address_in_use: 'Choose another with --port.',
  log_locked: 'Stop it, or choose another folder with --data-dir.',
};

async function serve(options: ServeOptions): Promise<number> {
  const adapter = chooseAdapter(options.adapter);
  const { host, dataDir, durability } = options;
  const server = await startServer({
    ...{ host, port: options.port, dataDir, durability, adapter: adapter.port, ruleset: options.ruleset },
    policies: { ...policiesOption(options.policy), auth: options.auth },
    limits: {
      graceMs: options.grace * 1000,
      matchIdleMs: options.matchIdle * 60_000,
      framesPerSecond: options.framesPerSecond,
    },
    diagnostics: diagnosticsAt(options.logLevel),
  });
  // Before anybody is told that there is a server to be stopped.
  const stopped = interrupted();
  tellStart(options, server, adapter);
  await stopped;
  await server.close();
  if (!options.json) print('Stopped. Every match goes on with the next start.');
  return exitCodes.good;
}

function tellStart(
  { host, dataDir, durability, auth, ruleset, json }: ServeOptions,
  { port, log }: RunningServer,
  { port: { name }, instead }: ChosenAdapter,
): void {
  const address = `${bracketed(host)}:${port}`;
  const { lossWindow } = log.health;
  if (json) {
    print(
      JSON.stringify({
        ...{
          url: `http://${address}`,
          data_dir: dataDir,
          durability: durability.mode,
          loss_window: lossWindow,
        },
        ...{ adapter: name, uws_unavailable: instead, auth, ruleset, pid: process.pid },
      }),
    );
    return;
  }
  print(`FraudArena listens on http://${address}  (Ctrl-C stops it)`);
  print(`  log       ${dataDir}, ${durability.mode}: ${lossWindow}`);
  print(
    `  sockets   ws://${address}/ws/${roles.join(', /ws/')}, by ${name}${instead === null ? '' : `, since uWebSockets.js does not load: ${instead}`}`,
  );
  print(`  seats     ${auth}: ${seatsFor[auth]}; ruleset ${ruleset}`);
  print(`  health    http://${address}/health`);
  print(`  play      ${self} play --server http://${address}`);
  print(`  join      ${self} join --role fraudster --server http://${address}`);
}

const seatsFor = {
  open: 'anybody may sit anywhere',
  seats: 'the first to come takes one, and holds it by its token',
  invited: 'only who was given a token when the match was made',
} as const;

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

const policyShape = policiesShape.omit({ auth: true });

/** `--policy legal_hints=full`, by the wire's names. @throws AppError `argument_invalid` */
function policiesOption(texts: readonly string[]): Partial<Policies> {
  const named = texts.map((text) => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const parsed = policyShape.safeParse({ [name]: typed(value) });
    if (parsed.success) return policiesFrom(parsed.data);
    throw new AppError('argument_invalid', `--policy ${text}: ${whyNot(name, parsed.error)}.`);
  });
  return Object.assign({}, ...named) as Partial<Policies>;
}

const typed = (value: string): unknown =>
  /^(true|false|-?\d+)$/.test(value) ? (JSON.parse(value) as unknown) : value;

function whyNot(name: string, { issues: [issue] }: z.ZodError): string {
  if (name === 'auth') return 'it is chosen with --auth';
  if (Object.hasOwn(policyShape.shape, name)) return issue?.message ?? 'it does not fit';
  return `give name=value, with one of the names ${Object.keys(policyShape.shape).join(', ')}`;
}
