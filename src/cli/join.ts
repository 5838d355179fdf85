import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { roles } from '../game/command.ts';
import type { Role } from '../game/command.ts';
import { isPushed } from '../client/wire.ts';
import type { PushedFrame, ReplyFrame } from '../client/wire.ts';
import { AppError } from '../shared/errors.ts';
import { openSocket } from './open-socket.ts';
import { serverOption, wholeNumber } from './options.ts';
import { exitCodes, print, run } from './run.ts';

interface JoinOptions {
  readonly role: Role;
  readonly server: string;
  readonly match?: string;
  readonly token?: string;
  readonly task?: string;
  readonly seed?: number;
}

export function joinCommand(): Command {
  return new Command('join')
    .description(
      'play one seat from the terminal: a JSON action (or any frame) per line in, every frame of the server out',
    )
    .addOption(new Option('--role <role>', 'whose seat').choices(roles).makeOptionMandatory())
    .option('--match <id>', 'the match to join; without it a new one is made')
    .option('--token <token>', 'the token of the seat, where it has one')
    .option('--task <task>', 'task of a new match')
    .option('--seed <n>', 'seed of a new match', wholeNumber(0, 2 ** 32 - 1))
    .addOption(serverOption())
    .action((options: JoinOptions) => run(false, () => join(options)));
}

/** Ends when the match is over, or the input is and everything asked was answered. */
async function join(options: JoinOptions): Promise<number> {
  const { server, role, match, token, task, seed } = options;
  const socket = openSocket(`${server.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/${role}`);
  let waiting = 0;
  let isInputOver = false;
  let isOver = false;
  let exitCode: number = exitCodes.good;
  const send = (frame: object) => {
    waiting += 1;
    socket.send(JSON.stringify(frame));
  };
  const leaveWhenDone = () => {
    if ((isInputOver || isOver) && waiting === 0) socket.send('{"type":"close"}');
  };
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () =>
      reject(
        new AppError('server_unreachable', `No server answers at ${server}. Start one with: arena serve`),
      ),
    );
    socket.addEventListener('close', ({ code, reason }) => {
      if (code !== 1000) {
        exitCode = exitCodes.failed;
        process.stderr.write(`The server closed the connection: ${code ?? 1006} ${reason ?? ''}\n`);
      }
      resolve();
    });
    socket.addEventListener('message', ({ data }) => {
      print(String(data));
      const frame = JSON.parse(String(data)) as ReplyFrame | PushedFrame;
      if (isPushed(frame)) isOver ||= frame.type === 'match_over';
      else {
        waiting -= 1;
        // Without a seat there is nothing to play.
        if (frame.type === 'error' && !isSeated) {
          exitCode = exitCodes.failed;
          isOver = true;
        }
        isSeated ||= frame.type === 'observation';
      }
      leaveWhenDone();
    });
    let isSeated = false;
    socket.addEventListener('open', () => {
      const seat = token === undefined ? {} : { seat_token: token };
      const wanted = {
        ...(task === undefined ? {} : { task_id: task }),
        ...(seed === undefined ? {} : { seed }),
      };
      send(
        match === undefined
          ? { type: 'reset', data: { ...wanted, ...seat } }
          : { type: 'join', data: { match_id: match, ...seat } },
      );
      send({ type: 'subscribe', data: { from_seq: 0 } });
      const lines = createInterface({ input: process.stdin });
      lines.on('line', (line) => {
        const frame = line.trim() === '' ? null : frameOf(line);
        if (frame !== null) send(frame);
      });
      lines.on('close', () => {
        isInputOver = true;
        leaveWhenDone();
      });
    });
  });
  process.stdin.destroy();
  return exitCode;
}

/** A line that is a frame already, or an action to be sent as a step. */
function frameOf(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return 'type' in value ? value : { type: 'step', data: value };
  } catch {
    // Told below, as for anything else that is no object.
  }
  process.stderr.write(
    'A line is a JSON object: an action, such as {"action_type":"end_turn"}, or a frame.\n',
  );
  return null;
}
