import { createHash } from 'node:crypto';
import type { Route } from './route.ts';
import { bearers, statusesOf } from './openapi.ts';

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; text-transform: capitalize; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; }
h3 { font: 600 1rem ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
h3 span { display: inline-block; min-width: 4.5rem; opacity: .7; }
p { margin: .25rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .5rem 0 0; font-size: .875rem; }
dt { font-family: ui-monospace, monospace; }
dd { margin: 0; }`;

/** Content-Security-Policy: the page may use its own style and load nothing. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'`;

/** The routes as one HTML page that loads nothing. */
export function docsPage(routes: readonly Route[]) {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const body = tags.map(
    (tag) =>
      `<h2>${escaped(tag)}</h2>${routes
        .filter((each) => each.tag === tag)
        .map(routeSection)
        .join('')}`,
  );
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>FraudArena: the API</title><style>${style}</style></head><body>
<h1>FraudArena: the API</h1>
<p>For programs: <a href="/openapi.json">OpenAPI 3.1</a> of these routes,
<a href="/asyncapi.json">AsyncAPI 3.0</a> of the role sockets, and
<a href="/api/v1/schema/fraudster">JSON Schemas</a> of each role.</p>
${body.join('\n')}
</body></html>
`,
  };
}

function routeSection(each: Route): string {
  const takes = [
    ...Object.entries(each.params.shape).map(([name]) => [`{${name}}`, 'part of the path']),
    ...Object.keys(each.query.shape).map((name) => [`?${name}`, 'optional']),
    ...(each.body === null ? [] : [['body', 'application/json']]),
    ...(each.bearer === null ? [] : [['authorization', `Bearer: ${bearers[each.bearer]}`]]),
    ...statusesOf(each).map(({ status, description }) => [String(status), description]),
  ];
  const rows = takes.map(([name = '', text = '']) => `<dt>${escaped(name)}</dt><dd>${marked(text)}</dd>`);
  return `<section><h3><span>${each.method}</span>${escaped(each.path)}</h3>
<p>${escaped(each.summary)}.</p><dl>${rows.join('')}</dl></section>`;
}

/** Escapes a text and marks what is in backticks as code. */
const marked = (text: string): string => escaped(text).replace(/`([^`]*)`/g, '<code>$1</code>');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
