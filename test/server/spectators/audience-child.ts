import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * An audience in a process of its own: spectators of one match, and clients that list matches again and again, with a
 * pause between two requests. Tells its parent when every spectator has begun to see something, and what all saw once the match is over.
 * Run as: node --import tsx audience-child.ts PORT MATCH SPECTATORS LISTERS PAUSE_MS
 */
export type FromAudience =
  | { readonly seated: true }
  | {
      /** How many spectators saw each of these bodies. */
      readonly bodies: Readonly<Record<string, number>>;
      /** What most of them saw, whole. */
      readonly body: string;
      readonly lists: number;
      readonly faults: readonly string[];
    };

const [port = '', match = '', spectators = '', listers = '', pauseMs = ''] = process.argv.slice(2);
const tell = (message: FromAudience): void => void process.send?.(message);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const faults: string[] = [];
let isOver = false;
let lists = 0;

function get(path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent }, resolve).on('error', reject).end();
  });
}

/** Resolves with the first bytes; the body comes later. */
async function spectator(): Promise<{ readonly body: Promise<string> }> {
  const answer = await get(`/api/v1/matches/${match}/stream`);
  if (answer.statusCode !== 200) throw new Error(`The stream answers ${answer.statusCode}.`);
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const body = new Promise<string>((done) => {
      answer.on('end', () => done(Buffer.concat(chunks).toString().replaceAll(': here\n\n', '')));
    });
    answer.on('error', (error) => {
      // Nobody waits for its end any more: the parent sees that this one is missing.
      faults.push(error.message);
      reject(error);
      process.exitCode = 1;
      process.disconnect();
    });
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      resolve({ body });
    });
  });
}

async function lister(): Promise<void> {
  while (!isOver) {
    const answer = await get('/api/v1/matches');
    if (answer.statusCode !== 200) faults.push(`A list is answered ${answer.statusCode}.`);
    answer.resume();
    await new Promise((resolve) => answer.once('end', resolve));
    lists += 1;
    await pause(Number(pauseMs));
  }
}

const seated: Awaited<ReturnType<typeof spectator>>[] = [];
for (let count = 0; count < Number(spectators); count += 50) {
  const next = Array.from({ length: Math.min(50, Number(spectators) - count) }, spectator);
  seated.push(...(await Promise.all(next)));
}
const listing = Promise.all(Array.from({ length: Number(listers) }, lister));
tell({ seated: true });
const seen = await Promise.all(seated.map(({ body }) => body));
isOver = true;
await listing;
const bodies: Record<string, number> = {};
for (const body of seen) {
  const digest = createHash('sha256').update(body).digest('hex');
  bodies[digest] = (bodies[digest] ?? 0) + 1;
}
tell({ bodies, body: seen[0] ?? '', lists, faults });
agent.destroy();
process.disconnect();
