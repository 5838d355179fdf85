import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';
import { WebSocket } from 'ws';

/** A busy process answers at once, one that waits not at all. */
const answerMs = 3000;
/** Where a process of Node listens that was sent SIGUSR1. */
const inspector = 'http://127.0.0.1:9229/json/list';

const targets = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]);
const told = z.union([
  z.object({
    method: z.literal('Debugger.scriptParsed'),
    params: z.object({ scriptId: z.string(), url: z.string() }),
  }),
  z.object({
    method: z.literal('Debugger.paused'),
    params: z.object({
      callFrames: z.array(
        z.object({
          functionName: z.string(),
          location: z.object({ scriptId: z.string(), lineNumber: z.number() }),
        }),
      ),
    }),
  }),
]);

/** The calls a process of Node is in, the innermost first, asked as a debugger would. It stays paused. */
export async function whereIs(pid: number): Promise<readonly string[]> {
  try {
    process.kill(pid, 'SIGUSR1');
    await after(answerMs / 3);
    const [{ webSocketDebuggerUrl }] = targets.parse(await (await fetch(inspector)).json());
    return await Promise.race([calls(webSocketDebuggerUrl), after(answerMs, ['it waits for something'])]);
  } catch (error) {
    return [`it does not say where it is: ${String(error)}`];
  }
}

function calls(url: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('error', reject);
    socket.on('open', () => {
      for (const [id, method] of ['Debugger.enable', 'Debugger.pause'].entries())
        socket.send(JSON.stringify({ id, method }));
    });
    const files = new Map<string, string>();
    socket.on('message', (data: Buffer) => {
      const message = told.safeParse(JSON.parse(data.toString()));
      if (!message.success) return;
      const { method, params } = message.data;
      if (method === 'Debugger.scriptParsed') {
        files.set(params.scriptId, params.url);
        return;
      }
      socket.terminate();
      resolve(
        params.callFrames.map(({ functionName, location: { scriptId, lineNumber } }) => {
          return `at ${functionName || '(a function)'} (${files.get(scriptId) ?? '?'}:${lineNumber + 1})`;
        }),
      );
    });
  });
}
