import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/game/command.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { digestInForm, digestOf } from '../../src/match/proof/digest.ts';
import { sha256 } from '../../src/match/proof/sha256.ts';
import type { AppendedCommit, MatchActor, Reply } from '../../src/match/match-actor.ts';
import type { FoldedCommit } from '../../src/match/fold/fold.ts';
import type { NewMatch } from '../../src/match/new-match.ts';
import { replay } from '../../src/match/fold/replay.ts';
import { isTurnChange } from '../../src/match/fold/chart.ts';
import { stepAnswer } from '../../src/server/sockets/replies.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import { AppError } from '../../src/shared/errors.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';
import { GuardedLog, endTurn, nextId, ofType, opening, played, proposal, stage, typesOf } from './kit.ts';

const id = matchId('match');
const busy: Partial<NewMatch> = { knobs: { maxProposals: 50, maxFraudsterActionsPerTurn: 10 } };

async function started(wanted: Partial<NewMatch> = {}, log = new GuardedLog()) {
  const { registry, clock } = stage(log);
  const actor = await registry.create(id, opening('standard', wanted));
  return { registry, clock, log, actor, stored: () => log.read(id) };
}

const digestNow = (actor: MatchActor) => digestOf(actor.position).digest;
const attempts = (commits: readonly StoredCommit[]) =>
  ofType(commits, 'action.refused').map(({ data }) => data);

describe('an accepted command', () => {
  it('is stored before it is applied', async () => {
    const { actor, log } = await started();
    const before = digestNow(actor);
    const atAppend: string[] = [];
    log.before = () => atAppend.push(digestNow(actor), String(actor.version));
    await actor.act('fraudster', proposal('A lamp.'), nextId());
    expect(atAppend).toEqual([before, '1']);
    expect(digestNow(actor)).not.toBe(before);
    expect(actor.version).toBe(2);
  });

  it.each(['log_overloaded', 'log_write_failed'] as const)(
    'leaves the match as it was when the append fails with %s, and can be sent again',
    async (code) => {
      const { actor, log, stored } = await started();
      const before = actor.position;
      const followed: FoldedCommit<AppendedCommit>[] = [];
      actor.commits.subscribe((folded) => followed.push(folded));
      const command = nextId();
      log.before = () => {
        throw new AppError(code, 'Full.');
      };
      await expect(actor.act('fraudster', proposal('A lamp.'), command)).rejects.toMatchObject({ code });
      expect(actor.position).toEqual(before);
      expect(actor.version).toBe(1);
      expect(followed).toEqual([]);

      log.before = () => undefined;
      expect(await actor.act('fraudster', proposal('A lamp.'), command)).toMatchObject({
        ok: true,
        fold: { version: 2 },
      });
      expect(typesOf(await stored())).toEqual(['match.created', 'ad.proposed']);
      expect(followed).toHaveLength(1);
    },
  );

  it.each(['log_overloaded', 'log_write_failed'] as const)(
    'that the log refuses with %s leaves the very match that stood, and the next one goes on from there',
    async (code) => {
      const { actor, log, stored } = await started();
      await actor.act('fraudster', proposal('A lamp.'), nextId());
      const { fold } = actor;
      log.before = () => {
        throw new AppError(code, 'Full.');
      };
      await expect(actor.act('fraudster', endTurn, nextId())).rejects.toMatchObject({ code });
      expect(actor.fold).toBe(fold);
      log.before = () => undefined;
      const reply = await actor.act('fraudster', proposal('A chair.'), nextId());
      expect(reply).toMatchObject({ ok: true, fold: { version: 3, phaseSince: fold.phaseSince } });
      expect(reply.fold).toBe(actor.fold);
      expect(typesOf(await stored())).toEqual(['match.created', 'ad.proposed', 'ad.proposed']);
      expect(replay(id, await stored())).toEqual(actor.fold);
    },
  );

  it('is heard of by nobody before the log has stored it, and by everybody with the match it led to', async () => {
    const { actor, log, stored } = await started();
    const heard: string[] = [];
    const { fold } = actor;
    actor.commits.subscribe((folded) => {
      heard.push(`heard of version ${folded.commit.version}`);
      expect(actor.fold).toBe(folded.fold);
    });
    let stores: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      log.before = () => {
        resolve();
        return new Promise<void>((go) => (stores = go));
      };
    });
    const replying = actor.act('fraudster', proposal('A lamp.'), nextId());
    await reached;
    expect(actor.fold).toBe(fold);
    expect(heard).toEqual([]);
    expect(await stored()).toHaveLength(1);
    stores();
    await replying;
    expect(heard).toEqual(['heard of version 2']);
    expect(await stored()).toHaveLength(2);
  });

  it('waits its turn: fifty at once are handled in the order they came', async () => {
    const copies = Array.from({ length: 50 }, (_, index) => `Lamp number ${index}.`);
    const together = await started(busy);
    const replies = await Promise.all(
      copies.map((copy, index) =>
        together.actor.act('fraudster', proposal(copy), commandId(`copy-${index}`)),
      ),
    );
    const commits = await together.stored();
    const inOrder = commits.slice(1).map(({ commandId: each }) => each);
    expect(inOrder).toEqual(copies.map((_, index) => `fraudster.copy-${index}`));
    expect(commits.map((commit) => commit.version)).toEqual([
      1,
      ...replies.map((reply) => reply.fold.version),
    ]);
    expect(replies.map((reply) => reply.ok)).toEqual(copies.map((_, index) => index < 10));

    const oneByOne = await started(busy);
    for (const copy of copies) await oneByOne.actor.act('fraudster', proposal(copy), nextId());
    expect(digestNow(together.actor)).toBe(digestNow(oneByOne.actor));
  });
});

