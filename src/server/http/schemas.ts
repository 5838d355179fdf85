import * as z from 'zod';
import { roles } from '../../game/command.ts';
import type { Role } from '../../game/command.ts';
import { actionShape } from '../../protocol/action.ts';
import { observationShape } from '../../protocol/observation.ts';
import { asyncApi } from './asyncapi.ts';
import { toSchema } from './json-schema.ts';
import { json, route } from './route.ts';
import type { Route } from './route.ts';

/** The actions and observations of a role as JSON Schemas. */
export const roleSchemas = (role: Role) => ({
  action: toSchema(actionShape[role], 'input'),
  observation: toSchema(observationShape[role], 'output'),
});

const anySchema = z.record(z.string(), z.unknown());

export const schemaRoutes = (): readonly Route[] => [
  route('GET', '/api/v1/schema/{role}', {
    summary: 'A role’s actions and observations as JSON Schema',
    tag: 'descriptions',
    params: z.object({ role: z.string().toLowerCase().pipe(z.enum(roles)) }),
    answers: {
      status: 200,
      description: 'Two schemas of draft 2020-12.',
      schema: z.object({ action: anySchema, observation: anySchema }),
    },
    handle: ({ params }) => json(200, roleSchemas(params.role)),
  }),
  route('GET', '/asyncapi.json', {
    summary: 'The role sockets',
    tag: 'descriptions',
    answers: { status: 200, description: 'AsyncAPI 3.0.', schema: anySchema },
    handle: () => json(200, asyncApi()),
  }),
];
