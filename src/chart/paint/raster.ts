import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/**
 * A chart as a PNG image, two pixels for each of the SVG's. The letters are those of a font that is installed with
 * this package: the picture does not depend on the machine's own.
 */
export function pngOf(svg: string): Uint8Array {
  const font = { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 2 } }).render().asPng();
}

const require = createRequire(import.meta.url);
const fontFiles = ['400Regular', '600SemiBold', '700Bold'].map((weight) =>
  require.resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`),
);
