import * as z from 'zod';
import { machineNames, machines } from '../../../chart/model/machines.ts';
import { chartOf } from '../../../chart/model/model.ts';
import type { HttpAnswer } from '../../net/socket-port.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';

const formats = {
  svg: 'image/svg+xml',
  json: 'application/json',
  mermaid: 'text/plain; charset=utf-8',
  scxml: 'application/scxml+xml',
} as const;

const plainType = (type: string): string => type.split(';')[0] ?? type;

const queryShape = z.strictObject({
  direction: z.enum(['down', 'right']).default('right'),
  theme: z.enum(['light', 'dark']).default('light'),
  format: z.enum(['svg', 'json', 'mermaid', 'scxml']).default('svg'),
});

interface Wanted extends z.infer<typeof queryShape> {
  readonly machine: (typeof machineNames)[number];
}

/** The statecharts of this server: as a picture, or as data. */
export const chartRoute = (): Route =>
  route('GET', '/api/v1/charts/{machine}', {
    summary: 'The statechart of a machine: a picture, or its model',
    tag: 'descriptions',
    params: z.object({ machine: z.enum(machineNames) }),
    query: queryShape,
    answers: {
      status: 200,
      description: 'The chart in the wanted format.',
      contentType: Object.values(formats).map(plainType),
    },
    handle: ({ params, query }) => chart({ machine: params.machine, ...query }),
  });

/** Cache of answers. Bounded by the number of machines, directions, themes and formats. */
const known = new Map<string, Promise<HttpAnswer>>();

function chart(wanted: Wanted): Promise<HttpAnswer> {
  const key = JSON.stringify(wanted);
  const answer = known.get(key) ?? drawn(wanted);
  known.set(key, answer);
  return answer;
}

async function drawn(wanted: Wanted): Promise<HttpAnswer> {
  return {
    status: 200,
    // A new version of the server may draw a different chart.
    headers: { 'content-type': formats[wanted.format], 'cache-control': 'no-cache' },
    body: await written(wanted),
  };
}

/** Imported on first use, because most servers draw no chart. */
async function written({ machine, direction, theme, format }: Wanted): Promise<string> {
  const model = chartOf(machines[machine]);
  if (format === 'json') return JSON.stringify(model);
  if (format === 'scxml') return (await import('../../../chart/scxml.ts')).scxmlOf(model);
  if (format === 'mermaid') return (await import('../../../chart/mermaid.ts')).mermaidOf(model, direction);
  const [{ layoutOf }, { paintChart }] = await Promise.all([
    import('../../../chart/layout/layout.ts'),
    import('../../../chart/paint/paint.ts'),
  ]);
  return paintChart(await layoutOf(model, direction), { theme, hasCountSlots: true });
}
