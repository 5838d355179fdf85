import type { Role, RoleCommand } from '../../../src/game/command.ts';
import { roles } from '../../../src/game/command.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import type { Created, Policies } from '../../../src/game/event.ts';
import type { Draws } from '../../../src/game/random.ts';
import { MatchRegistry } from '../../../src/match/registry.ts';
import { commitmentOf } from '../../../src/match/proof/digest.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import { push } from '../../../src/server/sockets/replies.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import { opened, when } from '../../../src/testing/decider.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import { exampleOpening } from '../../../src/testing/examples.ts';
import { canariesIn, canaryAd, canaryProposals, canaryRing, number, sing } from '../../game/view/canaries.ts';
import type { Canary } from '../../game/view/canaries.ts';
import type { Viewer } from '../../game/view/may-know.ts';
import { mayBeSent } from './canary-rules.ts';
import { RoleClient } from '../../support/role-client.ts';
import { singing } from './singing.ts';
import type { RulesetName } from './random-match.ts';
import { someAction, somePolicies } from './random-play.ts';
import type { World } from './world.ts';

/** What a match in which every hidden field sings has given away, and what was heard of it. */
export interface Heard {
  readonly leaks: readonly string[];
  readonly kinds: ReadonlyMap<Viewer, ReadonlySet<string>>;
  readonly phases: ReadonlySet<string>;
  readonly frames: number;
  readonly bytes: number;
  /** Which nobody but their holders may ever see. */
  readonly tokens: readonly string[];
}

export const tokenFor = (id: string, role: Role): string => `secret-token-of-the-${role}-of-${id}`;

/** Plays a whole random match over sockets, and listens to every byte that each role and a spectator is sent. */
export async function listen(world: World, id: string, ruleset: RulesetName, draws: Draws): Promise<Heard> {
  const { created, source } = canaryMatch(id, ruleset, draws);
  await world.host(id, created, source);
  const match = new CanaryMatch(world, id, ruleset, opened(created, source), draws);
  return match.play();
}

export function canaryMatch(
  id: string,
  ruleset: RulesetName,
  draws: Draws,
  policies: Partial<Policies> = { ...somePolicies(draws), openState: draws.chance(100) },
): { readonly created: Created; readonly source: ProposalSource } {
  const plain = exampleOpening({
    ruleset,
    policies,
    seed: number('seed', 'match'),
    ads: [
      canaryAd('ad_a1', 'fraud'),
      canaryAd('ad_b1', 'legit'),
      canaryAd('ad_c1', 'fraud'),
      canaryAd('ad_d1', 'escalate'),
      canaryAd('ad_e1', 'legit'),
    ],
    rings: [canaryRing('ad_a1', 'ad_c1')],
    arrivals: [
      { round: 1, ad: canaryAd('ad_m1', 'legit') },
      { round: 2, ad: canaryAd('ad_m2', 'legit') },
    ],
    knobs: { maxRounds: 3, maxProposals: 4, maxInvestigatorActionsPerTurn: 9, actionBudget: 27 },
  });
  const salt = sing('salt', 'match');
  const created: Created = {
    ...plain,
    salt,
    seedCommitment: commitmentOf(plain.seed, salt),
    players: { fraudster: sing('players.fraudster', 'match'), auditor: sing('players.auditor', 'match') },
    ...(policies.auth === 'invited' || draws.chance(300)
      ? { seatTokenHashes: Object.fromEntries(roles.map((role) => [role, tokenHash(tokenFor(id, role))])) }
      : {}),
  };
  // In `classic` a proposal takes the next number of the queue, which five ads begin.
  const ids =
    ruleset === 'classic' ? ['ad_006', 'ad_007', 'ad_008', 'ad_009'] : ['ad_g1', 'ad_z1', 'ad_b9', 'ad_q1'];
  return { created, source: canaryProposals(ids) };
}

class CanaryMatch {
  readonly #world: World;
  readonly #id: string;
  readonly #ruleset: RulesetName;
  readonly #draws: Draws;
  #scene: Scene;
  readonly #lines = new Map<Role, RoleClient>();
  readonly #read = new Map<RoleClient, number>();
  readonly #rewards = new Set<string>();
  #watched = 0;
  #hearings = 0;
  #actions = 0;
  readonly #leaks: string[] = [];
  readonly #kinds = new Map<Viewer, Set<string>>();
  readonly #phases = new Set<string>();
  #frames = 0;
  #bytes = 0;

  constructor(world: World, id: string, ruleset: RulesetName, scene: Scene, draws: Draws) {
    this.#world = world;
    this.#id = id;
    this.#ruleset = ruleset;
    this.#scene = scene;
    this.#draws = draws;
  }

