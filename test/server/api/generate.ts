import fc from '../../property.ts';
import type { Described, Parameter, Schema } from './description.ts';
import type { Asked } from './http-line.ts';

/** Requests made from the description alone: sound ones, and ones with something wrong in them. */

export interface Sent extends Asked {
  /** The body as JSON, where it is one value. */
  readonly value?: unknown;
  /** Whether path, query, headers and body all fit the description. */
  readonly isSound: boolean;
}

export interface Known {
  /** Texts that mean something to this server, such as ids and tokens. */
  readonly ids: readonly string[];
  readonly tokens: readonly string[];
  /** By the names of their parameters. */
  readonly cursors: Readonly<Record<string, readonly string[]>>;
}

const json = 'application/json';
const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  '',
  'Seed',
  'id',
];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Any value, of a kind that a reader may not expect. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      2 ** 53,
      -(2 ** 31),
      1e308,
      5e-324,
      '',
      '0',
      'null',
      [],
      {},
    ),
  },
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  fc.integer({ min: 100, max: 70_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 2, max: 3000 }).map((depth) => nested(depth)),
  {
    weight: 2,
    arbitrary: fc.constantFrom(...keys).map((key) => JSON.parse(`{"${key}":{"a":1}}`) as unknown),
  },
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Odd pieces of an address: broken UTF-8, broken escapes, separators, nothing. */
const oddText = fc.oneof(
  fc.constantFrom(
    '%ff',
    '%c3%28',
    '%ed%a0%80',
    '%',
    '%2',
    '%zz',
    '%00',
    '%0d%0aX-A:b',
    '..',
    '.',
    '%2e%2e%2f',
    '*',
  ),
  fc.constantFrom('', '+', '%2B', '~', ';a=b', '%5c', "'", '"', '<script>', '{{7*7}}', '$(id)'),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.integer({ min: 1, max: 1500 }).map((length) => 'a'.repeat(length)),
);

/** Values that fit a schema, its bounds often. */
function sound(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const {
    type,
    enum: words,
    const: only,
    anyOf,
  } = schema as {
    readonly type?: string;
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
    readonly anyOf?: readonly Schema[];
  };
  if (words !== undefined) return fc.constantFrom(...words);
  if (only !== undefined) return fc.constant(only);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => sound(each, known)));
  switch (type) {
    case 'integer': {
      const [min, max] = boundsOf(schema);
      return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
    }
    case 'number':
      return fc.double({ min: 0, max: 1, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return soundText(schema, known);
    case 'array':
      return fc.uniqueArray(sound(schema['items'] as Schema, known), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: Math.min(6, Number(schema['maxItems'] ?? 6)),
      });
    case 'object':
      return soundObject(schema, known);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function boundsOf(schema: Schema): readonly [number, number] {
  const [min, max] = [Number(schema['minimum'] ?? 0), Number(schema['maximum'] ?? 2 ** 31)];
  return [min, Math.min(max, 2 ** 40)];
}

function soundText(schema: Schema, known: Known): fc.Arbitrary<string> {
  const {
    pattern,
    minLength = 0,
    maxLength = 40,
  } = schema as {
    readonly pattern?: string;
    readonly minLength?: number;
    readonly maxLength?: number;
  };
  if (pattern !== undefined) {
    const whole = new RegExp(pattern);
    const fresh = fc.stringMatching(new RegExp(pattern.replace(/\(\?!.*?\)/, '')));
    return fc
      .oneof({ weight: 5, arbitrary: fc.constantFrom(...known.ids) }, fresh)
      .filter((text) => whole.test(text));
  }
  // Without halves of surrogate pairs, which no description can name.
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) });
}

function soundObject(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const required = (schema['required'] ?? []) as string[];
  const parts = Object.entries(properties).map(([name, each]) => [name, sound(each, known)] as const);
  return fc.record(Object.fromEntries(parts), { requiredKeys: required, noNullPrototype: true });
}

/** A sound value with one thing in it that may not be there, or nothing like a sound value. */
function unsound(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>);
  const edges = properties.map(([name, each]) =>
    fc
      .tuple(sound(schema, known), edgeOf(each, known))
      .map(([value, odd]) => ({ ...(value as object), [name]: odd })),
  );
  const extra = fc
    .tuple(sound(schema, known), fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 30 })), anyValue)
    .map(
      ([value, key, odd]) => Object.fromEntries([...Object.entries(value as object), [key, odd]]) as unknown,
    );
  return fc.oneof({ weight: 6, arbitrary: fc.oneof(...edges) }, { weight: 2, arbitrary: extra }, anyValue);
}

