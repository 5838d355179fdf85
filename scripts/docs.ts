import { mkdir, writeFile } from 'node:fs/promises';
import { targets } from '../src/game/ad.ts';
import { errorsPage } from './errors-page.ts';
import { episodeTables } from './episode-tables.ts';
import { evidenceFigure } from './evidence-figure.ts';
import { replaceSection } from './section.ts';

/** Writes the generated parts of the documentation. `npm test` fails when one of them is stale. */
await writeFile('docs/errors.md', errorsPage());
for (const [name, content] of Object.entries(episodeTables()))
  await replaceSection('docs/episodes.md', name, content);
await mkdir('docs/img', { recursive: true });
for (const target of targets) await writeFile(`docs/img/evidence-${target}.svg`, evidenceFigure(target));
