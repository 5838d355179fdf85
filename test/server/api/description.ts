import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { isStream } from './http-line.ts';
import type { Asked, HttpLine, Reply } from './http-line.ts';

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Required<Content>;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
  readonly security?: readonly object[];
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One method of one path. */
export interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const json = 'application/json';
const problemType = 'application/problem+json';

/** The status that belongs to a code, written down apart from the server's own table. */
const statusOfCode: Readonly<Record<string, readonly number[]>> = {
  invalid_json: [400],
  owner_token_required: [401],
  owner_token_wrong: [403],
  seat_token_required: [401],
  seat_token_wrong: [403],
  spectators_refused: [403],
  origin_refused: [403],
  unknown_match: [404],
  not_found: [404],
  method_not_allowed: [405],
  match_exists: [409],
  match_over: [409],
  log_pruned: [410],
  body_too_large: [413],
  unsupported_media_type: [415],
  validation_error: [422],
  knob_invalid: [422],
  upgrade_required: [426],
  capacity_reached: [429, 503],
  draining: [503],
  not_ready: [503],
};

/** What the server says of its HTTP API, and whether its answers are as it says. */
export class Description {
  readonly document: Document;
  readonly #ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false });
  readonly #compiled = new Map<Schema, ValidateFunction>();

  constructor(document: Document) {
    this.document = document;
    this.#ajv.addVocabulary(['components']);
  }

  static async of(line: HttpLine): Promise<Description> {
    const { body } = await line.get('/openapi.json');
    return new Description(JSON.parse(body) as Document);
  }

  get all(): readonly Described[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    );
  }

  operation(method: string, path: string): Described {
    const found = this.all.find((each) => each.method === method && each.path === path);
    if (found === undefined) throw new Error(`${method} ${path} is not described.`);
    return found;
  }

  /** Why a value does not fit a schema of the document; null where it does. */
  whyNot(schema: Schema, value: unknown): string | null {
    const validate = this.#compile(schema);
    return validate(value) ? null : this.#ajv.errorsText(validate.errors);
  }

  /** The paths that a request may mean. */
  pathsOf(asked: Pick<Asked, 'path'>): readonly string[] {
    const [plain = ''] = asked.path.split('?');
    const parts = plain.replace(/\/$/, '').split('/');
    return Object.keys(this.document.paths).filter((path) => {
      const own = path.replace(/\/$/, '').split('/');
      return own.length === parts.length && own.every((part, at) => isSame(part, parts[at] ?? ''));
    });
  }

  /** Everything in which an answer is other than described; empty where it is as it should be. */
  faults(asked: Pick<Asked, 'method' | 'path' | 'headers'>, reply: Reply): readonly string[] {
    const [path] = this.pathsOf(asked);
    const isHead = asked.method === 'HEAD';
    const common = [...this.#everyAnswer(reply), ...(isHead ? this.#head(reply) : [])];
    // Before anything else, and on no address in particular.
    if (
      reply.status === 403 &&
      asked.headers?.['origin'] !== undefined &&
      !['GET', 'HEAD'].includes(asked.method)
    )
      return [...common, ...this.#refusal(reply, [403])];
    if (path === undefined) return [...common, ...(isHead ? [] : this.#undescribed(asked, reply))];
    const operation = this.document.paths[path]?.[isHead ? 'get' : asked.method.toLowerCase()];
    if (operation === undefined) {
      const faults = isHead ? [] : this.#refusal(reply, [405]);
      const allow = reply.headers['allow'] ?? '';
      return [...common, ...faults, ...(allow === '' ? ['405 without Allow'] : [])];
    }
    return [...common, ...this.#answer(operation, reply, isHead)];
  }

  #everyAnswer({ status, headers }: Reply): readonly string[] {
    const faults: string[] = [];
    if (headers['x-content-type-options'] !== 'nosniff') faults.push('no nosniff');
    if ([429, 503].includes(status) !== 'retry-after' in headers) faults.push(`${status} and Retry-After`);
    if ((status === 401) !== 'www-authenticate' in headers) faults.push(`${status} and WWW-Authenticate`);
    if (status === 204 && 'content-length' in headers) faults.push('204 with a length');
    return faults;
  }

  /** The pages for people are no part of the description. */
  #undescribed({ path }: Pick<Asked, 'path'>, reply: Reply): readonly string[] {
    return isOfPages(path) ? [] : this.#refusal(reply, [404, 426]);
  }

  #head({ body }: Reply): readonly string[] {
    return body === '' ? [] : ['HEAD with a body'];
  }

  #answer(operation: Operation, reply: Reply, isHead: boolean): readonly string[] {
    const declared = operation.responses[reply.status];
    if (declared === undefined)
      return [`status ${reply.status} is not declared: ${reply.body.slice(0, 200)}`];
    const type = reply.headers['content-type'];
    const entries = Object.entries(declared.content ?? {});
    if (entries.length === 0)
      return type === undefined && reply.body === '' ? [] : [`a body of ${type} where none is declared`];
    // Parameters after the type, such as the version of a format, say more and nothing else.
    const content = entries.find(([name]) => name === type || type?.startsWith(`${name};`));
    if (content === undefined) return [`content type ${type} is not declared for ${reply.status}`];
    if (isHead || isStream(reply)) return [];
    if (reply.status >= 400) return this.#refusal(reply, [reply.status]);
    if (content[0] !== json) return [];
    const why = this.whyNot(content[1].schema, JSON.parse(reply.body));
    return why === null ? [] : [`the body does not fit: ${why}: ${reply.body.slice(0, 200)}`];
  }

  #refusal({ status, headers, body }: Reply, expected: readonly number[]): readonly string[] {
    if (!expected.includes(status))
      return [`status ${status} where ${expected.join(' or ')} is due: ${body}`];
    if (headers['content-type'] !== problemType) return [`a refusal as ${headers['content-type']}`];
    const problem = JSON.parse(body) as { readonly status: number; readonly code: string };
    const why = this.whyNot({ $ref: '#/components/schemas/Problem' }, problem);
    if (why !== null) return [`the problem does not fit: ${why}`];
    if (problem.status !== status) return [`status ${status} says that it is ${problem.status}`];
    const own = statusOfCode[problem.code];
    return own?.includes(status) === true ? [] : [`status ${status} with code ${problem.code}`];
  }

  #compile(schema: Schema): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const { components } = this.document;
    const compiled = this.#ajv.compile({ ...schema, components });
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

const isSame = (own: string, part: string): boolean => (own.startsWith('{') ? part !== '' : own === part);

const isOfPages = (path: string): boolean => /^\/($|\?|match\/|rules\b|assets\/)/.test(path);
