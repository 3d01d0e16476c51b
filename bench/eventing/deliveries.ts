/** Events from one producer to 1, 10 and 100 Triggers, beside JetStream and beside who keeps nothing. */
import { cpus } from 'node:os';
import { median, table, verdict } from '../admission/table.ts';
import { isPinned } from '../apiserver/servers/contender.ts';
import type { Part, PartOptions } from '../parts.ts';
import {
  type Contender,
  FORWARDER,
  JETSTREAM,
  NODE_HTTP,
  ownFolder,
  startForwarder,
  startJetStream,
  startNodeHttp,
  startWeir,
  WEIR,
} from './contenders.ts';
import type { Outcome, Pace } from './load/job.ts';
import { type Load, startLoad } from './load/started.ts';

const TRIGGERS = [1, 10, 100] as const;
const UNDER_WAY = 64;
/** Events a second at which latency is measured: far below what any of them can. */
const RATE = { 1: 200, 10: 100, 100: 20 } as const;

interface Figures {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the load. */
  readonly busy: number;
}

export async function benchDeliveries(options: PartOptions): Promise<Part> {
  const { isQuick } = options;
  const sizes = isQuick ? { rounds: 1, seconds: 1, paced: 1 } : { rounds: 5, seconds: 3, paced: 8 };
  const load = await startLoad();
  const texts = [
    `1 kB over connections that stay, ${UNDER_WAY} events under way, ${sizes.rounds} rounds of ${sizes.seconds} s in turns, medians; ` +
      `p50 and p99 from the producer to a subscriber at ${TRIGGERS.map((count) => RATE[count]).join(', ')} events a second; ` +
      `${isPinned ? 'each contender on one core, the load on another' : `all of ${cpus().length} cores`}; ` +
      `each event is on the disk before its 202, but for those who forward and keep nothing`,
  ];
  const shares: number[] = [];
  const leads: number[] = [];
  for (const triggers of TRIGGERS) {
    const all = await measure(load, triggers, sizes, options);
    texts.push(`${named(triggers)}\n${tableOf(all, triggers)}`);
    const of = (name: string) => all.get(name)?.perSecond ?? Number.NaN;
    shares.push(of(WEIR) / Math.max(of(FORWARDER), of(NODE_HTTP)));
    leads.push(of(WEIR) / of(JETSTREAM));
  }
  const each = (ratios: readonly number[]) => ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  const counts = `with ${TRIGGERS.join(', ')} Triggers`;
  return {
    text: texts.join('\n\n'),
    aims: [
      verdict(
        'a third of the deliveries a second of the better one that keeps nothing',
        Math.min(...shares) >= 1 / 3,
        `${each(shares)} of it ${counts}`,
      ),
      verdict(
        'more deliveries a second than JetStream with its bridge',
        Math.min(...leads) > 1,
        `${each(leads)} times as many ${counts}`,
      ),
    ],
  };
}

interface Sizes {
  readonly rounds: number;
  readonly seconds: number;
  /** Seconds at which the pace is given. */
  readonly paced: number;
}

async function measure(
  load: Load,
  triggers: (typeof TRIGGERS)[number],
  { rounds, seconds, paced }: Sizes,
  { tell }: PartOptions,
): Promise<Map<string, Figures>> {
  const { subscriber } = load;
  const contenders = [
    await startWeir(subscriber, triggers, ownFolder()),
    await startForwarder(subscriber, triggers),
    await startNodeHttp(subscriber, triggers),
    await startJetStream(subscriber, triggers),
  ];
  const run = async (contender: Contender, pace: Pace) => {
    const before = contender.cpuSeconds();
    const outcome = await load.run({ port: contender.port, triggers, pace });
    return { ...outcome, perCpuSecond: outcome.deliveries / (contender.cpuSeconds() - before) };
  };
  const closed = (most: number): Pace => ({ loop: 'closed', underWay: UNDER_WAY, until: { seconds: most } });
  for (const contender of contenders) {
    tell(`${contender.name}, ${named(triggers)}: warming up`);
    await run(contender, closed(seconds));
  }
  const found = new Map(contenders.map(({ name }): [string, (Outcome & { perCpuSecond: number })[]] => [name, []]));
  // in turns, so that what else the machine does hits all
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      tell(`${contender.name}, ${named(triggers)}: round ${round + 1} of ${rounds}`);
      found.get(contender.name)?.push(await run(contender, closed(seconds)));
    }
  }
  const figures = new Map<string, Figures>();
  for (const contender of contenders) {
    tell(`${contender.name}, ${named(triggers)}: ${RATE[triggers]} events a second`);
    const all = found.get(contender.name) ?? [];
    const { p50, p99 } = await run(contender, { loop: 'open', rate: RATE[triggers], until: { seconds: paced } });
    figures.set(contender.name, {
      perSecond: median(all.map((each) => each.deliveries / each.seconds)),
      perCpuSecond: median(all.map((each) => each.perCpuSecond)),
      p50,
      p99,
      busy: median(all.map((each) => each.busy)),
    });
  }
  for (const contender of contenders) contender.stop();
  return figures;
}

function named(triggers: number): string {
  return triggers === 1 ? '1 Trigger' : `${triggers} Triggers`;
}

function tableOf(all: ReadonlyMap<string, Figures>, triggers: number): string {
  const head = ['', 'events/s', 'deliveries/s', 'deliveries/CPU s', 'p50', 'p99', 'core of the load'];
  const rows = [...all].map(([name, { perSecond, perCpuSecond, p50, p99, busy }]) => [
    name,
    (perSecond / triggers).toFixed(0),
    perSecond.toFixed(0),
    perCpuSecond.toFixed(0),
    `${p50.toFixed(2)} ms`,
    `${p99.toFixed(2)} ms`,
    `${(busy * 100).toFixed(0)} %`,
  ]);
  return table(head, rows);
}
