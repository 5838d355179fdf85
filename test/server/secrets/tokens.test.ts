import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { newToken, tokenHash } from '../../../src/server/matches/tokens.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { exampleOpening, exampleProposals } from '../../../src/testing/examples.ts';
import { RoleClient } from '../../support/role-client.ts';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

type Tokens = Readonly<Record<Role, string>>;

const step = (line: RoleClient, data: object) => line.request({ type: 'step', data });

/** Every file of the data folder but those of the archive, and those. */
async function storedText(): Promise<{ readonly log: string; readonly archives: string }> {
  const archives = archiveFolder(world.folder);
  const files = await readdir(world.folder, { recursive: true, withFileTypes: true });
  const texts = { log: '', archives: '' };
  for (const file of files.filter((each) => each.isFile())) {
    const text = await readFile(join(file.parentPath, file.name), 'latin1');
    if (file.parentPath.startsWith(archives)) texts.archives += text;
    else texts.log += text;
  }
  return texts;
}

/** A match of one round, whose seats were taken in every way there is, played to its end. */
async function playedOpenly(): Promise<{
  readonly id: string;
  readonly tokens: Tokens;
  readonly received: Readonly<Record<Role | 'stranger', string>>;
}> {
  const fraudster = await RoleClient.connect(world.port, 'fraudster');
  const { data } = await fraudster.request({ type: 'reset', data: { max_rounds: 1 } });
  const id = String(data['match_id']);
  const investigator = await RoleClient.connect(world.port, 'investigator', `?match_id=${id}`);
  const auditor = await RoleClient.connect(world.port, 'auditor');
  const own = newToken();
  await auditor.request({ type: 'join', data: { match_id: id, seat_token: own } });
  const lines = { fraudster, investigator, auditor };
  // Refused, and no observation: the token waits for the next one.
  await step(investigator, { action_type: 'end_turn' });
  const { data: seen } = await investigator.request({ type: 'obs' });
  const tokens = {
    fraudster: String(data['seat_token']),
    investigator: String(seen['seat_token']),
    auditor: own,
  };
  for (const line of Object.values(lines)) await line.request({ type: 'subscribe', data: { from_seq: 0 } });
  const strangers: string[] = [];
  for (const role of roles) strangers.push(...(await stranger(id, role)));
  await confuse(lines, tokens);
  await step(fraudster, { action_type: 'commit_final' });
  await step(investigator, { action_type: 'end_turn' });
  await step(auditor, { action_type: 'submit_audit_report' });
  for (const line of Object.values(lines)) {
    await line.request({ type: 'state' });
    await line.leave();
  }
  const textOf = (line: RoleClient) => line.texts.join('\n');
  return {
    id,
    tokens,
    received: {
      fraudster: textOf(fraudster),
      investigator: textOf(investigator),
      auditor: textOf(auditor),
      stranger: strangers.join('\n'),
    },
  };
}

/** Who comes to a taken seat, with another token and with none. */
async function stranger(id: string, role: Role): Promise<readonly string[]> {
  const line = await RoleClient.connect(world.port, role);
  await line.request({ type: 'join', data: { match_id: id } });
  await line.request({ type: 'join', data: { match_id: id, seat_token: newToken() } });
  await line.request({ type: 'obs' });
  await line.terminate();
  return line.texts;
}

/** Players who send their tokens where they do not belong. */
async function confuse(lines: Readonly<Record<Role, RoleClient>>, tokens: Tokens): Promise<void> {
  for (const role of roles) {
    const token = tokens[role];
    const line = lines[role];
    await step(line, { action_type: 'end_turn', seat_token: token });
    await step(line, { action_type: 'nonsense', rationale: `I am ${token}.`, metadata: { token } });
    await line.request(`{"type":"join","data":{"match_id":"elsewhere","seat_token":"${token}"}`);
    await line.request(`{"type":"join","data":{"match_id":"elsewhere","seat_token":"${elsewhere}"}`);
    const longest = 4096 - '{"action_type":"nonsense","rationale":"'.length;
    // The token stands where a stored attempt is cut.
    await step(line, { action_type: 'nonsense', rationale: `${' '.repeat(longest - 11)}${token}` });
    await line.request({ type: token });
    await line.request({ type: 'join', data: { match_id: 'elsewhere', seat_token: token } });
  }
}

