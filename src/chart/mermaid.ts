import { rowText } from './layout/boxes.ts';
import { partsOf } from './layout/lanes.ts';
import type { Lane, Parts } from './layout/lanes.ts';
import type { Direction } from './layout/graph.ts';
import { rootId } from './model/model.ts';
import type { ChartModel, ChartState, StateId } from './model/model.ts';

/**
 * The model as a Mermaid state diagram. A transition is written in the innermost state that contains both its
 * ends, and states are written before the arrows to them: otherwise Mermaid loses the nesting. Transitions of
 * the root start at a state of their own, `from_anywhere`.
 */
export function mermaidOf(model: ChartModel, direction: Direction = 'down'): string {
  const parts = partsOf(model);
  const names = aliases(model);
  const writer: Writer = { model, parts, names };
  const anywhere = parts.rootLanes.length > 0 || (parts.rows.get(rootId) ?? []).length > 0;
  return [
    '---',
    `title: ${JSON.stringify(model.machine)}`,
    '---',
    'stateDiagram-v2',
    `  direction ${direction === 'down' ? 'TB' : 'LR'}`,
    ...block(writer, rootId, 1),
    ...(anywhere ? anywhereLines(writer) : []),
    '',
  ].join('\n');
}

interface Writer {
  readonly model: ChartModel;
  readonly parts: Parts;
  readonly names: ReadonlyMap<StateId, string>;
}

function block(writer: Writer, parent: StateId, depth: number): readonly string[] {
  const { model, parts, names } = writer;
  const pad = '  '.repeat(depth);
  const container = model.states.find(({ id }) => id === parent);
  const children = model.states.filter((state) => state.parent === parent);
  const states = children.flatMap((state, index) => [
    ...(container?.kind === 'parallel' && index > 0 ? [`${pad}--`] : []),
    ...stateLines(writer, state, depth),
  ]);
  const lanes = parts.lanes.filter((lane) => homeOf(writer, lane) === parent);
  const arrows = lanes.map((lane) => {
    const from = lane.isInitial ? '[*]' : name(names, lane.source);
    const texts = lane.isInitial ? '' : ` : ${lane.edges.map((edge) => label(rowText(edge))).join('<br/>')}`;
    return `${pad}${from} --> ${name(names, lane.target)}${texts}`;
  });
  const finals = children.filter(({ kind }) => kind === 'final');
  return [...states, ...arrows, ...finals.map(({ id }) => `${pad}${name(names, id)} --> [*]`)];
}

function stateLines(writer: Writer, state: ChartState, depth: number): readonly string[] {
  const { model, parts, names } = writer;
  const pad = '  '.repeat(depth);
  const id = name(names, state.id);
  const rows = (parts.rows.get(state.id) ?? []).map((edge) => label(rowText(edge)));
  const declared = `${pad}state "${label(state.name)}" as ${id}`;
  const isOuter = model.states.some(({ parent }) => parent === state.id);
  if (!isOuter) return [declared, ...rows.map((row) => `${pad}${id} : ${row}`)];
  const notes = rows.length === 0 ? [] : [`${pad}note right of ${id} : ${rows.join('<br/>')}`];
  return [declared, `${pad}state ${id} {`, ...block(writer, state.id, depth + 1), `${pad}}`, ...notes];
}

function anywhereLines({ parts, names }: Writer): readonly string[] {
  const rows = (parts.rows.get(rootId) ?? []).map((edge) => label(rowText(edge)));
  return [
    '  state "from anywhere" as from_anywhere',
    ...rows.map((row) => `  from_anywhere : ${row}`),
    ...parts.rootLanes.map(({ target, edges }) => {
      const texts = edges.map((edge) => label(rowText(edge))).join('<br/>');
      return `  from_anywhere --> ${name(names, target)} : ${texts}`;
    }),
  ];
}

/** The innermost state that contains both ends of a lane. */
function homeOf({ model }: Writer, { source, target, isInitial }: Lane): StateId {
  if (isInitial) return source;
  const parents = new Map(model.states.map(({ id, parent }) => [id, parent]));
  const outwards = (id: StateId): readonly StateId[] => {
    const parent = parents.get(id) ?? null;
    return parent === null ? [] : [parent, ...outwards(parent)];
  };
  const around = new Set(outwards(source));
  return outwards(target).find((id) => around.has(id)) ?? rootId;
}

const name = (names: ReadonlyMap<StateId, string>, id: StateId): string => names.get(id) ?? id;

/** Unique names that Mermaid accepts: letters, digits and underscores, and none of its keywords. */
function aliases({ states }: ChartModel): ReadonlyMap<StateId, string> {
  const taken = new Set(['state', 'end', 'note', 'direction', 'class', 'default', 'style', 'from_anywhere']);
  const names = new Map<StateId, string>();
  for (const { id } of states) {
    let alias = id.replace(/\W/g, '_');
    while (taken.has(alias.toLowerCase())) alias += '_';
    taken.add(alias.toLowerCase());
    names.set(id, alias);
  }
  return names;
}

/** Escapes a label: characters that would end it are written as character numbers. */
const label = (text: string): string =>
  text.replace(/[#;:"<>{}\n]/g, (character) => `#${character.codePointAt(0) ?? 0};`);
