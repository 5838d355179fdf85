import * as z from 'zod';
import { faultsOf } from '../../protocol/faults.ts';
import { AppError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { idPattern } from '../../shared/ids.ts';
import type { HttpAnswer, HttpRequest, HttpStream } from '../net/socket-port.ts';
import { problem } from '../edge/problem.ts';

/** A request whose parts fit the schemas of its route. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: HttpRequest;
}

export interface Answered {
  readonly status: number;
  readonly description: string;
  /** Absent if the answer has no body or is not JSON. */
  readonly schema?: z.ZodType;
  /** Several if the query chooses. */
  readonly contentType?: string | readonly string[];
}

export type Bearer = 'owner' | 'seat';

/**
 * One route: its input, its answers and its handler. The same value answers requests and describes the API.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{name}` for a variable segment. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Null if the request has no body. */
  readonly body: z.ZodType | null;
  readonly answers: Answered;
  /** The codes it may refuse with, besides those of any route. */
  readonly errors: readonly ErrorCode[];
  /** The token that some requests must show; null for none. */
  readonly bearer: Bearer | null;
  readonly handle: (
    call: Call<Record<string, unknown>, Record<string, unknown>, unknown>,
  ) => Promise<HttpAnswer | HttpStream> | HttpAnswer | HttpStream;
}

interface Spec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType | null> {
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers: Answered;
  readonly errors?: readonly ErrorCode[];
  readonly bearer?: Bearer;
  readonly handle: (
    call: Call<z.infer<P>, z.infer<Q>, B extends z.ZodType ? z.infer<B> : undefined>,
  ) => Promise<HttpAnswer | HttpStream> | HttpAnswer | HttpStream;
}

/** Path parameter: the `{id}` of a match. */
export const idParams = z.object({ id: z.string().regex(idPattern, 'a match id') });

/** A query parameter that is a whole number from `least` to `most`, both included. */
export const wholeText = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most));

const nothing = z.strictObject({});

export function route<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodType | null = null,
>(method: Route['method'], path: string, spec: Spec<P, Q, B>): Route {
  const { summary, tag, answers, errors = [], bearer = null } = spec;
  return {
    method,
    path,
    summary,
    tag,
    answers,
    errors,
    bearer,
    params: spec.params ?? nothing,
    query: spec.query ?? nothing,
    body: spec.body ?? null,
    // The router parses every part of the call with its schema first.
    handle: spec.handle as unknown as Route['handle'],
  };
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** A 200 answer whose body is already JSON. */
export const jsonText = (body: string): HttpAnswer => ({ ...json(200, null), body });

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Finds the route of a request, parses the request with the route's schemas, and answers it. */
export class Router {
  readonly #compiled: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    this.#compiled = routes.map((each) => {
      const names = [...each.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
      const source = each.path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '([^/]+)');
      return { route: each, names, pattern: new RegExp(`^${source.replace(/\/$/, '')}/?$`) };
    });
  }

  /** The path pattern of the route that a request matches, as a metric label; null for none. */
  pathOf({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string | null {
    return this.#find(readAs(method), path)?.route.path ?? null;
  }

  /**
   * Answers a request, also with 404 or 405 if no route matches.
   * @throws AppError `validation_error`, `invalid_json`, `body_too_large`, `unsupported_media_type`, or a
   * code of the route.
   */
  async answer(request: HttpRequest): Promise<HttpAnswer | HttpStream> {
    const found = this.#find(readAs(request.method), request.path);
    if (found === null) return this.#notFound(request.path);
    const { route: target, names, parts } = found;
    const params = read(
      target.params,
      Object.fromEntries(names.map((name, index) => [name, parts[index]])),
      'path',
    );
    const query = read(target.query, queryOf(request.query), 'query');
    const body = target.body === null ? undefined : read(target.body, bodyOf(request), 'body');
    const answer = await target.handle({ params, query, body, request });
    // HEAD opens no stream.
    return request.method === 'HEAD' && 'open' in answer
      ? { status: answer.status, headers: answer.headers, body: '' }
      : answer;
  }

  #find(method: string, path: string) {
    for (const { route: each, pattern, names } of this.#compiled) {
      if (each.method !== method) continue;
      const match = pattern.exec(path);
      if (match !== null) return { route: each, names, parts: match.slice(1).map(decoded) };
    }
    return null;
  }

  #notFound(path: string): HttpAnswer {
    const methods = this.#compiled
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ route: { method } }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    if (methods.length === 0)
      return problem('not_found', 'There is nothing at this address; /docs lists what there is.');
    const allow = [...new Set(methods)].join(', ');
    return problem('method_not_allowed', `This address takes ${allow}.`, {}, { allow });
  }
}

/** HEAD is routed as GET. */
const readAs = (method: string): string => (method === 'HEAD' ? 'GET' : method);

/** Decodes a path segment. An undecodable one stays as it is, and matches no id. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Refuses repeated names as ambiguous. @throws AppError `validation_error` */
function queryOf(query: string): Record<string, string> {
  const given = new URLSearchParams(query);
  const names = [...given.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return Object.fromEntries(given);
  const fault = { path: twice.slice(0, 64), message: 'given more than once' };
  throw new AppError('validation_error', 'The query does not fit: a name is given more than once.', {
    where: 'query',
    faults: [fault],
  });
}

/**
 * Parses the body; an empty one is `{}`.
 * @throws AppError `body_too_large`, `unsupported_media_type`, `invalid_json`
 */
function bodyOf({ body, header }: HttpRequest): unknown {
  if (body === null) throw new AppError('body_too_large', 'The body is longer than 64 KiB.');
  if (body.byteLength === 0) return {};
  const type = header('content-type').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && type !== '')
    throw new AppError('unsupported_media_type', `The body must be application/json, not ${type}.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AppError('invalid_json', 'The body is not JSON.');
  }
}

/** Parses a part of a request. @throws AppError `validation_error` with the faults and `where`. */
function read<T extends z.ZodType>(schema: T, value: unknown, where: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  const [first] = faults;
  const place = first?.path ? `${where} ${first.path}` : where;
  throw new AppError('validation_error', `The ${place} does not fit: ${first?.message ?? 'unknown fault'}.`, {
    where,
    faults: faults.map(({ path, message }) => ({ path, message })),
  });
}
