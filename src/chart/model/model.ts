import { invariant, present } from '../../shared/invariant.ts';

/** The keys from the root, joined by dots; empty for the root. In a flat machine a phase is a state id. */
export type StateId = string;

/**
 * `source|event|index`: the index counts the transitions of one event in one state, in the order of
 * evaluation.
 */
export type EdgeId = string;

/** A statechart as plain JSON, for drawing, counting and export. It is read from the machine that runs. */
export interface ChartModel {
  /** Increases with incompatible changes of this JSON. */
  readonly format: 1;
  readonly machine: string;
  readonly version: string;
  /** Parents before their children; the root is first. */
  readonly states: readonly ChartState[];
  /** By source in the order of `states`, then in the order of evaluation. */
  readonly edges: readonly ChartEdge[];
}

export interface ChartState {
  readonly id: StateId;
  readonly name: string;
  /** Null for the root only. */
  readonly parent: StateId | null;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description: string;
  readonly tags: readonly string[];
  /** Names of actions. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
}

export interface ChartEdge {
  readonly id: EdgeId;
  readonly source: StateId;
  /** Empty if the transition stays in its state; it is then shown as a row of the state. */
  readonly targets: readonly StateId[];
  /** `always` waits for no event; `initial` leads to the initial state of a compound state. */
  readonly kind: 'event' | 'always' | 'initial';
  /** The machine's event; empty for `always` and `initial`. */
  readonly event: string;
  /** The event as displayed. */
  readonly label: string;
  readonly guard: string | null;
  /** Taken if all guards before it are false. */
  readonly isElse: boolean;
  readonly description: string;
  readonly actions: readonly string[];
}

/** The properties that are read of a machine. Every XState machine has them. */
export interface DrawableMachine {
  readonly id: string;
  readonly version?: string | undefined;
  readonly root: DrawableNode;
}

export interface DrawableNode {
  readonly key: string;
  readonly path: readonly string[];
  readonly type: ChartState['kind'];
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly entry: readonly unknown[];
  readonly exit: readonly unknown[];
  readonly states: Readonly<Record<string, DrawableNode>>;
  readonly transitions: ReadonlyMap<string, readonly DrawableTransition[]>;
  readonly always?: readonly DrawableTransition[] | undefined;
  readonly initial?: { readonly target: readonly DrawablePlace[] } | undefined;
}

interface DrawablePlace {
  readonly path: readonly string[];
}

export interface DrawableTransition {
  readonly eventType: string;
  readonly target?: readonly DrawablePlace[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly description?: string | undefined;
}

/** The root's id. */
export const rootId: StateId = '';

export const alwaysEvent = '@always';
export const initialEvent = '@initial';

/** The model of a machine. Equal machines give equal models, in any process. */
export function chartOf(machine: DrawableMachine): ChartModel {
  const nodes = withDescendants(machine.root);
  const edges = nodes.flatMap((node) => edgesOf(node));
  const ids = new Set(edges.map(({ id }) => id));
  invariant(ids.size === edges.length, `Machine ${machine.id} has two transitions of one id.`);
  return {
    format: 1,
    machine: machine.id,
    version: machine.version ?? '',
    states: nodes.map((node) => stateOf(node, machine.id)),
    edges,
  };
}

export const stateIdOf = ({ path }: DrawablePlace): StateId => path.join('.');

/** The id that {@link chartOf} gives a transition. */
export const edgeIdOf = (source: StateId, event: string, index: number): EdgeId =>
  `${source}|${event}|${index}`;

const withDescendants = (node: DrawableNode): readonly DrawableNode[] => [
  node,
  ...Object.values(node.states).flatMap(withDescendants),
];

function stateOf(node: DrawableNode, machineId: string): ChartState {
  const isRoot = node.path.length === 0;
  return {
    id: stateIdOf(node),
    name: isRoot ? machineId : node.key,
    parent: isRoot ? null : node.path.slice(0, -1).join('.'),
    kind: node.type,
    description: node.description ?? '',
    tags: node.tags,
    entry: node.entry.map(nameOf).filter(isOfAuthor),
    exit: node.exit.map(nameOf).filter(isOfAuthor),
  };
}

function edgesOf(node: DrawableNode): readonly ChartEdge[] {
  const source = stateIdOf(node);
  const byEvent = [...node.transitions].flatMap(([event, all]) => edgesOfEvent(source, event, all, 'event'));
  const always = edgesOfEvent(source, alwaysEvent, node.always ?? [], 'always');
  const initial = node.type === 'compound' ? present(node.initial, `The initial state of ${source}`) : null;
  if (initial === null) return [...byEvent, ...always];
  return [
    ...edgesOfEvent(source, initialEvent, [initialTransition(initial.target)], 'initial'),
    ...byEvent,
    ...always,
  ];
}

const initialTransition = (target: readonly DrawablePlace[]): DrawableTransition => ({
  eventType: '',
  target,
  actions: [],
});

function edgesOfEvent(
  source: StateId,
  event: string,
  all: readonly DrawableTransition[],
  kind: ChartEdge['kind'],
): readonly ChartEdge[] {
  return all.map(({ target, guard, actions, description }, index) => ({
    id: edgeIdOf(source, event, index),
    source,
    targets: (target ?? []).map(stateIdOf),
    kind,
    event: kind === 'event' ? event : '',
    label: kind === 'event' ? labelOf(event) : '',
    guard: guard === undefined ? null : nameOf(guard),
    isElse: guard === undefined && index > 0,
    description: description ?? '',
    actions: actions.map(nameOf),
  }));
}

/** The library's own events in readable form. */
function labelOf(event: string): string {
  const after = /^xstate\.after\.([^.]+)\./.exec(event)?.[1];
  if (after !== undefined) return `after ${/^\d+$/.test(after) ? `${after} ms` : after}`;
  if (event.startsWith('xstate.done.')) return 'done';
  return event.startsWith('xstate.error.') ? 'error' : event;
}

/** The name of a guard or action; `inline` for a function without one. */
function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  const isOpen = typeof named === 'function' || (typeof named === 'object' && named !== null);
  return isOpen && 'type' in named && typeof named.type === 'string' ? named.type : 'inline';
}

/** XState arms and cancels a state's delays with actions of its own. */
const isOfAuthor = (name: string): boolean => name !== 'xstate.raise' && name !== 'xstate.cancel';
