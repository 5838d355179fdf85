import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../src/game/event.ts';
import { taskIds } from '../../src/game/task.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { matchId } from '../../src/shared/ids.ts';
import { limits } from '../../src/shared/limits.ts';
import { hosting } from './cells/cells-kit.ts';
import type { Hosted } from './cells/cells-kit.ts';
import type { RoleClient } from '../support/role-client.ts';
import type { Frame } from '../support/socket-client.ts';

type Created = EventOf<'match.created'>['data'];

/** A value as JSON, since some that matter have no other form: -0, 1e400, half a surrogate pair. */
const text = (value: unknown) => JSON.stringify(value);
const texts = (...values: readonly unknown[]) => values.map(text);

/** What no argument takes, whatever its kind; each one is left out where the kind takes it. */
const hostile = [
  ...texts(true, false, '', 'x', [], {}, [[]], { length: 3 }, -1, 0.5, 2 ** 53),
  '1e400',
  '-1e400',
  '1e-7',
  '"\\ud800"',
  '"__proto__"',
  '{"__proto__":{"auth":"open"}}',
  '"1"',
  '[null]',
  text('x'.repeat(40_000)),
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
];

interface Argument {
  /** The path that a fault names. */
  readonly path: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
  /** What the opening holds for a good value. */
  readonly recorded: (created: Created) => unknown;
  /** How the opening has it, where not as it was sent. */
  readonly as?: (value: unknown) => unknown;
}

const whole = (path: string, least: number, most: number, recorded: Argument['recorded']): Argument => ({
  path,
  good: [...texts(least, most), ...(least === 0 ? ['-0', '0.0'] : [`${least}.0`])],
  bad: [...texts(least - 1, most + 1, String(least)), ...hostile.filter((value) => value !== text(-1))],
  recorded,
  as: (value) => Number(value) + 0,
});

const word = (path: string, words: readonly string[], recorded: Argument['recorded']): Argument => ({
  path,
  good: texts(...words),
  bad: [...texts(...words.map((each) => each.toUpperCase()), ` ${words[0] ?? ''}`, 0), ...hostile],
  recorded,
});

const flag = (path: string, recorded: Argument['recorded']): Argument => ({
  path,
  good: texts(true, false),
  bad: [...texts(0, 1, 'true'), ...hostile.filter((value) => !['true', 'false'].includes(value))],
  recorded,
});

const knobs: readonly Argument[] = [
  whole('seed', 0, 2 ** 32 - 1, ({ seed }) => seed),
  whole('max_rounds', 1, 20, (created) => created.knobs.maxRounds),
  whole('max_proposals', 0, 50, (created) => created.knobs.maxProposals),
  whole('max_fraudster_actions_per_turn', 1, 10, (created) => created.knobs.maxFraudsterActionsPerTurn),
  whole('max_investigator_actions_per_turn', 1, 30, (created) => created.knobs.maxInvestigatorActionsPerTurn),
  word('task_id', taskIds, ({ taskId }) => taskId),
  word('ruleset', ['classic', 'standard'], ({ ruleset }) => ruleset.name),
];

const policies: readonly Argument[] = [
  word('policies.step_rewards', ['shown', 'withheld'], (created) => created.policies.stepRewards),
  word(
    'policies.verdicts_to_fraudster',
    ['none', 'verdict', 'verdict_and_targets', 'full'],
    (created) => created.policies.verdictsToFraudster,
  ),
  word('policies.legal_hints', ['none', 'types', 'full'], (created) => created.policies.legalHints),
  word('policies.spectators', ['none', 'public'], (created) => created.policies.spectators),
  whole('policies.spectator_delay', 0, 1000, (created) => created.policies.spectatorDelay),
  flag('policies.reveal_at_end', (created) => created.policies.revealAtEnd),
  flag('policies.open_state', (created) => created.policies.openState),
  word('policies.auth', ['open', 'seats'], (created) => created.policies.auth),
];

const deadlines: readonly Argument[] = [
  whole('deadlines.turn_ms', 100, limits.matchIdleMs, (created) => created.deadlines.turnMs),
  whole('deadlines.audit_ms', 100, limits.matchIdleMs, (created) => created.deadlines.auditMs),
  whole('deadlines.match_ms', 100, limits.matchIdleMs, (created) => created.deadlines.matchMs),
];

