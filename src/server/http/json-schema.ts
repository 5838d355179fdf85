import * as z from 'zod';

/** A zod schema as JSON Schema 2020-12, without `$schema`: the enclosing document names the dialect. */
export function toSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return Object.fromEntries(Object.entries(made).filter(([key]) => key !== '$schema'));
}
