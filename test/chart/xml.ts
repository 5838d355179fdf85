import { SaxesParser } from 'saxes';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

/** The root of a document. @throws where it is not well-formed */
export function parseXml(text: string): Element {
  const parser = new SaxesParser({ xmlns: true });
  const root = { name: '', attributes: {}, children: [] as (Element | string)[] };
  const open = [root];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, { value }]) => [key, value] as const);
    const element = { name, attributes: Object.fromEntries(values), children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', (part) => open.at(-1)?.children.push(part));
  parser.write(text).close();
  const top = root.children.find((child) => typeof child !== 'string');
  if (top === undefined) throw new Error('The document is empty.');
  return top;
}

/** An element and all inside it, in the order in which they stand. */
export const allOf = (element: Element): readonly Element[] => [
  element,
  ...childrenOf(element).flatMap((child) => allOf(child)),
];

export const childrenOf = ({ children }: Element): readonly Element[] =>
  children.filter((child) => typeof child !== 'string');

export const attribute = ({ attributes }: Element, name: string): string => attributes[name] ?? '';

export const textOf = ({ children }: Element): string =>
  children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
