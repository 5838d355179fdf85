import { roles } from '../../../src/game/command.ts';
import type { Role, RoleCommand, Viewer } from '../../../src/game/command.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import { policiesOf } from '../../../src/game/event.ts';
import type { Policies } from '../../../src/game/event.ts';
import { generatedProposals } from '../../../src/game/episode/proposal.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { formatAction } from '../../../src/protocol/action.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { invariant, present } from '../../../src/shared/invariant.ts';
import { opened, when } from '../../../src/testing/decider.ts';
import { endTurn } from '../../../src/testing/examples.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import { canariesIn } from '../../game/view/canaries.ts';
import type { Canary } from '../../game/view/canaries.ts';
import { canaryMatch, tokenFor } from '../secrets/canary-match.ts';
import { mayBeSent } from '../secrets/canary-rules.ts';
import { RoleClient } from '../../support/role-client.ts';
import type { RulesetName } from '../secrets/random-match.ts';
import { someAction, somePolicies } from '../secrets/random-play.ts';
import { singing } from '../secrets/singing.ts';

export const ownerTokenFor = (id: string): string => `secret-token-of-the-owner-of-${id}`;

interface Wanted {
  readonly id: string;
  readonly ruleset: RulesetName;
  readonly seed: number;
  readonly policies?: Partial<Policies>;
}

/** A running match in which every hidden field is marked, and what strangers may see of it. */
export class Planted {
  readonly id: string;
  readonly ruleset: RulesetName;
  readonly source: ProposalSource;
  readonly #created: ReturnType<typeof canaryMatch>['created'];
  readonly #draws: ReturnType<typeof drawsFor>;
  #scene: Scene;
  #actions = 0;

  constructor({ id, ruleset, seed, policies = {} }: Wanted) {
    this.id = id;
    this.ruleset = ruleset;
    this.#draws = drawsFor(seed, 'planted', id);
    const { created, source } = canaryMatch(id, ruleset, this.#draws, {
      ...somePolicies(this.#draws),
      ...policies,
    });
    this.#created = { ...created, ownerTokenHash: tokenHash(ownerTokenFor(id)) };
    this.source = source;
    this.#scene = opened(this.#created, source);
  }

  get isOver(): boolean {
    return this.#scene.onTurn === null;
  }

  get phase(): string {
    return this.#scene.phase;
  }

  get seed(): number {
    return this.#created.seed;
  }

  /** What nobody but their holders may ever see. */
  get secrets(): readonly string[] {
    const tokens = [...roles.map((role) => tokenFor(this.id, role)), ownerTokenFor(this.id)];
    return [...tokens, ...tokens.map(tokenHash)];
  }

  async store({ log }: RunningServer, at: number): Promise<void> {
    await log.append({
      stream: matchId(this.id),
      expectedVersion: streamVersion(0),
      commandId: commandId('create'),
      at,
      events: [{ type: 'match.created', data: this.#created }],
    });
  }

  /** Takes every seat. */
  async sit(port: number): Promise<ReadonlyMap<Role, RoleClient>> {
    const lines = new Map<Role, RoleClient>();
    for (const role of roles) {
      const line = await RoleClient.connect(port, role);
      const data = { match_id: this.id, seat_token: tokenFor(this.id, role) };
      const { type } = await line.request({ type: 'join', data });
      invariant(type === 'observation', `The ${role} cannot join.`);
      lines.set(role, line);
    }
    return lines;
  }

  /** One random action, or an attempt that is refused. */
  async act(lines: ReadonlyMap<Role, RoleClient>): Promise<void> {
    const role = present(this.#scene.onTurn, 'A role on turn');
    const plain = someAction(this.#draws, this.#scene, role);
    const rehearsed = when(this.#scene, plain);
    const [first] = rehearsed.ok ? rehearsed.events : [];
    this.#actions += 1;
    const proposed = first?.type === 'ad.proposed' ? first.data.ad.adId : null;
    const command = singing(plain, proposed, this.#actions % 10, this.#scene);
    await this.#tell(lines, command);
  }

  get isRevealed(): boolean {
    return policiesOf(this.#created).revealAtEnd;
  }

  /** Ends turn after turn, and reports. */
  async finish(lines: ReadonlyMap<Role, RoleClient>): Promise<void> {
    for (let turn = 0; turn < 200 && !this.isOver; turn += 1) {
      const role = present(this.#scene.onTurn, 'A role on turn');
      // In `classic` the investigator cannot end its turn.
      if (role === 'investigator' && this.ruleset === 'classic') await this.act(lines);
      else await this.#tell(lines, endings[role]);
    }
    invariant(this.isOver, `The match ${this.id} does not end.`);
  }

  async #tell(lines: ReadonlyMap<Role, RoleClient>, command: RoleCommand): Promise<void> {
    const outcome = when(this.#scene, command);
    await present(lines.get(command.by), command.by).request({
      type: 'step',
      data: formatAction(command.action),
    });
    if (outcome.ok) this.#scene = outcome.scene;
  }

  /** What a text tells strangers, or a role, of this match that they may not know. */
  leaksIn(text: string, viewer: Viewer = 'spectator'): readonly string[] {
    const { state } = this.#scene;
    const isStranger = viewer === 'spectator';
    const isHidden = isStranger && state.policies.spectators === 'none' && this.#scene.onTurn !== null;
    const canaries = marksIn(text).filter(
      (canary) => isHidden || !mayBeSent(this.ruleset, viewer, canary, this.#scene),
    );
    const secrets = this.secrets.filter((secret) => text.includes(secret));
    return [...canaries.map(({ kind, adId }) => `${kind} of ${adId}`), ...secrets];
  }
}

const endings: Readonly<Record<Role, RoleCommand>> = {
  fraudster: { by: 'fraudster', action: { actionType: 'commit_final' } },
  investigator: endTurn('investigator'),
  auditor: { by: 'auditor', action: { actionType: 'submit_audit_report' } },
};

/** The marks in a text, but for the names of players, which stand in every list. */
export const marksIn = (text: string): readonly Canary[] =>
  canariesIn(text).filter(({ kind }) => !kind.startsWith('players.'));

/** Completes the proposals of planted matches by their marks, those of others as ever. */
export function sourceOf(planted: readonly Planted[]): ProposalSource {
  const of = (seed: number) => planted.find((each) => each.seed === seed)?.source ?? generatedProposals;
  return {
    complete: (state, submission) => of(state.seed).complete(state, submission),
    refresh: (state, ad, stale) => of(state.seed).refresh(state, ad, stale),
  };
}
