import * as z from 'zod';

/** A schema of ours as JSON Schema 2020-12, without the dialect, which the document around it names. */
export function toSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return Object.fromEntries(Object.entries(made).filter(([key]) => key !== '$schema'));
}
