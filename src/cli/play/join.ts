import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { roles } from '../../game/command.ts';
import type { Role } from '../../game/command.ts';
import { roleSocketUrl, unreachable } from '../../client/role-client.ts';
import type { SocketLike } from '../../client/role-client.ts';
import { isPushed } from '../../client/wire.ts';
import type { PushedFrame, ReplyFrame } from '../../client/wire.ts';
import { closeMeanings } from '../../protocol/close-codes.ts';
import { AppError, errorCatalogue } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { openSocket } from '../../client/node.ts';
import { defaultServer, serverOption, wholeNumber } from '../options.ts';
import { exitCodes, print, run, self } from '../run.ts';
import type { Hints } from '../run.ts';

interface JoinOptions {
  readonly role: Role;
  readonly server: string;
  readonly match?: string;
  readonly token?: string;
  readonly name?: string;
  readonly task?: string;
  readonly seed?: number;
}

export function joinCommand(): Command {
  const ofNew = (flags: string, description: string) => new Option(flags, description).conflicts('match');
  return new Command('join')
    .description(
      'play one seat from the terminal: a JSON action (or any frame) per line in, every frame of the server out',
    )
    .addOption(new Option('--role <role>', 'whose seat').choices(roles).makeOptionMandatory())
    .option('--match <id>', 'the match to join; without it a new one is made')
    .option('--token <token>', 'the token of the seat, where it has one')
    .addOption(ofNew('--name <id>', 'id of a new match (default: drawn)'))
    .addOption(ofNew('--task <task>', 'task of a new match'))
    .addOption(
      ofNew('--seed <n>', 'seed of a new match (default: drawn)').argParser(wholeNumber(0, 2 ** 32 - 1)),
    )
    .addOption(serverOption())
    .addHelpText(
      'after',
      '\nA line is sent once the one before it is answered. The seat is left when the match is over, or the input is.' +
        '\nExit codes: 0 left in good order, 1 no seat or no server, 2 wrong use or no such match.',
    )
    .action((options: JoinOptions) => run(false, () => join(options), hints));
}

const hints: Hints = { server_unreachable: `Start one with: ${self} serve` };

/** Ends when the match is over, or when the input has ended and every request was answered. */
async function join(options: JoinOptions): Promise<number> {
  const { role, server } = options;
  const seat = await TerminalSeat.open(server, role);
  const seated = await seat.ask(opening(options));
  // Without a seat it ends at once.
  if (seated?.type === 'error') {
    seat.leave();
    throw refusal(seated);
  }
  if (seated !== null) {
    tellSeat(options, seated);
    await seat.ask({ type: 'subscribe', data: { from_seq: 0 } });
    await sendInput(seat);
  }
  seat.leave();
  const { code } = await seat.ended;
  // Stops reading input.
  process.stdin.destroy();
  if (code === 1000) return exitCodes.good;
  process.stderr.write(`The connection was closed (${code}): ${closeMeanings.get(code) ?? 'it broke.'}\n`);
  return exitCodes.failed;
}

function opening({ match, token, name, task, seed }: JoinOptions): object {
  const seat_token = token;
  return match === undefined
    ? { type: 'reset', data: { episode_id: name, task_id: task, seed, seat_token } }
    : { type: 'join', data: { match_id: match, seat_token } };
}

function refusal({ data }: ReplyFrame): AppError {
  const { code, message } = data as { readonly code: string; readonly message: string };
  return Object.hasOwn(errorCatalogue, code)
    ? new AppError(code as ErrorCode, message)
    : new AppError('internal', `${code}: ${message}`);
}

/** Writes hints for the user to stderr: stdout holds frames only. */
function tellSeat({ role, server, token: shown }: JoinOptions, { data }: ReplyFrame): void {
  const { match_id: id, seat_token: token } = data as {
    readonly match_id: string;
    readonly seat_token?: string;
  };
  const command = `${self} join${server === defaultServer ? '' : ` --server ${server}`} --match ${id} --role`;
  process.stderr.write(`You are the ${role} of match ${id}. The others: ${command} ROLE\n`);
  if (token !== undefined && token !== shown)
    process.stderr.write(`To come back to your seat: ${command} ${role} --token ${token}\n`);
}

/** Sends each line after the reply to the one before, because the server limits unanswered frames. */
async function sendInput(seat: TerminalSeat): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const stop = () => lines.close();
  void seat.over.then(stop);
  for await (const line of lines) {
    const frame = line.trim() === '' ? null : frameOf(line);
    if (frame !== null && (await seat.ask(frame)) === null) break;
  }
}

/** A line is a frame, or an action to send as a step. */
function frameOf(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return 'type' in value ? value : { type: 'step', data: value };
  } catch {
    // Reported below, like any value that is not an object.
  }
  process.stderr.write(
    'A line is a JSON object: an action, such as {"action_type":"end_turn"}, or a frame.\n',
  );
  return null;
}

/** A socket that prints every received frame. */
class TerminalSeat {
  /** Resolves when the match or the connection is over. */
  readonly over: Promise<void>;
  readonly ended: Promise<{ readonly code: number }>;
  readonly #socket: SocketLike;
  #answered: (reply: ReplyFrame | null) => void = () => undefined;
  #isEnded = false;

  private constructor(socket: SocketLike) {
    this.#socket = socket;
    this.ended = new Promise((resolve) =>
      socket.addEventListener('close', ({ code = 1006 }) => {
        this.#isEnded = true;
        this.#answered(null);
        resolve({ code });
      }),
    );
    this.over = new Promise((resolve) => {
      void this.ended.then(() => resolve());
      socket.addEventListener('message', ({ data }) => {
        print(String(data));
        const frame = JSON.parse(String(data)) as ReplyFrame | PushedFrame;
        if (!isPushed(frame)) this.#answered(frame);
        else if (frame.type === 'match_over') resolve();
      });
    });
  }

  /** @throws AppError `server_unreachable` */
  static open(server: string, role: Role): Promise<TerminalSeat> {
    return new Promise((resolve, reject) => {
      const socket = openSocket(roleSocketUrl(server, role));
      const seat = new TerminalSeat(socket);
      socket.addEventListener('open', () => resolve(seat));
      socket.addEventListener('error', ({ message }) =>
        reject(new AppError('server_unreachable', unreachable(server, message).message)),
      );
    });
  }

  /** Sends a frame. Resolves with its reply, or with null if the connection ends first. */
  ask(frame: object): Promise<ReplyFrame | null> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      if (this.#isEnded) resolve(null);
      else this.#socket.send(JSON.stringify(frame));
    });
  }

  leave(): void {
    if (!this.#isEnded) this.#socket.send('{"type":"close"}');
  }
}
