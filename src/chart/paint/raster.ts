import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/**
 * A chart as PNG bytes, at two pixels per SVG pixel. The fonts are those of this package, so the picture does
 * not depend on the machine's fonts.
 */
export function pngOf(svg: string): Uint8Array {
  const font = { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 2 } }).render().asPng();
}

const require = createRequire(import.meta.url);
const fontFiles = ['400Regular', '600SemiBold', '700Bold'].map((weight) =>
  require.resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`),
);
