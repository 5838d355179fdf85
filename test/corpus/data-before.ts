import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Drive } from './drive.ts';
import { beginDraws } from './fixed-draws.ts';
import { plans } from './plan.ts';
import type { Plan } from './plan.ts';
import { Stage } from './stage.ts';
import { Transcript } from './transcript.ts';

/** A data folder that an earlier version wrote. It is never written again. */
export const dataBefore = fileURLToPath(new URL('recorded/data-before', import.meta.url));

export const finished = ['before-classic', 'before-standard'] as const;
export const unfinished = {
  name: 'before-unfinished',
  seed: 77,
  tokens: { fraudster: 'fraudster-who-will-be-back', auditor: 'auditor-who-will-be-back' },
} as const;

/** Two matches that are over, and one that its fraudster and its auditor left in the middle. */
export async function writeDataBefore(): Promise<void> {
  beginDraws('data before');
  const stage = await Stage.open(new Transcript(), 'ws');
  try {
    for (const [index, name] of finished.entries()) {
      const drive = new Drive(stage, planOf(name, index));
      await drive.open();
      await drive.play(() => Promise.resolve());
      await drive.leave();
    }
    const { name, seed, tokens } = unfinished;
    const fraudster = await stage.socket('/ws/fraudster', 'fraudster');
    const data = { episode_id: name, seed, task_id: 'task_1', max_rounds: 2, seat_token: tokens.fraudster };
    await fraudster.ask({ type: 'reset', data });
    const auditor = await stage.socket('/ws/auditor', 'auditor');
    await auditor.ask({ type: 'join', data: { match_id: name, seat_token: tokens.auditor } });
    const action = { action_type: 'propose_ad', ad_copy: 'Spoons of wood.', category: 'ecommerce' };
    await fraudster.ask({ type: 'step', command_id: 'first', data: action });
    await stage.stop();
    // Room that is kept free on the disk is no data.
    const isData = (path: string) => !/\/(lock|reserve)$/.test(path);
    await cp(stage.dataDir, dataBefore, { recursive: true, filter: isData });
  } finally {
    await stage.remove();
  }
}

function planOf(name: string, index: number): Plan {
  const [plan] = plans;
  if (plan === undefined) throw new Error('There is no plan.');
  const ruleset = index === 0 ? 'classic' : 'standard';
  const more = { episode_id: name, ruleset, task_id: 'task_1', max_rounds: 1 };
  return Object.assign({}, plan, { name, wanted: Object.assign({}, plan.wanted, more) });
}
