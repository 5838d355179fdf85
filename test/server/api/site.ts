import { longAdapters, type AdapterName } from '../../support/adapters.ts';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import { present } from '../../../src/shared/invariant.ts';
import type { TestClock } from '../../../src/testing/test-clock.ts';
import { TestServer } from '../../support/server.ts';
import type { TestServerOptions } from '../../support/server.ts';
import { RoleClient } from '../../support/role-client.ts';
import { Description } from './description.ts';
import { HttpLine } from './http-line.ts';

export const adapters = longAdapters;
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
  readonly line: HttpLine;
  readonly description: Description;
  readonly #served: TestServer;

  private constructor(served: TestServer, line: HttpLine, description: Description) {
    this.#served = served;
    this.line = line;
    this.description = description;
  }

  static async open(
    adapter: AdapterName,
    options: Pick<TestServerOptions, 'limits' | 'policies' | 'source' | 'edge' | 'publicUrl'> = {},
  ): Promise<Site> {
    const served = await TestServer.start({ adapter, ...options });
    await served.server.recovered;
    const line = new HttpLine(served.port);
    return new Site(served, line, await Description.of(line));
  }

  get server(): RunningServer {
    return this.#served.server;
  }

  get clock(): TestClock {
    return this.#served.clock;
  }

  get folder(): string {
    return this.#served.folder;
  }

  /** At `info`, line by line. */
  get diagnostics(): readonly string[] {
    return this.#served.diagnostics;
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
    const step = (line: RoleClient, data: object) => line.request({ type: 'step', data });
    await step(fraudster, {
      action_type: 'propose_ad',
      ad_copy: 'Bowls made of wood.',
      category: 'ecommerce',
    });
    await step(fraudster, { action_type: 'commit_final', rationale: 'That is all.' });
    const { data } = await investigator.request({ type: 'obs' });
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

  async seats({ match_id, seat_tokens }: Made): Promise<Readonly<Record<Role, RoleClient>>> {
    const lines = new Map<Role, RoleClient>();
    for (const role of roles) {
      const line = await RoleClient.connect(this.server.port, role);
      const token = seat_tokens === null ? {} : { seat_token: seat_tokens[role] };
      await line.request({ type: 'join', data: { match_id, ...token } });
      lines.set(role, line);
    }
    const of = (role: Role) => present(lines.get(role), role);
    return { fraudster: of('fraudster'), investigator: of('investigator'), auditor: of('auditor') };
  }

  async close(): Promise<void> {
    this.line.close();
    await this.#served.close();
  }
}
