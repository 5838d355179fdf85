import { createActor, getInitialMicrosteps } from 'xstate';
import type {
  AnyActor,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
} from 'xstate';
import { present } from '../../shared/invariant.ts';
import { alwaysEvent, edgeIdOf, initialEvent, stateIdOf } from './model.ts';
import type { EdgeId, StateId } from './model.ts';

/** The effect of one event on a machine. */
export interface Taken {
  /** In the order in which they were taken, including those from initial dots. */
  readonly edges: readonly EdgeId[];
  readonly entered: readonly StateId[];
  /** Transitions whose guard was evaluated to false. */
  readonly failed: readonly EdgeId[];
  /** The innermost active states after the event. */
  readonly active: readonly StateId[];
}

/**
 * Runs a machine and records which transitions each event takes, eventless ones included. They come from the
 * run itself, so guards decide as in the match. The guards that were false are derived from the library's
 * order of evaluation; wildcard events are not supported.
 */
export class Tracer {
  /** The effect of the start. */
  readonly opening: Taken;
  readonly #actor: AnyActor;
  readonly #edges: ReadonlyMap<AnyTransitionDefinition, EdgeId>;
  #steps: Step[] = [];
  #at: AnyMachineSnapshot;
  #failure: { readonly error: unknown } | null = null;