/** What lies at the bounds of a schema, on both sides of them, or is of another kind. */
function edgeOf(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if ('properties' in schema) return unsound(schema, known);
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, items } = schema as Readonly<
    Record<string, number | Schema | undefined>
  >;
  const numbers = [minimum, maximum].filter((bound) => typeof bound === 'number');
  const near = numbers.flatMap((bound) => [bound - 1, bound, bound + 1, bound + 0.5, String(bound), [bound]]);
  const lengths = [minLength, maxLength].filter((bound) => typeof bound === 'number');
  const texts = lengths.flatMap((bound) => [
    'é'.repeat(Math.max(0, bound - 1)),
    '😀'.repeat(bound),
    'a'.repeat(bound + 1),
  ]);
  const counts = [minItems, maxItems].filter((bound) => typeof bound === 'number');
  const lists = counts.flatMap((bound) =>
    [bound - 1, bound, bound + 1].map((count) =>
      Array.from({ length: Math.max(0, count) }, (_, index) =>
        items === undefined ? index : `word ${index}`,
      ),
    ),
  );
  const edges = [...near, ...texts, ...lists, ['a', 'a'], '\ud800'];
  return fc.oneof(fc.constantFrom<unknown>(...edges), anyValue);
}

const encoded = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
};

function pathOf({ path, operation }: Described, known: Known, isSound: boolean): fc.Arbitrary<string> {
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'path');
  const values = parameters.map(({ schema }) => {
    const fit = sound(schema, known).map(encoded);
    return isSound
      ? fit
      : fc.oneof(
          fit,
          oddText,
          anyValue.map(encoded).filter((text) => text.length < 1500),
        );
  });
  return fc
    .tuple(...values)
    .map((texts) =>
      parameters.reduce((made, { name }, at) => made.replace(`{${name}}`, () => texts[at] ?? ''), path),
    )
    .chain((made) => fc.constantFrom(made, made, made, `${made}/`));
}

function queryOf({ operation }: Described, known: Known, isSound: boolean): fc.Arbitrary<string> {
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'query');
  const pairs = parameters.map((parameter) =>
    fc.option(
      soundQuery(parameter, known).map((value) => `${parameter.name}=${encoded(value)}`),
      { nil: null },
    ),
  );
  const plain = fc.tuple(...pairs).map((all) => all.filter((pair) => pair !== null).join('&'));
  if (isSound) return plain;
  const names = [...parameters.map(({ name }) => name), ...keys];
  const odd = fc.tuple(fc.constantFrom(...names), fc.oneof(oddText, anyValue.map(encoded)));
  const strange = fc.array(odd, { minLength: 1, maxLength: 3 });
  return fc
    .tuple(plain, strange)
    .map(([own, others]) =>
      [own, ...others.map(([name, text]) => `${name}=${text.slice(0, 1500)}`)].join('&'),
    );
}

function soundQuery({ name, schema }: Parameter, known: Known): fc.Arbitrary<unknown> {
  // Opaque: only the server makes one.
  const cursors = known.cursors[name];
  if (cursors !== undefined) return fc.constantFrom(...cursors);
  // What is still to come is refused, and how much has come is not the description's to say.
  return name === 'after' ? fc.constant(0) : sound(schema, known);
}

const authorization = (known: Known): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known.tokens).map((token) => `Bearer ${token}`) },
    fc.constantFrom(
      'Bearer',
      'Bearer ',
      'bearer x',
      'Basic YTpi',
      'Bearer \u00ff',
      `Bearer ${'a'.repeat(3000)}`,
      'Bearer a b',
    ),
  );

const oddHeaders = (known: Known): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc.record(
    {
      authorization: authorization(known),
      accept: fc.constantFrom('text/html', '*/*', 'application/xml', ''),
      'last-event-id': fc.constantFrom('-1', '0', '1', '3', '99999999999999999999', 'x', '1.5', '1e3', ' 2 '),
      'x-forwarded-for': fc.constantFrom('10.0.0.1', '1, 2, 3', "' or 1=1", '::1'),
      'accept-encoding': fc.constantFrom('gzip', 'identity;q=0', '*'),
      'if-none-match': fc.constantFrom('*', '"a"'),
      range: fc.constantFrom('bytes=0-10', 'bytes=-1'),
      cookie: fc.string({ maxLength: 30 }).map(encodeURIComponent),
      'x-http-method-override': fc.constantFrom('DELETE', 'PUT'),
      'x-odd': fc.constantFrom('\u00e9\u00ff', 'a'.repeat(2000), '\t'),
    },
    { requiredKeys: [] },
  );