const categories: Argument = {
  path: 'allowed_categories',
  good: [
    ...texts(['ecommerce'], ['ecommerce', 'Ecommerce', 'ECOMMERCE'], ['no such business'], [' ']),
    ...texts(
      ['😀'.repeat(64)],
      Array.from({ length: 64 }, (_, index) => `category ${index}`),
    ),
    text(['__proto__', 'constructor', 'toString', 'length']),
  ],
  bad: [],
  recorded: (created) => created.knobs.allowedCategories,
};

const singles = [...knobs, ...policies, ...deadlines, categories];

/** A reset with one argument, as text: `policies.auth` is the `auth` of `policies`. */
function resetWith(path: string, value: string): string {
  const [outer = '', inner] = path.split('.');
  const argument = inner === undefined ? value : `{${text(inner)}:${value}}`;
  return `{"type":"reset","data":{${text(outer)}:${argument}}}`;
}

const pathsOf = ({ data }: Frame) =>
  (data['details'] as { faults: readonly { path: string; message: string }[] }).faults.map(
    ({ path }) => path,
  );

/** Sends what must be refused, and finds the server as it was before. */
async function expectRefused(hosted: Hosted, line: RoleClient, frame: string, path: string) {
  const streams = hosted.server.log.streams().length;
  const matches = await hosted.matches();
  const reply = await line.request(frame);
  const name = frame.slice(0, 200);
  expect(reply, name).toMatchObject({ type: 'error', data: { code: 'reset_error' } });
  expect(new Set(pathsOf(reply)), name).toEqual(new Set([path]));
  expect(String(reply.data['message']), name).toMatch(/^No match was made\. .*/);
  expect(await hosted.matches(), name).toEqual(matches);
  expect(hosted.server.log.streams(), name).toHaveLength(streams);
  // Neither is the socket seated anywhere.
  expect(await line.request({ type: 'obs' }), name).toMatchObject({ data: { code: 'no_match' } });
  return reply;
}

async function createdBy(hosted: Hosted, frame: string): Promise<Created> {
  const line = await hosted.open('fraudster');
  const reply = await line.request(frame);
  expect(reply.type, frame.slice(0, 200)).toBe('observation');
  const [commit] = await hosted.server.log.read(matchId(String(reply.data['match_id'])));
  const [opening] = commit?.events ?? [];
  if (opening?.type !== 'match.created') throw new Error('The stream begins otherwise.');
  await line.request({ type: 'state' });
  void line.terminate();
  return opening.data;
}

const free = { limits: { framesPerSecond: 1_000_000 } };

describe.each(singles.map((argument) => [argument.path, argument] as const))('%s', (path, argument) => {
  it('is recorded as it was sent, and null is as if it were not', () =>
    hosting(free, async (hosted) => {
      for (const value of argument.good) {
        const created = await createdBy(hosted, resetWith(path, value));
        const sent = JSON.parse(value) as unknown;
        expect(argument.recorded(created), value).toEqual(argument.as?.(sent) ?? sent);
      }
      const plain = argument.recorded(await createdBy(hosted, '{"type":"reset"}'));
      const silent = argument.recorded(await createdBy(hosted, resetWith(path, 'null')));
      if (path === 'seed') expect(silent).not.toBe(plain);
      else expect(silent).toEqual(plain);
      expect(hosted.said).toEqual([]);
    }));

  it('is refused by its path with any other value, and nothing is made', () =>
    hosting(free, async (hosted) => {
      const line = await hosted.open('fraudster');
      for (const value of argument.bad) await expectRefused(hosted, line, resetWith(path, value), path);
      expect(hosted.said).toEqual([]);
    }));
});

