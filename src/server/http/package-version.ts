import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The version in package.json, which is found by going up from this file: sources and build differ in depth.
 */
export const packageVersion: string = read(dirname(fileURLToPath(import.meta.url)));

function read(folder: string): string {
  const path = join(folder, 'package.json');
  if (existsSync(path)) return (createRequire(import.meta.url)(path) as { version: string }).version;
  const above = dirname(folder);
  // A bundled program has no package.json.
  return above === folder ? 'unknown' : read(above);
}
