import { expect } from 'vitest';
import type * as z from 'zod';
import type { Frame } from './line.ts';
import { Line } from './line.ts';
import { errorShape, observations, stateShape } from './spec.ts';
import type { AnyObservation, Observation, Role, State } from './spec.ts';

/** A client of the original arena on one role's socket. Every reply it reads is held against the protocol. */
export class Player<R extends Role> extends Line {
  readonly role: R;

  private constructor(role: R, socket: ConstructorParameters<typeof Line>[0]) {
    super(socket);
    this.role = role;
  }

  static async connect<R extends Role>(address: string, role: R, query = ''): Promise<Player<R>> {
    return new Player(role, await Line.opened(`${address}/ws/${role}${query}`));
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
