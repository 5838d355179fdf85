import { hash } from 'node:crypto';
import * as z from 'zod';
import { upcast } from '../../game/upcast.ts';
import { AppError } from '../../shared/errors.ts';
import { commandId, isId, matchId, streamVersion } from '../../shared/ids.ts';
import type { Files } from '../disk/files.ts';
import type { Commit } from '../event-log.ts';
import { readLines } from '../line/read-lines.ts';
import type { Kept } from '../file/batch-writer.ts';

/** A commit of another log. Without `kept` it is of the first format, which had no salts. */
export interface Incoming {
  readonly commit: Commit;
  readonly kept: Kept | null;
  readonly hash: string | null;
}

const id = z.string().refine(isId);
const count = z.number().int().positive();
const lineShape = z.strictObject({
  v: z.literal(1),
  g: count,
  s: id,
  n: count,
  k: count,
  id,
  at: z.number(),
  d: z.array(z.object({ type: z.string(), data: z.json() })).min(1),
  h: z.string(),
});

/**
 * The commits of a log of the first format: one file of lines, each chained to its match's previous line by SHA-256. A
 * last line without line feed was torn by a crash and is left out.
 * @throws AppError `import_invalid` with the line.
 */
export async function* readFirstFormat(
  files: Files,
  fd: number,
  path: string,
  progress: (bytes: number) => void,
): AsyncGenerator<Incoming> {
  const chains = new Map<string, { readonly version: number; readonly hash: string }>();
  let number = 0;
  for await (const { lines } of readLines(files, fd)) {
    for (const bytes of lines) {
      if (bytes.at(-1) !== 10) return;
      number += 1;
      const text = bytes.toString('utf8', 0, bytes.length - 1);
      const line = lineIn(text);
      const before = line && (chains.get(line.s) ?? { version: 0, hash: '' });
      const isNext =
        line !== null &&
        before !== null &&
        line.g === number &&
        line.n === before.version + 1 &&
        line.d.length === line.k &&
        chain(before.hash, text, line.h) === line.h;
      if (!isNext) {
        const message = `${path} is no whole log of format 1: line ${number} is not as it was written.`;
        throw new AppError('import_invalid', message, { path, line: number });
      }
      const { s, n, k, h, at, id: command, d } = line;
      chains.set(s, { version: n - 1 + k, hash: h });
      const events = d.map((event) => upcast(event as Parameters<typeof upcast>[0]));
      const place = { stream: matchId(s), expectedVersion: streamVersion(n - 1) };
      yield { commit: { ...place, commandId: commandId(command), at, events }, kept: null, hash: null };
      progress(bytes.length);
    }
  }
}

function lineIn(text: string): z.infer<typeof lineShape> | null {
  try {
    return lineShape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The chain after a line. It covers every byte before the line's own hash. */
function chain(previous: string, text: string, h: string): string {
  return hash('sha256', `${previous}\n${text.slice(0, -`,"h":"${h}"}`.length)}`, 'hex');
}
