import { beginDraws } from './fixed-draws.ts';
import { lookAround } from './look.ts';
import type { Role } from './plan.ts';
import { Stage } from './stage.ts';
import type { AdapterName } from './stage.ts';
import { Transcript } from './transcript.ts';
import { arena } from './tools.ts';
import type { RecordedHttp } from './http.ts';
import { machineNames } from './under-test.ts';

/** Matches that end at once, so that lists and tables have something to list. */
const quick = ['alpha', 'bravo', 'carol', 'delta', 'eagle', 'fjord', 'grape'] as const;

/** One server with several matches: its lists by pages, its leaderboard, and what it refuses. */
export async function playHall(adapter: AdapterName): Promise<string> {
  beginDraws('hall');
  const transcript = new Transcript();
  const limits = { matches: 9, sockets: 6, spectators: 2, frameBytes: 4096 };
  const stage = await Stage.open(transcript, adapter, limits);
  try {
    for (const [index, name] of quick.entries()) {
      await playQuick(stage, name, index);
      // One after another, in the order in which they ended: those that are equal stand in it.
      await stage.archived(Math.min(index + 1, quick.length - 1));
    }
    await lists(stage.http);
    await refusals(stage);
    await lookAround(stage.http, 'tables');
    await stage.stop();
    for (const verb of [['archive', 'list'], ['log', 'export'], ['log', 'verify'], ['coverage']] as const) {
      const place = verb[0] === 'coverage' ? [stage.dataDir] : ['--data-dir', stage.dataDir];
      const { code, stdout } = await arena(...verb, ...place, '--json');
      transcript.add(`arena ${verb.join(' ')}`, `< ${code}\n${stdout}`);
    }
    const { stdout } = await arena('coverage', stage.dataDir);
    transcript.add('arena coverage as a table', stdout);
  } finally {
    await stage.remove();
  }
  return transcript.text;
}

/** The last one goes on. */
async function playQuick(stage: Stage, name: string, index: number): Promise<void> {
  await stage.clock.advance(5000);
  const players = { fraudster: `f${index % 2}`, investigator: `i${index % 3}`, auditor: 'a' };
  const wanted = {
    episode_id: name,
    seed: index,
    task_id: index % 2 === 0 ? 'task_1' : 'task_2',
    ruleset: index % 3 === 0 ? 'classic' : 'standard',
    max_rounds: 1,
    players,
    policies: { auth: 'open', reveal_at_end: index !== 4 },
  };
  const created = await stage.http.ask({
    method: 'POST',
    path: '/api/v1/matches',
    body: JSON.stringify(wanted),
  });
  if (index === quick.length - 1) return;
  if (index === 3) {
    const { owner_token: token } = JSON.parse(created.body) as { owner_token: string };
    await stage.http.ask({ method: 'DELETE', path: `/api/v1/matches/${name}`, token, as: 'owner' });
    return;
  }
  const step = async (role: Role, ...actions: readonly object[]) => {
    const socket = await stage.socket(`/ws/${role}?match_id=${name}`, `${role} of ${name}`);
    const seen = await socket.ask({ type: 'obs' });
    for (const data of actions)
      await socket.ask({ type: 'step', command_id: `${role}-${actions.indexOf(data)}`, data });
    await socket.ask({ type: 'close' });
    await socket.closed;
    return seen;
  };
  await step('fraudster', { action_type: 'commit_final' });
  const socket = await stage.socket(`/ws/investigator?match_id=${name}`, `investigator of ${name}`);
  const seen = await socket.ask({ type: 'obs' });
  const ads = seen?.data['available_ads'] as readonly string[];
  for (const [at, ad_id] of ads.entries()) {
    const verdict = at % 2 === 0 ? 'reject' : 'approve';
    const data = { action_type: 'verdict', ad_id, verdict, confidence: 0.5 };
    await socket.ask({ type: 'step', command_id: `verdict-${at}`, data });
  }
  await socket.ask({ type: 'step', command_id: 'done', data: { action_type: 'end_turn' } });
  await socket.ask({ type: 'close' });
  await socket.closed;
  await step('auditor', { action_type: 'submit_audit_report', audit_report: { notes: 'Seen.' } });
}