describe('allowed_categories', () => {
  it('are refused where they are none, double, too many, too long or no text', () =>
    hosting(free, async (hosted) => {
      const line = await hosted.open('fraudster');
      const many = Array.from({ length: 65 }, (_, index) => `category ${index}`);
      for (const [value, path] of [
        ['[]', 'allowed_categories'],
        ['"ecommerce"', 'allowed_categories'],
        ['{"0":"ecommerce","length":1}', 'allowed_categories'],
        ['7', 'allowed_categories'],
        [text(many), 'allowed_categories'],
        [text(['ecommerce', 'saas', 'ecommerce']), 'allowed_categories'],
        [text(['ecommerce', '']), 'allowed_categories.1'],
        [text(['ecommerce', null]), 'allowed_categories.1'],
        [text([['ecommerce']]), 'allowed_categories.0'],
        [text(['x'.repeat(65)]), 'allowed_categories.0'],
        [text(['😀'.repeat(65)]), 'allowed_categories.0'],
        ['["\\ud800"]', 'allowed_categories.0'],
        ['["saas","\\udc00x"]', 'allowed_categories.1'],
      ] as const)
        await expectRefused(hosted, line, resetWith('allowed_categories', value), path);
    }));

  it.each(['classic', 'standard'])('that nobody knows are played to the end in %s', (ruleset) =>
    hosting(free, async (hosted) => {
      const strange = ['__proto__', 'constructor', 'toString', ' ', '😀', 'hasOwnProperty'];
      const line = await hosted.open('fraudster');
      const policies = { auth: 'open' };
      const data = { ruleset, allowed_categories: strange, max_rounds: 1, max_proposals: 6, policies };
      const { match_id: id } = (await line.request({ type: 'reset', data })).data;
      for (const category of strange.slice(0, 3)) {
        const reply = await line.step({ action_type: 'propose_ad', ad_copy: `Of ${category}.`, category });
        expect(reply.data).toMatchObject({ accepted: true });
      }
      const investigator = await hosted.open('investigator', `?match_id=${String(id)}`);
      const seen = await investigator.request({ type: 'obs' });
      for (const adId of (seen.data['available_ads'] as readonly string[]).slice(-3))
        await investigator.step({
          action_type: 'investigate',
          ad_id: adId,
          investigation_target: 'landing_page',
        });
      for (let action = 0; action < 3; action += 1)
        await investigator.step({ action_type: 'verdict', ad_id: 'ad_none', verdict: 'reject' });
      const auditor = await hosted.open('auditor', `?match_id=${String(id)}`);
      expect((await auditor.step({ action_type: 'submit_audit_report' })).data).toMatchObject({
        phase: 'done',
      });
      const stream = matchId(String(id));
      expect(verify(stream, await hosted.server.log.read(stream))).toMatchObject({ ok: true, phase: 'done' });
      expect(hosted.said).toEqual([]);
    }),
  );
});

describe('a seed', () => {
  const adsOf = ({ episode }: Created) => episode.ads.map(({ adId, adCopy }) => `${adId} ${adCopy}`);

  it('makes the same queue again, and none draws one', () =>
    hosting({}, async (hosted) => {
      const [first, again, other] = [
        await createdBy(hosted, '{"type":"reset","data":{"seed":41}}'),
        await createdBy(hosted, '{"type":"reset","data":{"seed":41}}'),
        await createdBy(hosted, '{"type":"reset","data":{"seed":42}}'),
      ];
      expect(adsOf(again)).toEqual(adsOf(first));
      expect(adsOf(other)).not.toEqual(adsOf(first));
      // Guessing is as hard as the salt, also for who knows the seed.
      expect(again.seedCommitment).not.toBe(first.seedCommitment);
      const drawn = new Set<number>();
      for (let match = 0; match < 20; match += 1)
        drawn.add((await createdBy(hosted, '{"type":"reset"}')).seed);
      expect(drawn.size).toBe(20);
    }));
});

describe('an episode_id', () => {
  it('is the id of the match, of 1 to 128 letters of its alphabet', () =>
    hosting(free, async (hosted) => {
      const line = await hosted.open('fraudster');
      for (const id of ['a', '...', 'A.b_c-9', 'x'.repeat(128), '__proto__', 'CON', '-'])
        expect((await line.request({ type: 'reset', data: { episode_id: id } })).data).toMatchObject({
          match_id: id,
        });
      expect(new Set(hosted.server.log.streams()).size).toBe(7);
      expect((await line.request(resetWith('episode_id', 'null'))).data['match_id']).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    }));

  it('is refused where it is none', () =>
    hosting(free, async (hosted) => {
      const line = await hosted.open('fraudster');
      const bad = [
        ...texts('', '.', '..', '../x', 'a/b', 'a b', 'a\n', 'é', 'x'.repeat(129), 'a\u0000', '%2e%2e', 7),
        ...hostile.filter((value) => !['"x"', '"__proto__"', '"1"'].includes(value)),
      ];
      for (const value of bad)
        await expectRefused(hosted, line, resetWith('episode_id', value), 'episode_id');
    }));

  it('that is in use is refused, whether its match runs or is over', () =>
    hosting(free, async (hosted) => {
      const data = { episode_id: 'mine', max_rounds: 1, ruleset: 'classic', policies: { auth: 'open' } };
      const line = await hosted.open('fraudster');
      await line.request({ type: 'reset', data });
      const other = await hosted.open('auditor');
      const expectTaken = async () => {
        expect(await other.request({ type: 'reset', data })).toMatchObject({
          data: { code: 'match_exists' },
        });
        expect(hosted.server.log.streams()).toHaveLength(1);
      };
      await expectTaken();
      expect(await hosted.matches()).toMatchObject({ unfinished: 1 });
      await line.step({ action_type: 'commit_final' });
      const auditor = await hosted.open('auditor', '?match_id=mine');
      expect((await auditor.step({ action_type: 'submit_audit_report' })).data).toMatchObject({ done: true });
      await expectTaken();
      expect(await hosted.matches()).toMatchObject({ unfinished: 0 });
    }));
});

