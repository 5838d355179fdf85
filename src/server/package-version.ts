import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From the package's own description, which stands at another depth in the sources than in the built tree. */
export const packageVersion: string = read(dirname(fileURLToPath(import.meta.url)));

function read(folder: string): string {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return read(dirname(folder));
  return (createRequire(import.meta.url)(path) as { version: string }).version;
}
