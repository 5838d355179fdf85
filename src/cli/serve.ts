import { Command } from 'commander';
import { roles } from '../game/command.ts';
import { diagnosticsAt } from '../log/diagnostics.ts';
import { chooseAdapter } from '../server/net/adapter.ts';
import type { ChosenAdapter } from '../server/net/adapter.ts';
import { bracketed, startServer } from '../server/server.ts';
import type { RunningServer, ServerOptions } from '../server/server.ts';
import { addSettings, configTable, configurationOf } from './configuration.ts';
import { exitCodes, print, run, self } from './run.ts';
import type { Hints } from './run.ts';
import type { Configuration } from './settings.ts';

interface ServeOptions {
  readonly printConfig: boolean;
  readonly json: boolean;
}

export function serveCommand(): Command {
  const command = new Command('serve').description('host matches over WebSockets until it is interrupted');
  return addSettings(command)
    .option('--print-config', 'say every setting with its value and where that comes from, and end', false)
    .option('--json', 'say where it listens, or the settings, as one JSON line', false)
    .action((options: ServeOptions) => run(options.json, () => serve(options, command), hints));
}

const hints: Hints = {
  address_in_use: 'Choose another with --port.',
  log_locked: 'Stop it, or choose another folder with --data-dir.',
};

async function serve({ printConfig, json }: ServeOptions, command: Command): Promise<number> {
  const { configuration, rows } = await configurationOf(command);
  if (printConfig) {
    print(json ? JSON.stringify(rows) : configTable(rows));
    return exitCodes.good;
  }
  const adapter = chooseAdapter(configuration.adapter);
  const diagnostics = diagnosticsAt(configuration.log_level);
  const server = await startServer({ ...serverOptions(configuration), adapter: adapter.port, diagnostics });
  // Before the start is announced, so that no signal is missed.
  const stopped = interrupted();
  tellStart(json, configuration, server, adapter);
  await stopped;
  await server.close();
  if (!json) print('Stopped. Every match goes on with the next start.');
  return exitCodes.good;
}

function serverOptions(set: Configuration): Omit<ServerOptions, 'adapter' | 'diagnostics'> {
  return {
    host: set.host,
    port: set.port,
    dataDir: set.data_dir,
    durability: set.durability,
    ruleset: set.ruleset,
    policies: { ...set.policy, auth: set.auth },
    ...(set.public_url === null ? {} : { publicUrl: set.public_url }),
    edge: { origins: set.origins, trustProxy: set.trust_proxy },
    metricsFor: set.metrics,
    ...(set.tls_cert === null || set.tls_key === null
      ? {}
      : { tls: { certificateFile: set.tls_cert, keyFile: set.tls_key } }),
    limits: {
      graceMs: set.grace * 1000,
      matchIdleMs: set.match_idle * 60_000,
      framesPerSecond: set.frames_per_second,
      sockets: set.sockets,
      socketsPerAddress: set.sockets_per_address,
      spectators: set.spectators,
      spectatorsPerAddress: set.spectators_per_address,
      matches: set.matches,
      matchesPerAddress: set.matches_per_address,
    },
  };
}

function tellStart(
  json: boolean,
  { host, data_dir: dataDir, durability, auth, ruleset, tls_cert: certificate }: Configuration,
  { port, log }: RunningServer,
  { port: { name }, instead }: ChosenAdapter,
): void {
  const address = `${bracketed(host)}:${port}`;
  const secure = certificate === null ? '' : 's';
  const url = `http${secure}://${address}`;
  const { lossWindow } = log.health;
  if (json) {
    print(
      JSON.stringify({
        url,
        data_dir: dataDir,
        durability: durability.mode,
        loss_window: lossWindow,
        adapter: name,
        uws_unavailable: instead,
        auth,
        ruleset,
        pid: process.pid,
      }),
    );
    return;
  }
  const why = instead === null ? '' : `, since uWebSockets.js does not load: ${instead}`;
  print(`FraudArena listens on ${url}  (Ctrl-C stops it)`);
  print(`  log       ${dataDir}, ${durability.mode}: ${lossWindow}`);
  print(`  sockets   ws${secure}://${address}/ws/${roles.join(', /ws/')}, by ${name}${why}`);
  print(`  seats     ${auth}: ${seatsFor[auth]}; ruleset ${ruleset}`);
  print(`  watch     ${url}`);
  print(`  health    ${url}/health`);
  print(`  play      ${self} play --server ${url}`);
  print(`  join      ${self} join --role fraudster --server ${url}`);
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
