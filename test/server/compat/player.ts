import { expect } from 'vitest';
import * as z from 'zod';
import { SocketClient } from '../../support/socket-client.ts';
import { errorShape, observations, stateShape } from './spec.ts';
import type { AnyObservation, Observation, Role, State } from './spec.ts';

/** What every frame of the server is: these two fields and no other. */
const frameShape = z.strictObject({ type: z.string(), data: z.record(z.string(), z.unknown()) });
export type Frame = z.infer<typeof frameShape>;

/** A client of the original arena on one role's socket. Every reply it reads is held against the protocol. */
export class Player<R extends Role> extends SocketClient {
  readonly role: R;

  private constructor(role: R, url: string) {
    super(url);
    this.role = role;
  }

  static async connect<R extends Role>(address: string, role: R, query = ''): Promise<Player<R>> {
    const player = new Player(role, `${address}/ws/${role}${query}`);
    await player.opened;
    return player;
  }

  /** The next frame of the server, whatever it answers. */
  async hear(): Promise<Frame> {
    const text = await this.next();
    if (text === null) throw new Error(`The server closed with ${(await this.closed).code}.`);
    return frameShape.parse(JSON.parse(text));
  }

  /** Sends a frame and reads what comes next: in strict request and reply, that is its answer. */
  ask(frame: string | Uint8Array): Promise<Frame> {
    this.send(frame);
    return this.hear();
  }

  /** Asks for an observation. */
  async see(frame: string): Promise<Observation<R>> {
    return this.observation(await this.ask(frame));
  }

  obs(): Promise<Observation<R>> {
    return this.see('{"type":"obs"}');
  }

  async state(): Promise<State> {
    const { type, data } = await this.ask('{"type":"state"}');
    expect(type).toBe('state');
    return fitting(stateShape, data);
  }

  /** Sends what has to be refused; resolves with the code. */
  async refused(frame: string | Uint8Array): Promise<string> {
    return this.refusal(await this.ask(frame));
  }

  /** A reply that has to be an observation. */
  observation({ type, data }: Frame): Observation<R> {
    expect(type, JSON.stringify(data)).toBe('observation');
    const seen = fitting(observations[this.role], data) as Observation<R>;
    expect(seen.role).toBe(this.role);
    holdsInEveryObservation(seen);
    return seen;
  }

  /** A reply that has to be an error. */
  refusal({ type, data }: Frame): string {
    expect(type).toBe('error');
    return fitting(errorShape, data).code;
  }
}

/** The rules of section 3.4. */
function holdsInEveryObservation(seen: AnyObservation): void {
  expect(seen.rounds_remaining).toBe(Math.max(0, seen.max_rounds - seen.round_number + 1));
  expect(seen.done).toBe(seen.phase === 'done');
}

function fitting<Shape extends z.ZodType>(shape: Shape, data: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(data);
  if (!parsed.success) expect.fail(JSON.stringify(parsed.error.issues, null, 1));
  return parsed.data;
}
