import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';
import { chromiumOfPackages } from './chromium.ts';

/** What some tests run beside Node, under which names it may stand, and the line that installs it. */
const programs = {
  bash: { names: ['bash'], install: 'apt-get install bash' },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    install: 'apt-get install chromium, or name it by CHROMIUM',
  },
  curl: { names: ['curl'], install: 'apt-get install curl' },
  nginx: { names: ['nginx'], install: 'apt-get install nginx-light' },
  strace: { names: ['strace'], install: 'apt-get install strace' },
  'systemd-analyze': { names: ['systemd-analyze'], install: 'apt-get install systemd' },
} as const;

export type OutsideProgram = keyof typeof programs;

/** Where servers stand on some systems, outside of the path of users. */
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Where the program stands on this machine; null where it is not. */
export function pathOf(program: OutsideProgram): string | null {
  const given = program === 'chromium' ? (process.env['CHROMIUM'] ?? '') : '';
  if (given !== '') return given;
  const places = programs[program].names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Says which of the programs are not here and what installs them; null where all are here. */
export function whyMissing(needed: readonly OutsideProgram[]): string | null {
  const missing = needed.filter(
    (program) => pathOf(program) === null && !(program === 'chromium' && chromiumOfPackages() !== null),
  );
  if (missing.length === 0) return null;
  return missing.map((program) => `needs ${program}: ${programs[program].install}`).join('; ');
}

interface Tests {
  readonly it: typeof it;
  readonly describe: typeof describe;
}

/**
 * `it` and `describe` for what needs programs beside Node. Without them the tests are skipped, and their names say what
 * installs them; in continuous integration, where `CI` is `true`, they fail.
 */
export function needing(...needed: readonly OutsideProgram[]): Tests {
  const reason = whyMissing(needed);
  if (reason === null) return { it, describe };
  if (process.env['CI'] === 'true') {
    const fail = () => {
      throw new Error(reason);
    };
    const inside = () => {
      it('can run', fail);
    };
    const failing = renamed(it, reason, () => fail);
    return { it: failing, describe: renamed(describe, reason, () => inside) };
  }
  const asItIs = (body: unknown) => body;
  return {
    it: renamed(it.skip as typeof it, reason, asItIs),
    describe: renamed(describe.skip as typeof describe, reason, asItIs),
  };
}

type Named = (name: string, ...rest: readonly unknown[]) => unknown;

/** The same way to declare tests, also by `each`, with the reason in every name and maybe another body. */
function renamed<T extends object>(declare: T, reason: string, bodyOf: (body: unknown) => unknown): T {
  const withReason =
    (target: Named): Named =>
    (name, ...rest) =>
      target(
        `${name} (${reason})`,
        ...rest.map((part) => (typeof part === 'function' ? bodyOf(part) : part)),
      );
  return new Proxy(declare, {
    apply: (target, _, args) => withReason(target as Named)(...(args as [string])),
    get: (target, key) =>
      key === 'each'
        ? (...cases: readonly unknown[]) =>
            withReason(
              (Reflect.get(target, key) as (...all: readonly unknown[]) => Named).apply(target, [...cases]),
            )
        : (Reflect.get(target, key) as unknown),
  });
}
