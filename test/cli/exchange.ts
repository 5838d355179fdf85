import { expect } from 'vitest';
import { isRole } from '../../src/game/command.ts';
import { SocketClient } from '../support/socket-client.ts';

/**
 * A conversation as a page shows it: one line for each frame, `role > sent`, `role < received`, `role = path` for a
 * connection to a path of its own, `role x words` for one that breaks. In what is received `…` stands for anything:
 * as a value, as the end of a text, a list or an object, or as a line, for any number of frames.
 */
export const isExchange = (text: string): boolean =>
  text
    .trimEnd()
    .split('\n')
    .every((line) => parse(line) !== null);

interface Line {
  readonly role: string;
  readonly mark: string;
  readonly rest: string;
}

function parse(line: string): Line | null {
  const [, role = '', mark = '', rest = ''] = /^(\w+) +([<>=x]) (.+)$/.exec(line) ?? [];
  return isRole(role) ? { role, mark, rest } : null;
}

/** Holds conversations with a server. The connections stay from one to the next. */
export class Exchanges {
  readonly #url: string;
  readonly #lines = new Map<string, SocketClient>();

  constructor(url: string) {
    this.#url = url.replace(/^http/, 'ws');
  }

  async hold(text: string): Promise<void> {
    let mayPass = false;
    for (const line of text.trimEnd().split('\n')) {
      const { role, mark, rest } = parse(line) ?? { role: '', mark: '', rest: line };
      if (mark === '=') this.#lines.set(role, await SocketClient.open(`${this.#url}${rest}`));
      else if (mark === 'x') await this.#break(role);
      else if (mark === '>') (await this.#of(role)).send(rest);
      else if (rest === '…') mayPass = true;
      else {
        await expectFrame(await this.#of(role), rest, mayPass);
        mayPass = false;
      }
    }
  }

  close(): void {
    for (const connection of this.#lines.values()) void connection.terminate();
  }

  async #of(role: string): Promise<SocketClient> {
    const known = this.#lines.get(role);
    if (known !== undefined) return known;
    const opened = await SocketClient.open(`${this.#url}/ws/${role}`);
    this.#lines.set(role, opened);
    return opened;
  }

  async #socketsOpen(): Promise<number> {
    const health = await fetch(`${this.#url.replace(/^ws/, 'http')}/health`);
    return ((await health.json()) as { readonly sockets: number }).sockets;
  }

  async #break(role: string): Promise<void> {
    void (await this.#of(role)).terminate();
    this.#lines.delete(role);
    // Until the server has noticed: what follows on a page happens after that.
    while ((await this.#socketsOpen()) > this.#lines.size);
  }
}

async function expectFrame(connection: SocketClient, shown: string, mayPass: boolean): Promise<void> {
  const pattern = JSON.parse(shown.replaceAll(',…}', ',"…":0}').replaceAll(':…', ':"…"')) as unknown;
  for (;;) {
    const text = await connection.next();
    expect(text, `The connection is over before ${shown}`).not.toBeNull();
    if (fits(JSON.parse(text ?? ''), pattern)) return;
    expect(mayPass, `${shown}\nis shown, and this is sent:\n${text ?? ''}`).toBe(true);
  }
}

function fits(value: unknown, pattern: unknown): boolean {
  if (typeof pattern === 'string' && pattern.endsWith('…'))
    return pattern === '…' || (typeof value === 'string' && value.startsWith(pattern.slice(0, -1)));
  if (Array.isArray(pattern)) return Array.isArray(value) && listFits(value, pattern);
  if (typeof pattern !== 'object' || pattern === null) return value === pattern;
  return typeof value === 'object' && value !== null && recordFits({ ...value }, { ...pattern });
}

function listFits(value: readonly unknown[], pattern: readonly unknown[]): boolean {
  const isOpen = pattern.at(-1) === '…';
  const shown = isOpen ? pattern.slice(0, -1) : pattern;
  return (isOpen || value.length === shown.length) && shown.every((item, index) => fits(value[index], item));
}

function recordFits(value: Record<string, unknown>, pattern: Record<string, unknown>): boolean {
  const { '…': more, ...shown } = pattern;
  const isWhole = more !== undefined || Object.keys(value).length === Object.keys(shown).length;
  return isWhole && Object.entries(shown).every(([key, item]) => key in value && fits(value[key], item));
}