  async play(): Promise<Heard> {
    for (const role of roles) await this.#join(role);
    await this.#hear();
    for (let action = 0; action < 70 && this.#scene.onTurn !== null; action += 1) {
      await this.#attempts();
      const command = this.#command(this.#scene.onTurn);
      if (command !== null) await this.#act(command);
      await this.#hear();
      if (this.#draws.chance(100)) await this.#resume(this.#draws.pick(roles));
    }
    for (const role of roles) await this.#resume(role);
    await this.#hear();
    for (const line of this.#lines.values()) await line.leave();
    const tokens = roles.map((role) => tokenFor(this.#id, role));
    return {
      leaks: this.#leaks,
      kinds: this.#kinds,
      phases: this.#phases,
      tokens,
      frames: this.#frames,
      bytes: this.#bytes,
    };
  }

  async #join(role: Role): Promise<void> {
    const line = await RoleClient.connect(this.#world.port, role);
    this.#lines.set(role, line);
    await line.request({ type: 'join', data: { match_id: this.#id, seat_token: tokenFor(this.#id, role) } });
    const { data } = await line.request({ type: 'subscribe', data: { from_seq: 0 } });
    await line.untilPushed(Number(data['seq']));
  }

  /** A new connection reads every frame again. */
  async #resume(role: Role): Promise<void> {
    await this.#hear();
    await this.#line(role).terminate();
    await this.#join(role);
  }

  #line(role: Role): RoleClient {
    return present(this.#lines.get(role), role);
  }

  /** What is refused is recorded, and is nobody else's to know. */
  async #attempts(): Promise<void> {
    const role = this.#draws.pick(roles);
    const rationale = sing(`${role}.attempt`, 'none');
    const frames = [
      { type: 'step', data: { action_type: 'nonsense', rationale } },
      `{"type":"step","data":{"rationale":"${rationale}"`,
      { type: 'step', data: { action_type: 'end_turn', rationale } },
    ];
    // The last is sound when the role is on turn.
    const [frame] = this.#draws.shuffle(frames.slice(0, role === this.#scene.onTurn ? 2 : 3));
    await this.#line(role).request(frame ?? {});
  }

  #command(role: Role): RoleCommand | null {
    const plain = someAction(this.#draws, this.#scene, role);
    const { ok, ...outcome } = when(this.#scene, plain);
    if (!ok || !('events' in outcome)) return null;
    const [first] = outcome.events;
    this.#actions += 1;
    const version = this.#actions % 10;
    return singing(plain, first?.type === 'ad.proposed' ? first.data.ad.adId : null, version, this.#scene);
  }

  async #act(command: RoleCommand): Promise<void> {
    const outcome = when(this.#scene, command);
    if (!outcome.ok) return;
    this.#scene = outcome.scene;
    for (const { reward } of this.#scene.state.investigatorLog) {
      const text = String(Math.abs(reward));
      if (text.length > 8) this.#rewards.add(text);
    }
    const frame = { type: 'step', data: formatAction(command.action) };
    const { type, data } = await this.#line(command.by).request(frame);
    invariant(type === 'observation', `${JSON.stringify(frame)}: ${JSON.stringify(data)}`);
  }

  async #hear(): Promise<void> {
    this.#phases.add(this.#scene.phase);
    for (const role of roles) {
      const line = this.#line(role);
      await line.request({ type: 'obs' });
      await line.request({ type: 'state' });
      const already = this.#read.get(line) ?? 0;
      for (const text of line.texts.slice(already)) this.#search(role, text);
      this.#read.set(line, line.texts.length);
    }
    await this.#watch();
    this.#hearings += 1;
    if (this.#hearings % 6 === 0 || this.#scene.onTurn === null) await this.#look();
  }

  /** Each role looks at the match from its seat, over HTTP. */
  async #look(): Promise<void> {
    for (const role of roles) {
      const headers = { authorization: `Bearer ${tokenFor(this.#id, role)}` };
      const path = `/api/v1/matches/${this.#id}/moments?as=${role}`;
      const answer = await fetch(`http://127.0.0.1:${this.#world.port}${path}`, { headers });
      invariant(answer.status === 200, `The ${role} may not look.`);
      const { players, ...told } = (await answer.json()) as { readonly players: object };
      // The names of players are everybody's.
      invariant('fraudster' in players, 'The fraudster has a name.');
      this.#search(role, JSON.stringify(told));
    }
  }

  /** A spectator reads the log of the running server, as the frames of a later one do. */
  async #watch(): Promise<void> {
    const { server, clock } = this.#world;
    const source = this.#scene.source;
    const registry = new MatchRegistry({ log: server.log, clock, source });
    const actor = await registry.find(matchId(this.#id));
    const frames: string[] = [];
    const reading = actor
      .framesAfter('spectator', this.#watched)
      .subscribe((some) => frames.push(...some.map(push)));
    await actor.stop();
    reading.unsubscribe();
    await registry.close();
    this.#watched += frames.length;
    for (const text of frames) this.#search('spectator', text);
  }

  #search(viewer: Viewer, text: string): void {
    this.#frames += 1;
    this.#bytes += text.length;
    const rewards = [...this.#rewards].filter((reward) => text.includes(reward));
    const found: readonly Canary[] = [
      ...canariesIn(text),
      ...rewards.map((reward) => ({ kind: 'investigator.reward', adId: '', text: reward })),
    ];
    const kinds = this.#kinds.get(viewer) ?? new Set();
    this.#kinds.set(viewer, kinds);
    for (const canary of found) {
      kinds.add(canary.kind);
      if (!mayBeSent(this.#ruleset, viewer, canary, this.#scene)) this.#leak(viewer, canary.kind, text);
    }
    for (const role of roles) {
      const token = tokenFor(this.#id, role);
      if (role !== viewer && text.includes(token)) this.#leak(viewer, `token of the ${role}`, text);
      if (text.includes(tokenHash(token))) this.#leak(viewer, `token hash of the ${role}`, text);
    }
  }

  #leak(viewer: Viewer, what: string, text: string): void {
    const { phase, state } = this.#scene;
    const policies = JSON.stringify(state.policies);
    this.#leaks.push(`${this.#ruleset}, ${viewer} in ${phase}: ${what}, ${policies}: ${text.slice(0, 300)}`);
  }
}
