import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/chart/layout/layout.ts';
import { machineNames, machines } from '../../src/chart/model/machines.ts';
import { chartOf } from '../../src/chart/model/model.ts';
import { countText } from '../../src/chart/model/overlay.ts';
import type { Overlay } from '../../src/chart/model/overlay.ts';
import { paintChart } from '../../src/chart/paint/paint.ts';
import { palettes } from '../../src/chart/paint/palette.ts';
import type { Theme } from '../../src/chart/paint/palette.ts';
import { knotted, nested, regions } from './sample-machines.ts';
import { allOf, attribute, parseXml, textOf } from './xml.ts';
import type { Element } from './xml.ts';

const all = [...Object.values(machines), nested, knotted, regions].map((machine) => chartOf(machine));
const match = chartOf(machines.match);

it('knows every machine of the folder', async () => {
  const files = await readdir(new URL('../../machines/', import.meta.url));
  const names = files.flatMap((file) => /^(.+)\.machine\.ts$/.exec(file)?.[1] ?? []);
  expect(Object.entries(machines).map(([name, { id }]) => [name, id])).toEqual(
    machineNames.map((name) => [name, name]),
  );
  expect([...machineNames].sort()).toEqual(names.sort());
});

const byAttribute = (svg: Element, name: string, value: string) =>
  allOf(svg).filter((element) => element.attributes[name] === value);

/** What is painted of one state or transition, its texts apart from its tooltip. */
function only(svg: Element, name: 'data-state' | 'data-edge' | 'data-lane', value: string): Element {
  const [element, ...others] = byAttribute(svg, name, value).filter(
    (each) => name !== 'data-lane' || attribute(each, 'class').startsWith('lane'),
  );
  expect(others, value).toEqual([]);
  if (element === undefined) throw new Error(`${value} is not in the picture.`);
  return element;
}

async function painted(overlay: Overlay, theme: Theme = 'light'): Promise<Element> {
  return parseXml(paintChart(await layoutOf(match, 'down'), { overlay, theme }));
}

const shownIn = (element: Element) =>
  allOf(element)
    .filter(({ name }) => name === 'text')
    .map(textOf);

