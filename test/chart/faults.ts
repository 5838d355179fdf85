import type { ChartModel } from '../../src/chart/model/model.ts';
import { overlap, within } from './geometry.ts';
import type { Box, Picture } from './geometry.ts';

/** What stands where it should not, in words; nothing where the picture is well. */

export function textFaults(
  model: ChartModel,
  { page, states, cards, texts, lanes }: Picture,
): readonly string[] {
  const around = withAncestors(model);
  const frames = new Map([...states, ...cards].map((each) => [each.id, each]));
  const isOwner = (owner: string, box: string): boolean => {
    const lane = lanes.find(({ id }) => id === owner);
    const inside = lane === undefined ? [owner] : [lane.source, lane.target];
    return owner === box || inside.some((id) => id === box || (around.get(id) ?? []).includes(box));
  };
  return [
    ...pairs(texts)
      .filter(([a, b]) => overlap(a, b))
      .map(([a, b]) => `"${a.text}" of ${a.owner} over "${b.text}" of ${b.owner}`),
    ...texts
      .filter((text) => !within(widened(text), frames.get(text.owner) ?? page))
      .map(({ text, owner }) => `"${text}" outside ${owner}`),
    ...texts.flatMap((text) =>
      [...states, ...cards]
        .filter((box) => overlap(text, box) && !isOwner(text.owner, box.id))
        .map(({ id }) => `"${text.text}" of ${text.owner} over ${id}`),
    ),
  ];
}

export function labelFaults({ cards, states }: Picture): readonly string[] {
  return [
    ...pairs(cards)
      .filter(([a, b]) => overlap(a, b))
      .map(([a, b]) => `${a.id} over ${b.id}`),
    ...cards.flatMap((card) =>
      states
        .filter((state) => overlap(card, state) && !within(card, state))
        .map(({ id }) => `${card.id} across the border of ${id}`),
    ),
  ];
}

export function stateFaults(model: ChartModel, { page, states }: Picture): readonly string[] {
  const around = withAncestors(model);
  const isInside = (inner: string, outer: string) => (around.get(inner) ?? []).includes(outer);
  const wrong = pairs(states).filter(([a, b]) => {
    if (isInside(b.id, a.id)) return !within(b, a);
    return isInside(a.id, b.id) ? !within(a, b) : overlap(a, b);
  });
  return [
    ...wrong.map(([a, b]) => `${a.id} over ${b.id}`),
    ...states.filter((state) => !within(state, page)).map(({ id }) => `${id} outside the page`),
  ];
}

export function lineFaults(model: ChartModel, picture: Picture): readonly string[] {
  const { page, states, cards, texts, lanes } = picture;
  const around = withAncestors(model);
  return lanes.flatMap(({ id: lane, source, target, segments }) => {
    const ends = new Set([source, target].flatMap((id) => [id, ...(around.get(id) ?? [])]));
    ends.add(`dot ${source}`);
    if (segments.length === 0) return [`${lane} has no line`];
    return segments.flatMap((segment) => [
      ...cards
        .filter((card) => card.id !== lane && overlap(segment, card))
        .map(({ id }) => `${lane} through ${id}`),
      ...texts
        .filter((text) => text.owner !== lane && overlap(segment, text))
        .map(({ text, owner }) => `${lane} through "${text}" of ${owner}`),
      ...states
        .filter((state) => !ends.has(state.id) && overlap(segment, state))
        .map(({ id }) => `${lane} through ${id}`),
      ...(within(segment, page) ? [] : [`${lane} outside the page`]),
    ]);
  });
}

/** With the room that a text needs at its sides. */
const widened = ({ left, right, ...box }: Box): Box => ({ ...box, left: left - 4, right: right + 4 });

const pairs = <Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] =>
  items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b] as const));

/** Of every state, and of the dot inside each compound one, the states around it. */
function withAncestors({ states }: ChartModel): ReadonlyMap<string, readonly string[]> {
  const around = new Map<string, readonly string[]>();
  for (const { id, parent } of states) {
    around.set(id, parent === null ? [] : [parent, ...(around.get(parent) ?? [])]);
    around.set(`dot ${id}`, [id, ...(around.get(id) ?? [])]);
  }
  return around;
}