describe('a reset', () => {
  const expectPath = (frame: string, path: string) =>
    hosting(free, async (hosted) => {
      await expectRefused(hosted, await hosted.open('fraudster'), frame, path);
    });

  it.each([
    ['{"type":"reset","data":{"max_round":3}}', ''],
    ['{"type":"reset","data":{"maxRounds":3}}', ''],
    ['{"type":"reset","data":{"action_budget":99}}', ''],
    ['{"type":"reset","data":{"__proto__":{"max_rounds":3}}}', ''],
    ['{"type":"reset","data":{"constructor":{}}}', ''],
    ['{"type":"reset","data":{"":1}}', ''],
    ['{"type":"reset","data":{"policies":{"legalHints":"full"}}}', 'policies'],
    ['{"type":"reset","data":{"policies":{"__proto__":{"auth":"open"}}}}', 'policies'],
    ['{"type":"reset","data":{"policies":[]}}', 'policies'],
    ['{"type":"reset","data":{"policies":"open"}}', 'policies'],
    ['{"type":"reset","data":{"deadlines":{"turn":500}}}', 'deadlines'],
    ['{"type":"reset","data":{"deadlines":500}}', 'deadlines'],
    ['{"type":"reset","data":{"seat_token":"short"}}', 'seat_token'],
    ['{"type":"reset","data":{"seat_token":7}}', 'seat_token'],
    ['{"type":"reset","data":{"seat_token":"with spaces and more of them"}}', 'seat_token'],
    [`{"type":"reset","data":{"seat_token":"${'x'.repeat(129)}"}}`, 'seat_token'],
  ])('of %s is refused at "%s"', (frame, path) => expectPath(frame, path));

  it('names every fault, and twenty at most', () =>
    hosting({}, async (hosted) => {
      const line = await hosted.open('fraudster');
      const reply = await line.request({
        type: 'reset',
        data: {
          max_rounds: 0,
          seed: -1,
          policies: { auth: 'x' },
          deadlines: { turn_ms: 1 },
          seat_token: 'x',
        },
      });
      expect(pathsOf(reply).sort()).toEqual(
        ['deadlines.turn_ms', 'max_rounds', 'policies.auth', 'seat_token', 'seed'].sort(),
      );
      const all = await line.request({ type: 'reset', data: { allowed_categories: Array(60).fill('') } });
      expect(pathsOf(all).length).toBeLessThanOrEqual(20);
    }));

  it('that is refused leaves the player in the match where it sits', () =>
    hosting({}, async (hosted) => {
      const line = await hosted.open('fraudster');
      const { match_id: id } = (await line.request({ type: 'reset' })).data;
      for (const data of [{ max_rounds: 0 }, { episode_id: id }, { policies: { auth: 'invited' } }])
        expect((await line.request({ type: 'reset', data })).type).toBe('error');
      expect((await line.request({ type: 'obs' })).data).toMatchObject({ match_id: id });
      expect((await line.step({ action_type: 'end_turn' })).data).toMatchObject({ accepted: true });
      expect(await hosted.matches()).toEqual({ unfinished: 1, living: 1 });
    }));

  it('of nothing but nulls is one without arguments', () =>
    hosting({}, async (hosted) => {
      const silent = Object.fromEntries(
        [...singles.map(({ path }) => path.split('.')[0] ?? ''), 'episode_id', 'seat_token'].map((name) => [
          name,
          null,
        ]),
      );
      const created = await createdBy(hosted, JSON.stringify({ type: 'reset', data: silent }));
      const plain = await createdBy(hosted, '{"type":"reset","data":null}');
      expect(created.knobs).toEqual(plain.knobs);
      expect(created.policies).toEqual(plain.policies);
      expect(created.deadlines).toEqual(plain.deadlines);
    }));
});
