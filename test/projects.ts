/**
 * The tests of what `npm run build` makes: the command line as users run it, the package, the pages in a browser. A
 * test is one of them if its name ends in `.e2e.test.ts` or if it is listed here; only these wait for the build.
 * `test/projects.test.ts` fails where another test asks for what was built.
 */
export const builtTests: readonly string[] = [
  'test/**/*.e2e.test.ts',
  'test/bench/report.test.ts',
  'test/client/example.test.ts',
  'test/client/resume.test.ts',
  'test/operate/files.test.ts',
  'test/operate/proxy.test.ts',
  'test/package/package.test.ts',
  'test/server/crash/disk.test.ts',
  'test/server/crash/exactly-once.test.ts',
  'test/server/crash/restart.test.ts',
  'test/server/crash/rolling.test.ts',
  'test/server/crash/sigterm.test.ts',
  'test/server/history/archive.test.ts',
  'test/server/history/paging.test.ts',
  'test/server/spectators/audience.test.ts',
  'test/simulation/determinism.test.ts',
  'test/web/pages.test.ts',
];
