import { mkdir, writeFile } from 'node:fs/promises';
import { targets } from '../src/game/ad.ts';
import { descriptions, fileText } from './descriptions.ts';
import { errorsPage } from './errors-page.ts';
import { episodeTables } from './episode-tables.ts';
import { evidenceFigure } from './evidence-figure.ts';
import { knownArrangementsModule } from './known-arrangements.ts';
import { limitsPage } from './limits-page.ts';
import { operateTables } from './operate-tables.ts';
import { seatTables } from './seat-tables.ts';
import { performanceSummary, performanceTables } from './performance-tables.ts';
import { replaceSection } from './section.ts';

/**
 * Writes the generated parts of the documentation and the charts. `npm test` fails if one of them is
 * outdated.
 */
await writeFile('src/chart/layout/known-arrangements.ts', await knownArrangementsModule());
// Imported now, so that the pictures use the new arrangements.
const { statechartFigures, statechartSections } = await import('./statechart-page.ts');
await writeFile('docs/errors.md', errorsPage());
await writeFile('docs/limits.md', limitsPage());
for (const [name, content] of Object.entries(await seatTables()))
  await replaceSection('docs/play-a-seat.md', name, content);
for (const [name, content] of Object.entries(await operateTables()))
  await replaceSection('docs/operate.md', name, content);
for (const [name, content] of Object.entries(episodeTables()))
  await replaceSection('docs/episodes.md', name, content);
for (const [name, content] of Object.entries(await performanceTables()))
  await replaceSection('docs/performance.md', name, content);
for (const [name, content] of Object.entries(await performanceSummary()))
  await replaceSection('README.md', name, content);
await mkdir('docs/api', { recursive: true });
for (const [name, content] of Object.entries(await descriptions()))
  await writeFile(`docs/api/${name}`, fileText(content));
await mkdir('docs/img', { recursive: true });
for (const target of targets) await writeFile(`docs/img/evidence-${target}.svg`, evidenceFigure(target));
for (const [name, content] of Object.entries(statechartSections()))
  await replaceSection('docs/statechart.md', name, content);
for (const [file, svg] of Object.entries(await statechartFigures())) await writeFile(`docs/img/${file}`, svg);
