import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { Policies } from '../../../src/game/event.ts';
import { tasks } from '../../../src/game/task.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { openingFor } from '../../../src/match/new-match.ts';
import { sha256 } from '../../../src/match/proof/sha256.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { hosting } from '../cells/cells-kit.ts';
import type { Hosted } from '../cells/cells-kit.ts';
import type { RoleClient } from '../../support/role-client.ts';
import type { Frame } from '../../support/socket-client.ts';

/**
 * The matrix of policies, each match played by three sockets from its opening to its end: whole in `standard`, and every
 * third of it in `classic`, which has the same policies. The small strides pass by more of it, and
 * are prime to the numbers of values: every value of every policy is met. POLICY_STRIDE=1 plays both whole.
 */
const stride = {
  standard: sizeFrom('POLICY_STRIDE', { small: 17, all: 1 }),
  classic: sizeFrom('POLICY_STRIDE', { small: 37, all: 3 }),
};

const hints = ['none', 'types', 'full'] as const;
const rewards = ['shown', 'withheld'] as const;
const sights = ['none', 'verdict', 'verdict_and_targets', 'full'] as const;
const auths = ['open', 'seats', 'invited'] as const;

type Combination = Required<
  Pick<Policies, 'legalHints' | 'stepRewards' | 'verdictsToFraudster' | 'revealAtEnd' | 'openState' | 'auth'>
>;
const combinations: readonly Combination[] = hints.flatMap((legalHints) =>
  rewards.flatMap((stepRewards) =>
    sights.flatMap((verdictsToFraudster) =>
      [true, false].flatMap((revealAtEnd) =>
        [true, false].flatMap((openState) =>
          auths.map((auth) => ({
            legalHints,
            stepRewards,
            verdictsToFraudster,
            revealAtEnd,
            openState,
            auth,
          })),
        ),
      ),
    ),
  ),
);

type Lines = Readonly<Record<Role, RoleClient>>;
type Data = Frame['data'];

const knobs = { maxRounds: 2, maxInvestigatorActionsPerTurn: 3 };
const seed = 7;

const nameOf = (wanted: Combination) => Object.values(wanted).join('-');
const tokenOf = (wanted: Combination, role: Role) => `${role}-is-invited-to-${nameOf(wanted)}`.slice(0, 100);

/** Matches of invited players are made by the host: here before it starts. */
async function writeInvited(folder: string, ruleset: string, wanted: readonly Combination[]) {
  const log = await FileEventLog.open(folder, 'write', { durability: { mode: 'os' } });
  for (const policies of wanted) {
    const seatTokenHashes = Object.fromEntries(roles.map((role) => [role, sha256(tokenOf(policies, role))]));
    const episode = generateEpisode(tasks.task_1, seed);
    const created = openingFor({ task: 'task_1', ruleset, seed, episode, knobs, policies, seatTokenHashes });
    await log.append({
      stream: matchId(nameOf(policies)),
      expectedVersion: streamVersion(0),
      commandId: commandId('create'),
      at: 0,
      events: [{ type: 'match.created', data: created }],
    });
  }
  await log.close();
}

const wireOf = ({
  legalHints,
  stepRewards,
  verdictsToFraudster,
  revealAtEnd,
  openState,
  auth,
}: Combination) => ({
  legal_hints: legalHints,
  step_rewards: stepRewards,
  verdicts_to_fraudster: verdictsToFraudster,
  reveal_at_end: revealAtEnd,
  open_state: openState,
  auth,
});

const resetOf = (ruleset: string, wanted: Combination) => ({
  type: 'reset',
  data: {
    seed,
    ruleset,
    max_rounds: 2,
    max_investigator_actions_per_turn: 3,
    episode_id: nameOf(wanted),
    policies: wireOf(wanted),
  },
});

const openAll = async (hosted: Hosted): Promise<Lines> => {
  const [fraudster, investigator, auditor] = await Promise.all(roles.map((role) => hosted.open(role)));
  return { fraudster, investigator, auditor } as Lines;
};

// --- who may sit down ---