describe('a command id', () => {
  const twice: readonly [string, Role, Record<string, unknown>][] = [
    ['an accepted action', 'fraudster', proposal('A lamp.')],
    ['an action that changes the turn', 'fraudster', endTurn],
    ['a refused action', 'investigator', endTurn],
    ['a malformed action', 'fraudster', { action_type: 'shout' }],
  ];

  it.each(twice)('of %s gets the same reply again, also from a revived actor', async (_, role, action) => {
    const { registry, actor, stored } = await started();
    const command = nextId();
    const followed: FoldedCommit<AppendedCommit>[] = [];
    actor.commits.subscribe((folded) => followed.push(folded));
    const send = (to: MatchActor): Promise<Reply> => to.act(role, action, command);
    const [first, second] = await Promise.all([send(actor), send(actor)]);
    const third = await send(actor);
    const after = digestNow(actor);
    await registry.passivate(id);
    const revived = await registry.find(id);
    const fourth = await send(revived);

    const told = (reply: Reply) => stepAnswer({ role, requestId: undefined }, id, reply, {}).text;
    for (const again of [second, third, fourth]) {
      expect(again).toEqual(first);
      // On the wire as well, where the order of keys shows.
      expect(told(again)).toBe(told(first));
    }
    expect(await stored()).toHaveLength(2);
    expect(followed).toHaveLength(1);
    expect(digestNow(revived)).toBe(after);
  });

  it.each(['create', 'deadline-turn-1'])('%s of a seat is not the one of the arena', async (taken) => {
    const { actor, stored } = await started();
    const reply = await actor.act('fraudster', proposal('A lamp.'), commandId(taken));
    expect(reply).toMatchObject({ ok: true, events: [{ type: 'ad.proposed' }] });
    expect(await actor.expire('turn', streamVersion(1))).toMatchObject({ ok: true });
    expect(ofType(await stored(), 'turn.ended')).toHaveLength(1);
  });

  it('of one seat never answers another seat', async () => {
    const { actor } = await started();
    const command = nextId();
    const own = await actor.act('fraudster', proposal('A lamp.'), command);
    const other = await actor.act('investigator', endTurn, command);
    expect(own).toMatchObject({ ok: true });
    expect(other).toMatchObject({ ok: false, rejection: { code: 'phase_violation' } });
  });

  it('of a time limit makes one event, however often it fires', async () => {
    const { actor, stored } = await started();
    const replies = await Promise.all([1, 2, 3].map(() => actor.expire('turn', streamVersion(1))));
    expect(replies[0]).toMatchObject({ ok: true });
    expect(replies[1]).toEqual(replies[0]);
    expect(replies[2]).toEqual(replies[0]);
    expect(ofType(await stored(), 'turn.ended')).toHaveLength(1);
  });
});