  constructor(machine: AnyStateMachine, input?: unknown) {
    this.#edges = edgesOf(machine.root);
    this.#actor = createActor(machine, {
      input,
      inspect: (event) => {
        // `_transitions` is marked as internal, but no other inspection event has the transitions.
        if (event.type === '@xstate.microstep')
          this.#steps.push({
            snapshot: event.snapshot as AnyMachineSnapshot,
            transitions: event._transitions,
          });
      },
    });
    this.#actor.subscribe({ error: (error) => (this.#failure = { error }) });
    this.#actor.start();
    // A starting machine reports no step for entering its first states.
    const [first] = getInitialMicrosteps(machine, input as never);
    const [snapshot] = present(first, 'The first step');
    this.#at = snapshot as AnyMachineSnapshot;
    this.opening = this.#told([], [{ snapshot: this.#at, transitions: [] }, ...this.#taken()], []);
  }

  /** Sends an event. @throws what a guard or an action throws */
  take(event: { readonly type: string }): Taken {
    const before = this.#at;
    if (before.status !== 'active') return this.#told([], [], []);
    this.#actor.send(event);
    const steps = this.#taken();
    const asked = askedIn(
      before.machine.root,
      new Set(before._nodes),
      event.type,
      steps[0]?.transitions ?? [],
    );
    return this.#told(before._nodes, steps, asked.failed);
  }

  stop(): void {
    this.#actor.stop();
  }

  #taken(): readonly Step[] {
    if (this.#failure !== null) throw this.#failure.error;
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  #told(
    before: readonly AnyStateNode[],
    steps: readonly Step[],
    asked: readonly AnyTransitionDefinition[],
  ): Taken {
    const edges: EdgeId[] = [];
    const entered: StateId[] = [];
    const failed = [...asked];
    let nodes = new Set(before);
    steps.forEach(({ snapshot, transitions }, index) => {
      const fresh = enteredBy(nodes, snapshot, transitions);
      edges.push(...transitions.map((each) => this.#idOf(each)), ...waysIn(fresh, transitions));
      entered.push(...fresh.map(stateIdOf));
      // After a step without effect the library evaluates no eventless transitions.
      const isIdle = isEventless(transitions) && snapshot === steps[index - 1]?.snapshot;
      if (snapshot.status === 'active' && !isIdle)
        failed.push(...askedAlways(snapshot, steps[index + 1]?.transitions ?? []));
      nodes = new Set(snapshot._nodes);
      this.#at = snapshot;
    });
    const active = leavesOf(this.#at).map(stateIdOf);
    return { edges, entered, failed: failed.map((each) => this.#idOf(each)), active };
  }

  #idOf(transition: AnyTransitionDefinition): EdgeId {
    return present(this.#edges.get(transition), 'A transition of this machine');
  }
}

interface Step {
  readonly snapshot: AnyMachineSnapshot;
  readonly transitions: readonly AnyTransitionDefinition[];
}

const isEventless = (transitions: Step['transitions']): boolean =>
  transitions.length > 0 && transitions.every(({ eventType }) => eventType === '');

function edgesOf(node: AnyStateNode): ReadonlyMap<AnyTransitionDefinition, EdgeId> {
  const source = stateIdOf(node);
  const own = [...node.transitions, [alwaysEvent, node.always ?? []] as const].flatMap(([event, all]) =>
    all.map((transition, index) => [transition, edgeIdOf(source, event, index)] as const),
  );
  return new Map([...own, ...childrenOf(node).flatMap((child) => [...edgesOf(child)])]);
}

const childrenOf = (node: AnyStateNode): readonly AnyStateNode[] =>
  Object.values(node.states as Record<string, AnyStateNode>);

const leavesOf = ({ _nodes }: AnyMachineSnapshot): readonly AnyStateNode[] =>
  _nodes.filter((node) => childrenOf(node).length === 0);

/** States that were not active before, and those that a transition exited and entered again. */
function enteredBy(
  before: ReadonlySet<AnyStateNode>,
  { _nodes }: AnyMachineSnapshot,
  transitions: Step['transitions'],
): readonly AnyStateNode[] {
  const again = transitions.filter(({ reenter }) => reenter).flatMap(({ target }) => target ?? []);
  const isAgain = (node: AnyStateNode): boolean =>
    again.some((target) => target === node || isWithin(node, target));
  return _nodes.filter((node) => !before.has(node) || isAgain(node));
}

/** The initial transitions of compound states that were entered without a target inside them. */
const waysIn = (entered: readonly AnyStateNode[], transitions: Step['transitions']): readonly EdgeId[] =>
  entered
    .filter((node) => node.type === 'compound')
    .filter((node) => !transitions.some(({ target }) => target?.some((each) => isWithin(each, node))))
    .map((node) => edgeIdOf(stateIdOf(node), initialEvent, 0));

const isWithin = (node: AnyStateNode, ancestor: AnyStateNode): boolean =>
  node.path.length > ancestor.path.length && ancestor.path.every((key, index) => node.path[index] === key);

interface Asked {
  readonly isTaken: boolean;
  readonly failed: readonly AnyTransitionDefinition[];
}

/** Inner states are evaluated first; a containing state only if none of them takes the event. */
function askedIn(
  node: AnyStateNode,
  active: ReadonlySet<AnyStateNode>,
  event: string,
  taken: Step['transitions'],
): Asked {
  const inner = childrenOf(node)
    .filter((child) => active.has(child))
    .map((child) => askedIn(child, active, event, taken));
  const failed = inner.flatMap((each) => each.failed);
  if (inner.some(({ isTaken }) => isTaken)) return { isTaken: true, failed };
  const own = askedOf(node.transitions.get(event) ?? [], taken);
  return { isTaken: own.isTaken, failed: [...failed, ...own.failed] };
}

/** Eventless transitions are evaluated from each innermost state outwards. */
function askedAlways(snapshot: AnyMachineSnapshot, taken: Step['transitions']): Asked['failed'] {
  const failed = new Set<AnyTransitionDefinition>();
  for (const leaf of leavesOf(snapshot))
    for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) {
      const own = askedOf(node.always ?? [], taken);
      for (const each of own.failed) failed.add(each);
      if (own.isTaken) break;
    }
  return [...failed];
}

/** The transitions evaluated in order, up to the one taken. */
function askedOf(all: readonly AnyTransitionDefinition[], taken: Step['transitions']): Asked {
  const place = all.findIndex((each) => taken.includes(each));
  const before = place === -1 ? all : all.slice(0, place);
  return { isTaken: place !== -1, failed: before.filter(({ guard }) => guard !== undefined) };
}
