import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/game/command.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { act } from '../../src/match/act.ts';
import { digestInForm, digestOf } from '../../src/match/proof/digest.ts';
import { sha256 } from '../../src/match/proof/sha256.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import type { Applied } from '../../src/match/fold/applied.ts';
import type { Reply } from '../../src/match/reply.ts';
import type { NewMatch } from '../../src/match/new-match.ts';
import { replay } from '../../src/match/fold/fold.ts';
import { isTurnChange } from '../../src/match/fold/chart.ts';
import { stepAnswer } from '../../src/server/sockets/replies.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import { AppError } from '../../src/shared/errors.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';
import { GuardedLog, endTurn, nextId, ofType, opening, played, proposal, stage, typesOf } from './kit.ts';

const id = matchId('match');
const busy: Partial<NewMatch> = { knobs: { maxProposals: 50, maxFraudsterActionsPerTurn: 10 } };

async function started(wanted: Partial<NewMatch> = {}, log = new GuardedLog()) {
  const { arena, clock } = stage(log);
  const actor = await arena.create(id, opening('standard', wanted));
  return { arena, clock, log, actor, stored: () => log.read(id) };
}

const digestNow = (actor: MatchActor) => digestOf(actor.moment).digest;
const attempts = (commits: readonly StoredCommit[]) =>
  ofType(commits, 'action.refused').map(({ data }) => data);

describe('an accepted command', () => {
  it('is stored before it is applied', async () => {
    const { actor, log } = await started();
    const before = digestNow(actor);
    const atAppend: string[] = [];
    log.before = () => atAppend.push(digestNow(actor), String(actor.version));
    await act(actor, 'fraudster', proposal('A lamp.'), nextId());
    expect(atAppend).toEqual([before, '1']);
    expect(digestNow(actor)).not.toBe(before);
    expect(actor.version).toBe(2);
  });

  it.each(['log_overloaded', 'log_write_failed'] as const)(
    'leaves the match as it was when the append fails with %s, and can be sent again',
    async (code) => {
      const { actor, log, stored } = await started();
      const before = actor.moment;
      const frames: Applied[] = [];
      actor.applied.subscribe((frame) => frames.push(frame));
      const command = nextId();
      log.before = () => {
        throw new AppError(code, 'Full.');
      };
      await expect(act(actor, 'fraudster', proposal('A lamp.'), command)).rejects.toMatchObject({ code });
      expect(actor.moment).toEqual(before);
      expect(actor.version).toBe(1);
      expect(frames).toEqual([]);

      log.before = () => undefined;
      expect(await act(actor, 'fraudster', proposal('A lamp.'), command)).toMatchObject({
        ok: true,
        version: 2,
      });
      expect(typesOf(await stored())).toEqual(['match.created', 'ad.proposed']);
      expect(frames).toHaveLength(1);
    },
  );

  it('waits its turn: fifty at once are handled in the order they came', async () => {
    const copies = Array.from({ length: 50 }, (_, index) => `Lamp number ${index}.`);
    const together = await started(busy);
    const replies = await Promise.all(
      copies.map((copy, index) =>
        act(together.actor, 'fraudster', proposal(copy), commandId(`copy-${index}`)),
      ),
    );
    const commits = await together.stored();
    const inOrder = commits.slice(1).map(({ commandId: each }) => each);
    expect(inOrder).toEqual(copies.map((_, index) => `fraudster.copy-${index}`));
    expect(commits.map((commit) => commit.version)).toEqual([1, ...replies.map((reply) => reply.version)]);
    expect(replies.map((reply) => reply.ok)).toEqual(copies.map((_, index) => index < 10));

    const oneByOne = await started(busy);
    for (const copy of copies) await act(oneByOne.actor, 'fraudster', proposal(copy), nextId());
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
    const { arena, actor, stored } = await started();
    const command = nextId();
    const frames: Applied[] = [];
    actor.applied.subscribe((frame) => frames.push(frame));
    const send = (to: MatchActor): Promise<Reply> => act(to, role, action, command);
    const [first, second] = await Promise.all([send(actor), send(actor)]);
    const third = await send(actor);
    const after = digestNow(actor);
    await arena.passivate(id);
    const revived = await arena.find(id);
    const fourth = await send(revived);

    const told = (reply: Reply) => stepAnswer({ role, requestId: undefined }, id, reply, {}).text;
    for (const again of [second, third, fourth]) {
      expect(again).toEqual(first);
      // On the wire as well, where the order of keys shows.
      expect(told(again)).toBe(told(first));
    }
    expect(await stored()).toHaveLength(2);
    expect(frames).toHaveLength(1);
    expect(digestNow(revived)).toBe(after);
  });

  it.each(['create', 'deadline-turn-1'])('%s of a seat is not the one of the arena', async (taken) => {
    const { actor, stored } = await started();
    const reply = await act(actor, 'fraudster', proposal('A lamp.'), commandId(taken));
    expect(reply).toMatchObject({ ok: true, events: [{ type: 'ad.proposed' }] });
    expect(await actor.miss('turn', streamVersion(1))).toMatchObject({ ok: true });
    expect(ofType(await stored(), 'turn.ended')).toHaveLength(1);
  });

  it('of one seat never answers another seat', async () => {
    const { actor } = await started();
    const command = nextId();
    const own = await act(actor, 'fraudster', proposal('A lamp.'), command);
    const other = await act(actor, 'investigator', endTurn, command);
    expect(own).toMatchObject({ ok: true });
    expect(other).toMatchObject({ ok: false, rejection: { code: 'phase_violation' } });
  });

  it('of a time limit makes one event, however often it fires', async () => {
    const { actor, stored } = await started();
    const replies = await Promise.all([1, 2, 3].map(() => actor.miss('turn', streamVersion(1))));
    expect(replies[0]).toMatchObject({ ok: true });
    expect(replies[1]).toEqual(replies[0]);
    expect(replies[2]).toEqual(replies[0]);
    expect(ofType(await stored(), 'turn.ended')).toHaveLength(1);
  });
});