/** A page elsewhere is refused before anything is looked at, so it asks now and then only. */
const someOrigin: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 7, arbitrary: fc.constant({}) },
  fc.constantFrom('https://elsewhere.example', 'null', 'http://127.0.0.1', 'x').map((origin) => ({ origin })),
);

/** A request that fits its route's description wholly. */
export function soundRequest(each: Described, known: Known): fc.Arbitrary<Sent> {
  const schema = each.operation.requestBody?.content[json]?.schema;
  const body = schema === undefined ? fc.constant(undefined) : sound(schema, known);
  const owner =
    each.operation.security === undefined
      ? fc.constant(undefined)
      : fc.option(authorization(known), { nil: undefined });
  return fc
    .record({
      path: pathOf(each, known, true),
      query: queryOf(each, known, true),
      value: body,
      owner,
      isChunked: fc.boolean(),
    })
    .map(({ path, query, value, owner: shown, isChunked }) => ({
      method: each.method,
      path: query === '' ? path : `${path}?${query}`,
      isSound: true,
      headers: {
        ...(value === undefined ? {} : { 'content-type': json }),
        ...(shown === undefined ? {} : { authorization: shown }),
      },
      ...(value === undefined ? {} : { value, body: JSON.stringify(value), isChunked }),
    }));
}

/** A request in which anything may be wrong. */
export function wildRequest(each: Described, known: Known): fc.Arbitrary<Sent> {
  const schema = each.operation.requestBody?.content[json]?.schema;
  const value = schema === undefined ? anyValue : fc.oneof(sound(schema, known), unsound(schema, known));
  const raw = fc.oneof(
    value.map((each) => JSON.stringify(each)),
    value.map((each) => JSON.stringify(each).slice(0, -1)),
    value.map((each) => `${JSON.stringify(each)},`),
    fc.uint8Array({ maxLength: 200 }),
    value.map((each) => Buffer.from(JSON.stringify(each), 'utf16le')),
    fc.constantFrom(65_536, 65_537, 150_000).map((length) => '['.repeat(length)),
    fc.constantFrom(
      '{"seed":1,"seed":-2}',
      '{"seed":1e400}',
      '{"seed":-0}',
      '\ufeff{}',
      '{}\u0000',
      'NaN',
      "{'a':1}",
    ),
  );
  const types = fc.constantFrom(
    json,
    json,
    json,
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json;',
    'x/\u00e9',
  );
  const method = fc.oneof({ weight: 5, arbitrary: fc.constant(each.method) }, fc.constantFrom(...methods));
  return fc
    .record({
      method,
      path: pathOf(each, known, false),
      query: fc.oneof(fc.constant(''), queryOf(each, known, true), queryOf(each, known, false)),
      headers: oddHeaders(known),
      origin: someOrigin,
      type: types,
      body: fc.oneof(fc.constant(undefined), raw, raw),
      isChunked: fc.boolean(),
    })
    .map(({ method: own, path, query, headers, origin, type, body, isChunked }) => ({
      method: own,
      path: query === '' ? path : `${path}?${query}`,
      isSound: false,
      headers: { ...headers, ...origin, ...(type === '' ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body, isChunked }),
    }));
}

/** A request to any of the routes, every third of them sound, or to no route at all. */
export function anyRequest(routes: readonly Described[], known: Known): fc.Arbitrary<Sent> {
  const each = (make: typeof soundRequest) =>
    fc.oneof(
      ...routes.map((route) => ({ weight: route.method === 'GET' ? 1 : 4, arbitrary: make(route, known) })),
    );
  const elsewhere = fc
    .tuple(fc.constantFrom(...methods), fc.array(oddText, { maxLength: 4 }))
    .map(([method, parts]) => ({
      method,
      path: `/${parts.join('/').slice(0, 3000)}`,
      isSound: false,
    }));
  return fc.oneof(
    { weight: 7, arbitrary: each(soundRequest) },
    { weight: 14, arbitrary: each(wildRequest) },
    { weight: 1, arbitrary: elsewhere },
  );
}