describe('a refused attempt', () => {
  it('is recorded with code, phase and text, and changes neither state nor digest', async () => {
    const { actor, stored } = await started();
    const before = actor.position;
    await actor.act('investigator', endTurn, nextId());
    await actor.act('auditor', { action_type: 'submit_audit_report' }, nextId());
    await actor.act('fraudster', { action_type: 'propose_ad', colour: 'red' }, nextId());
    const [violation, early, malformed] = attempts(await stored());
    expect(violation).toEqual({
      by: 'investigator',
      code: 'phase_violation',
      message: expect.stringContaining('fraudster_turn') as string,
      details: { phase: 'fraudster_turn', on_turn: 'fraudster' },
      phase: 'fraudster_turn',
      attempt: '{"action_type":"end_turn"}',
    });
    expect(early).toMatchObject({ by: 'auditor', code: 'phase_violation' });
    expect(malformed).toMatchObject({
      by: 'fraudster',
      code: 'validation_error',
      attempt: '{"action_type":"propose_ad","colour":"red"}',
    });
    expect(actor.position.state).toBe(before.state);
    expect(actor.version).toBe(4);
    const { position } = replay(id, await stored());
    expect(digestOf(position)).toEqual(digestOf(before));
  });

  it('is checked for its form before its turn', async () => {
    const { actor } = await started();
    const reply = await actor.act('auditor', { action_type: 'submit_audit_report', note: 5 }, nextId());
    expect(reply).toMatchObject({ ok: false, rejection: { code: 'validation_error' } });
  });

  it('keeps 4,096 characters and no half of a surrogate pair', async () => {
    const { actor, stored } = await started();
    const command = { by: 'investigator', action: { actionType: 'end_turn', adId: '' } } as const;
    await actor.execute(command, nextId(), () => `${'x'.repeat(4095)}😀 and more`);
    await actor.execute(command, nextId(), () => 'half \uD83D here, whole 😀 there');
    const [long, broken] = attempts(await stored());
    expect(long?.attempt).toBe(`${'x'.repeat(4095)}\uFFFD`);
    expect(broken?.attempt).toBe('half \uFFFD here, whole 😀 there');
  });

  it('is refused and recorded whatever was sent', async () => {
    const { actor, stored } = await started();
    const nested = (levels: number): unknown =>
      Array.from({ length: levels }).reduce<unknown>((inner) => ({ inner }), 1);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const hostile: readonly unknown[] = [
      undefined,
      null,
      5,
      'text',
      [],
      10n,
      Symbol('s'),
      () => 1,
      cyclic,
      nested(10_000),
      { 'half \uD800 key': 1 },
      { action_type: 'submit_audit_report', audit_report: nested(10_000) },
      { ['x'.repeat(100_000)]: 1 },
    ];
    for (const action of hostile)
      expect(await actor.act('auditor', action, nextId())).toMatchObject({
        ok: false,
        rejection: { code: 'validation_error' },
      });
    const recorded = attempts(await stored());
    expect(recorded).toHaveLength(hostile.length);
    for (const refused of recorded) expect(JSON.stringify(refused).length).toBeLessThan(12_000);
  });
});

