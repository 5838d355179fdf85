import { Command, Option } from 'commander';
import { policiesFrom, policiesShape } from '../protocol/match-request.ts';
import { rulesets } from '../game/ruleset.ts';
import type { Policies } from '../game/event.ts';
import { diagnosticsAt } from '../log/diagnostics.ts';
import type { Durability } from '../log/durability.ts';
import { chooseAdapter } from '../server/adapter.ts';
import { bracketed, startServer } from '../server/server.ts';
import { AppError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { dataDirOption, durabilityOption, wholeNumber } from './options.ts';
import { exitCodes, print, run } from './run.ts';

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
      new Option('--auth <who>', 'who may take a seat: anybody, the first and its token, only token holders')
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
      'policy of matches that name none; repeat for more',
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
    .action((options: ServeOptions) => run(options.json, () => serve(options)));
}

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
  const address = `${bracketed(host)}:${server.port}`;
  const { lossWindow } = server.log.health;
  if (options.json)
    print(
      JSON.stringify({
        ...{
          url: `http://${address}`,
          data_dir: dataDir,
          durability: durability.mode,
          loss_window: lossWindow,
        },
        ...{ adapter: adapter.port.name, auth: options.auth, ruleset: options.ruleset, pid: process.pid },
      }),
    );
  else {
    print(`FraudArena listens on http://${address}  (Ctrl-C stops it)`);
    print(`  log       ${dataDir}, ${durability.mode}: ${lossWindow}`);
    print(
      `  sockets   ${adapter.port.name}${adapter.instead === null ? '' : ` (uWebSockets.js: ${adapter.instead})`}`,
    );
    print(`  seats     ${options.auth}, ruleset ${options.ruleset}`);
    print(`  play      arena play --server http://${address}`);
    print(`  join      arena join --role fraudster --server http://${address}`);
  }
  await interrupted();
  await server.close();
  if (!options.json) print('Stopped. Every match goes on with the next start.');
  return exitCodes.good;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** `--policy legal_hints=full`, by the wire's names. @throws AppError `argument_invalid` */
function policiesOption(texts: readonly string[]): Partial<Policies> {
  const wanted = Object.fromEntries(
    texts.map((text) => {
      const mark = text.indexOf('=');
      const value = text.slice(mark + 1);
      return [text.slice(0, mark), /^(true|false|\d+)$/.test(value) ? (JSON.parse(value) as unknown) : value];
    }),
  );
  const parsed = policiesShape.omit({ auth: true }).safeParse(wanted);
  if (parsed.success) return policiesFrom(parsed.data);
  const [issue] = parsed.error.issues;
  throw new AppError(
    'argument_invalid',
    `--policy ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not fit'}.`,
  );
}
