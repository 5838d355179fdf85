import { writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { Command } from 'commander';
import { truths } from '../game/ad.ts';
import type { Ad } from '../game/ad.ts';
import type { Episode } from '../game/episode/episode.ts';
import { generateEpisode } from '../game/episode/generate.ts';
import { holdoutCaseStudies, loadHoldout } from '../game/episode/holdout/holdout.ts';
import { tasks } from '../game/task.ts';
import { taskNamed } from '../match/new-match.ts';
import { AppError, describeError } from '../shared/errors.ts';
import { wholeNumber } from './options.ts';
import { readEpisode } from './read-episode.ts';
import { exitCodes, print, run } from './run.ts';
import { plain } from './summary.ts';

interface NewOptions {
  readonly task: string;
  readonly seed: number;
  readonly reveal: boolean;
  readonly output?: string;
}

export function episodeCommand(): Command {
  return new Command('episode')
    .description('check, generate or list the ads that matches are played on')
    .addCommand(checkCommand())
    .addCommand(newCommand())
    .addCommand(holdoutCommand());
}

function checkCommand(): Command {
  return new Command('check')
    .description('read an episode document and say what it holds, or where it breaks a rule')
    .argument('<file>', 'episode document (JSON)')
    .addHelpText('after', '\nExit codes: 0 valid, 2 not valid or not readable.')
    .action((file: string) => run(false, async () => check(await readEpisode(file))));
}

function newCommand(): Command {
  return new Command('new')
    .description('write the episode of a task and a seed as JSON')
    .requiredOption('--task <task>', 'task_1, task_2, task_3 or task_3_unseen')
    .requiredOption('--seed <n>', 'seed of the episode', wholeNumber(0, 2 ** 32 - 1))
    .option('--reveal', 'the whole playable document, with every label and ring', false)
    .option('-o, --output <file>', 'write to this file instead of the standard output')
    .addHelpText(
      'after',
      '\nWithout --reveal it writes a preview for readers: the first queue as the investigator sees it for free.' +
        '\nA preview holds no labels, rings, findings or later arrivals, and cannot be played.',
    )
    .action((options: NewOptions) => run(false, () => write(options)));
}

function holdoutCommand(): Command {
  return new Command('holdout')
    .description('list the case studies of the held-out set, or write it out')
    .option('--confirm-holdout', 'write the whole document, with every label and ring', false)
    .action(({ confirmHoldout }: { readonly confirmHoldout: boolean }) =>
      run(false, () => {
        if (confirmHoldout) print(asJson(loadHoldout(confirmHoldout)));
        else listCaseStudies();
        return Promise.resolve(exitCodes.good);
      }),
    );
}

function check({ ads, rings, arrivals }: Episode): number {
  const whole = [...ads, ...arrivals.map(({ ad }) => ad)];
  const labels = truths.map((truth) => `${truth} ${whole.filter((ad) => ad.truth === truth).length}`);
  print(`ads: ${ads.length}`);
  print(`arrivals: ${arrivals.length}`);
  print(`labels: ${labels.join(', ')}`);
  print(`rings: ${rings.length}`);
  print('valid');
  return exitCodes.good;
}

async function write({ task, seed, reveal, output }: NewOptions): Promise<number> {
  const taskId = taskNamed(task);
  const episode = generateEpisode(tasks[taskId], seed);
  const text = asJson(reveal ? episode : { preview: 'not playable', taskId, ads: episode.ads.map(preview) });
  if (output === undefined) {
    print(text);
    return exitCodes.good;
  }
  try {
    await writeFile(output, `${text}\n`);
  } catch (error) {
    throw new AppError(
      'argument_invalid',
      `${output} cannot be written: ${describeError(error)}`,
      { file: output },
      { cause: error },
    );
  }
  return exitCodes.good;
}

/** The fields of an ad that the investigator sees for free. Listed one by one, so that no new field leaks. */
function preview({ adId, category, adCopy, targetingSummary, riskSignals, records }: Ad) {
  const free = records && {
    country: records.advertiser.country,
    accountAgeDays: records.advertiser.accountAgeDays,
    paymentType: records.payment.paymentType,
  };
  return { adId, category, adCopy, targetingSummary, riskSignals, ...free };
}

function listCaseStudies(): void {
  const counts = Object.entries(holdoutCaseStudies());
  const table = new Table({ ...plain, head: ['case study', 'ads'] });
  table.push(...counts);
  print(table.toString());
  print(`${counts.reduce((sum, [, ads]) => sum + ads, 0)} ads; --confirm-holdout writes them out.`);
}

function asJson(value: object): string {
  return JSON.stringify(value, null, 2);
}
