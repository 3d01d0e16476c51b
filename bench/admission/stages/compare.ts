/** Weir beside the floor and OPA: latency at the aim's rate, then as many reviews as the server can answer. */
import { type Measured, send } from '../load/send.ts';
import { floor, opa, weir } from '../servers/contenders.ts';
import { peakMiB, residentMiB } from '../servers/figures.ts';
import { type Server, type Start, startServer } from '../servers/server.ts';
import { CONNECTIONS, RATE } from '../sizes.ts';
import { load, median, table, verdict } from '../table.ts';
import { shareOfBreaches } from '../workload/reviews.ts';
import { closedJob, placeIn, type Stage } from './stage.ts';

/** A run ends in the middle of the list of reviews. */
const TOLERANCE = 0.05;

interface Contender {
  readonly name: string;
  readonly does: string;
  readonly start: Start;
  /** The file of the requests that it is sent. */
  readonly file: string;
  /** How many of a hundred it has to deny. */
  readonly denies: number;
  readonly open: Measured[];
  readonly closed: Measured[];
}

export async function compare(stage: Stage, hasOpa: boolean): Promise<void> {
  const contenders = await contendersOf(stage, hasOpa);
  const servers = new Map<Contender, Server>();
  try {
    for (const contender of contenders) servers.set(contender, await startServer(contender.start));
    const atStart = new Map([...servers].map(([contender, { pid }]) => [contender, residentMiB(pid)]));

    for (const [contender, { port, pid }] of servers) {
      stage.progress(`warming up: ${contender.name}`);
      await send(closedJob(stage, port, { file: contender.file }, stage.sizes.warmUp), pid);
    }
    // in turns, so that a slow minute of the machine meets everybody
    for (let round = 1; round <= stage.sizes.rounds; round++) {
      for (const [contender, server] of servers) {
        stage.progress(`round ${round} of ${stage.sizes.rounds}: ${contender.name}; load of the machine ${load()}`);
        await measure(stage, contender, server);
      }
    }
    report(stage, contenders, (contender) => {
      const pid = servers.get(contender)?.pid ?? 0;
      return `${atStart.get(contender)?.toFixed(0)} / ${peakMiB(pid).toFixed(0)}`;
    });
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

async function contendersOf(stage: Stage, hasOpa: boolean): Promise<Contender[]> {
  const { files } = stage;
  const made = (name: string, does: string, start: Start, file: string, denies: number): Contender => {
    return { name, does, start: { ...start, name }, file, denies, open: [], closed: [] };
  };
  const breaches = shareOfBreaches();
  const all = [
    made('floor', 'parses, allows everything', floor(await placeIn(stage)), files.root, 0),
    made('weir validate', 'judges by every rule of prod', weir(await placeIn(stage)), files.validate, breaches),
    made('weir mutate', 'fills in and remembers', weir(await placeIn(stage)), files.mutate, 0),
  ];
  if (hasOpa) all.push(made('opa', 'judges by 10 checks in Rego', opa(await placeIn(stage)), files.root, breaches));
  return all;
}

async function measure({ certificates, sizes }: Stage, contender: Contender, { port, pid }: Server): Promise<void> {
  const { ca } = certificates;
  const job = { target: { port, ca, headers: {} }, source: { file: contender.file }, seed: 1 };
  // enough connections that no request waits for one
  const open = {
    ...job,
    connections: 4 * CONNECTIONS,
    pace: { loop: 'open', rate: RATE, seconds: sizes.seconds },
  } as const;
  const closed = {
    ...job,
    connections: CONNECTIONS,
    pace: { loop: 'closed', count: sizes.seconds * 100_000, seconds: sizes.seconds },
  } as const;
  contender.open.push(sound(contender, await send(open, pid)));
  contender.closed.push(sound(contender, await send(closed, pid)));
}

function sound({ name, denies }: Contender, measured: Measured): Measured {
  const { answered, denied, lost, oddity } = measured;
  if (oddity !== undefined) throw new Error(`${name} answered ${oddity}`);
  if (lost > 0) throw new Error(`${name} left ${lost} requests without an answer`);
  const share = denied / answered;
  if (Math.abs(share - denies) > TOLERANCE) {
    throw new Error(`${name} denied ${share.toFixed(2)} of the reviews, and ${denies} of them break the policy`);
  }
  return measured;
}

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly denied: number;
  readonly generatorBusy: number;
}

function figuresOf({ open, closed }: Contender): Figures {
  const of = (measured: readonly Measured[], figure: (each: Measured) => number) => median(measured.map(figure));
  return {
    p50: of(open, ({ p50 }) => p50),
    p99: of(open, ({ p99 }) => p99),
    longest: of(open, ({ longest }) => longest),
    perSecond: of(closed, ({ answered, seconds }) => answered / seconds),
    perCpuSecond: of(closed, ({ answered, cpuSeconds }) => answered / cpuSeconds),
    denied: of(closed, ({ denied, answered }) => denied / answered),
    generatorBusy: of(closed, ({ generatorBusy }) => generatorBusy),
  };
}

function report(stage: Stage, contenders: readonly Contender[], memory: (contender: Contender) => string): void {
  const figures = new Map(contenders.map((contender) => [contender.name, figuresOf(contender)]));
  const floorFigures = figures.get('floor');
  const share = (value: number, ofFloor: number | undefined) => (value / (ofFloor ?? Number.NaN)).toFixed(2);
  const rows = contenders.map((contender) => {
    const { p50, p99, longest, perSecond, perCpuSecond, denied, generatorBusy } = figuresOf(contender);
    return [
      contender.name,
      p50.toFixed(2),
      p99.toFixed(2),
      longest.toFixed(0),
      perSecond.toFixed(0),
      share(perSecond, floorFigures?.perSecond),
      perCpuSecond.toFixed(0),
      share(perCpuSecond, floorFigures?.perCpuSecond),
      `${(denied * 100).toFixed(0)} %`,
      memory(contender),
      `${(generatorBusy * 100).toFixed(0)} %`,
      contender.does,
    ];
  });
  const head = ['server', 'p50 ms', 'p99 ms', 'max ms', 'reviews/s', 'x floor', 'per CPU-s', 'x floor', 'denied'];
  stage.print(`${table([...head, 'MiB start / peak', 'generator', 'what it does'], rows)}\n`);
  stage.print(aims(figures));
}

/** Milliseconds. */
const MOST_MS = 3;

/** Where a server that does nothing takes as long, it is the machine that is slow, and nothing is known of Weir. */
function latency(aim: string, { p99 }: Figures, least: Figures): string {
  if (p99 < MOST_MS || least.p99 < MOST_MS) return verdict(aim, p99 < MOST_MS, `${p99.toFixed(2)} ms`);
  return `UNKNOWN ${aim}: ${p99.toFixed(2)} ms, and the floor's own is ${least.p99.toFixed(2)} ms: the machine is busy`;
}

function aims(figures: ReadonlyMap<string, Figures>): string {
  const lines: string[] = [];
  const least = figures.get('floor');
  const rego = figures.get('opa');
  for (const name of ['weir validate', 'weir mutate']) {
    const found = figures.get(name);
    if (found === undefined || least === undefined) continue;
    lines.push(latency(`${name}: p99 under ${MOST_MS} ms at ${RATE}/s`, found, least));
    const share = found.perCpuSecond / least.perCpuSecond;
    lines.push(verdict(`${name}: half of the floor's reviews per CPU-second`, share >= 0.5, share.toFixed(2)));
    if (rego === undefined) continue;
    const ahead = found.perCpuSecond / rego.perCpuSecond;
    lines.push(verdict(`${name}: ahead of OPA`, ahead > 1, `${ahead.toFixed(2)} times its reviews per CPU-second`));
  }
  return `${lines.join('\n')}\n`;
}
