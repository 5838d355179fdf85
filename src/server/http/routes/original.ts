import * as z from 'zod';
import { roles } from '../../../game/command.ts';
import { matchId } from '../../../shared/ids.ts';
import { originalGraderShape, originalMatchesShape, originalTasksShape } from '../../../protocol/http.ts';
import { actionShape } from '../../../protocol/action.ts';
import { taskRows } from './info.ts';
import type { Services } from '../services.ts';
import { json, route } from '../route.ts';
import type { Route } from '../route.ts';

/** The unversioned routes of the original (protocol spec, section 5), for tools written for it. */
export const originalRoutes = (services: Services): readonly Route[] => [
  route('GET', '/matches', {
    summary: 'The running matches by id',
    tag: 'original',
    answers: { status: 200, description: 'Phases and connected roles.', schema: originalMatchesShape },
    handle: () => {
      const rows = [];
      for (const { summary } of services.host.running()) {
        const { match_id: id, phase, round_number } = summary;
        const connected_roles = services.seating.connected(matchId(id));
        rows.push([id, { phase, round_number, done: false, connected_roles }] as const);
      }
      return json(200, { active_matches: Object.fromEntries(rows) });
    },
  }),
  route('GET', '/tasks', {
    summary: 'The tasks, with the schemas of the roles',
    tag: 'original',
    answers: { status: 200, description: 'Tasks and roles.', schema: originalTasksShape },
    handle: () =>
      json(200, {
        tasks: taskRows(),
        action_schema: schemaOf('investigator'),
        roles: Object.fromEntries(
          roles.map((role) => [
            role,
            { description: `The ${role}.`, ws: `/ws/${role}`, action_schema: schemaOf(role) },
          ]),
        ),
        multi_agent_endpoints: {
          ...Object.fromEntries(roles.map((role) => [`${role}_ws`, `/ws/${role}`])),
          matches: '/matches',
          grader: '/grader',
        },
      }),
  }),
  route('GET', '/grader', {
    summary: 'The result of the match that finished last, of those that reveal themselves',
    tag: 'original',
    answers: {
      status: 200,
      description: 'Its result, or an error where there is none.',
      schema: originalGraderShape,
    },
    handle: async () => {
      const last = services.finishedMatches.lastRevealed;
      const archive = last === null ? null : await services.finishedMatches.archive(last);
      if (archive === null) return json(200, { error: 'No match has finished yet.', grader_score: null });
      const { match_id, task_id, grader_score, phase, rewards, grades, proposals_used, end_reason } = archive;
      return json(200, {
        match_id,
        task_id,
        grader_score,
        phase,
        proposals_used,
        end_reason,
        mode: 'multi_agent',
        total_steps: archive.fraudster_proposals.length + archive.investigator_action_log.length,
        fraudster_reward: rewards.fraudster,
        investigator_reward: rewards.investigator,
        auditor_reward: rewards.auditor,
        per_ad_plausibility: grades?.perAdPlausibility ?? {},
        audit_ground_truth: grades?.auditGroundTruth ?? {},
        audit_report: archive.audit_report,
      });
    },
  }),
];

const schemaOf = (role: (typeof roles)[number]) =>
  z.toJSONSchema(actionShape[role], { io: 'input', unrepresentable: 'any' });
