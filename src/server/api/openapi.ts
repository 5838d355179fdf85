import * as z from 'zod';
import { problemShape } from '../../protocol/http.ts';
import { errorCatalogue } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { packageVersion } from '../package-version.ts';
import { statusesOfCode } from './problem.ts';
import type { Route } from './route.ts';

/** Without the dialect, which the document itself names. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return Object.fromEntries(Object.entries(made).filter(([key]) => key !== '$schema'));
}

/** The API as OpenAPI 3.1, made from the routes that answer it. */
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
      securitySchemes: {
        owner: { type: 'http', scheme: 'bearer', description: 'The owner_token of a creation.' },
      },
    },
  };
}

/** The value with its named schemas moved to `schemas`: a reference means a place in the whole document. */
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
        ? { [answers.contentType]: { schema: { type: 'string' } } }
        : undefined;
  return {
    summary: each.summary,
    tags: [each.tag],
    ...(each.isOwners ? { security: [{}, { owner: [] }] } : {}),
    parameters: [...parametersOf(each.params, 'path'), ...parametersOf(each.query, 'query')],
    ...(each.body === null
      ? {}
      : { requestBody: { content: { 'application/json': { schema: toSchema(each.body, 'input') } } } }),
    responses: {
      [answers.status]: { description: answers.description, ...(content === undefined ? {} : { content }) },
      ...problemsOf(each),
    },
  };
}

function parametersOf(shape: z.ZodObject, place: 'path' | 'query') {
  return Object.entries(shape.shape).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path',
    // What its text means: an integer, say.
    schema: toSchema(schema as z.ZodType, 'output'),
  }));
}

/** What any route may refuse with, besides its own. */
const anyRoute: readonly ErrorCode[] = ['validation_error', 'internal'];
const anyBody: readonly ErrorCode[] = ['invalid_json', 'body_too_large', 'unsupported_media_type'];
const anyChange: readonly ErrorCode[] = ['origin_refused'];

function problemsOf({ method, errors, body }: Route) {
  const isChange = method !== 'GET';
  const codes = new Set([
    ...errors,
    ...anyRoute,
    ...(body === null ? [] : anyBody),
    ...(isChange ? anyChange : []),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes)
    for (const status of statusesOfCode(code)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, its]) => [
        status,
        {
          description: its.map((code) => `\`${code}\`: ${errorCatalogue[code]}`).join(' '),
          content: { 'application/problem+json': { schema: toSchema(problemShape, 'output') } },
        },
      ]),
  );
}
