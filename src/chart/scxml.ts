import { present } from '../shared/invariant.ts';
import type { ChartEdge, ChartModel, ChartState } from './model/model.ts';
import { rootId } from './model/model.ts';
import { element } from './paint/svg.ts';

/**
 * The model as SCXML (W3C, 2015). Guards become conditions by name. Descriptions and action names become
 * attributes in this project's namespace, which other readers skip. If the root handles events it becomes a
 * state, since the root of SCXML cannot.
 */
export function scxmlOf(model: ChartModel): string {
  const takesEvents = model.edges.some(({ source, kind }) => source === rootId && kind !== 'initial');
  const root = present(model.states[0], 'The root');
  const isState = takesEvents || root.kind === 'parallel';
  const body = isState ? [stateElement(model, root, 1)] : childElements(model, rootId, 1);
  const initial = isState ? rootName(model) : initialOf(model, rootId);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'scxml',
    {
      xmlns: 'http://www.w3.org/2005/07/scxml',
      'xmlns:arena': 'urn:fraudarena:chart',
      version: '1.0',
      name: model.machine,
      initial,
      datamodel: 'ecmascript',
      'arena:version': model.version,
      'arena:description': isState ? undefined : root.description || undefined,
    },
    [...body, '\n'],
  )}\n`;
}

/** The machine's name, made unique among the states. */
function rootName({ machine, states }: ChartModel): string {
  let name = machine;
  while (states.some(({ id }) => id === name)) name += '_';
  return name;
}

function stateElement(model: ChartModel, state: ChartState, depth: number): string {
  const id = state.id === rootId ? rootName(model) : state.id;
  const children = [
    ...model.edges
      .filter(({ source, kind }) => source === state.id && kind !== 'initial')
      .map((edge) => indented(transitionElement(edge), depth + 1)),
    ...childElements(model, state.id, depth + 1),
  ];
  const attributes = {
    id,
    initial: state.kind === 'compound' ? initialOf(model, state.id) : undefined,
    'arena:description': state.description || undefined,
    'arena:entry': words(state.entry),
    'arena:exit': words(state.exit),
  };
  const inner = children.length === 0 ? [] : [...children, `\n${'  '.repeat(depth)}`];
  return indented(element(elements[state.kind], attributes, inner), depth);
}

const elements = {
  atomic: 'state',
  compound: 'state',
  parallel: 'parallel',
  final: 'final',
  history: 'history',
} as const satisfies Record<ChartState['kind'], string>;

const childElements = (model: ChartModel, parent: string, depth: number): readonly string[] =>
  model.states.filter((state) => state.parent === parent).map((state) => stateElement(model, state, depth));

function transitionElement({ source, event, guard, targets, description, actions }: ChartEdge): string {
  // To a descendant without leaving the source: the default of XState, `internal` in SCXML.
  const isInside = targets.length > 0 && targets.every((target) => isWithin(target, source));
  return element('transition', {
    event: event || undefined,
    cond: guard ?? undefined,
    target: words(targets),
    type: isInside ? 'internal' : undefined,
    'arena:actions': words(actions),
    'arena:description': description || undefined,
  });
}

const isWithin = (id: string, ancestor: string): boolean =>
  ancestor === rootId ? id !== rootId : id.startsWith(`${ancestor}.`);

const initialOf = ({ edges }: ChartModel, id: string): string | undefined =>
  words(edges.find(({ source, kind }) => source === id && kind === 'initial')?.targets ?? []);

const words = (all: readonly string[]): string | undefined => (all.length === 0 ? undefined : all.join(' '));

const indented = (text: string, depth: number): string => `\n${'  '.repeat(depth)}${text}`;