describe('a refused attempt', () => {
  it('is recorded with code, phase and text, and changes neither state nor digest', async () => {
    const { actor, stored } = await started();
    const before = actor.moment;
    await act(actor, 'investigator', endTurn, nextId());
    await act(actor, 'auditor', { action_type: 'submit_audit_report' }, nextId());
    await act(actor, 'fraudster', { action_type: 'propose_ad', colour: 'red' }, nextId());
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
    expect(actor.moment.match).toBe(before.match);
    expect(actor.version).toBe(4);
    const { chart } = replay(id, await stored());
    expect(digestOf(chart.moment)).toEqual(digestOf(before));
  });

  it('is checked for its form before its turn', async () => {
    const { actor } = await started();
    const reply = await act(actor, 'auditor', { action_type: 'submit_audit_report', note: 5 }, nextId());
    expect(reply).toMatchObject({ ok: false, rejection: { code: 'validation_error' } });
  });

  it('keeps 4,096 characters and no half of a surrogate pair', async () => {
    const { actor, stored } = await started();
    const command = { by: 'investigator', action: { actionType: 'end_turn', adId: '' } } as const;
    await actor.tell(command, nextId(), () => `${'x'.repeat(4095)}😀 and more`);
    await actor.tell(command, nextId(), () => 'half \uD83D here, whole 😀 there');
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
      ...[undefined, null, 5, 'text', [], 10n, Symbol('s'), () => 1, cyclic, nested(10_000)],
      ...[{ 'half \uD800 key': 1 }, { action_type: 'submit_audit_report', audit_report: nested(10_000) }],
      { ['x'.repeat(100_000)]: 1 },
    ];
    for (const action of hostile)
      expect(await act(actor, 'auditor', action, nextId())).toMatchObject({
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
    if (match === null) await actor.tell({ by: 'owner', abort: 'No time.' }, nextId());
    const { length } = await log.read(name);
    expect(actor.isOver).toBe(true);
    for (const [role, action] of actions) {
      const command = nextId();
      const first = await act(actor, role, action, command);
      expect(first).toMatchObject({ ok: false, version: actor.version });
      expect(await act(actor, role, action, command)).toEqual(first);
    }
    expect(await actor.tell({ by: 'owner', abort: 'Again.' }, nextId())).toMatchObject({
      rejection: { code: 'phase_violation' },
    });
    expect(await actor.miss('match', actor.phaseBegan)).toMatchObject({ ok: false });
    expect(await log.read(name)).toHaveLength(length);
  });
});

describe('a state digest', () => {
  it('is the hash of phase and state, in which what is long is replaced by its own hash', async () => {
    const { actor } = await started();
    const { phase, match } = actor.moment;
    // As docs/log.md says it, with nothing kept from one digest to the next.
    const written = (value: unknown, level = 0): string => {
      if (typeof value !== 'object' || value === null) return canonicalJson(value);
      const text =
        level === 3 ? canonicalJson(value) : canonicalJson(value, (item) => written(item, level + 1));
      return text.length < 256 ? text : `#${sha256(text)}`;
    };
    const { digest, parts } = digestOf(actor.moment);
    expect(digest).toBe(sha256(`{"phase":"${phase}","state":${written(match)}}`));
    expect(parts['steps']).toBe(sha256('0').slice(0, 8));
    expect(written(match.queue, 1).slice(1, 9)).toBe(parts['queue']);
  });

  it('of the first form is the hash of the canonical JSON of phase and state', async () => {
    const { actor } = await started();
    const { phase, match } = actor.moment;
    const { digest, parts } = digestInForm(1, actor.moment);
    expect(digest).toBe(sha256(canonicalJson({ phase, state: match })));
    expect(parts['queue']).toBe(sha256(canonicalJson(match.queue)).slice(0, 8));
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
        expect(last.data).toEqual(digestOf(replay(name, commits, version).chart.moment));
      }
      expect(digests).toBeGreaterThan(2);
      expect(commits.at(-1)?.events.map((event) => event.type)).toContain('match.graded');
    },
  );
});

describe('frames', () => {
  it('come once per commit, with the commit and the moment after it', async () => {
    const { id: name, commits, frames } = await played('standard');
    expect(commits.slice(1)).toMatchObject(frames.map((frame) => frame.commit));
    for (const { commit, moment } of frames)
      expect(moment).toEqual(replay(name, commits, commit.version).chart.moment);
  });

  it('tell of refusals, and end when the actor is given up', async () => {
    const { arena, actor } = await started();
    const told: string[] = [];
    actor.applied.subscribe({
      next: ({ commit }) => told.push(commit.events.map((event) => event.type).join()),
      complete: () => told.push('end'),
    });
    await act(actor, 'investigator', endTurn, nextId());
    await actor.miss('turn', streamVersion(99));
    await arena.passivate(id);
    expect(told).toEqual(['action.refused', 'end']);
  });
});