describe.each(all.map((model) => [model.machine, model] as const))('the chart of %s', (_, model) => {
  it.each(['down', 'right'] as const)('has every state and every transition once, %s', async (direction) => {
    const svg = parseXml(paintChart(await layoutOf(model, direction)));
    for (const { id, name, kind } of model.states) {
      const state = only(svg, 'data-state', id);
      expect(attribute(state, 'data-kind')).toBe(kind);
      expect(shownIn(state)).toContain(name);
    }
    for (const { id, guard, isElse, description } of model.edges) {
      const edge = only(svg, 'data-edge', id);
      const texts = shownIn(edge).join(' ');
      if (guard !== null) expect(texts).toContain(`[${guard}]`);
      if (isElse) expect(texts).toContain('else');
      const tooltips = allOf(edge).filter(({ name }) => name === 'title');
      if (description !== '') expect(tooltips.map(textOf)).toEqual([description]);
    }
    const states = allOf(svg).filter(({ attributes }) => 'data-state' in attributes);
    const edges = allOf(svg).filter(({ attributes }) => 'data-edge' in attributes);
    expect([states.length, edges.length]).toEqual([model.states.length, model.edges.length]);
  });

  it('names the event of every transition in its own line, or in the line before of the same event', async () => {
    const svg = parseXml(paintChart(await layoutOf(model, 'down')));
    for (const edge of model.edges.filter(({ kind }) => kind === 'event')) {
      const first = model.edges.find(
        ({ source, event, targets }) =>
          source === edge.source && event === edge.event && targets.join() === edge.targets.join(),
      );
      expect(shownIn(only(svg, 'data-edge', first?.id ?? '')).join(' ')).toContain(edge.label);
    }
  });

  it('says what it is to those who do not see it, and asks for nothing from elsewhere', async () => {
    const text = paintChart(await layoutOf(model, 'down'));
    const svg = parseXml(text);
    const [title, description] = allOf(svg).filter(({ attributes }) => 'id' in attributes);
    expect(svg.attributes).toMatchObject({
      role: 'img',
      'data-machine': model.machine,
      'data-version': model.version,
      'aria-labelledby': `${title?.attributes['id']} ${description?.attributes['id']}`,
    });
    expect(title).toMatchObject({ name: 'title', children: [`Statechart of ${model.machine}`] });
    expect(textOf(description ?? svg)).toContain(`${model.states.length - 1} states`);
    const names = new Set(allOf(svg).map(({ name }) => name));
    const plain = ['svg', 'title', 'desc', 'g', 'rect', 'path', 'circle', 'line', 'text', 'tspan'];
    expect([...names].filter((name) => !plain.includes(name))).toEqual([]);
    const attributes = new Set(allOf(svg).flatMap((element) => Object.keys(element.attributes)));
    expect([...attributes].filter((name) => /^(on|style$|href|xlink|src)/.test(name))).toEqual([]);
    expect(text.match(/https?:\/\/[^"]+/g)).toEqual(['http://www.w3.org/2000/svg']);
  });

  it('is the same bytes again, laid out anew', async () => {
    const copy = { ...model, machine: `${model.machine}2` };
    const [first, again] = [await layoutOf(model, 'right'), await layoutOf(copy, 'right')];
    expect(again).not.toBe(first);
    expect(again.lanes).toEqual(first.lanes);
    expect(await layoutOf(structuredClone(model), 'right')).toBe(first);
    expect(paintChart({ ...again, model })).toBe(paintChart(first));
  });
});

it('is under 40 KB for the match, with everything painted over it', async () => {
  const heat = {
    edges: Object.fromEntries(match.edges.map(({ id }) => [id, 123_456])),
    states: Object.fromEntries(match.states.map(({ id }) => [id, 123_456])),
  };
  const last = match.edges.map(({ id }) => id);
  const overlay = { active: match.states.map(({ id }) => id), heat, last, seq: 500 };
  for (const direction of ['down', 'right'] as const) {
    const layout = await layoutOf(match, direction);
    expect(Buffer.byteLength(paintChart(layout, { overlay }))).toBeLessThan(40_000);
  }
});

describe('the overlay', () => {
  it('emphasises the active state alone', async () => {
    const svg = await painted({ active: ['audit_phase'] });
    const active = allOf(svg).filter((each) => attribute(each, 'class').includes('active'));
    expect(active.map((each) => attribute(each, 'data-state'))).toEqual(['audit_phase']);
    const [frame] = allOf(only(svg, 'data-state', 'audit_phase')).filter(({ name }) => name === 'rect');
    expect(frame?.attributes).toMatchObject({
      fill: palettes.light.accentSoft,
      stroke: palettes.light.accent,
    });
  });

  it('emphasises every active region of a parallel state and what contains them', async () => {
    const model = chartOf(nested);
    const leaves = ['audit_phase.verdicts.judging', 'audit_phase.scoring.waiting'];
    const svg = parseXml(paintChart(await layoutOf(model, 'down'), { overlay: { active: leaves } }));
    const active = allOf(svg).filter((each) => attribute(each, 'class').includes('active'));
    const around = ['audit_phase', 'audit_phase.verdicts', 'audit_phase.scoring'];
    expect(active.map((each) => attribute(each, 'data-state')).sort()).toEqual([...leaves, ...around].sort());
  });

  it('counts transitions and states, and warms the lines that were taken more', async () => {
    const [often, seldom] = ['audit_phase|match.graded|0', 'round_end|@always|1'];
    const heat = { edges: { [often]: 900, [seldom]: 2 }, states: { done: 900 } };
    const svg = await painted({ heat });
    expect(shownIn(only(svg, 'data-edge', often))).toContain('×900');
    expect(shownIn(only(svg, 'data-edge', seldom))).toContain('×2');
    expect(shownIn(only(svg, 'data-edge', 'round_end|@always|0'))).toContain('·');
    expect(shownIn(only(svg, 'data-state', 'done'))).toContain('×900');
    const widths = ['audit_phase>done', 'round_end>investigator_turn', 'round_end>fraudster_turn'].map(
      (id) => {
        const line = allOf(only(svg, 'data-lane', id)).find(({ attributes }) => 'stroke-width' in attributes);
        return Number(line?.attributes['stroke-width']);
      },
    );
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(new Set(widths).size).toBe(3);
  });

  it('marks the transitions taken last, and their line', async () => {
    const svg = await painted({ last: ['investigator_turn|turn.ended|1', 'round_end|@always|0'] });
    const marked = allOf(svg).filter((each) => attribute(each, 'class') === 'edge last');
    const ids = ['investigator_turn|turn.ended|1', 'round_end|@always|0'];
    expect(marked.map((each) => attribute(each, 'data-edge')).sort()).toEqual(ids);
    expect(only(svg, 'data-lane', 'round_end>fraudster_turn').attributes).toMatchObject({
      stroke: palettes.light.accent,
    });
    expect(only(svg, 'data-lane', 'round_end>investigator_turn').attributes).toMatchObject({
      stroke: palettes.light.line,
    });
  });

  it('marks with a hollow ring where something was refused, and says what', async () => {
    const svg = await painted({ refused: { state: 'fraudster_turn', what: 'phase_violation' }, seq: 7 });
    const [mark] = allOf(svg).filter((each) => attribute(each, 'class') === 'refusal');
    expect(mark?.children).toMatchObject([
      { name: 'title', children: ['phase_violation'] },
      { name: 'circle', attributes: { fill: palettes.light.page, stroke: palettes.light.accent } },
    ]);
    const text = textOf(svg);
    expect(text).toContain('event 7');
    expect(text).toContain('Refused in fraudster_turn: phase_violation.');
  });

  it.each([
    [0, '×0'],
    [9999, '×9999'],
    [10_000, '×10k'],
    [999_499, '×999k'],
    [999_500, '×1.0M'],
    [12_345_678, '×12M'],
  ])('writes a count of %i as %s', (count, text) => {
    expect(countText(count)).toBe(text);
  });
});

describe('the themes', () => {
  it('use the same places and other colours', async () => {
    const layout = await layoutOf(match, 'down');
    const [light, dark] = (['light', 'dark'] as const).map((theme) => paintChart(layout, { theme }));
    const bare = (svg = '') => svg.replace(/#[0-9a-f]{6}/g, '#').replace(/data-theme="\w+"/, '');
    expect(bare(light)).toBe(bare(dark));
    expect(light).not.toBe(dark);
    const used = new Set(light?.match(/#[0-9a-f]{6}/g));
    for (const colour of dark?.match(/#[0-9a-f]{6}/g) ?? []) expect(used).not.toContain(colour);
  });

  it.each(Object.entries(palettes))('%s has a contrast of 4.5 to 1 for every text', (_, palette) => {
    const grounds = [
      palette.page,
      palette.state,
      palette.card,
      palette.panel,
      palette.accentSoft,
      palette.heat,
    ];
    for (const ink of [palette.ink, palette.muted, palette.accent])
      for (const ground of grounds) expect(contrast(ink, ground), `${ink} on ${ground}`).toBeGreaterThan(4.5);
  });

  it.each(Object.entries(palettes))('%s has a contrast of 3 to 1 for every line and arrow', (_, palette) => {
    for (const stroke of [palette.line, palette.accent, ...palette.warm])
      for (const ground of [palette.page, palette.panel]) expect(contrast(stroke, ground)).toBeGreaterThan(3);
  });
});

/** As WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const light = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((index) => Number.parseInt(colour.slice(index, index + 2), 16) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [more = 0, less = 0] = [light(one), light(other)].sort((a, b) => b - a);
  return (more + 0.05) / (less + 0.05);
}
