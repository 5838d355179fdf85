import { readFile } from 'node:fs/promises';
import { settingKeys, settings } from '../src/cli/settings.ts';
import { Metrics } from '../src/server/edge/metrics.ts';
import { code, table } from './table.ts';

/** The generated sections of docs/operate.md, by name. */
export async function operateTables(): Promise<Readonly<Record<string, string>>> {
  return {
    configuration: configuration(),
    metrics: metrics(),
    dockerfile: await block('dockerfile', '../Dockerfile'),
    unit: await block('ini', '../docs/fraudarena.service'),
  };
}

const configuration = (): string =>
  table(
    ['setting', 'default', 'unit', 'meaning'],
    settingKeys.map((key) => {
      const { otherwise, unit, meaning } = settings[key];
      return [code(key), shown(otherwise), unit, meaning];
    }),
  );

function shown(value: unknown): string {
  const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  return isEmpty ? '' : code(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The arena's own metrics, then those of every Node program. */
function metrics(): string {
  const none = () => 0;
  const figures = new Metrics({
    phases: () => new Map(),
    spectators: none,
    finished: none,
    averageGrade: none,
    uptimeSeconds: none,
    log: () => ({ commits: 0, bytes: 0 }),
  }).described();
  const isOfNode = ({ name }: { readonly name: string }) => /^arena_(process|nodejs)_/.test(name);
  const rows = [...figures.filter((each) => !isOfNode(each)), ...figures.filter(isOfNode)];
  return table(
    ['figure', 'kind', 'labels', 'meaning'],
    rows.map(({ name, type, labels, help }) => [
      code(name),
      type,
      labels.map(code).join(', '),
      help.endsWith('.') ? help : `${help}.`,
    ]),
  );
}

async function block(language: string, path: string): Promise<string> {
  const text = await readFile(new URL(path, import.meta.url), 'utf8');
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
