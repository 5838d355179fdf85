import { attempt, outOfTurn } from './attempts.ts';
import { Chance } from './fixed-draws.ts';
import { roles } from './plan.ts';
import type { Plan, Role } from './plan.ts';
import type { Frame, RecordedSocket } from './socket.ts';
import type { Stage } from './stage.ts';
import { playersFor } from './under-test.ts';
import type { Player } from './under-test.ts';

interface Created {
  readonly owner_token: string;
  readonly seat_tokens: Readonly<Record<Role, string>> | null;
}

const turnOf: Readonly<Record<string, Role>> = {
  fraudster_turn: 'fraudster',
  investigator_turn: 'investigator',
  audit_phase: 'auditor',
};

const tokenOf = (token: string | undefined): object => (token === undefined ? {} : { seat_token: token });

/** Longer than anybody is waited for. */
const idleMs = 6 * 60 * 60_000 + 60_000;
const graceMs = 60_000;

/** Plays one match by its plan over real sockets, one request after another. */
export class Drive {
  readonly #stage: Stage;
  readonly #plan: Plan;
  readonly #chance: Chance;
  readonly #players: Readonly<Record<Role, Player>>;
  readonly #sockets = new Map<Role, RecordedSocket>();
  readonly tokens: Partial<Record<Role, string>> = {};
  ownerToken: string | undefined;
  readonly #rewards: Partial<Record<Role, unknown>> = {};
  #lastStep: { readonly role: Role; readonly frame: object } | null = null;
  #steps = 0;
  #openedAt = 0;
  isOver = false;

  constructor(stage: Stage, plan: Plan) {
    this.#stage = stage;
    this.#plan = plan;
    this.#chance = new Chance(plan.seed);
    this.#players = playersFor(plan.players, plan.seed);
  }

