import { Command } from 'commander';
import { archiveCommand, pruneCommand } from './archive.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { benchCommand } from './bench.ts';
import { eraseCommand } from './erase.ts';
import { exportCommand, importCommand } from './transfer.ts';
import { statCommand } from './stat.ts';
import { verifyLogCommand } from './verify.ts';

/** The operator's tools for the event log. docs/log.md says when to use which. */
export function logCommand(): Command {
  const log = new Command('log').description('check, move, back up, erase from and measure the event log');
  for (const verb of [
    verifyLogCommand(),
    statCommand(),
    exportCommand(),
    importCommand(),
    backupCommand(),
    restoreCommand(),
    eraseCommand(),
    benchCommand(),
    archiveCommand(),
    pruneCommand(),
  ])
    log.addCommand(verb);
  return log;
}
