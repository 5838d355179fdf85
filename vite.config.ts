import { defineConfig } from 'vite';

/** The pages for people. What is built is read by `src/server/http/routes/web.ts` when a server starts. */
export default defineConfig({
  root: 'web',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The pages' policy allows no inline script, style or font.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
});
