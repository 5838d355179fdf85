/**
 * The direction of imports, as CONTRIBUTING.md states it. In each list a row may import the rows above it, never one
 * below. The first list orders the folders of the project, the others the rooms of one folder.
 */
const orders = {
  layers: [
    ['^src/shared/'],
    ['^src/game/'],
    ['^machines/', '^src/log/', '^src/protocol/'],
    ['^src/match/', '^src/players/', '^src/chart/'],
    ['^src/history/'],
    ['^src/server/', '^src/client/'],
    ['^src/cli/'],
  ],
  'rooms-of-log': [
    ['^src/log/disk/'],
    ['^src/log/line/'],
    ['^src/log/segments/'],
    ['^src/log/file/'],
    ['^src/log/tools/'],
  ],
  'rooms-of-match': [['^src/match/fold/'], ['^src/match/proof/'], ['^src/match/[^/]+$']],
  'rooms-of-server': [
    ['^src/server/net/'],
    ['^src/server/edge/'],
    ['^src/server/matches/'],
    ['^src/server/http/[^/]+$'],
    ['^src/server/http/routes/', '^src/server/sockets/'],
    ['^src/server/[^/]+$'],
  ],
  'rooms-of-chart': [
    ['^src/chart/model/'],
    ['^src/chart/layout/'],
    ['^src/chart/paint/'],
    ['^src/chart/[^/]+$'],
  ],
};

const upwards = Object.entries(orders).flatMap(([name, rows]) =>
  rows.slice(0, -1).map((lower, index) => ({
    name: `${name}-${index}-imports-nothing-above`,
    severity: 'error',
    from: { path: lower },
    to: { path: rows.slice(index + 1).flat() },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwards,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'rules-are-pure',
      comment: 'The rules use no Node built-in and no library.',
      severity: 'error',
      from: { path: '^src/game/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'machines-import-only-rules-and-xstate',
      severity: 'error',
      from: { path: '^machines/' },
      to: { pathNot: ['^machines/', '^src/game/', '^src/shared/', '/xstate/'] },
    },
    {
      name: 'few-modules-import-xstate',
      comment:
        'The match actor with its fold, the charts of seats and of the server, and the tracer of charts.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(match/(match-actor|fold/(chart|fold|lifecycles))|chart/model/trace)\\.ts$',
      },
      to: { path: '/xstate/' },
    },
    {
      name: 'only-the-log-folder-imports-pino',
      severity: 'error',
      from: { path: '^(src|machines)/', pathNot: '^src/log/' },
      to: { path: '/(pino|sonic-boom)/' },
    },
    {
      name: 'one-module-imports-uWebSockets',
      comment: 'Its HTTP half takes the types only.',
      severity: 'error',
      from: { path: '^(src|machines)/', pathNot: '^src/server/net/uws-(adapter|http)\\.ts$' },
      to: { path: '/uWebSockets\\.js/' },
    },
    {
      name: 'one-module-of-the-server-imports-ws',
      comment: 'The client for Node opens sockets too: Node 20 has no WebSocket.',
      severity: 'error',
      from: { path: '^(src|machines)/', pathNot: '^src/(server/net/ws-adapter|client/node)\\.ts$' },
      to: { path: '/node_modules/(@types/)?ws/' },
    },
    {
      name: 'charts-know-only-what-they-draw',
      comment: 'A chart is drawn from a machine and the events of a match: no log, no server, no player.',
      severity: 'error',
      from: { path: '^src/chart/' },
      to: {
        path: '^(src|machines)/',
        pathNot: '^(src/(chart|game|shared)/|src/match/fold/chart\\.ts$|machines/)',
      },
    },
    {
      name: 'one-module-imports-elkjs',
      comment: 'Others take its types.',
      severity: 'error',
      from: { path: '^(src|machines)/', pathNot: '^src/chart/layout/(elk|graph|arrangement)\\.ts$' },
      to: { path: '/elkjs/' },
    },
    {
      name: 'the-client-knows-only-what-it-speaks',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^(src|machines)/', pathNot: '^src/(client|protocol|game|shared)/' },
    },
    {
      name: 'runtime-code-uses-no-dev-dependency',
      severity: 'error',
      from: { path: '^(src|machines)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-barrel-imports',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
