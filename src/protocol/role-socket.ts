import * as z from 'zod';
import { isId } from '../shared/ids.ts';
import { faultsOf } from './faults.ts';
import type { Fault } from './faults.ts';
import { parseMatchRequest } from './match-request.ts';
import type { MatchRequest } from './match-request.ts';
import { seatToken } from './seat-token.ts';

/**
 * The frames of the role sockets (protocol spec, 3): `{type, data}` both ways, one reply to every request, in
 * order. `request_id`, `command_id`, `subscribe` and `unsubscribe` are not in the original; clients that do
 * not use them are not affected.
 */

const requestId = z.string().min(1).max(128);
const commandId = z
  .string()
  .max(100)
  .refine(isId, 'letters, digits, dots, underscores and hyphens, 1 to 100');
/**
 * An object with every key as received: the reader of the data refuses unknown keys, `__proto__` included.
 */
const anything = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'an object',
  )
  .nullish();
const envelope = { request_id: requestId.optional() };

/** The request frames by type. */
export const requestShapes = {
  /** `data` is a match request with an optional `seat_token`; see {@link parseReset}. */
  reset: z.strictObject({ ...envelope, type: z.literal('reset'), data: anything }),
  /** `data` is parsed with {@link joinShape}. A missing id has its own error code, `missing_match_id`. */
  join: z.strictObject({ ...envelope, type: z.literal('join'), data: anything }),
  step: z.strictObject({
    ...envelope,
    type: z.literal('step'),
    command_id: commandId.optional(),
    data: anything,
  }),
  obs: z.strictObject({ ...envelope, type: z.literal('obs'), data: anything }),
  state: z.strictObject({ ...envelope, type: z.literal('state'), data: anything }),
  close: z.strictObject({ ...envelope, type: z.literal('close'), data: anything }),
  subscribe: z.strictObject({
    ...envelope,
    type: z.literal('subscribe'),
    data: z
      .strictObject({
        /** The number of the last frame that the subscriber has; default: the number of the newest frame. */
        from_seq: z.number().int().min(0).optional(),
      })
      .nullish(),
  }),
  unsubscribe: z.strictObject({ ...envelope, type: z.literal('unsubscribe'), data: anything }),
} as const;

export const joinShape = z.strictObject({ match_id: z.string(), seat_token: seatToken.nullish() });

export type ParsedReset =
  | { readonly ok: true; readonly request: MatchRequest; readonly token: string | null }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Parses the data of a `reset`: the match request, and the seat token that the client chose. Never throws.
 */
export function parseReset({ seat_token: shown, ...wanted }: Readonly<Record<string, unknown>>): ParsedReset {
  const token = seatToken.nullish().safeParse(shown);
  const parsed = parseMatchRequest(wanted);
  if (parsed.ok && token.success) return { ok: true, request: parsed.request, token: token.data ?? null };
  const faults = [
    ...(parsed.ok ? [] : parsed.faults),
    ...(token.success ? [] : faultsOf(token.error).map((fault) => ({ ...fault, path: 'seat_token' }))),
  ];
  return { ok: false, faults };
}

export type RequestType = keyof typeof requestShapes;
export type RoleRequest = { [Type in RequestType]: z.infer<(typeof requestShapes)[Type]> }[RequestType];

export type ParsedFrame =
  | { readonly ok: true; readonly request: RoleRequest }
  | {
      readonly ok: false;
      readonly code: 'invalid_json' | 'unknown_type' | 'validation_error';
      readonly message: string;
      readonly faults: readonly Fault[];
      /** The request's id for the reply, if the frame had a valid one. */
      readonly requestId: string | undefined;
    };

/** Parses a client's frame. Never throws. */
export function parseFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return faulty('invalid_json', 'The frame is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return faulty('validation_error', 'A frame is a JSON object with a type.');
  const { type, request_id: id } = value as { type?: unknown; request_id?: unknown };
  // An absent id skips the schema, whose refusal would be slow.
  const echoed = id === undefined ? undefined : requestId.safeParse(id).data;
  if (typeof type !== 'string' || !Object.hasOwn(requestShapes, type)) {
    const types = Object.keys(requestShapes).join(', ');
    return faulty('unknown_type', `A frame has one of the types ${types}.`, [], echoed);
  }
  const parsed = requestShapes[type as RequestType].safeParse(value);
  if (parsed.success) return { ok: true, request: parsed.data };
  const faults = faultsOf(parsed.error);
  const [first] = faults;
  const message = `The frame does not fit at ${first?.path || 'its top'}: ${first?.message ?? 'unknown fault'}.`;
  return faulty('validation_error', message, faults, echoed);
}

function faulty(
  code: 'invalid_json' | 'unknown_type' | 'validation_error',
  message: string,
  faults: readonly Fault[] = [],
  echoed?: string,
): ParsedFrame {
  return { ok: false, code, message, faults, requestId: echoed };
}
