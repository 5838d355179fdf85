#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../server/http/package-version.ts';
import { exitCodes } from './run.ts';

const program = new Command('arena')
  .description('FraudArena: matches between a fraudster, an investigator and an auditor')
  .version(packageVersion, '-V, --version', 'say which version this is')
  .showHelpAfterError('(arena --help tells what is possible)')
  .exitOverride((error) => {
    // Commander's own codes: 0 for help and version, 1 for wrong use.
    process.exit(error.exitCode === 0 ? exitCodes.good : exitCodes.usage);
  });

/** Imported on use, so that no verb waits for the modules of others. */
const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  play: async () => (await import('./play/play.ts')).playCommand(),
  join: async () => (await import('./play/join.ts')).joinCommand(),
  replay: async () => (await import('./records/replay.ts')).replayCommand(),
  verify: async () => (await import('./records/verify.ts')).verifyCommand(),
  episode: async () => (await import('./episode.ts')).episodeCommand(),
  archive: async () => (await import('./records/archive.ts')).archiveCommand(),
  log: async () => (await import('./log/log.ts')).logCommand(),
  chart: async () => (await import('./chart.ts')).chartCommand(),
  coverage: async () => (await import('./records/coverage.ts')).coverageCommand(),
};

const [named = ''] = process.argv.slice(2);
const asked = Object.entries(verbs).filter(([name]) => name === named || !Object.hasOwn(verbs, named));
for (const [, load] of asked) {
  const verb = await load();
  program.addCommand(verb.copyInheritedSettings(program));
  for (const part of verb.commands) part.copyInheritedSettings(verb);
}

// The reader closed the pipe, as `head` does. That is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await program.parseAsync();
