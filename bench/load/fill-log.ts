import type { MatchEvent } from '../../src/game/event.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { archiveFolder } from '../../src/log/disk/data-folder.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { tasks } from '../../src/game/task.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { archiveFileOf } from '../../src/history/archiver.ts';
import { systemClock } from '../../src/match/clock.ts';
import { openingFor } from '../../src/match/new-match.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { commandId, matchId, streamVersion } from '../../src/shared/ids.ts';

const eventsPerCommit = 4;
const commitsPerMatch = 250;
/** Matches played at the same time, as on a busy server. */
const atOnce = 256;

/** About 250 bytes, like the events of players. */
const eventAt = (match: number, index: number): MatchEvent => ({
  type: 'action.refused',
  data: {
    by: 'investigator',
    code: 'phase_violation',
    message: `The investigator is not on turn in match ${match}: attempt ${index}.`,
    details: { phase: 'fraudster_turn', on_turn: 'fraudster' },
    phase: 'fraudster_turn',
    attempt: `{"action_type":"investigate","ad_id":"ad_${index}"}`,
  },
});

/**
 * Fills a log with archived matches, through its own writer and without syncs: about 330 bytes of disk per
 * event. The events have the size of players' events and no effect.
 */
export async function fillLog(data: string, events: number): Promise<void> {
  const log = await FileEventLog.open(data, 'write', { durability: { mode: 'os' }, markAfterMs: null });
  const archives = new Documents(archiveFolder(data));
  const archive = await anArchive();
  const matches = Math.ceil(events / eventsPerCommit / commitsPerMatch);
  let next = 0;
  const lane = async () => {
    for (let match = next++; match < matches; match = next++) {
      const stream = matchId(`task_1-standard-${match}`);
      for (let index = 0; index < commitsPerMatch; index += 1)
        await log.append({
          stream,
          expectedVersion: streamVersion(index * eventsPerCommit),
          commandId: commandId(`investigator.${match}-${index}`),
          at: 1_700_000_000_000 + index,
          events: Array.from({ length: eventsPerCommit }, (_, at) => eventAt(match, index + at)),
        });
      const named = { ...archive.archive, match_id: stream };
      await archives.write(stream, { ...archive, match: stream, archive: named });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  await log.close();
}

async function anArchive() {
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals });
  const id = matchId('bench');
  const episode = generateEpisode(tasks.task_1, 1);
  await playMatch(
    await registry.create(id, openingFor({ task: 'task_1', seed: 1, episode })),
    seatsFor(defaultPlayers, 1),
  );
  await registry.close();
  const file = archiveFileOf(id, await log.read(id));
  if (file === null) throw new Error('The match was played to its end.');
  return file;
}
