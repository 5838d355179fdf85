import * as z from 'zod';
import { roles } from '../../../game/command.ts';
import { taskIds } from '../../../game/task.ts';
import { text } from '../../../protocol/action.ts';
import { leaderboardShape } from '../../../protocol/http.ts';
import type { Services } from '../services.ts';
import { json, route, wholeText } from '../route.ts';
import type { Route } from '../route.ts';

const rowsMax = 1000;

export const leaderboardRoute = ({ finishedMatches }: Services): Route =>
  route('GET', '/api/v1/leaderboard', {
    summary: 'What the named players of finished matches have come to, by seat, ruleset and task; best first',
    tag: 'matches',
    query: z.strictObject({
      role: z.enum(roles).optional(),
      task_id: z.enum(taskIds).optional(),
      ruleset: text(64).optional(),
      limit: wholeText(1, rowsMax).default(100),
    }),
    answers: {
      status: 200,
      description: 'The rating is the mean episode reward. Names are those that the maker of a match gave.',
      schema: leaderboardShape,
    },
    handle: ({ query: { role, task_id: task, ruleset, limit } }) => {
      const rows = finishedMatches.leaderboard.rows(
        (row) =>
          (role ?? row.role) === row.role &&
          (task ?? row.task_id) === row.task_id &&
          (ruleset ?? row.ruleset) === row.ruleset,
      );
      return json(200, { entries: rows.slice(0, limit) });
    },
  });
