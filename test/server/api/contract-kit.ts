import { expect } from 'vitest';
import type { Described, Parameter } from './description.ts';
import type { Asked, Reply } from './http-line.ts';
import { Site, bearer } from './site.ts';
import type { AdapterName, Made } from './site.ts';

/** What a sound request to a route with a body sends. */
export const goodBodies: Readonly<Record<string, readonly object[]>> = {
  '/api/v1/matches': [
    {},
    { task_id: 'task_2', seed: 5, max_rounds: 2, allowed_categories: ['saas'], ruleset: 'classic' },
    { policies: { auth: 'open', spectators: 'none' }, deadlines: { turn_ms: 60_000 } },
    { policies: { auth: 'invited', spectator_delay: 3, reveal_at_end: false } },
  ],
  '/api/v1/tools/policy_classifier': [
    { ad_id: 'ad_1', ad_copy: 'Verify your account now, guaranteed returns, 90% off designer bags.' },
    { ad_id: '', ad_copy: '', landing_page_blurb: 'A page.', fraud_type: 'phishing' },
  ],
};

export const codeOf = ({ body }: Reply): unknown => (JSON.parse(body) as { readonly code?: unknown }).code;
export const hasBody = ({ operation }: Described): boolean => operation.requestBody !== undefined;
export const isRead = ({ method }: Described): boolean => method === 'GET';

/** A server with a match in every state, whose answers are held to its description. */
export class Contract {
  readonly site: Site;
  readonly #made = new Map<string, Made>();

  private constructor(site: Site) {
    this.site = site;
  }

  static async open(adapter: AdapterName): Promise<Contract> {
    const site = await Site.open(adapter);
    const contract = new Contract(site);
    const made = contract.#made;
    made.set('running', await site.make());
    made.set('unwatched', await site.make({ policies: { spectators: 'none' } }));
    made.set('late', await site.make({ policies: { spectator_delay: 2 } }));
    made.set('done', await site.played());
    made.set('kept', await site.played({ policies: { reveal_at_end: false } }));
    const aborted = await site.make();
    made.set('aborted', aborted);
    await site.line.delete(`/api/v1/matches/${aborted.match_id}`, bearer(aborted.owner_token));
    return contract;
  }

  get ids(): readonly string[] {
    return [...this.#made.values()].map(({ match_id }) => match_id);
  }

  /** Asks, and finds no fault with the answer. */
  async ask(asked: Asked): Promise<Reply> {
    const reply = await this.site.line.ask(asked);
    expect(this.site.description.faults(asked, reply), `${asked.method} ${asked.path}`).toEqual([]);
    return reply;
  }

  routes(holds: (each: Described) => boolean = () => true): readonly Described[] {
    return this.site.description.all.filter(holds);
  }

  /** A route's addresses for everything there is. */
  addresses({ path }: Pick<Described, 'path'>): readonly string[] {
    if (path.includes('{id}')) return this.ids.map((id) => path.replace('{id}', id));
    if (path.includes('{role}'))
      return ['fraudster', 'Investigator', 'AUDITOR'].map((role) => path.replace('{role}', role));
    if (path.includes('{machine}'))
      return ['match', 'review', 'seat', 'node'].map((machine) => path.replace('{machine}', machine));
    return [path];
  }

  first(each: Pick<Described, 'path'>): string {
    return this.addresses(each)[0] ?? '';
  }
}

export const queriesOf = ({ operation }: Described): readonly Parameter[] =>
  operation.parameters.filter((parameter) => parameter.in === 'query');
