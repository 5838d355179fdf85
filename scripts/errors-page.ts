import { closeCatalogue, closeCodes } from '../src/protocol/close-codes.ts';
import { retryCodes } from '../src/server/sockets/replies.ts';
import { errorCatalogue } from '../src/shared/errors.ts';
import type { ErrorCode } from '../src/shared/errors.ts';
import { code, table } from './table.ts';

/** docs/errors.md, from the catalogues. */
export function errorsPage(): string {
  return `# Errors

Every failure has a stable code, a sentence, and details as plain JSON. Match on the code; the sentence may change. The
command line exits with 2 for wrong use and bad input, with 1 for a damaged log, a diverged match, a failed write, a
seat that is taken or a server that is not there. This page is generated from \`src/shared/errors.ts\`,
\`src/protocol/close-codes.ts\` and \`src/server/sockets/replies.ts\` by \`npm run docs\`.

Where the last column says so, the same frame may be sent again; its answer on a socket has \`"retryable": true\`. A step
that is sent again with the same \`command_id\` is never done twice.

${table(
  ['code', 'meaning', 'again'],
  (Object.entries(errorCatalogue) as [ErrorCode, string][]).map(([name, meaning]) => [
    code(name),
    meaning,
    retryCodes.has(name) ? 'yes' : '',
  ]),
)}

Faulty but legal actions are no errors: they are stored as \`action.penalised\` with a reason code of their own
(\`unknown_ad\`, \`target_already_pulled\`, …) and cost reward.

## Close codes

Why the server ends a role socket. A connection that broke without a code is told as 1006 by the client's own library:
come back with the seat token.

${closeCodesTable()}
`;
}

export function closeCodesTable(): string {
  const rows = Object.entries(closeCodes) as [keyof typeof closeCodes, number][];
  return table(
    ['code', 'meaning'],
    rows.map(([name, number]) => [code(number), closeCatalogue[name]]),
  );
}
