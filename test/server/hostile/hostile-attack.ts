import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { roles } from '../../../src/game/command.ts';
import type { Draws } from '../../../src/game/random.ts';
import { BareSocket, breakAfter, knockAndBreak } from '../../../src/testing/socket-port/bare-socket.ts';
import { frame, opcodes } from '../../../src/testing/socket-port/wire.ts';
import { limits } from '../../../src/shared/limits.ts';
import { faultOf } from './hostile-frame.ts';
import type { Hostile, Sender } from './hostile-frame.ts';
import { hostileFrame, onTheWire } from './hostile-frames.ts';
import { Attacker } from './hostile-kit.ts';

/** Known to every attacker, so that they take their seats from each other. */
const seatToken = 'attackers-share-this-token';
const target = 'target';
const foreign = 'foreign';
/** Where anybody may sit. */
const open = 'open';

const obs = frame(opcodes.text, '{"type":"obs"}');
const repeated = (bytes: Buffer, count: number) => Buffer.concat(Array.from({ length: count }, () => bytes));

/** Everything at once that a server may meet, from one process, by the seed of its draws. */
export class Attack {
  readonly #port: number;
  readonly #draws: Draws;
  readonly #senders: { readonly attacker: Attacker; readonly sender: Sender }[] = [];
  readonly #idle: (BareSocket | Socket)[] = [];
  readonly #slow: BareSocket[] = [];
  /** Frames that were answered as is right. */
  answered = 0;
  /** Sockets that came. */
  sockets = 0;

  constructor(port: number, draws: Draws) {
    this.#port = port;
    this.#draws = draws;
  }

