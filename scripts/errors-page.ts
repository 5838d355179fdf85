import { errorCatalogue } from '../src/shared/errors.ts';

/** docs/errors.md, from the catalogue. */
export function errorsPage(): string {
  const rows = Object.entries(errorCatalogue).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

Every failure has a stable code, a sentence, and details as plain JSON. Match on the code; the sentence may change. The
command line exits with 2 for wrong use and bad input, with 1 for a damaged log, a diverged match or a failed write.
This page is generated from \`src/shared/errors.ts\` by \`npm run docs\`.

| code | meaning |
| --- | --- |
${rows.join('\n')}

Faulty but legal actions are no errors: they are stored as \`action.penalised\` with a reason code of their own
(\`unknown_ad\`, \`target_already_pulled\`, …) and cost reward.
`;
}
