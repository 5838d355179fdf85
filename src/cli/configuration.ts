import { readFile } from 'node:fs/promises';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { AppError, describeError } from '../shared/errors.ts';
import { settingKeys, settings, variableOf } from './settings.ts';
import type { Configuration, SettingKey } from './settings.ts';

/** A configuration, and the source of each value. */
export interface Configured {
  readonly configuration: Configuration;
  readonly rows: readonly ConfigRow[];
}

export interface ConfigRow {
  readonly key: SettingKey;
  /** In the form of the configuration file. */
  readonly value: unknown;
  /** The flag, the environment variable, the file, or `default`. */
  readonly source: string;
  readonly unit: string;
  readonly meaning: string;
}

const configVariable = 'ARENA_CONFIG';

/** Environment variables of other verbs. */
const othersVariables: readonly string[] = ['ARENA_SERVER'];

/** Adds to a verb a flag and an environment variable for every setting, and for the configuration file. */
export function addSettings(command: Command): Command {
  command.addOption(
    new Option('--config <file>', 'JSON file of settings; flags and the environment win over it').env(
      configVariable,
    ),
  );
  for (const key of settingKeys) {
    const { flag, meaning, unit, otherwise } = settings[key];
    const counted = unit === '' ? meaning : `${meaning}, in ${unit}`;
    const preset = shown(otherwise);
    const option = new Option(flag, preset === '' ? counted : `${counted} (default: ${preset})`)
      .env(variableOf(key))
      .argParser((text: string, before: unknown) => fromText(key, text, before));
    // A boolean setting needs no argument.
    command.addOption(option.optional ? option.preset('true') : option);
  }
  return command;
}

/** Reads a value from a flag or variable. A repeated flag adds to a group. */
function fromText(key: SettingKey, text: string, before: unknown): unknown {
  const { shape, fromText: read } = settings[key];
  const value = read(text);
  const whole = isGroup(value) && isGroup(before) ? { ...before, ...value } : value;
  const parsed = shape.safeParse(whole);
  if (!parsed.success) throw new InvalidArgumentError(whyNot(parsed.error));
  return whole;
}

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The settings of a verb. Flags win over the environment, then the file, then the defaults.
 * @throws AppError `config_invalid`, `file_unreadable`
 */
export async function configurationOf(command: Command): Promise<Configured> {
  refuseUnknownVariables();
  const options = command.opts<Record<string, unknown>>();
  const path = typeof options['config'] === 'string' ? options['config'] : null;
  const file = path === null ? {} : await readConfigFile(path);
  const rows = settingKeys.map((key): ConfigRow => {
    const { unit, meaning, otherwise, flag } = settings[key];
    const attribute = new Option(flag).attributeName();
    const from = command.getOptionValueSource(attribute);
    const row = (value: unknown, source: string): ConfigRow => ({ key, value, source, unit, meaning });
    if (from === 'cli') return row(options[attribute], flag.split(' ')[0] ?? flag);
    if (from === 'env') return row(options[attribute], variableOf(key));
    return path !== null && Object.hasOwn(file, key) ? row(file[key], path) : row(otherwise, 'default');
  });
  const values = rows.map(({ key, value, source }) => [key, readValue(key, value, source)]);
  const configuration = Object.fromEntries(values) as Configuration;
  if ((configuration.tls_cert === null) !== (configuration.tls_key === null))
    throw new AppError('config_invalid', 'tls_cert and tls_key belong together: give both, or none.');
  return { configuration, rows };
}

async function readConfigFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`${path} is not JSON: ${error.message}`, { file: path });
    throw new AppError('file_unreadable', `${path} cannot be read: ${describeError(error)}`, { file: path });
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (!parsed.success) throw invalid(`${path} must hold one JSON object.`, { file: path });
  refuseUnknown(Object.keys(parsed.data), settingKeys, path);
  return parsed.data;
}

/** Refuses unknown `ARENA_` variables: a misspelt one would be ignored silently. */
function refuseUnknownVariables(): void {
  const known = [...settingKeys.map(variableOf), configVariable, ...othersVariables];
  const given = Object.keys(process.env).filter((name) => name.startsWith('ARENA_'));
  refuseUnknown(given, known, 'The environment');
}

function refuseUnknown(given: readonly string[], known: readonly string[], where: string): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw invalid(`${where} sets ${unknown.join(', ')}, which is no setting. Settings: ${known.join(', ')}.`, {
    unknown,
  });
}

function readValue(key: SettingKey, value: unknown, source: string): unknown {
  const parsed = settings[key].shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`${source}: ${key}: ${whyNot(parsed.error)}`, { key, source });
}

const invalid = (message: string, details: Readonly<Record<string, string | readonly string[]>>) =>
  new AppError('config_invalid', message, details);

/** The first fault as a sentence. */
function whyNot({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'It must be another value.';
  const { path, message } = issue;
  return path.length === 0 ? `It must be ${message}.` : `${path.join('.')}: ${message}.`;
}

/** The output of `--print-config` as a table. */
export function configTable(rows: readonly ConfigRow[]): string {
  const table = new Table({
    head: ['setting', 'value', 'source', 'unit', 'meaning'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const { key, value, source, unit, meaning } of rows)
    table.push([key, shown(value), source, unit, meaning]);
  return table.toString();
}

/** A value on one line, in the form of a flag. */
export function shown(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  if (isGroup(value))
    return Object.entries(value)
      .map(([name, its]) => `${name}=${String(its)}`)
      .join(',');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
