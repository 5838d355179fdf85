import type { ChartEdge, ChartModel } from '../../../src/chart/model/model.ts';

export interface Taken {
  readonly phase: string;
  readonly edges: readonly string[];
  readonly isExact: boolean;
}

/** Follows the chart from a spectator's frames, which name events and phases but no guards or causes. */
export class Follower {
  readonly #bySource = new Map<string, ChartEdge[]>();
  #phase: string;

  constructor({ edges }: Pick<ChartModel, 'edges'>) {
    for (const edge of edges) {
      const known = this.#bySource.get(edge.source);
      if (known === undefined) this.#bySource.set(edge.source, [edge]);
      else known.push(edge);
    }
    this.#phase = this.#from('').find(({ kind }) => kind === 'initial')?.targets[0] ?? '';
  }

  get phase(): string {
    return this.#phase;
  }

  /** Takes an event. @param phase the phase after it, when the frame names it */
  take(event: string, phase?: string): Taken {
    const fits = (edge: ChartEdge) => edge.event === event && (phase === undefined || leadsTo(edge, phase));
    const own = this.#from(this.#phase).filter(fits);
    // The root state handles an event that the current state does not handle.
    const edges = own.length > 0 ? own : this.#from('').filter(fits);
    const [first] = edges;
    const targets = new Set(edges.flatMap((edge) => edge.targets));
    if (targets.size === 1) this.#phase = first?.targets[0] ?? this.#phase;
    return { phase: this.#phase, edges: edges.map(({ id }) => id), isExact: edges.length === 1 };
  }

  /** Takes a phase. The match is already in it, or entered it by an eventless transition. */
  reach(phase: string): Taken {
    if (phase === this.#phase) return { phase, edges: [], isExact: true };
    const edges = this.#from(this.#phase).filter(
      ({ kind, targets }) => kind === 'always' && targets[0] === phase,
    );
    this.#phase = phase;
    return { phase, edges: edges.map(({ id }) => id), isExact: edges.length === 1 };
  }

  /** The initial transitions, which a match takes when it starts. */
  begin(): Taken {
    const edges = this.#from('').filter(({ kind }) => kind === 'initial');
    return { phase: this.#phase, edges: edges.map(({ id }) => id), isExact: true };
  }

  #from(source: string): readonly ChartEdge[] {
    return this.#bySource.get(source) ?? [];
  }
}

const leadsTo = ({ targets }: ChartEdge, phase: string): boolean => targets[0] === phase;
