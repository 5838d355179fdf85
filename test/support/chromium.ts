import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The Chromium that the package `@sparticuz/chromium` brings along, for Linux on x64, with the libraries and a font that
 * a machine without a desktop lacks.
 */
export interface PackagedChromium {
  /** The module that unpacks it. */
  readonly module: string;
  /** Where it is unpacked, once for each version. */
  readonly folder: string;
}

export interface Launch {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Where it is; null where the package is not installed or has nothing for this machine. */
export function chromiumOfPackages(): PackagedChromium | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  try {
    const require = createRequire(import.meta.url);
    const module = require.resolve('@sparticuz/chromium');
    const manifest = join(dirname(module), '..', '..', 'package.json');
    const { version } = require(manifest) as { readonly version: string };
    return { module, folder: join(tmpdir(), `fraudarena-chromium-${version}`) };
  } catch {
    return null;
  }
}

/** Unpacks it where no test did so before. */
export async function unpacked({ module, folder }: PackagedChromium): Promise<Launch> {
  if (!existsSync(folder)) await unpack(module, folder);
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      HOME: folder,
    },
  };
}

async function unpack(module: string, folder: string): Promise<void> {
  const place = await mkdtemp(`${folder}-`);
  const program = `require(${JSON.stringify(module)}).executablePath()`;
  // It unpacks into the temporary folder, and its libraries only where it takes the machine for one that lacks them.
  const env = { ...process.env, TMPDIR: place, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await promisify(execFile)(process.execPath, ['-e', program], { env });
  // The fonts of the machine, and those of the package, which lie elsewhere than its own file says.
  const dirs = ['/usr/share/fonts', join(folder, 'fonts')].map((path) => `<dir>${path}</dir>`).join('');
  const config = `<fontconfig>${dirs}<cachedir>${join(folder, 'cache')}</cachedir></fontconfig>\n`;
  await writeFile(join(place, 'fonts', 'fonts.conf'), `<?xml version="1.0"?>\n${config}`);
  try {
    await rename(place, folder);
  } catch (error) {
    // Another test was faster.
    await rm(place, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}
