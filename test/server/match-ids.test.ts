import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hosting } from './cells/cells-kit.ts';

/** Texts that are no match id; some are a path, some no file name of any system. */
const texts = [
  '.',
  '..',
  '../elsewhere',
  '../checkpoints/mine',
  './mine',
  'mine/',
  '/etc/hostname',
  'mine.json/..',
  'a\u0000b',
  'mine\n',
  ' mine',
  'mine ',
  'é',
  '😀',
  '\ud800',
  '%2e%2e%2fmine',
  'x'.repeat(129),
  'x'.repeat(50_000),
];

describe('a text that is no match id', () => {
  it.each(texts)('%j joins nothing and reaches no file', (text) =>
    hosting(
      {
        // What a path out of the folder would find.
        prepare: async (folder) => {
          await mkdir(join(folder, 'checkpoints'));
          await writeFile(join(folder, 'elsewhere.json'), '{"v":2}');
        },
      },
      async ({ open, said }) => {
        const line = await open('auditor');
        await line.request({ type: 'reset', data: { episode_id: 'mine' } });
        const { data } = await line.request({ type: 'join', data: { match_id: text } });
        expect(data).toMatchObject({ code: 'unknown_match', details: {} });
        expect(String(data['message']).length).toBeLessThan(100);
        expect(await line.request({ type: 'obs' })).toMatchObject({ data: { match_id: 'mine' } });
        if (text.length < 1000 && text !== '\ud800') {
          const silent = await open('auditor', `?match_id=${encodeURIComponent(text)}`);
          expect(await silent.request({ type: 'obs' })).toMatchObject({
            data: { code: 'no_match', details: { reason_code: 'unknown_match' } },
          });
        }
        expect(said).toEqual([]);
      },
    ),
  );

  it.each([7, true, [], ['mine'], { match_id: 'mine' }, 1e300])('%j is a validation_error', (value) =>
    hosting({}, async ({ open }) => {
      const line = await open('auditor');
      const { data } = await line.request({ type: 'join', data: { match_id: value } });
      expect(data).toMatchObject({ code: 'validation_error', details: { faults: [{ path: 'match_id' }] } });
    }),
  );

  it.each([undefined, null, ''])('%j is missing', (value) =>
    hosting({}, async ({ open }) => {
      const line = await open('auditor');
      const { data } = await line.request({ type: 'join', data: { match_id: value } });
      expect(data).toMatchObject({ code: 'missing_match_id' });
    }),
  );
});