  /** Takes every seat of one match, three sockets more that sit nowhere, and sockets that say nothing. */
  async arrive(idle: number): Promise<void> {
    for (const role of roles)
      for (const match of [foreign, target, null]) {
        const attacker = await this.#attacker(role);
        if (match !== null) await this.#sit(attacker, match);
        if (match === foreign) this.#idle.push(attacker.socket);
        else this.#senders.push({ attacker, sender: { role, match, foreign } });
      }
    for (let count = 0; count < idle; count += 1) {
      this.#idle.push(await this.#open());
      const tcp = connect({ port: this.#port, host: '127.0.0.1' });
      tcp.on('error', () => undefined);
      this.#idle.push(tcp);
    }
    const host = await this.#attacker('fraudster');
    await host.request({ type: 'reset', data: { episode_id: open, policies: { auth: 'open' } } });
    await host.socket.close();
    await this.replaceSlow();
  }

  /** Fuzzed frames on every socket, each answer looked at. @throws Error at the first wrong answer. */
  async fuzz(framesEach: number): Promise<void> {
    await Promise.all(
      this.#senders.map(async ({ attacker, sender }) => {
        const sent = Array.from({ length: framesEach }, () => this.#draw(sender));
        attacker.socket.raw(Buffer.concat(sent.map((each) => onTheWire(this.#draws, each))));
        for (const each of sent) {
          const fault = faultOf(each, await attacker.reply());
          if (fault !== null)
            throw new Error(`${fault}, for ${each.kind}: ${each.bytes.toString().slice(0, 300)}`);
          this.answered += 1;
        }
      }),
    );
  }

  /** Refused steps of every seat, until the match records no more of them. */
  async wearOut(): Promise<void> {
    const step = frame(opcodes.text, '{"type":"step","data":{"action_type":"none"}}');
    for (let count = 0; count < limits.refusalsPerSeat; count += 50)
      await Promise.all(
        this.#senders.map(async ({ attacker }) => {
          attacker.socket.raw(repeated(step, 50));
          await attacker.replies(50);
        }),
      );
  }

  /** A socket that sends more than it may; resolves once it is closed. */
  async flood(): Promise<void> {
    const socket = await this.#open();
    // As many as two seconds may have; where a slow machine takes longer over them, once more.
    while (!socket.isOver) {
      socket.raw(repeated(obs, 4001));
      await socket.take(4001).catch(() => undefined);
    }
    const { code } = await socket.ended;
    if (code !== 4004) throw new Error(`A flood ended with ${code}.`);
  }

  /** Sockets that come and go in every way. */
  async churn(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        if (index % 4 === 0) {
          await knockAndBreak({ port: this.#port, path: index % 8 === 0 ? '/ws/auditor' : '/nowhere' });
          return;
        }
        const socket = await this.#open(
          index % 4 === 1 ? `?match_id=${target}&seat_token=${seatToken}x` : '',
        );
        if (index % 2 === 0) socket.raw(obs);
        if (index % 4 === 3) socket.frame(3, 'no such opcode');
        else socket.destroy();
        await socket.ended;
      }),
    );
  }

  /** The slow readers ask for more, and read as little as before. */
  ask(count: number): void {
    for (const socket of this.#slow) socket.raw(repeated(obs, count));
  }

  /** The slow readers give up, and others come. */
  async replaceSlow(): Promise<void> {
    const gone = this.#slow.splice(0);
    for (const socket of gone) socket.destroy();
    await Promise.all(gone.map(({ ended }) => ended));
    while (this.#slow.length < 5) {
      const reader = await this.#attacker('auditor');
      await reader.join(open);
      reader.socket.stopReading();
      this.#slow.push(reader.socket);
    }
  }

  /** Frames above the soft and the hard limit, and one that never comes whole. */
  async oversize(): Promise<void> {
    const [long, tooLong, never] = [await this.#open(), await this.#open(), await this.#open()];
    long.send(Buffer.alloc(1024 * 1024, 0x20));
    if (!(await long.next()).includes('frame_too_large')) throw new Error('A long frame was not refused.');
    tooLong.send(Buffer.alloc(2 * 1024 * 1024 + 1, 0x20));
    never.raw(frame(opcodes.text, Buffer.alloc(500_000, 0x20)).subarray(0, 300_000));
    await never.flushed();
    for (const socket of [long, never]) socket.destroy();
    await Promise.all([long, tooLong, never].map(({ ended }) => ended));
  }

  async garbage(): Promise<void> {
    const bytes = Buffer.from(
      Array.from({ length: this.#draws.between(1, 300) }, () => this.#draws.below(256)),
    );
    await breakAfter(this.#port, bytes);
  }

  /** All go. */
  async leave(): Promise<void> {
    const sockets = [...this.#senders.map(({ attacker }) => attacker.socket), ...this.#slow];
    for (const socket of sockets) socket.destroy();
    for (const each of this.#idle) each.destroy();
    await Promise.all(sockets.map(({ ended }) => ended));
    await Promise.all(this.#idle.flatMap((each) => (each instanceof BareSocket ? [each.ended] : [])));
  }

  #draw(sender: Sender): Hostile {
    return hostileFrame(this.#draws, sender);
  }

  /** Takes the seat in a match of the attackers, from whoever sits there. */
  async #sit(attacker: Attacker, match: string): Promise<void> {
    const make = { type: 'reset', data: { episode_id: match, seat_token: seatToken } };
    const join = { type: 'join', data: { match_id: match, seat_token: seatToken } };
    const made = attacker.role === 'fraudster' ? await attacker.request(make) : null;
    if (made?.type === 'observation') return;
    const { type, data } = await attacker.request(join);
    if (type !== 'observation') throw new Error(`A seat was refused: ${JSON.stringify(data)}`);
  }

  async #open(query = ''): Promise<BareSocket> {
    this.sockets += 1;
    return BareSocket.open({ port: this.#port, path: `/ws/${this.#draws.pick(roles)}${query}` });
  }

  async #attacker(role: (typeof roles)[number]): Promise<Attacker> {
    this.sockets += 1;
    return Attacker.connect(this.#port, role);
  }
}