describe('after the end', () => {
  const actions: readonly [Role, unknown][] = [
    ['fraudster', endTurn],
    ['auditor', { action_type: 'submit_audit_report' }],
    ['investigator', { action_type: 'nonsense' }],
  ];

  it.each(['graded', 'aborted'])('nothing more is appended to a match that was %s', async (how) => {
    const match = how === 'graded' ? await played('standard') : null;
    const { actor, log } = match ?? (await started());
    const name = match?.id ?? id;
    if (match === null) await actor.execute({ by: 'owner', abort: 'No time.' }, nextId());
    const { length } = await log.read(name);
    expect(actor.isOver).toBe(true);
    for (const [role, action] of actions) {
      const command = nextId();
      const first = await actor.act(role, action, command);
      expect(first).toMatchObject({ ok: false, fold: { version: actor.version } });
      expect(await actor.act(role, action, command)).toEqual(first);
    }
    expect(await actor.execute({ by: 'owner', abort: 'Again.' }, nextId())).toMatchObject({
      rejection: { code: 'phase_violation' },
    });
    expect(await actor.expire('match', actor.fold.phaseSince.version)).toMatchObject({ ok: false });
    expect(await log.read(name)).toHaveLength(length);
  });
});

describe('a state digest', () => {
  it('is the hash of phase and state, in which what is long is replaced by its own hash', async () => {
    const { actor } = await started();
    const { phase, state } = actor.position;
    // As docs/log.md says it, with nothing kept from one digest to the next.
    const written = (value: unknown, level = 0): string => {
      if (typeof value !== 'object' || value === null) return canonicalJson(value);
      const text =
        level === 3 ? canonicalJson(value) : canonicalJson(value, (item) => written(item, level + 1));
      return text.length < 256 ? text : `#${sha256(text)}`;
    };
    const { digest, parts } = digestOf(actor.position);
    expect(digest).toBe(sha256(`{"phase":"${phase}","state":${written(state)}}`));
    expect(parts['steps']).toBe(sha256('0').slice(0, 8));
    expect(written(state.queue, 1).slice(1, 9)).toBe(parts['queue']);
  });

  it('of the first form is the hash of the canonical JSON of phase and state', async () => {
    const { actor } = await started();
    const { phase, state } = actor.position;
    const { digest, parts } = digestInForm(1, actor.position);
    expect(digest).toBe(sha256(canonicalJson({ phase, state })));
    expect(parts['queue']).toBe(sha256(canonicalJson(state.queue)).slice(0, 8));
  });

  it.each(['standard', 'classic'])(
    'stands after every change of turn and at the end, and nowhere else (%s)',
    async (ruleset) => {
      const { id: name, commits } = await played(ruleset, { task: 'task_2' });
      let digests = 0;
      for (const { events, version } of commits) {
        const changes = events.some(isTurnChange);
        expect(events.map((event) => event.type === 'state.digested')).toEqual(
          events.map((_, index) => changes && index === events.length - 1),
        );
        const last = events.at(-1);
        if (last?.type !== 'state.digested') continue;
        digests += 1;
        expect(last.data).toEqual(digestOf(replay(name, commits, version).position));
      }
      expect(digests).toBeGreaterThan(2);
      expect(commits.at(-1)?.events.map((event) => event.type)).toContain('match.graded');
    },
  );
});

describe('commits', () => {
  it('come once per commit, with the commit and the match after it', async () => {
    const { id: name, commits, followed } = await played('standard');
    expect(commits.slice(1)).toMatchObject(followed.map((folded) => folded.commit));
    for (const { commit, fold } of followed) expect(fold).toEqual(replay(name, commits, commit.version));
  });

  it('tell of refusals, and end when the actor is given up', async () => {
    const { registry, actor } = await started();
    const told: string[] = [];
    actor.commits.subscribe({
      next: ({ commit }) => told.push(commit.events.map((event) => event.type).join()),
      complete: () => told.push('end'),
    });
    await actor.act('investigator', endTurn, nextId());
    await actor.expire('turn', streamVersion(99));
    await registry.passivate(id);
    expect(told).toEqual(['action.refused', 'end']);
  });
});
