import { roles } from './plan.ts';
import { arena } from './tools.ts';
import type { Transcript } from './transcript.ts';

/** What the command line says of a match that is stored in a folder. */
export async function tell(
  transcript: Transcript,
  dataDir: string,
  match: string,
  index: number,
): Promise<void> {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await arena(...args, '--data-dir', dataDir);
    const stream = `arena ${args.slice(0, args[0] === 'log' ? 2 : 1).join(' ')}`;
    transcript.add(stream, `> arena ${args.join(' ')}`);
    transcript.add(stream, `< ${code}\n${stdout}${stderr}`);
    return stdout;
  };
  await run('log', 'export', match);
  await run('replay', match);
  const rows = JSON.parse(await run('replay', match, '--json')) as readonly { readonly version: number }[];
  const last = rows.at(-1)?.version ?? 1;
  for (const role of [...roles, 'spectator'])
    for (const version of new Set([1, Math.ceil(last / 3), Math.ceil((2 * last) / 3), last]))
      await run('replay', match, '--at', String(version), '--role', role, '--json');
  await run('replay', match, '--at', '2', '--role', 'auditor');
  await run('verify', match, '--json');
  await run('verify', match);
  await run('archive', 'show', match, '--json');
  await run('chart', match, '--format', 'json', '--at', String(Math.ceil(last / 2)));
  if (index % 5 === 0) await run('chart', match, '--heat', '--theme', 'dark');
  const { code, stdout } = await arena('coverage', dataDir, '--json');
  transcript.add('arena coverage', `< ${code}\n${stdout}`);
}
