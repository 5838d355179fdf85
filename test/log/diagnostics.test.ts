import { expect, it } from 'vitest';
import { diagnosticsAt } from '../../src/log/diagnostics.ts';

it('redacts by name whatever could be a secret, and nothing else', () => {
  const lines: string[] = [];
  const diagnostics = diagnosticsAt('info', { write: (line: string) => void lines.push(line) });
  const secret = 'canary-of-a-secret';
  diagnostics.warn(
    {
      match: 'm-1',
      token: secret,
      authorization: secret,
      rationale: secret,
      request: { seat_token: secret, owner_token: secret, query: secret, route: '/api/v1/matches' },
    },
    'odd',
  );
  expect(lines.join('')).not.toContain(secret);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    match: 'm-1',
    token: '[redacted]',
    msg: 'odd',
    request: { seat_token: '[redacted]', route: '/api/v1/matches' },
  });
});
