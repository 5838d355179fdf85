import { queueSize, taskIds, tasks } from '../../../game/task.ts';
import { rulesets } from '../../../game/ruleset.ts';
import { roles } from '../../../game/command.ts';
import { defaultPlayers, roster } from '../../../players/roster.ts';
import { healthShape, infoShape, playerListShape, tasksShape, versionShape } from '../../../protocol/http.ts';
import { packageVersion } from '../package-version.ts';
import type { Services } from '../services.ts';
import { json, route } from '../route.ts';
import type { Route } from '../route.ts';

/** Routes that describe the server, its tasks, its players and its health. */
export const infoRoutes = (services: Services): readonly Route[] => [
  route('GET', '/api/v1/info', {
    summary: 'What this server is',
    tag: 'server',
    answers: {
      status: 200,
      description: 'Name, rulesets, and where the documentation is.',
      schema: infoShape,
    },
    handle: () =>
      json(200, {
        name: 'FraudArena',
        tagline: 'Adversarial ad review between a fraudster, an investigator and an auditor.',
        description: 'Event-sourced matches over WebSockets: replayable, verifiable, watchable.',
        themes: ['multi-agent', 'hidden information', 'deterministic replay'],
        capabilities: ['role sockets', 'resume', 'exactly-once commands', 'server-sent events', 'archive'],
        rulesets: rulesets.map(({ name, version }) => ({ name, version })),
        documentation: {
          openapi: '/openapi.json',
          asyncapi: '/asyncapi.json',
          tasks: '/api/v1/tasks',
          policies: '/api/v1/policies',
        },
      }),
  }),
  route('GET', '/api/v1/version', {
    summary: 'The version that runs',
    tag: 'server',
    answers: { status: 200, description: 'Version and how long it has been up.', schema: versionShape },
    handle: () => json(200, { version: packageVersion, uptime_seconds: uptime(services) }),
  }),
  route('GET', '/api/v1/health', {
    summary: 'Whether it is alive, and how it fares',
    tag: 'server',
    answers: { status: 200, description: 'Alive.', schema: healthShape },
    handle: () =>
      json(200, {
        ...services.health(),
        status: 'ok',
        uptime_seconds: uptime(services),
        active_matches: services.host.counts.unfinished,
        archived_matches: services.finishedMatches.size,
        env_name: 'fraudarena',
      }),
  }),
  route('GET', '/api/v1/tasks', {
    summary: 'The tasks of the curriculum',
    tag: 'server',
    answers: { status: 200, description: 'Every task.', schema: tasksShape },
    handle: () => json(200, { tasks: taskRows() }),
  }),
  route('GET', '/api/v1/policies', {
    summary: 'The players that come with the arena',
    tag: 'server',
    answers: {
      status: 200,
      description: 'By kind.',
      schema: playerListShape,
    },
    handle: () => json(200, { scripted: playerRows(), llm: [], trained: [] }),
  }),
];

const uptime = ({ clock, startedAt }: Services): number => Math.round((clock.now() - startedAt) / 10) / 100;

export const taskRows = () =>
  taskIds.map((id) => {
    const task = tasks[id];
    return {
      id,
      name: task.name,
      difficulty: task.difficulty,
      queue_size: queueSize(task),
      action_budget: task.actionBudget,
      description: `${queueSize(task)} ads to begin with, ${task.rings} rings, ${task.maxRounds} rounds.`,
    };
  });

const playerRows = () =>
  roles.flatMap((role) =>
    Object.keys(roster[role]).map((name) => ({
      name,
      role,
      kind: 'scripted',
      source: 'built in',
      description: name === defaultPlayers[role] ? 'The default.' : 'See docs/rules.md.',
    })),
  );