async function lists(http: RecordedHttp): Promise<void> {
  const ask = (query: string) => http.ask({ path: `/api/v1/matches${query}` }, 'lists');
  const first = JSON.parse((await ask('?history_limit=2')).body) as { next_cursor: string };
  const second = JSON.parse((await ask(`?history_limit=2&cursor=${first.next_cursor}`)).body) as typeof first;
  await ask(`?history_limit=2&cursor=${second.next_cursor}`);
  for (const query of [
    '?task_id=task_2',
    '?ruleset=classic',
    '?end_reason=aborted',
    '?player=i1',
    '?history_limit=0',
  ])
    await ask(query);
  for (const query of [
    '?history_limit=201',
    '?cursor=nonsense',
    '?task_id=task_9',
    '?color=red',
    '?active_cursor=x',
  ])
    await ask(query);
  for (const query of [
    '',
    '?role=investigator',
    '?task_id=task_1',
    '?ruleset=standard&limit=2',
    '?limit=0',
    '?role=judge',
  ])
    await http.ask({ path: `/api/v1/leaderboard${query}` }, 'leaderboard');
}

/** What a server takes from nobody. */
async function refusals(stage: Stage): Promise<void> {
  const { http } = stage;
  const at = (path: string, more: object = {}) => http.ask(Object.assign({ path }, more), 'refusals');
  for (const path of [
    '/nowhere',
    '/api/v1/nowhere',
    '/api/v1/matches/nowhere',
    '/api/v1/matches/..%2fetc',
    '//',
    '/%zz',
  ])
    await at(path);
  for (const part of ['events', 'report', 'log', 'moments', 'stream', 'nothing'])
    await at(`/api/v1/matches/nowhere/${part}`);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
    await at('/api/v1/matches', { method });
    await at('/api/v1/info', { method });
  }
  const post = (body: string, headers: object = {}) =>
    at('/api/v1/matches', { method: 'POST', body, headers });
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    '{"seed":-1}',
    '{"max_rounds":99}',
    '{"task_id":"task_9"}',
    '{"hint":1}',
  ])
    await post(body);
  for (const body of [
    '{"episode_id":"grape"}',
    '{"policies":{"auth":"locked"}}',
    '{"deadlines":{"turn_ms":1}}',
  ])
    await post(body);
  await post('{}', { 'content-type': 'text/plain' });
  await post('{}', { origin: 'http://elsewhere.test' });
  await post(`{"hint":"${'x'.repeat(5000)}"}`.slice(0, 4000));
  for (const header of ['Bearer', 'Basic abc', 'Bearer a b c'])
    await at('/api/v1/matches/grape/log', { headers: { authorization: header } });
  const tool = (body: object) =>
    at('/api/v1/tools/policy_classifier', { method: 'POST', body: JSON.stringify(body) });
  await tool({ ad_id: 'a1', ad_copy: 'Guaranteed returns, risk-free! Confirm your password now.' });
  await tool({ ad_id: 'a2', ad_copy: 'Wooden spoons.' });
  await tool({ ad_id: 'a3' });
  await post('{"seed":1,"episode_id":"one"}');
  await post('{"seed":2}');
  for (let more = 0; more < 7; more += 1) await post('{"seed":3}');
  await http.ask({ path: '/ws/judge' }, 'refusals');
  await http.ask({ path: '/ws/fraudster' }, 'refusals');
  const idle = await stage.socket('/ws/auditor', 'nobody');
  await idle.ask({ type: 'obs' });
  await stage.clock.advance(120_000);
  await idle.closed;
}