/** Three lines in their seats, by whatever way the policy asks for; what it forbids is tried first. */
async function sitDown(hosted: Hosted, ruleset: string, wanted: Combination): Promise<Lines> {
  const lines = await openAll(hosted);
  const id = nameOf(wanted);
  const { auth } = wanted;
  const created = await lines.fraudster.request(resetOf(ruleset, wanted));
  if (auth === 'invited') {
    expect(created).toMatchObject({ type: 'error', data: { code: 'reset_error' } });
    for (const role of roles) await takeInvitation(lines[role], wanted, role);
    return lines;
  }
  const tokens: Partial<Record<Role, unknown>> = { fraudster: created.data['seat_token'] };
  for (const role of ['investigator', 'auditor'] as const)
    tokens[role] = (await lines[role].request({ type: 'join', data: { match_id: id } })).data['seat_token'];
  const stranger = await hosted.open('auditor');
  const second = await stranger.request({ type: 'join', data: { match_id: id } });
  if (auth === 'open') {
    expect(tokens).toEqual({});
    expect(second).toMatchObject({ type: 'observation', data: { match_id: id } });
    return lines;
  }
  expect(new Set(Object.values(tokens)).size).toBe(3);
  for (const token of Object.values(tokens)) expect(token).toMatch(/^[\w-]{32}$/);
  expect(second).toMatchObject({ type: 'error', data: { code: 'seat_taken' } });
  const owner = { type: 'join', data: { match_id: id, seat_token: tokens.auditor } };
  expect(await stranger.request(owner)).toMatchObject({ type: 'observation', data: { match_id: id } });
  expect(await lines.auditor.closed).toMatchObject({ code: 4001 });
  return { ...lines, auditor: stranger };
}

async function takeInvitation(line: RoleClient, wanted: Combination, role: Role) {
  const id = nameOf(wanted);
  const join = (more: object) => line.request({ type: 'join', data: { match_id: id, ...more } });
  const other = roles[(roles.indexOf(role) + 1) % 3] ?? role;
  expect(await join({})).toMatchObject({ data: { code: 'seat_token_required' } });
  expect(await join({ seat_token: tokenOf(wanted, other) })).toMatchObject({
    data: { code: 'seat_token_wrong' },
  });
  const seated = await join({ seat_token: tokenOf(wanted, role) });
  expect(seated).toMatchObject({ type: 'observation', data: { seat_token: tokenOf(wanted, role) } });
}

// --- what is told ---

const detailsOf = ({ data }: Frame) => data['details'] as Data;
const turnsOf = (frames: readonly Frame[]) => frames.filter(({ type }) => type === 'turn');
const eventsOf = (frames: readonly Frame[], ...names: string[]) =>
  frames.flatMap(({ type, data }) =>
    type === 'event' && names.includes(String(data['event'])) ? [data] : [],
  );

function expectHints({ legalHints }: Combination, told: Data, types: readonly string[]) {
  if (legalHints === 'none') {
    expect(told).not.toHaveProperty('legal_actions');
    return;
  }
  const legal = told['legal_actions'] as readonly Data[];
  expect(legal.map((action) => action['action_type'])).toEqual(types);
  const bare = legal.filter((action) => Object.keys(action).length === 1).length;
  const valueless = types.filter((type) => /^(end_turn|commit_final|submit_audit_report)$/.test(type)).length;
  expect(bare).toBe(legalHints === 'types' ? legal.length : valueless);
}

/** The fraudster's first turn: what it and the others are told to be legal, and what its proposal earns. */
async function playProposal(lines: Lines, wanted: Combination) {
  const types = ['propose_ad', 'end_turn', 'commit_final'];
  expectHints(wanted, detailsOf(await lines.fraudster.step({ action_type: 'resign' })), types);
  expectHints(wanted, detailsOf(await lines.auditor.step({ action_type: 'submit_audit_report' })), []);
  const proposed = await lines.fraudster.step({
    action_type: 'propose_ad',
    ad_copy: 'Plain wooden spoons, a dozen in a box.',
    category: 'ecommerce',
  });
  const isShown = wanted.stepRewards === 'shown';
  expect(proposed.data).toMatchObject({ accepted: true, reward: isShown ? 0.02 : 0 });
  const own = await stateOf(lines.fraudster);
  expect(own).toMatchObject({ fraudster_reward: isShown ? 0.02 : null });
  expect(own['fraudster_proposals']).toMatchObject([{ reward: isShown ? 0.02 : null }]);
}

