import { closeCatalogue, closeCodes } from '../src/protocol/close-codes.ts';
import { retryCodes } from '../src/server/sockets/replies.ts';
import { errorCatalogue } from '../src/shared/errors.ts';
import type { ErrorCode } from '../src/shared/errors.ts';
import { code, table } from './table.ts';

/** The page docs/errors.md, from the catalogues. */
export function errorsPage(): string {
  return `# Errors

Every failure has a stable code, a sentence, and details as plain JSON. Match on the code; the sentence may change. The
command line exits with 2 for wrong use and bad input. It exits with 1 for a damaged log, a diverged match, a failed
write, a taken seat or an unreachable server. This page is generated from \`src/shared/errors.ts\`,
\`src/protocol/close-codes.ts\` and \`src/server/sockets/replies.ts\` by \`npm run docs\`.

Where the last column says \`yes\`, you may send the same frame again; the answer on a socket has \`"retryable": true\`. A
step that is sent again with the same \`command_id\` is never carried out twice.

${table(
  ['code', 'meaning', 'again'],
  (Object.entries(errorCatalogue) as [ErrorCode, string][]).map(([name, meaning]) => [
    code(name),
    meaning,
    retryCodes.has(name) ? 'yes' : '',
  ]),
)}

Faulty but legal actions are not errors: they are stored as \`action.penalised\` with a reason code of their own
(\`unknown_ad\`, \`target_already_pulled\`, …) and cost reward.

## Close codes

Why the server ends a role socket. The client's own library reports a connection that broke without a code as
1006: come back with the seat token.

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
