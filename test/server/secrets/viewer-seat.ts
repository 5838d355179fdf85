import type { Role, RoleCommand } from '../../../src/game/command.ts';
import type { Frame } from '../../support/socket-client.ts';
import type { Draws } from '../../../src/game/random.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import { RoleClient } from '../../support/role-client.ts';
import type { World } from './world.ts';

/**
 * The seat of the viewer, whose every received byte is kept. It asks for whatever a socket can be asked for; the same
 * draws ask the same.
 */
export class ViewerSeat {
  readonly role: Role;
  readonly #world: World;
  readonly #id: string;
  readonly #token: string;
  readonly #draws: Draws;
  readonly #transcript: string[] = [];
  readonly #sent: object[] = [];
  #line: RoleClient | null = null;
  #isSubscribed = false;
  #newest = 0;

  constructor(world: World, id: string, role: Role, token: string, draws: Draws) {
    this.role = role;
    this.#world = world;
    this.#id = id;
    this.#token = token;
    this.#draws = draws;
  }

  get isSubscribed(): boolean {
    return this.#isSubscribed;
  }

  /** Takes the seat, by a frame or by the address, and may subscribe. */
  async sit(): Promise<void> {
    const place = { match_id: this.#id, seat_token: this.#token };
    const isByAddress = this.#draws.chance(300);
    const query = isByAddress ? `?${new URLSearchParams(place).toString()}` : '';
    this.#line = await RoleClient.connect(this.#world.port, this.role, query);
    await this.#ask(isByAddress ? { type: 'obs' } : { type: 'join', data: place });
    if (this.#draws.chance(700)) await this.#subscribe(this.#draws.below(this.#newest + 1));
  }

  async act({ action }: RoleCommand): Promise<void> {
    const named = this.#draws.chance(600) ? { command_id: `own-${this.#sent.length}` } : {};
    const asked = this.#draws.chance(300) ? { request_id: `request ${this.#sent.length}` } : {};
    const frame = { type: 'step', ...named, ...asked, data: formatAction(action) };
    const reply = await this.#ask(frame);
    invariant(reply.type === 'observation', `${JSON.stringify(frame)}: ${JSON.stringify(reply)}`);
    if ('command_id' in frame) this.#sent.push(frame);
  }

  /** An action that fits no schema. */
  async refuse(): Promise<void> {
    await this.#ask({ type: 'step', data: { action_type: 'nonsense' } });
  }

  /** Looks at the match in several of all ways. */
  async probe(): Promise<void> {
    await this.#ask({ type: 'obs' });
    for (let count = this.#draws.below(3); count > 0; count -= 1) await this.#probeOnce();
  }

  /** A new connection that reads the frames again from some number on, or from any. */
  async readAgain(from: number | null): Promise<void> {
    await this.#hangUp();
    await this.sit();
    await this.#subscribe(from ?? this.#draws.below(this.#newest + 1));
    await this.#ask({ type: 'state' });
  }

  /** Does something of which the viewer is told by one frame, and waits for it. */
  async untilPushed(something: () => Promise<unknown>): Promise<void> {
    const line = this.#connected;
    const next = line.pushed.length + 1;
    await something();
    await line.untilPushed(next);
  }

  /** The connection ended without this seat's doing. */
  async wasClosed(): Promise<void> {
    const { code } = await this.#connected.closed;
    this.#keep(`closed with ${code}`);
  }

  /** Every byte received, connection by connection. */
  async end(): Promise<readonly string[]> {
    await this.#connected.leave();
    this.#keep('left');
    return this.#transcript;
  }

  get #connected(): RoleClient {
    return present(this.#line, 'The connection');
  }

  async #hangUp(): Promise<void> {
    await this.#connected.terminate();
    this.#keep('hung up');
  }

  #keep(how: string): void {
    this.#transcript.push(...this.#connected.texts, how);
    this.#isSubscribed = false;
    this.#line = null;
  }

  async #ask(frame: string | Uint8Array | object): Promise<Frame> {
    const reply = await this.#connected.request(frame);
    const { seq } = reply.data;
    if (reply.type === 'observation' && typeof seq === 'number') this.#newest = seq;
    return reply;
  }

  async #subscribe(from: number | undefined): Promise<void> {
    const line = this.#connected;
    const already = line.pushed.length;
    const { type, data } = await this.#ask({ type: 'subscribe', data: { from_seq: from } });
    if (type !== 'subscribed') return;
    this.#isSubscribed = true;
    await line.untilPushed(already + Number(data['seq']) - Number(data['from_seq']));
  }

  async #probeOnce(): Promise<void> {
    const draws = this.#draws;
    const place = { match_id: this.#id, seat_token: this.#token };
    const frames: readonly (string | Uint8Array | object)[] = [
      { type: 'obs', request_id: 'again' },
      { type: 'state' },
      { type: 'state', data: null },
      { type: 'look' },
      { type: 'obs', extra: 1 },
      '{"type":',
      '[]',
      Buffer.from('{"type":"obs"}'),
      { type: 'step' },
      { type: 'step', data: { action_type: 'nonsense' } },
      this.#outOfOrder(),
      { type: 'join' },
      { type: 'join', data: { match_id: 'no-such-match' } },
      { type: 'join', data: place },
      { type: 'join', data: { ...place, seat_token: `not ${this.#token}` } },
      { type: 'join', data: { ...place, seat_token: `not-${this.#token}` } },
      { type: 'reset', data: { max_rounds: -3 } },
      { type: 'reset', data: { episode_id: this.#id } },
      { type: 'subscribe', data: { from_seq: this.#newest + 1 + draws.below(3) } },
      ...this.#sent.slice(-1),
    ];
    const choice = draws.below(10);
    if (choice === 0) await this.#subscribe(draws.chance(300) ? undefined : draws.below(this.#newest + 1));
    else if (choice === 1) await this.#unsubscribe();
    else if (choice === 3) await this.#look();
    else if (choice === 2) {
      await this.#hangUp();
      await this.sit();
    } else await this.#ask(draws.pick(frames));
  }

  /** Over HTTP, from the same seat. */
  async #look(): Promise<void> {
    const path = `/api/v1/matches/${this.#id}/moments?as=${this.role}`;
    const headers = { authorization: `Bearer ${this.#token}` };
    const answer = await fetch(`http://127.0.0.1:${this.#world.port}${path}`, { headers });
    // Who plays is everybody's to know. Where seats are open to all it is refused, in both worlds.
    const told = { ...((await answer.json()) as object), players: null };
    this.#transcript.push(`${answer.status} ${JSON.stringify(told)}`);
  }

  async #unsubscribe(): Promise<void> {
    await this.#ask({ type: 'unsubscribe' });
    this.#isSubscribed = false;
  }

  /** An action that is never sound, whoever is on turn: out of turn, or of another role. */
  #outOfOrder(): object {
    const data =
      this.role === 'auditor'
        ? { action_type: 'flag_fraudster', flag_type: 'unheard of' }
        : { action_type: this.role === 'fraudster' ? 'investigate' : 'propose_ad' };
    return { type: 'step', data };
  }
}
