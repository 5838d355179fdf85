import { expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import { endReasons } from '../../../src/game/event.ts';
import { errorCatalogue } from '../../../src/shared/errors.ts';
import { Planted, sourceOf } from './planted.ts';
import { Site, adapters } from './site.ts';
import type { Made } from './site.ts';
import { penalties } from '../../support/penalties.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

function samplesOf(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', value = '']) => [
      key,
      value,
    ]);
    return { name, labels: Object.fromEntries(labels) as Sample['labels'] };
  });
}

/** Of the process and of time, the same whatever is played. */
const ofProcess = /^arena_(process_|nodejs_|uptime_seconds)/;
const ofTime = /^arena_\w+_seconds_(bucket|sum)/;

const closed = (paths: readonly string[]): Readonly<Record<string, ReadonlySet<string>>> => ({
  role: new Set(roles),
  type: new Set(['reset', 'join', 'step', 'obs', 'state', 'subscribe', 'unsubscribe', 'close', 'none']),
  outcome: new Set(['accepted', 'penalised', 'refused', 'failed', 'told']),
  code: new Set([...Object.keys(errorCatalogue), ...penalties]),
  phase: new Set(['fraudster_turn', 'investigator_turn', 'audit_phase']),
  end_reason: new Set([...endReasons, 'none']),
  method: new Set(['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'other']),
  route: new Set([...paths, 'none']),
});
it.each(adapters)('over %s the labels are words of closed lists, whatever is asked for', async (adapter) => {
  const planted = new Planted({ id: 'secret-name-of-a-match', ruleset: 'standard', seed: 1 });
  const site = await Site.open(adapter, { source: sourceOf([planted]) });
  try {
    await planted.store(site.server, site.clock.now());
    const seats = await planted.sit(site.server.port);
    for (let action = 0; action < 6; action += 1) await planted.act(seats);
    for (const seat of seats.values()) {
      await seat.request({ type: 'secret_type', data: {} });
      await seat.request({ type: 'step', data: { action_type: 'secret_action' } });
      await seat.request('{');
    }
    const made = await site.played();
    for (const path of [
      '/secret/path',
      `/api/v1/matches/${made.match_id}`,
      '/api/v1/matches/secret',
      '/api/v1/info?secret=1',
    ])
      for (const method of ['GET', 'HEAD', 'DELETE', 'POST', 'PROPFIND', 'LOCK', 'TRACE'])
        await site.line.ask({ method, path, headers: { authorization: 'Bearer secret' } });
    const { body } = await site.line.get('/api/v1/metrics');
    const lists = closed(Object.keys(site.description.document.paths));
    const odd = samplesOf(body)
      .filter(({ name }) => !ofProcess.test(name))
      .flatMap(({ name, labels }) =>
        Object.entries(labels)
          .filter(
            ([key, value]) =>
              !(/^(le|status|quantile)$/.test(key)
                ? /^(\d+|\d*\.\d+|\+Inf)$/.test(value)
                : (lists[key]?.has(value) ?? false)),
          )
          .map(([key, value]) => `${name}: ${key}=${value}`),
      );
    expect(odd).toEqual([]);
    expect(body).not.toMatch(/secret/);
    expect(body).not.toContain(made.match_id);
    // A HEAD counts as what it asks for.
    expect(body).toMatch(/arena_http_requests_total\{method="HEAD",route="\/api\/v1\/info",status="422"\}/);
    for (const seat of seats.values()) await seat.leave();
  } finally {
    await site.close();
  }
});

it('two matches in which as many frames come to the same give the same figures, but for times', async () => {
  const figures = await Promise.all([
    figuresOf({ seed: 1, task_id: 'task_1' }, 'Wooden bowls, made by hand.', 'A reason.'),
    figuresOf(
      { seed: 2, task_id: 'task_3', episode_id: 'another' },
      'Verify your account within 24 hours!',
      'Other words.',
    ),
  ]);
  expect(figures[0].length).toBeGreaterThan(40);
  expect(figures[1]).toEqual(figures[0]);
});

/** The figures of a server after a match whose fraudster brings an ad that says so, and whose players think so. */
async function figuresOf(wanted: object, copy: string, rationale: string): Promise<readonly string[]> {
  const site = await Site.open('ws');
  try {
    const made: Made = await site.make({ ...wanted, max_rounds: 2 });
    const { fraudster, investigator, auditor } = await site.seats(made);
    const step = (line: typeof fraudster, data: object) =>
      line.request({ type: 'step', data: { rationale, ...data } });
    await step(fraudster, { action_type: 'propose_ad', ad_copy: copy, category: 'ecommerce' });
    await step(fraudster, { action_type: 'modify_pending_ad', slot_index: 7, new_ad_copy: copy });
    await step(fraudster, { action_type: 'end_turn' });
    const { data } = await investigator.request({ type: 'obs' });
    const [ad = ''] = data['available_ads'] as readonly string[];
    await step(investigator, {
      action_type: 'investigate',
      ad_id: ad,
      investigation_target: 'payment_method',
    });
    await step(investigator, { action_type: 'verdict', ad_id: ad, verdict: 'reject', confidence: 0.9 });
    await step(auditor, { action_type: 'submit_audit_report' });
    for (const line of [fraudster, investigator, auditor]) await line.request({ type: 'state' });
    await site.line.get(`/api/v1/matches/${made.match_id}`);
    const { body } = await site.line.get('/api/v1/metrics');
    for (const line of [fraudster, investigator, auditor]) await line.leave();
    return body
      .split('\n')
      .filter((line) => !line.startsWith('#') && !ofProcess.test(line) && !ofTime.test(line));
  } finally {
    await site.close();
  }
}
