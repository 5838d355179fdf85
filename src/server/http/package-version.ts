import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From the package's own description, which stands at another depth in the sources than in the built tree. */
export const packageVersion: string = read(dirname(fileURLToPath(import.meta.url)));

function read(folder: string): string {
  const path = join(folder, 'package.json');
  if (existsSync(path)) return (createRequire(import.meta.url)(path) as { version: string }).version;
  const above = dirname(folder);
  // A program put together into one file has none.
  return above === folder ? 'unknown' : read(above);
}
