import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import { failure } from '../../../src/server/sockets/replies.ts';
import { AppError, errorCatalogue } from '../../../src/shared/errors.ts';
import type { ErrorCode } from '../../../src/shared/errors.ts';
import type { Frame } from '../../support/socket-client.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];
const secret = 'fraudster.token-of-/data/log/00000001.ndjson';
const asked = { role: 'auditor', requestId: 'r-1' } as const;
const answerTo = (thrown: unknown) => JSON.parse(failure(asked, thrown).text) as Frame;

/** Those whose messages are written for strangers. */
const tellable: readonly string[] = [
  'unknown_match',
  'match_exists',
  'capacity_reached',
  'knob_invalid',
  'reset_error',
  'draining',
  'seat_taken',
  'seat_token_required',
  'seat_token_wrong',
];
const retryable: readonly string[] = [
  'log_overloaded',
  'log_disk_full',
  'log_write_failed',
  'rate_limited',
  'capacity_reached',
  'draining',
];

describe('what a failure tells a stranger', () => {
  it.each([
    new Error(secret),
    new TypeError(secret, { cause: new AppError('unknown_match', secret) }),
    Object.assign(new Error(secret), { code: 'unknown_match', details: { secret } }),
    { code: 'unknown_match', message: secret },
    secret,
    null,
    undefined,
    42,
    Symbol('secret'),
    () => secret,
  ])('is internal and nothing of it for what nobody expects: %s', (thrown) => {
    expect(answerTo(thrown)).toEqual({
      type: 'error',
      request_id: 'r-1',
      data: { code: 'internal', message: errorCatalogue.internal, details: {} },
    });
  });

  it.each(codes)('is the code %s, with its message only where it was written for one', (code) => {
    const reply = answerTo(new AppError(code, secret, { secret }, { cause: new Error(secret) }));
    const isTold = tellable.includes(code);
    expect(reply.data).toEqual({
      code,
      message: isTold ? secret : errorCatalogue[code],
      details: isTold ? { secret } : {},
      ...(retryable.includes(code) ? { retryable: true } : {}),
    });
  });

  it('is the same for any message of the unexpected', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(answerTo(thrown)).toEqual(answerTo(null));
      }),
    );
  });
});
