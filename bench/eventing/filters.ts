/** Filters a second, beside those of Knative's own broker (knative.dev/eventing pkg/eventfilter) on the same events. */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { table } from '../admission/table.ts';
import { isPinned } from '../apiserver/servers/contender.ts';
import type { Part, PartOptions } from '../parts.ts';
import { atExit } from '../serving/atExit.ts';
import { bundled } from '../serving/bundled.ts';
import { built } from './peers/build.ts';
import type { FilterJob, FilterResult } from './servers/filters.ts';

const EVENTS = 1000;
const TYPES = ['order.placed', 'order.paid', 'order.shipped', 'cart.left'] as const;

/** Each as Triggers have them. */
const TRIGGERS: FilterJob['triggers'] = [
  { name: 'filter.attributes', spec: { filter: { attributes: { type: 'order.paid', source: '/shop/2' } } } },
  { name: 'exact', spec: { filters: [{ exact: { type: 'order.paid' } }] } },
  { name: 'prefix', spec: { filters: [{ prefix: { type: 'order.' } }] } },
  { name: 'suffix', spec: { filters: [{ suffix: { type: '.paid' } }] } },
  {
    name: 'all of two',
    spec: { filters: [{ all: [{ prefix: { type: 'order.' } }, { exact: { source: '/shop/2' } }] }] },
  },
  { name: 'any of two', spec: { filters: [{ any: [{ exact: { type: 'cart.left' } }, { suffix: { source: '2' } }] }] } },
  { name: 'not', spec: { filters: [{ not: { exact: { type: 'cart.left' } } }] } },
  { name: 'cesql, one comparison', spec: { filters: [{ cesql: "type = 'order.paid'" }] } },
  {
    name: 'cesql, several',
    spec: { filters: [{ cesql: "type LIKE 'order.%' AND source IN ('/shop/1', '/shop/2') AND INT(amount) > 50" }] },
  },
];

export async function benchFilters({ isQuick, tell }: PartOptions): Promise<Part> {
  const job: FilterJob = { seconds: isQuick ? 0.1 : 1, triggers: TRIGGERS, events: events() };
  tell('filters of Weir');
  const ours = await run([process.execPath, '--no-warnings', await bundled('filters', SERVERS)], job);
  const program = await built('filters', 'knative-filters');
  tell("filters of Knative's own");
  const theirs = await run([program], job);
  const rows = ours.map(({ name, perSecond, passed }, index) => {
    const other = theirs[index];
    if (other?.passed !== passed) throw new Error(`${name} lets ${passed} pass, and Knative's own ${other?.passed}`);
    const share = `${((100 * passed) / EVENTS).toFixed(0)} %`;
    return [
      name,
      millions(perSecond),
      millions(other.perSecond),
      `${(perSecond / other.perSecond).toFixed(2)} x`,
      share,
    ];
  });
  return {
    text: `filters: judgements a second, in millions, of ${EVENTS} events, on one core\n\n${table(['', 'Weir', 'Knative', '', 'pass'], rows)}`,
    aims: [],
  };
}

const SERVERS = `${import.meta.dirname}/servers`;

function events(): FilterJob['events'] {
  return Array.from({ length: EVENTS }, (_, index) => ({
    specversion: '1.0',
    id: `e-${index}`,
    source: `/shop/${index % 5}`,
    type: TYPES[index % TYPES.length] ?? '',
    time: '2026-03-01T08:00:00Z',
    subject: `order-${index}`,
    datacontenttype: 'application/json',
    amount: String(index % 100),
  }));
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(2);
}

function run(command: readonly string[], job: FilterJob): Promise<FilterResult[]> {
  const [program = '', ...args] = isPinned ? ['taskset', '-c', String(cpus().length - 1), ...command] : command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    atExit(() => void child.kill());
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`${program} ended with ${code}`));
    });
    child.stdin.end(JSON.stringify(job));
  });
}
