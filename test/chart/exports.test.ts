import { describe, expect, it } from 'vitest';
import { machines } from '../../src/chart/model/machines.ts';
import { mermaidOf } from '../../src/chart/mermaid.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import type { ChartEdge, ChartModel, ChartState } from '../../src/chart/model/model.ts';
import { scxmlOf } from '../../src/chart/scxml.ts';
import { knotted, nested, regions } from './sample-machines.ts';
import { attribute, childrenOf, parseXml } from './xml.ts';
import type { Element } from './xml.ts';

const models = [...Object.values(machines), nested, knotted, regions].map((machine) => chartOf(machine));
const cases = models.map((model) => [model.machine, model] as const);

describe.each(cases)('the model of %s', (_, model) => {
  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });

  it('is read back from its SCXML with every name', () => {
    const { states, edges } = readScxml(parseXml(scxmlOf(model)), model.machine);
    expect(states).toEqual(
      model.states.map(({ id, parent, kind, description }) => ({ id, parent, kind, description })),
    );
    expect(edges).toEqual(
      model.edges.map(({ source, targets, event, guard, description }) => ({
        source,
        targets,
        event,
        guard,
        description,
      })),
    );
  });

  it('has every state and transition in its Mermaid diagram', () => {
    const diagram = mermaidOf(model);
    for (const { name } of model.states.slice(1)) expect(diagram).toContain(`state "${name}" as `);
    for (const { kind, label, guard, isElse } of model.edges.filter((edge) => edge.kind !== 'initial')) {
      const condition = isElse ? 'else' : guard === null ? '' : `[${guard}]`;
      const text = [kind === 'event' ? label : '', condition].filter((part) => part !== '').join(' ');
      expect(diagram).toContain(text === '' ? 'always' : text);
    }
    expect(diagram.match(/\[\*\] --> /g)).toHaveLength(
      model.edges.filter(({ kind }) => kind === 'initial').length,
    );
  });
});

type State = Pick<ChartState, 'id' | 'parent' | 'kind' | 'description'>;
type Edge = Pick<ChartEdge, 'source' | 'targets' | 'event' | 'guard' | 'description'>;

function readScxml(document: Element, machine: string): { states: readonly State[]; edges: readonly Edge[] } {
  const [states, edges]: [State[], Edge[]] = [[], []];
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  const read = (element: Element, id: string, parent: string | null) => {
    const inner = childrenOf(element).filter(({ name }) => name !== 'transition');
    const plain = inner.length > 0 ? 'compound' : 'atomic';
    const kind = element.name === 'scxml' || element.name === 'state' ? plain : element.name;
    const description = attribute(element, 'arena:description');
    states.push({ id, parent, kind: kind as State['kind'], description });
    const initial = words(attribute(element, 'initial'));
    if (initial.length > 0)
      edges.push({ source: id, targets: initial, event: '', guard: null, description: '' });
    for (const each of childrenOf(element).filter(({ name }) => name === 'transition'))
      edges.push({
        source: id,
        targets: words(attribute(each, 'target')),
        event: attribute(each, 'event'),
        guard: each.attributes['cond'] ?? null,
        description: attribute(each, 'arena:description'),
      });
    for (const each of inner) read(each, attribute(each, 'id'), id);
  };
  const [top, ...others] = childrenOf(document);
  const isState = top !== undefined && others.length === 0 && attribute(top, 'id') === machine;
  read(isState ? top : document, '', null);
  return { states, edges };
}

it('has another id for the root in SCXML where a state has its name', () => {
  const model = { ...chartOf(nested), machine: 'play' };
  const ids = scxmlOf(model).match(/ id="[^"]+"/g) ?? [];
  expect(new Set(ids).size).toBe(ids.length);
});

describe('a Mermaid diagram', () => {
  it('has arrows in the innermost state around both ends, behind the states they lead to', () => {
    const diagram = mermaidOf(chartOf(nested), 'right').split('\n');
    const depthOf = (text: string) =>
      /^ */.exec(diagram.find((line) => line.includes(text)) ?? '')?.[0].length;
    expect(diagram).toContain('  direction LR');
    expect(depthOf('play_fraudster_turn --> play_investigator_turn')).toBe(4);
    expect(depthOf('play_round_end --> audit_phase')).toBe(2);
    expect(depthOf('play_fraudster_turn --> audit_phase_verdicts_settled')).toBe(2);
    const declared = diagram.findIndex((line) => line.includes('as play_fraudster_turn'));
    expect(diagram.findIndex((line) => line.includes('[*] --> play_fraudster_turn'))).toBeGreaterThan(
      declared,
    );
  });

  it('parts regions, and lets the transitions of the root leave a state of their own', () => {
    const diagram = mermaidOf(chartOf(nested))
      .split('\n')
      .map((line) => line.trim());
    expect(diagram.filter((line) => line === '--')).toHaveLength(1);
    expect(diagram).toContain('from_anywhere --> aborted : match.abort');
    expect(diagram).toContain('from_anywhere : ping');
  });

  it('gives a state with a word of the language as its name another one', () => {
    const states = chartOf(knotted).states.map((state) =>
      state.id === 'a' ? { ...state, id: 'end' } : state,
    );
    expect(mermaidOf({ ...chartOf(knotted), states })).toContain('state "a" as end_');
  });

  it('has no character that ends a label', () => {
    const model: ChartModel = chartOf(knotted);
    const edges = model.edges.map((edge) => ({ ...edge, guard: 'a;b:c#d"e' }));
    const labels = mermaidOf({ ...model, edges })
      .split('\n')
      .flatMap((line) => line.split(' : ').slice(1));
    expect(labels.length).toBeGreaterThan(3);
    for (const label of labels)
      expect(label.replace(/#\d+;/g, '').replaceAll('<br/>', '')).not.toMatch(/[;:#"]/);
  });
});