/** The investigator's turn: a pull, a verdict with its reasons, and the verdict once more, which is refused. */
async function playReview({ investigator }: Lines, wanted: Combination, adId: string) {
  const isShown = wanted.stepRewards === 'shown';
  const rewards: unknown[] = [];
  for (const action of [
    { action_type: 'investigate', ad_id: adId, investigation_target: 'landing_page' },
    { action_type: 'verdict', ad_id: adId, verdict: 'reject', confidence: 0.8, rationale: 'No such shop.' },
    { action_type: 'verdict', ad_id: adId, verdict: 'approve' },
  ]) {
    const answer = await investigator.step(action);
    expect(answer.type).toBe('observation');
    rewards.push(answer.data['reward']);
  }
  expect(rewards[1] === 0).toBe(!isShown);
  expect(rewards[2]).toBe(isShown ? -0.02 : 0);
  const own = await stateOf(investigator);
  const rows = own['investigator_action_log'] as readonly Data[];
  expect(rows.map((row) => row['reward'])).toEqual(isShown ? rewards : [null, null, null]);
  expect(own['investigator_reward'] === null).toBe(!isShown);
}

const stateOf = async (line: RoleClient): Promise<Data> => {
  const { seq, ...state } = (await line.request({ type: 'state' })).data;
  expect(seq).toBeTypeOf('number');
  return state;
};

async function expectOpenness(lines: Lines, { openState }: Combination) {
  const [fraudster, investigator, auditor] = [
    await stateOf(lines.fraudster),
    await stateOf(lines.investigator),
    await stateOf(lines.auditor),
  ];
  if (openState) {
    expect(investigator).toEqual(fraudster);
    expect(auditor).toEqual(fraudster);
    expect(fraudster['investigator_action_log']).toHaveLength(3);
    return;
  }
  expect(fraudster).toMatchObject({ investigator_action_log: [], investigator_state: null });
  expect(investigator).toMatchObject({ fraudster_proposals: [], proposals_used: null });
}

/** What the fraudster reads of the verdicts once it is on turn again. */
const seenOf = (adId: string) => {
  const row = { ad_id: adId, verdict: 'reject', was_my_proposal: false };
  const bare = { ...row, confidence: null, rationale: null };
  return {
    none: { prior: [], status: 'pending', targets: {} },
    verdict: { prior: [bare], status: 'reject', targets: {} },
    verdict_and_targets: { prior: [bare], status: 'reject', targets: { [adId]: ['landing_page'] } },
    full: {
      prior: [
        { ...row, confidence: 0.8, rationale: 'No such shop.' },
        { ...bare, verdict: 'approve' },
      ],
      status: 'reject',
      targets: { [adId]: ['landing_page'] },
    },
  };
};
const pushedOf = (adId: string) => {
  const found = { event: 'finding.revealed', ad_id: adId, target: 'landing_page' };
  const given = { event: 'verdict.given', ad_id: adId, verdict: 'reject' };
  return {
    none: [],
    verdict: [given],
    verdict_and_targets: [found, given],
    full: [found, { ...given, confidence: 0.8, rationale: 'No such shop.' }],
  };
};

async function expectSight({ fraudster }: Lines, { verdictsToFraudster }: Combination, adId: string) {
  const { data } = await fraudster.request({ type: 'obs' });
  const { prior, status, targets } = seenOf(adId)[verdictsToFraudster];
  expect(data).toMatchObject({ phase: 'fraudster_turn', round_number: 2 });
  expect(data['prior_verdicts']).toEqual(prior);
  expect(data['investigation_targets_used']).toEqual(targets);
  const queue = data['current_queue'] as readonly Data[];
  expect(queue.find((ad) => ad['ad_id'] === adId)).toMatchObject({ status });
}