  async open(): Promise<void> {
    const { made, wanted, name, bringsTokens, auth } = this.#plan;
    this.#openedAt = this.#stage.clock.now();
    for (const role of roles)
      if (bringsTokens && auth !== 'invited') this.tokens[role] = `${role}-of-${name}-has-a-token`;
    if (made === 'http') {
      const { status, body } = await this.#stage.http.ask({
        method: 'POST',
        path: '/api/v1/matches',
        // A body has no nulls, which the data of a `reset` may have.
        body: JSON.stringify(wanted, (_, value: unknown) => value ?? undefined),
      });
      if (status !== 201) throw new Error(body);
      const created = JSON.parse(body) as Created;
      this.ownerToken = created.owner_token;
      if (auth === 'invited') Object.assign(this.tokens, created.seat_tokens);
    }
    for (const role of roles) await this.#sitDown(role, made === 'reset' && role === 'fraudster');
    if (auth !== 'seats') return;
    const stranger = await this.#stage.socket('/ws/investigator', 'stranger');
    await this.#joinAsStranger(stranger);
    await stranger.ask({ type: 'close' });
    await stranger.closed;
  }

  /** Goes on until the match is over, and every socket has been told. */
  async play(during: (round: number) => Promise<void>): Promise<void> {
    const { stepsMax, restartAt, restAt, abortAt, framesPerSecond } = this.#plan;
    for (let round = 0; !this.isOver; round += 1) {
      if (round > 2 * stepsMax) throw new Error('The match does not end.');
      if (round === restartAt) await this.#restart();
      if (round === restAt) await this.#rest();
      if (round === 3 && framesPerSecond < 100) await this.#flood('investigator');
      await during(round);
      if (round === abortAt || round === stepsMax) await this.#end();
      else await this.#round();
    }
    for (const [role, socket] of this.#sockets) {
      await socket.ask({ type: 'obs', request_id: `last-${role}` });
      await socket.ask({ type: 'state' });
      await socket.ask({ type: 'step', command_id: 'after-the-end', data: outOfTurn[role] });
    }
  }

  async leave(): Promise<void> {
    for (const [, socket] of this.#sockets) {
      if (this.#chance.happens(50)) await socket.cut();
      else await socket.ask({ type: 'close' });
      await socket.closed;
    }
  }

  #socket(role: Role): RecordedSocket {
    const socket = this.#sockets.get(role);
    if (socket === undefined) throw new Error(`Nobody sits at the ${role}'s seat.`);
    return socket;
  }

  async #sitDown(role: Role, makes: boolean): Promise<void> {
    const { name, wanted, index } = this.#plan;
    const token = this.tokens[role];
    const isNamed = !makes && index % 3 === 0 && role !== 'auditor';
    const query = `?match_id=${name}${token === undefined ? '' : `&seat_token=${token}`}`;
    const socket = await this.#stage.socket(`/ws/${role}${isNamed ? query : ''}`, role);
    this.#sockets.set(role, socket);
    if (index % 4 === 0 && !isNamed) await socket.ask({ type: 'obs' });
    if (this.#plan.auth === 'invited') await this.#joinAsStranger(socket);
    const data = Object.assign({}, makes ? wanted : { match_id: name }, tokenOf(token));
    const seated = await socket.ask(isNamed ? { type: 'obs' } : { type: makes ? 'reset' : 'join', data });
    const given = seated?.data['seat_token'];
    if (typeof given === 'string') this.tokens[role] = given;
    if (this.#plan.subscribed.includes(role)) await this.#subscribe(socket, 0);
  }

  async #joinAsStranger(socket: RecordedSocket): Promise<void> {
    const { name } = this.#plan;
    await socket.ask({ type: 'join', data: { match_id: name } });
    await socket.ask({ type: 'join', data: { match_id: name, seat_token: 'a-token-of-nobody-at-all' } });
  }

  async #subscribe(socket: RecordedSocket, from: number | undefined): Promise<void> {
    const data = from === undefined ? {} : { from_seq: from };
    const reply = await socket.ask({ type: 'subscribe', data });
    if (reply?.type !== 'subscribed') return;
    socket.seq = Math.max(socket.seq, Number(reply.data['from_seq']));
    await socket.pushedUpTo(Number(reply.data['seq']));
  }

  async #round(): Promise<void> {
    await this.#stage.clock.advance(1100 + this.#chance.below(400));
    if (this.#chance.happens(25)) await attempt(this.#socket(this.#chance.pick(roles)), this.#chance);
    if (this.#chance.happens(6)) await this.#tryOutOfTurn(this.#chance.pick(roles));
    if (this.#chance.happens(8) && this.#lastStep !== null)
      await this.#socket(this.#lastStep.role).ask(this.#lastStep.frame);
    if (this.#chance.happens(12)) await this.#moveSeat(this.#chance.pick(roles));
    if (this.#chance.happens(12)) await this.#socket(this.#chance.pick(roles)).ask({ type: 'state' });
    if (this.#chance.happens(8)) await this.#subscribe(this.#socket(this.#chance.pick(roles)), undefined);
    await this.#reseatClosed();
    await this.#move();
    await this.#reseatClosed();
  }

  async #tryOutOfTurn(role: Role): Promise<void> {
    await this.#socket(role).ask({ type: 'step', request_id: 'early', data: outOfTurn[role] });
  }

  /** The player on turn looks, thinks and acts. */
  async #move(): Promise<void> {
    const seen = await this.#socket(this.#chance.pick(roles)).ask({ type: 'obs' });
    const onTurn = turnOf[String(seen?.data['phase'])];
    this.isOver = seen?.data['done'] === true;
    if (onTurn === undefined) return;
    const socket = this.#socket(onTurn);
    const own = await socket.ask({ type: 'obs', request_id: `turn-${this.#steps}` });
    if (own?.type !== 'observation') return;
    const observation = Object.assign({}, own.data, { reward: this.#rewards[onTurn] ?? 0 });
    const action = await this.#players[onTurn].act(observation);
    if (action === null || this.#chance.happens(2)) {
      await this.#missTurn(onTurn);
      return;
    }
    this.#steps += 1;
    const id = this.#chance.happens(90) ? { command_id: `step-${this.#steps}` } : {};
    const frame = Object.assign({ type: 'step' }, id, { data: action });
    this.#note(onTurn, await socket.ask(frame));
    if ('command_id' in frame) this.#lastStep = { role: onTurn, frame };
  }

  #note(role: Role, reply: Frame | null): void {
    if (reply?.type !== 'observation') return;
    this.#rewards[role] = reply.data['reward'];
    this.isOver = reply.data['done'] === true;
  }

  /** Time runs out where there is a limit; otherwise everybody goes on waiting, until nobody is waited for. */
  async #missTurn(role: Role): Promise<void> {
    const { turn_ms: turnMs, audit_ms: auditMs, match_ms: matchMs } = this.#plan.deadlines;
    const { clock } = this.#stage;
    const isAudit = role === 'auditor';
    const limit =
      matchMs === undefined ? (isAudit ? auditMs : turnMs) : this.#openedAt + matchMs - clock.now();
    if (limit === undefined) {
      if (this.#plan.players[role] === 'idle') await this.#end();
      return;
    }
    // The end of the review is one commit; what is due at once after it, the end of the audit, is another.
    const commits = matchMs === undefined || isAudit ? 1 : 2;
    await this.#stage.storing(commits, () => clock.advance(limit));
    await this.#lookForEnd();
  }

  async #lookForEnd(): Promise<void> {
    const seen = await this.#socket('fraudster').ask({ type: 'obs' });
    this.isOver = seen?.data['done'] === true;
  }

  /** By the owner's word, or because nobody has said anything for too long. */
  async #end(): Promise<void> {
    const { name } = this.#plan;
    const path = `/api/v1/matches/${name}`;
    const http = this.#stage.http;
    await http.ask({ method: 'DELETE', path });
    await http.ask({ method: 'DELETE', path, token: 'a-token-of-nobody-at-all', as: 'nobody' });
    if (this.ownerToken === undefined) {
      // Of a match that is watched the server has everything in memory, and ends it at the second it is due.
      for (const role of roles) await this.#subscribe(this.#socket(role), undefined);
      await this.#stage.storing(1, () => this.#stage.clock.advance(idleMs));
    } else {
      await http.ask({ method: 'DELETE', path, token: this.ownerToken, as: 'owner' });
      await http.ask({ method: 'DELETE', path, token: this.ownerToken, as: 'owner' });
    }
    await this.#reseatClosed();
    await this.#lookForEnd();
    this.isOver = true;
  }

  /** A player is cut off, leaves, or comes back from elsewhere. */
  async #moveSeat(role: Role): Promise<void> {
    const socket = this.#socket(role);
    const isHeld = this.#plan.auth !== 'open';
    const how = this.#chance.below(isHeld ? 4 : 2);
    if (how === 3) {
      // Whoever has the token takes the seat over.
      await this.#sitDown(role, false);
      await socket.closed;
      return;
    }
    if (how === 0) await socket.ask({ type: 'close' });
    else {
      const cut = async () => {
        await socket.cut();
        await this.#isGone(role);
      };
      await this.#stage.storing(isHeld ? 1 : 0, cut);
      const isTimed = Object.keys(this.#plan.deadlines).length > 0;
      if (how === 2 && !isTimed) await this.#stage.storing(1, () => this.#stage.clock.advance(graceMs));
    }
    const last = socket.seq;
    await this.#sitDown(role, false);
    if (last > 0) await this.#subscribe(this.#socket(role), last);
  }

  async #isGone(role: Role): Promise<void> {
    const path = `/api/v1/matches/${this.#plan.name}`;
    const isGone = async () => {
      const { connected_roles: connected } = JSON.parse(await this.#stage.http.peek(path)) as {
        connected_roles: string[];
      };
      return !connected.includes(role);
    };
    await this.#stage.until(isGone, `${role} is gone`);
  }

  /** A socket that sent too much was closed; its player comes back. */
  async #reseatClosed(): Promise<void> {
    for (const role of roles) {
      if (this.#socket(role).isOpen) continue;
      await this.#sitDown(role, false);
    }
  }

  /** Sends more in a second than a socket may, and goes on until it is closed. */
  async #flood(role: Role): Promise<void> {
    const socket = this.#socket(role);
    await this.#stage.clock.advance(1000);
    await this.#stage.storing(this.#plan.auth === 'open' ? 0 : 1, async () => {
      while (socket.isOpen) await socket.ask({ type: 'unsubscribe' });
      await this.#isGone(role);
    });
    await this.#reseatClosed();
  }

  async #restart(): Promise<void> {
    await this.#stage.stop();
    for (const role of roles) await this.#socket(role).closed;
    await this.#stage.start();
    for (const role of roles) await this.#sitDown(role, false);
  }

  /** Nobody asks anything for so long that the match is put away; then somebody does. */
  async #rest(): Promise<void> {
    for (const role of roles) await this.#socket(role).ask({ type: 'unsubscribe' });
    await this.#stage.clock.advance(25 * 60_000);
    const living = async () =>
      (JSON.parse(await this.#stage.http.peek('/health')) as { matches: { living: number } }).matches.living;
    await this.#stage.until(async () => (await living()) === 0, 'the match is put away');
    await this.#stage.http.ask({ path: '/health' });
  }
}
