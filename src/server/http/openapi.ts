import type * as z from 'zod';
import { problemShape } from '../../protocol/http.ts';
import { errorCatalogue } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { packageVersion } from './package-version.ts';
import { toSchema } from './json-schema.ts';
import { statusesOfCode } from '../edge/problem.ts';
import type { Bearer, Route } from './route.ts';

/** The bearer tokens that routes accept. */
export const bearers: Readonly<Record<Bearer, string>> = {
  owner: 'The owner_token of a creation.',
  seat: 'The token of a seat, to look at the match as its role.',
};

/** The API as an OpenAPI 3.1 document, generated from the routes that answer it. */
export function openApiOf(routes: readonly Route[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of routes) (paths[each.path] ??= {})[each.method.toLowerCase()] = operationOf(each);
  const schemas: Record<string, unknown> = {};
  const described = withSharedSchemas(paths, schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'FraudArena',
      version: packageVersion,
      description:
        'Matches between a fraudster, an investigator and an auditor. Errors carry the codes of docs/errors.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: described,
    components: {
      schemas,
      securitySchemes: Object.fromEntries(
        Object.entries(bearers).map(([name, description]) => [
          name,
          { type: 'http', scheme: 'bearer', description },
        ]),
      ),
    },
  };
}

/** Moves the named schemas of a value to `schemas`, since a reference is resolved in the whole document. */
function withSharedSchemas(value: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => withSharedSchemas(each, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { $defs = {}, ...others } = value as Record<string, unknown> & { $defs?: object };
  for (const [name, schema] of Object.entries($defs)) {
    const named = Object.entries(schema as object).filter(([key]) => key !== 'id');
    schemas[name] = withSharedSchemas(Object.fromEntries(named), schemas);
  }
  const entries = Object.entries(others).map(([key, each]) => [
    key,
    key === '$ref' && typeof each === 'string'
      ? each.replace('#/$defs/', '#/components/schemas/')
      : withSharedSchemas(each, schemas),
  ]);
  return Object.fromEntries(entries);
}

function operationOf(each: Route) {
  const { answers } = each;
  const content =
    answers.schema !== undefined
      ? { 'application/json': { schema: toSchema(answers.schema, 'output') } }
      : answers.contentType !== undefined
        ? Object.fromEntries([answers.contentType].flat().map((type) => [type, { schema: bodyOf(type) }]))
        : undefined;
  return {
    summary: each.summary,
    tags: [each.tag],
    ...(each.bearer === null ? {} : { security: [{}, { [each.bearer]: [] }] }),
    parameters: [...parametersOf(each.params, 'path'), ...parametersOf(each.query, 'query')],
    ...(each.body === null
      ? {}
      : { requestBody: { content: { 'application/json': { schema: toSchema(each.body, 'input') } } } }),
    responses: Object.fromEntries(
      statusesOf(each).map(({ status, description }, index) => {
        const its = index === 0 ? content : problemContent();
        return [status, { description, ...(its === undefined ? {} : { content: its }) }];
      }),
    ),
  };
}

const bodyOf = (type: string) => ({ type: type === 'application/json' ? 'object' : 'string' });

function parametersOf(shape: z.ZodObject, place: 'path' | 'query') {
  return Object.entries(shape.shape).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path',
    // The schema of the parsed value, for example an integer.
    schema: toSchema(schema as z.ZodType, 'output'),
  }));
}

/** Codes that any route may refuse with. */
const anyRoute: readonly ErrorCode[] = ['validation_error', 'internal'];
const anyChange: readonly ErrorCode[] = ['origin_refused'];
const anyBody: readonly ErrorCode[] = ['invalid_json', 'body_too_large', 'unsupported_media_type'];

/** Every status a route may answer with: its own first, then the problems in ascending order. */
export function statusesOf({ answers, errors, method, body }: Route) {
  const codes = new Set([
    ...errors,
    ...anyRoute,
    ...(method === 'GET' ? [] : anyChange),
    ...(body === null ? [] : anyBody),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes)
    for (const status of statusesOfCode(code)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  const problems = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, its]) => ({
      status,
      description: its.map((code) => `\`${code}\`: ${errorCatalogue[code]}`).join(' '),
    }));
  return [{ status: answers.status, description: answers.description }, ...problems];
}

const problemContent = () => ({
  'application/problem+json': { schema: toSchema(problemShape, 'output') },
});