/** The token of a seat in another match. */
const elsewhere = newToken();

describe('a seat token', () => {
  it('goes to its own role only, and its hash to nobody', async () => {
    const { tokens, received } = await playedOpenly();
    for (const role of roles) {
      expect(tokens[role]).toMatch(/^[A-Za-z0-9_-]{22,}$/);
      expect(received[role]).toContain(tokens[role]);
      for (const other of roles) {
        if (other !== role) expect(received[role]).not.toContain(tokens[other]);
        expect(received[role]).not.toContain(tokenHash(tokens[other]));
      }
    }
    for (const token of Object.values(tokens)) expect(received.stranger).not.toContain(token);
  });

  it('is told with the first observation, though errors come before', async () => {
    const id = 'told-late';
    await world.host(id, exampleOpening({ seed: 401, policies: { auth: 'seats' } }), exampleProposals);
    const line = await RoleClient.connect(world.port, 'investigator', `?match_id=${id}`);
    const replies = [
      await step(line, { action_type: 'end_turn' }),
      await line.request({ type: 'look' }),
      await line.request({ type: 'state' }),
      await step(line, { action_type: 'nonsense' }),
    ];
    expect(JSON.stringify(replies)).not.toContain('seat_token');
    const { data } = await line.request({ type: 'obs' });
    expect(data['seat_token']).toMatch(/^[A-Za-z0-9_-]{22,}$/);
    await line.leave();
  });

  it('is on no disk: the log holds hashes, the archive not even those', async () => {
    const { id, tokens } = await playedOpenly();
    const invited = Object.fromEntries(roles.map((role) => [role, newToken()])) as Tokens;
    const seatTokenHashes = Object.fromEntries(roles.map((role) => [role, tokenHash(invited[role])]));
    const opening = exampleOpening({ seed: 402, policies: { auth: 'invited' }, knobs: { maxRounds: 1 } });
    await world.host('invited', { ...opening, seatTokenHashes }, exampleProposals);
    const lines = await invite('invited', invited);
    await confuse(lines, invited);
    await step(lines.fraudster, { action_type: 'commit_final' });
    await step(lines.investigator, { action_type: 'end_turn' });
    await step(lines.auditor, { action_type: 'submit_audit_report' });
    for (const line of Object.values(lines)) await line.leave();
    await world.restart();

    const commits = await world.server.log.read(matchId(id));
    const attempts = commits.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'action.refused' ? [event.data.attempt] : [])),
    );
    expect(attempts.length).toBeGreaterThan(12);
    const { log, archives } = await storedText();
    expect(log).not.toContain(elsewhere);
    for (const token of [...Object.values(tokens), ...Object.values(invited)]) {
      expect(log).not.toContain(token);
      expect(log).not.toContain(token.slice(0, 11));
      expect(log).toContain(tokenHash(token));
      expect(archives).not.toContain(token);
      expect(archives).not.toContain(tokenHash(token));
    }
    expect(archives).toContain('"match":"invited"');
    expect(archives).toContain(`"match":"${id}"`);
  });

  it('is in neither health nor diagnostics', async () => {
    const { tokens } = await playedOpenly();
    const said = [await world.health(), ...world.diagnostics].join('\n');
    for (const token of Object.values(tokens)) {
      expect(said).not.toContain(token);
      expect(said).not.toContain(tokenHash(token));
    }
  });
});

async function invite(id: string, tokens: Tokens): Promise<Readonly<Record<Role, RoleClient>>> {
  const lines = new Map<Role, RoleClient>();
  for (const role of roles) {
    const line = await RoleClient.connect(world.port, role);
    const { type } = await line.request({ type: 'join', data: { match_id: id, seat_token: tokens[role] } });
    expect(type).toBe('observation');
    lines.set(role, line);
  }
  return Object.fromEntries(
    roles.map((role) => [role, present(lines.get(role), role)]),
  ) as unknown as Readonly<Record<Role, RoleClient>>;
}
