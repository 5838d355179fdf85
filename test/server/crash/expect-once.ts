import { expect } from 'vitest';
import type { Role } from '../../../src/game/command.ts';
import type { Rejection } from '../../../src/game/decide/decision.ts';
import type { MatchEvent } from '../../../src/game/event.ts';
import { isSeatEvent } from '../../../src/game/seat.ts';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import type { EventLog, StoredCommit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { Documents } from '../../../src/log/disk/documents.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { numberedFrames } from '../../../src/match/fold/frames.ts';
import type { MatchFold } from '../../../src/match/fold/fold.ts';
import type { Reply } from '../../../src/match/match-actor.ts';
import { foldStream } from '../../../src/match/fold/replay.ts';
import { verify } from '../../../src/match/proof/verify.ts';
import { push, stepAnswer } from '../../../src/server/sockets/replies.ts';
import { matchId } from '../../../src/shared/ids.ts';
import type { MatchId } from '../../../src/shared/ids.ts';
import { withoutRequest } from './line.ts';
import type { Notice } from './line.ts';

/** What a player knows of its part in a match. */
interface Witness {
  readonly role: Role;
  readonly sent: readonly {
    readonly id: string;
    readonly action: Readonly<Record<string, unknown>>;
    readonly answer: Notice | null;
  }[];
  /** Every frame it was pushed. */
  readonly frames: readonly string[];
}

/** What the players of a match know of it. */
interface Story {
  readonly matchId: string;
  readonly seats: readonly Witness[];
}

/** A match is over, and its stream proves itself. @returns its commits */
async function expectFinished(log: EventLog, match: string, where: string): Promise<readonly StoredCommit[]> {
  const id = matchId(match);
  const commits = await log.read(id);
  expect(verify(id, commits), `${match}, ${where}`).toMatchObject({ ok: true, phase: 'done' });
  return commits;
}

/**
 * Every command of a player is in the stream once, with the effect its answer told, in the order they were sent; no
 * other command is; and the frames it was pushed are those that the stream gives.
 */
function expectExactlyOnce(
  commits: readonly StoredCommit[],
  match: string,
  { role, sent, frames }: Witness,
  where: string,
): void {
  const about = `${role} of ${match}, ${where}`;
  const own = commits.filter((commit) => commit.commandId.startsWith(`${role}.`));
  expect(
    own.map((commit) => commit.commandId),
    about,
  ).toEqual(sent.map(({ id }) => `${role}.${id}`));
  expectSeatHeld(commits, role, about);
  const { answers, pushed } = retold(matchId(match), commits, role);
  for (const [index, { id, action, answer }] of sent.entries()) {
    const commit = own[index];
    if (commit === undefined || answer === null) expect.unreachable(`${id} has no answer, ${about}`);
    expectEffect(role, commit, action, answer, about);
    expect(withoutRequest(answer.text), about).toBe(answers[index]);
  }
  expect(frames, about).toEqual(pushed);
}

/** What was told of a command is what its commit holds. */
function expectEffect(
  role: Role,
  { events }: StoredCommit,
  action: Readonly<Record<string, unknown>>,
  { type, data }: Notice,
  about: string,
): void {
  const [first] = events;
  if (type === 'error') {
    const refusal = { by: role, code: data['code'], attempt: JSON.stringify(action) };
    expect(first, about).toMatchObject({ type: 'action.refused', data: refusal });
    return;
  }
  const acted = events.find((event) => 'action' in event.data && event.data.action !== null);
  const done = (acted?.data ?? {}) as { action?: { actionType: string }; code?: string };
  expect(done.action?.actionType, about).toBe(action['action_type']);
  const isPenalty = acted?.type === 'action.penalised';
  expect(data, about).toMatchObject({ accepted: !isPenalty, reason_code: isPenalty ? done.code : null });
}

/** Nobody acts from a seat that the stream calls free or dropped. */
function expectSeatHeld(commits: readonly StoredCommit[], role: Role, about: string): void {
  let status = 'vacant';
  for (const { commandId, version, events } of commits) {
    for (const event of events) if (isSeatEvent(event) && event.data.role === role) status = event.type;
    if (commandId.startsWith(`${role}.`))
      expect(['seat.claimed', 'seat.resumed'], `${commandId} at ${version}, ${about}`).toContain(status);
  }
}

/** The answers to a role's commands, and the frames it is pushed, made anew from the stream alone. */
function retold(id: MatchId, commits: readonly StoredCommit[], role: Role) {
  const folded = [...foldStream(id, commits)];
  const pushed = folded
    .flatMap(({ steps }) => steps)
    .flatMap((step) => numberedFrames(role, step, step.bookkeeping.frameCounts).map(push));
  const answers = folded
    .filter(({ commit }) => commit.commandId.startsWith(`${role}.`))
    .map(({ commit, fold }) => {
      const reply = replyTo(commit.events, fold);
      return stepAnswer({ role, requestId: undefined }, id, reply, {}).text;
    });
  return { answers, pushed };
}

function replyTo(events: readonly MatchEvent[], fold: MatchFold): Reply {
  const [first] = events;
  if (first?.type !== 'action.refused') return { ok: true, events, fold };
  const { code, message, details } = first.data;
  return { ok: false, rejection: { code: code as Rejection['code'], message, details }, fold };
}

/** What the players know, and what the log and the archives hold, is the same. */
export async function expectSameStory(
  dataDir: string,
  companies: readonly Story[],
  where: string,
): Promise<void> {
  await expectSoundLog(dataDir, where);
  const log = await FileEventLog.open(dataDir, 'read');
  for (const { matchId, seats } of companies) {
    const commits = await expectFinished(log, matchId, where);
    for (const seat of seats) expectExactlyOnce(commits, matchId, seat, where);
  }
  const all = companies.map(({ matchId }) => matchId).sort();
  expect([...log.streams()].sort(), where).toEqual(all);
  await log.close();
  expect([...(await new Documents(archiveFolder(dataDir)).names())].sort(), where).toEqual(all);
}

/** The log's own check finds nothing. */
async function expectSoundLog(dataDir: string, where: string): Promise<void> {
  const { findings, unchecked, tornBytes } = await checkLog(nodeFiles, dataDir);
  expect({ findings, unchecked, tornBytes }, where).toEqual({ findings: [], unchecked: 0, tornBytes: 0 });
}