/** From the second round to the end, without another word. */
async function playOn({ fraudster, investigator, auditor }: Lines) {
  await fraudster.step({ action_type: 'end_turn' });
  for (let action = 0; action < 3; action += 1)
    await investigator.step({ action_type: 'verdict', ad_id: 'ad_none', verdict: 'reject' });
  await auditor.step({ action_type: 'flag_investigator', flag_type: 'bias' });
  expect((await auditor.step({ action_type: 'submit_audit_report' })).data).toMatchObject({ phase: 'done' });
}

async function expectEnd(lines: Lines, wanted: Combination) {
  const { revealAtEnd, openState } = wanted;
  for (const role of roles) {
    const frames = await lines[role].pushedUntil(({ type }) => type === 'match_over');
    const over = frames.at(-1)?.data ?? {};
    expect(over).toMatchObject({ phase: 'done' });
    expect(over['grader_score']).toBeTypeOf('number');
    expect(over['reward']).toBeTypeOf('number');
    expect(Object.keys(over).includes('rewards')).toBe(revealAtEnd);
    const state = await stateOf(lines[role]);
    const told = roles.map((each) => state[`${each}_reward`] !== null);
    expect(told).toEqual(roles.map((each) => each === role || revealAtEnd || openState));
  }
  const seen = await stateOf(lines.fraudster);
  expect(seen['investigator_action_log']).toHaveLength(revealAtEnd || openState ? 6 : 0);
  expect(seen['audit_report'] !== null).toBe(revealAtEnd || openState);
}

/** What was pushed meanwhile says the same as what was answered. */
function expectPushed(lines: Lines, wanted: Combination, adId: string) {
  const isShown = wanted.stepRewards === 'shown';
  const { fraudster, investigator } = lines;
  const [first] = turnsOf(fraudster.pushed);
  expectHints(wanted, first?.data ?? {}, ['propose_ad', 'end_turn', 'commit_final']);
  expect(turnsOf(lines.auditor.pushed)[0]?.data).not.toHaveProperty('legal_actions');
  const [created] = eventsOf(fraudster.pushed, 'match.created');
  expect(created?.['policies']).toMatchObject(wireOf(wanted));
  const own = eventsOf(fraudster.pushed, 'ad.joined').find((event) => 'slot_index' in event);
  expect(own?.['reward']).toBe(isShown ? 0.02 : undefined);
  const [verdict] = eventsOf(investigator.pushed, 'verdict.given');
  expect(verdict?.['reward'] === undefined).toBe(!isShown);
  const told = eventsOf(fraudster.pushed, 'finding.revealed', 'verdict.given');
  expect(told).toEqual(pushedOf(adId)[wanted.verdictsToFraudster]);
  const [closed] = eventsOf(fraudster.pushed, 'review.closed');
  expect('settled' in (closed ?? {})).toBe(wanted.verdictsToFraudster !== 'none');
}

const cells = auths.flatMap((auth) => hints.map((legalHints) => [auth, legalHints] as const));

describe.each(['classic', 'standard'] as const)('%s', (ruleset) => {
  it.each(cells)(
    'every policy has its effect in matches of auth %s with hints %s',
    async (auth, legalHints) => {
      const all = combinations.filter((each) => each.auth === auth && each.legalHints === legalHints);
      expect(all).toHaveLength(32);
      const wanted = all.filter((_, index) => index % stride[ruleset] === 0);
      const prepare = (folder: string) => writeInvited(folder, ruleset, auth === 'invited' ? wanted : []);
      await hosting({ prepare }, async (hosted) => {
        for (const policies of wanted) {
          const lines = await sitDown(hosted, ruleset, policies);
          for (const role of roles) await lines[role].request({ type: 'subscribe', data: { from_seq: 0 } });
          const { available_ads: ads } = (await lines.investigator.request({ type: 'obs' })).data;
          const [adId = ''] = ads as readonly string[];
          await playProposal(lines, policies);
          await lines.fraudster.step({ action_type: 'end_turn' });
          await playReview(lines, policies, adId);
          await expectOpenness(lines, policies);
          await expectSight(lines, policies, adId);
          await playOn(lines);
          await expectEnd(lines, policies);
          expectPushed(lines, policies, adId);
        }
        expect(hosted.said).toEqual([]);
      });
    },
  );
});
