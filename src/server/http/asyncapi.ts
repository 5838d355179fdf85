import * as z from 'zod';
import { roles } from '../../game/command.ts';
import type { Role } from '../../game/command.ts';
import { actionShape } from '../../protocol/action.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { matchRequestShape } from '../../protocol/match-request.ts';
import { errorShape, observationShape, pushedShape } from '../../protocol/observation.ts';
import { joinShape, requestShapes } from '../../protocol/role-socket.ts';
import { seatToken } from '../../protocol/seat-token.ts';
import { packageVersion } from './package-version.ts';
import { toSchema } from './json-schema.ts';

type Schema = Record<string, unknown>;

/**
 * The role sockets as an AsyncAPI 3.0 document: the clients' requests, their answers, and the pushed frames.
 */
export function asyncApi() {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'FraudArena role sockets',
      version: packageVersion,
      description:
        'One socket per role. Every request has exactly one answer, in order; frames are pushed after `subscribe` only. ' +
        `Close codes: ${Object.entries(closeCodes)
          .map(([name, code]) => `${code} ${name}`)
          .join(', ')}.`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(roles.map((role) => [role, channelOf(role)])),
    operations: Object.fromEntries(roles.flatMap(operationsOf)),
  };
}

function channelOf(role: Role) {
  return {
    address: `/ws/${role}`,
    title: `The ${role}’s socket`,
    bindings: {
      ws: {
        query: {
          type: 'object',
          properties: {
            match_id: { type: 'string', description: 'Joins this match at once.' },
            seat_token: toSchema(seatToken, 'input'),
          },
        },
      },
    },
    messages: { ...requestsOf(role), ...answersOf(role), ...pushedOf() },
  };
}

/** Messages by name; `payload` is the schema of a whole frame. */
type Messages = Record<string, { readonly name: string; readonly payload: Schema }>;

/** The schema of `data` for requests whose envelope leaves it open. */
const dataOf = (role: Role): Readonly<Record<string, z.ZodType>> => ({
  reset: matchRequestShape.extend({ seat_token: seatToken.nullish() }),
  join: joinShape,
  step: actionShape[role],
});

function requestsOf(role: Role): Messages {
  const data = dataOf(role);
  return Object.fromEntries(
    Object.entries(requestShapes).map(([type, shape]) => {
      const its = data[type];
      const whole: z.ZodType = its === undefined ? shape : shape.extend({ data: its.optional() });
      return [type, { name: type, payload: toSchema(whole, 'input') }];
    }),
  );
}

const position = { match_id: z.string(), role: z.enum(roles), seq: z.number().int().min(0) };

function answersOf(role: Role): Messages {
  const data: Readonly<Record<string, z.ZodType>> = {
    observation: observationShape[role],
    state: z.looseObject({ match_id: z.string(), seq: z.number().int().min(0) }),
    subscribed: z.strictObject({ ...position, from_seq: z.number().int().min(0) }),
    unsubscribed: z.strictObject({ match_id: z.string(), role: z.enum(roles) }),
    error: errorShape,
  };
  return Object.fromEntries(
    Object.entries(data).map(([type, its]) => {
      const frame = z.strictObject({ type: z.literal(type), request_id: z.string().optional(), data: its });
      return [type, { name: type, payload: toSchema(frame, 'output') }];
    }),
  );
}

function pushedOf(): Messages {
  return Object.fromEntries(
    Object.entries(pushedShape).map(([type, data]) => {
      const numbers = { seq: z.number().int().min(1), at: z.number() };
      const frame = z.strictObject({ type: z.literal(type), ...numbers, data });
      return [type, { name: type, payload: toSchema(frame, 'output') }];
    }),
  );
}

function operationsOf(role: Role): readonly (readonly [string, object])[] {
  const references = (messages: Messages) =>
    Object.keys(messages).map((name) => ({ $ref: `#/channels/${role}/messages/${name}` }));
  const channel = { $ref: `#/channels/${role}` };
  return [
    [
      `${role}Asks`,
      {
        action: 'receive',
        channel,
        summary: 'A request.',
        messages: references(requestsOf(role)),
        reply: { channel, messages: references(answersOf(role)) },
      },
    ],
    [
      `${role}IsPushed`,
      { action: 'send', channel, summary: 'After `subscribe`.', messages: references(pushedOf()) },
    ],
  ];
}
