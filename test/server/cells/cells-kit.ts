import type { Role } from '../../../src/game/command.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import type { TestClock } from '../../../src/testing/test-clock.ts';
import type { RoleClient } from '../../support/role-client.ts';
import { TestServer } from '../../support/server.ts';
import type { TestServerOptions } from '../../support/server.ts';

/** A server of the test's own, with a data folder, a clock the test moves, and lines to it. */
export interface Hosted {
  readonly server: RunningServer;
  readonly clock: TestClock;
  /** What the server said of itself, as JSON. */
  readonly said: readonly string[];
  readonly open: (role: Role, query?: string) => Promise<RoleClient>;
  /** `matches` of the health report. */
  readonly matches: () => Promise<{ readonly unfinished: number; readonly living: number }>;
}

export type HostedOptions = Pick<TestServerOptions, 'ruleset' | 'policies' | 'limits' | 'clock' | 'prepare'>;

/** Runs with a server over an empty data folder; both are gone afterwards. */
export async function hosting(options: HostedOptions, use: (hosted: Hosted) => Promise<void>): Promise<void> {
  const served = await TestServer.start({ adapter: 'ws', ...options });
  await served.server.recovered;
  const { server, clock, diagnostics: said } = served;
  try {
    await use({
      server,
      clock,
      said,
      open: (role, query) => served.open(role, query),
      matches: async () =>
        (JSON.parse(await served.health()) as { matches: { unfinished: number; living: number } }).matches,
    });
  } finally {
    await served.close();
  }
}
