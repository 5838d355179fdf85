#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../server/package-version.ts';
import { archiveCommand } from './archive.ts';
import { episodeCommand } from './episode.ts';
import { joinCommand } from './join.ts';
import { logCommand } from './log/log.ts';
import { playCommand } from './play.ts';
import { replayCommand } from './replay.ts';
import { exitCodes } from './run.ts';
import { serveCommand } from './serve.ts';
import { verifyCommand } from './verify.ts';

const program = new Command('arena')
  .description('FraudArena: matches between a fraudster, an investigator and an auditor')
  .version(packageVersion, '-V, --version', 'say which version this is')
  .showHelpAfterError('(arena --help tells what is possible)')
  .exitOverride((error) => {
    // Commander's own codes: 0 for help and version, 1 for wrong use.
    process.exit(error.exitCode === 0 ? exitCodes.good : exitCodes.usage);
  });

const verbs = [
  ...[serveCommand(), playCommand(), joinCommand()],
  ...[replayCommand(), verifyCommand(), episodeCommand(), archiveCommand(), logCommand()],
];
for (const verb of verbs) {
  program.addCommand(verb.copyInheritedSettings(program));
  for (const part of verb.commands) part.copyInheritedSettings(verb);
}

// Whoever read the output has enough of it, as `head` does: no failure, and nothing left to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await program.parseAsync();
