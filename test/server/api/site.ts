import { adapterNames, type AdapterName } from '../../support/adapters.ts';
import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import { chooseAdapter } from '../../../src/server/net/adapter.ts';
import { startServer } from '../../../src/server/server.ts';
import type { RunningServer, ServerOptions } from '../../../src/server/server.ts';
import { present } from '../../../src/shared/invariant.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { makeFolder } from '../../log/temp-folder.ts';
import { Line } from '../secrets/line.ts';
import { Description } from './description.ts';
import { HttpLine } from './http-line.ts';

export const adapters = adapterNames;
export type { AdapterName };

/** The answer to a creation. */
export interface Made {
  readonly match_id: string;
  readonly owner_token: string;
  readonly seat_tokens: Readonly<Record<Role, string>> | null;
  readonly websocket: Readonly<Record<Role, string>>;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A server of this process with a client and its description, and what it said of itself. */
export class Site {
  readonly clock = new TestClock();
  readonly server: RunningServer;
  readonly folder: string;
  readonly line: HttpLine;
  readonly description: Description;
  /** At `info`, line by line. */
  readonly diagnostics: readonly string[];

  private constructor(
    parts: Pick<Site, 'server' | 'folder' | 'line' | 'description' | 'diagnostics' | 'clock'>,
  ) {
    this.clock = parts.clock;
    this.server = parts.server;
    this.folder = parts.folder;
    this.line = parts.line;
    this.description = parts.description;
    this.diagnostics = parts.diagnostics;
  }

  static async open(
    adapter: AdapterName,
    options: Partial<Pick<ServerOptions, 'limits' | 'policies' | 'source' | 'edge' | 'publicUrl'>> = {},
  ): Promise<Site> {
    const folder = await makeFolder();
    const clock = new TestClock();
    const diagnostics: string[] = [];
    const { limits, ...others } = options;
    const server = await startServer({
      ...{ dataDir: folder, host: '127.0.0.1', port: 0, durability: { mode: 'os' }, clock },
      ...{ adapter: chooseAdapter(adapter).port, ruleset: 'standard', policies: {} },
      // The clock stands still, and with it the second in which frames are counted.
      limits: { framesPerSecond: 1e9, ...limits },
      ...others,
      diagnostics: pino({ level: 'info', base: null }, { write: (text) => void diagnostics.push(text) }),
    });
    await server.recovered;
    const line = new HttpLine(server.port);
    return new Site({ server, folder, line, diagnostics, clock, description: await Description.of(line) });
  }

  async make(wanted: object = {}): Promise<Made> {
    const { status, body } = await this.line.post('/api/v1/matches', wanted);
    if (status !== 201) throw new Error(`No match was made: ${status} ${body}`);
    return JSON.parse(body) as Made;
  }

  /** A match that was played to its grade: every kind of action, one of each. */
  async played(wanted: object = {}): Promise<Made> {
    const made = await this.make({ max_rounds: 1, ...wanted });
    const { fraudster, investigator, auditor } = await this.seats(made);
    const step = (line: Line, data: object) => line.ask({ type: 'step', data });
    await step(fraudster, {
      action_type: 'propose_ad',
      ad_copy: 'Bowls made of wood.',
      category: 'ecommerce',
    });
    await step(fraudster, { action_type: 'commit_final', rationale: 'That is all.' });
    const { data } = await investigator.ask({ type: 'obs' });
    const [ad = '', other = ''] = data['available_ads'] as readonly string[];
    await step(investigator, { action_type: 'investigate', ad_id: ad, investigation_target: 'landing_page' });
    await step(investigator, { action_type: 'link_accounts', ad_id: ad, linked_ad_id: other });
    await step(investigator, { action_type: 'verdict', ad_id: ad, verdict: 'reject', confidence: 0.7 });
    await step(investigator, { action_type: 'end_turn' });
    await step(auditor, {
      action_type: 'flag_investigator',
      flag_type: 'bias',
      target_ad_id: ad,
      severity: 0.5,
    });
    const report = { action_type: 'submit_audit_report', audit_report: { notes: 'All was seen.' } };
    const { data: last } = await step(auditor, report);
    if (last['done'] !== true) throw new Error(`The match goes on: ${JSON.stringify(last)}`);
    for (const line of [fraudster, investigator, auditor]) await line.leave();
    return made;
  }

  async seats({ match_id, seat_tokens }: Made): Promise<Readonly<Record<Role, Line>>> {
    const lines = new Map<Role, Line>();
    for (const role of roles) {
      const line = await Line.open(this.server.port, role);
      const token = seat_tokens === null ? {} : { seat_token: seat_tokens[role] };
      await line.ask({ type: 'join', data: { match_id, ...token } });
      lines.set(role, line);
    }
    const of = (role: Role) => present(lines.get(role), role);
    return { fraudster: of('fraudster'), investigator: of('investigator'), auditor: of('auditor') };
  }

  async close(): Promise<void> {
    this.line.close();
    await this.server.close();
    await rm(this.folder, { recursive: true });
  }
}
