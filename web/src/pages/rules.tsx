import { useEffect, useState } from 'preact/hooks';
import type { ChartModel } from '../../../src/chart/model/model.ts';
import { getJson, getModel } from '../live/api.ts';
import { fieldsOf } from '../timeline/moment.ts';
import type { Fields } from '../timeline/moment.ts';
import { plain } from '../timeline/words.ts';
import { ChartView } from '../ui/chart-view.tsx';
import { rowsOf } from '../ui/ruleset-rows.ts';
import type { RulesetRow } from '../ui/ruleset-rows.ts';

const machines = [
  { name: 'match', title: 'A match' },
  { name: 'review', title: 'A solo review' },
  { name: 'seat', title: 'A seat' },
  { name: 'node', title: 'A server' },
] as const;

interface Ruleset extends Fields {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}

const sections = [
  {
    section: 'step_rewards',
    title: 'Rewards of single actions',
    note: 'What an action earns or costs at once.',
  },
  {
    section: 'rewards',
    title: 'Rewards of the whole match',
    note: 'What the grading weighs when the match is over.',
  },
  { section: 'flow', title: 'Turns and endings', note: '' },
  { section: 'queue', title: 'The queue', note: '' },
  { section: 'audit', title: 'The audit', note: '' },
] as const;

/** The server's rules: the charts of its machines and every number of its rulesets. */
export function RulesPage() {
  const [rulesets, setRulesets] = useState<readonly Ruleset[]>([]);
  useEffect(() => {
    document.title = 'Rules · FraudArena';
    // If the request fails, the page shows the charts only.
    getJson<{ rulesets: readonly Ruleset[] }>('/api/v1/rulesets').then(
      (answer) => setRulesets([...answer.rulesets].reverse()),
      () => undefined,
    );
  }, []);
  return (
    <div class="rules-page">
      <header class="rules-head">
        <h1>Rules</h1>
        <p class="note">Drawn from the machines that run, and read from the rulesets that count.</p>
      </header>
      {machines.map(({ name, title }) => (
        <MachineSection key={name} machine={name} title={title} />
      ))}
      {rulesets.length === 0
        ? null
        : sections.map((each) => <RulesetTable key={each.section} {...each} rulesets={rulesets} />)}
    </div>
  );
}

function MachineSection({ machine, title }: { readonly machine: string; readonly title: string }) {
  const [model, setModel] = useState<ChartModel | null>(null);
  useEffect(() => {
    getModel(machine).then(setModel, () => undefined);
  }, [machine]);
  return (
    <section class="panel machine" aria-labelledby={`machine-${machine}`}>
      <header>
        <h2 id={`machine-${machine}`}>{title}</h2>
        <span class="note">{model?.states[0]?.description ?? ''}</span>
      </header>
      <ChartView machine={machine} />
      {model === null ? null : <Words model={model} />}
    </section>
  );
}

function Words({ model }: { readonly model: ChartModel }) {
  const edgesFrom = (id: string) =>
    model.edges.filter(({ source, kind }) => source === id && kind !== 'initial');
  return (
    <details class="words-of-chart">
      <summary>States and transitions in words</summary>
      {model.states.map(({ id, name, description, parent }) => (
        <div key={id} class="state-words">
          <h3>
            {parent === null ? 'From anywhere' : name}
            <span class="note"> {parent === null ? '' : description}</span>
          </h3>
          <dl>
            {edgesFrom(id).map((edge) => (
              <div key={edge.id}>
                <dt>
                  <code>{edge.label || 'at once'}</code>
                  {edge.targets.length === 0 ? '' : ` → ${edge.targets.join(', ')}`}
                </dt>
                <dd>{edge.description}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </details>
  );
}

interface TableProps {
  readonly section: (typeof sections)[number]['section'];
  readonly title: string;
  readonly note: string;
  readonly rulesets: readonly Ruleset[];
}

function RulesetTable({ section, title, note, rulesets }: TableProps) {
  const rows = rowsOf(rulesets.map((ruleset) => partOf(ruleset, section)));
  return (
    <section class="panel ruleset" aria-label={title} tabIndex={0}>
      <header>
        <h2>{title}</h2>
        <span class="note">{note}</span>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            {rulesets.map(({ name, version, hash }) => (
              <th key={name} scope="col" title={`Content ${hash}`}>
                {name} <small>{version}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow key={row.path} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function TableRow({ row: { path, values } }: { readonly row: RulesetRow }) {
  const isSame = values.every((value) => value === values[0]);
  return (
    <tr class={isSame ? '' : 'differs'}>
      <th scope="row">{plain(path)}</th>
      {values.map((value, index) => (
        <td key={index} class={/^[+−]/.test(value) ? (value.startsWith('+') ? 'good' : 'bad') : ''}>
          {value}
        </td>
      ))}
    </tr>
  );
}

function partOf(ruleset: Ruleset, section: string): Fields {
  if (section !== 'rewards') return fieldsOf(ruleset[section]);
  return fieldsOf(fieldsOf(fieldsOf(ruleset['grading'])['numbers'])['rewards']);
}