/** The documents and pictures that are the same for every match. */
export async function readDescriptions(adapter: AdapterName): Promise<string> {
  beginDraws('descriptions');
  const transcript = new Transcript();
  const stage = await Stage.open(transcript, adapter);
  const ask = (path: string) => stage.http.ask({ path }, path);
  try {
    for (const name of ['info', 'version', 'tasks', 'policies', 'rulesets']) await ask(`/api/v1/${name}`);
    for (const path of ['/openapi.json', '/asyncapi.json', '/docs', '/tasks', '/matches', '/grader'])
      await ask(path);
    for (const role of ['fraudster', 'investigator', 'auditor', 'judge']) await ask(`/api/v1/schema/${role}`);
    for (const machine of [...machineNames, 'toaster'])
      for (const query of [
        '',
        '?direction=down&theme=dark',
        '?format=json',
        '?format=mermaid',
        '?format=scxml',
      ])
        await ask(`/api/v1/charts/${machine}${query}`);
    await ask('/api/v1/charts/match?format=png');
    // Figures differ from run to run; what they are called does not.
    const names = (text: string) =>
      text.split('\n').map((line) => line.replace(/ \S+$/, '').replace(/^# .*/, (all) => all));
    await stage.http.ask({ path: '/api/v1/metrics' }, 'metrics', (text) => names(text).join('\n'));
    await stage.stop();
    for (const machine of machineNames)
      for (const format of ['svg', 'mermaid', 'scxml', 'json']) {
        const { stdout } = await arena('chart', machine, '--format', format, '--direction', 'down');
        transcript.add(`arena chart ${machine} ${format}`, stdout);
      }
  } finally {
    await stage.remove();
  }
  return transcript.text;
}

/** Matches that the command line plays by itself, reviews of one investigator among them. */
export async function playByCommandLine(): Promise<string> {
  beginDraws('command line');
  const transcript = new Transcript();
  const stage = await Stage.open(transcript, 'ws');
  await stage.stop();
  const data = ['--data-dir', stage.dataDir] as const;
  const run = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await arena(...args);
    transcript.add(`arena ${args[0] ?? ''}`, `> arena ${args.join(' ')}\n< ${code}\n${stdout}${stderr}`);
    return stdout;
  };
  try {
    const reviews: string[] = [];
    for (const [index, player] of ['scripted', 'marker', 'random', 'reject-all', 'escalate-all'].entries())
      for (const ruleset of ['classic', 'standard']) {
        const how = [
          '--machine',
          'review',
          '--investigator',
          player,
          '--ruleset',
          ruleset,
          '--seed',
          String(index + 3),
        ];
        const mishaps = index % 2 === 1 ? ['--mishaps', '0.2'] : [];
        const told = await run(
          'play',
          ...how,
          ...mishaps,
          '--task',
          index < 3 ? 'task_1' : 'task_2',
          '--json',
          ...data,
        );
        reviews.push((JSON.parse(told) as { match_id: string }).match_id);
      }
    for (const match of reviews) {
      await run('replay', match, '--json', ...data);
      await run('replay', match, '--at', '4', '--role', 'investigator', '--json', ...data);
      await run('verify', match, '--json', ...data);
      await run('log', 'export', match, ...data);
    }
    await run('coverage', '--machine', 'review', '--json', stage.dataDir);
    for (const seed of ['1', '2', '3', '4']) {
      const task = seed === '3' ? 'task_3' : 'task_2';
      await run('play', '--seed', seed, '--task', task, '--mishaps', '0.3', '--json', ...data);
    }
    await run('play', '--task', 'task_9', '--json', ...data);
    await run('replay', 'nowhere', ...data);
    await run('replay', 'no id', '--json', ...data);
    await run('verify', 'nowhere', '--json', ...data);
    await run('chart', 'nowhere', ...data);
    await run('episode', 'new', '--task', 'task_1', '--seed', '5');
    await run('episode', 'new', '--task', 'task_2', '--seed', '5', '--reveal');
    await run('--help');
  } finally {
    await stage.remove();
  }
  return transcript.text;
}
