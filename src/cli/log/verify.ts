import { Command } from 'commander';
import { checkLog } from '../../log/tools/check-log.ts';
import type { LogCheck } from '../../log/tools/check-log.ts';
import { segmentBytes } from '../../log/tools/export-log.ts';
import { nodeFiles } from '../../log/disk/files.ts';
import { dataDirOption } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { withProgress } from './progress.ts';
import { requireLog } from './require-log.ts';

interface VerifyOptions {
  readonly dataDir: string;
  readonly json: boolean;
}

export function verifyLogCommand(): Command {
  return new Command('verify')
    .description('read every byte of the log: checksums, chains, seals, indexes; locate any damage')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 whole, 1 damaged, 2 wrong use. It needs no lock: the log may be in use.',
    )
    .action((options: VerifyOptions) => run(options.json, () => verifyLog(options)));
}

async function verifyLog({ dataDir, json }: VerifyOptions): Promise<number> {
  await requireLog(dataDir);
  const bytes = await segmentBytes(nodeFiles, dataDir);
  const check = await withProgress({ json, bytes }, (progress) => checkLog(nodeFiles, dataDir, progress));
  if (json) print(JSON.stringify({ ok: check.findings.length === 0, ...check }));
  else show(check);
  return check.findings.length === 0 ? exitCodes.good : exitCodes.failed;
}

function show({
  segments,
  matches,
  commits,
  events,
  findings,
  unchecked,
  tornBytes,
  erasures,
}: LogCheck): void {
  for (const { kind, message } of findings) print(`${kind}: ${message}`);
  if (unchecked > 0)
    print(`${unchecked} segments after it were not looked at: an index before them is missing.`);
  if (tornBytes > 0)
    print(
      `${tornBytes} bytes behind the last good line were never acknowledged; the next writer sets them aside.`,
    );
  for (const { match, by, reason, at } of erasures)
    print(`erased: ${match} by ${by} at ${new Date(at).toISOString()}${reason === '' ? '' : ` (${reason})`}`);
  const whole = findings.length === 0 ? 'whole' : 'NOT whole';
  print(`${whole}: ${matches} matches, ${commits} commits, ${events} events in ${segments} segments`);
}
