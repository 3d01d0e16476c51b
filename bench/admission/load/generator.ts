/** The load generator, a process of its own: a job as its only argument, the outcome on standard output. */
import { hostileRequest } from '../workload/hostile.ts';
import { Connection, type Request } from './connection.ts';
import { type Job, type Outcome, type Pace, percentile, readRequests } from './job.ts';
import { type Random, randomFrom } from './random.ts';
import type { HttpResponse } from './responseReader.ts';

/** Milliseconds after the last request was due; what has no answer by then is lost. */
const GRACE = 20_000;
/** Timers are late by up to a millisecond: the last stretch before a request is due is waited for awake. */
const AWAKE = 1.5;
const DENIED = '"allowed":false';

class Tally {
  readonly latencies: number[] = [];
  readonly #statuses: Record<string, number> = {};
  readonly #isHostile: boolean;
  lost = 0;
  #denied = 0;
  #oddity: string | undefined;

  constructor({ source }: Job) {
    this.#isHostile = source === 'hostile';
  }

  answer(response: HttpResponse | undefined, due: number): void {
    if (response === undefined) {
      this.lost++;
      return;
    }
    this.latencies.push(performance.now() - due);
    const { status, body } = response;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    if (body.includes(DENIED)) this.#denied++;
    if (this.#oddity === undefined && this.#isOdd(response))
      this.#oddity = `${status} ${body.toString().slice(0, 300)}`;
  }

  outcome(began: number, cpuBefore: NodeJS.CpuUsage): Outcome {
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const sorted = Float64Array.from(this.latencies).sort();
    return {
      answered: sorted.length,
      lost: this.lost,
      denied: this.#denied,
      statuses: this.#statuses,
      seconds,
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
      longest: percentile(sorted, 1),
      generatorBusy: (user + system) / 1e6 / seconds,
      ...(this.#oddity === undefined ? {} : { oddity: this.#oddity }),
    };
  }

  /** An API server answers a denied request with 403; a hostile body may get any refusal, so long as it is one in JSON. */
  #isOdd({ status, body }: HttpResponse): boolean {
    if (!this.#isHostile) return ![200, 201, 400, 403, 422].includes(status);
    if (![200, 400, 404, 405, 413].includes(status)) return true;
    try {
      const { kind, response } = JSON.parse(body.toString());
      return kind !== 'Status' && typeof response?.allowed !== 'boolean';
    } catch {
      return true;
    }
  }
}

await main();

async function main(): Promise<void> {
  const job: Job = JSON.parse(process.argv[2] ?? '');
  const random = randomFrom(job.seed);
  const nextRequest = requestsOf(job, random);
  const connections = Array.from({ length: job.connections }, () => new Connection(job.target));
  await Promise.all(connections.map((connection) => connection.open()));

  const tally = new Tally(job);
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  if (job.pace.loop === 'open') await openLoop(job.pace, random, connections, nextRequest, tally);
  else await closedLoop(job.pace, connections, nextRequest, tally);
  process.stdout.write(JSON.stringify(tally.outcome(began, cpuBefore)));
  for (const connection of connections) connection.close();
}

function requestsOf({ source }: Job, random: Random): () => Request {
  if (source === 'hostile') return () => hostileRequest(random);
  const requests = readRequests(source.file);
  let index = 0;
  return () => {
    const request = requests[index++ % requests.length];
    if (request === undefined) throw new Error(`${source.file} holds no request`);
    return request;
  };
}

type Open = Extract<Pace, { readonly loop: 'open' }>;
type Closed = Extract<Pace, { readonly loop: 'closed' }>;

function openLoop(
  { rate, seconds }: Open,
  random: Random,
  connections: readonly Connection[],
  nextRequest: () => Request,
  tally: Tally,
): Promise<void> {
  const free = [...connections];
  const waiting: number[] = [];
  const end = performance.now() + seconds * 1000;
  let next = performance.now();
  let underWay = 0;
  let isOver = false;

  return new Promise((resolve) => {
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      tally.lost += underWay + waiting.length;
      resolve();
    };
    const limit = setTimeout(finish, seconds * 1000 + GRACE);

    const send = (connection: Connection, due: number): void => {
      underWay++;
      connection.send(nextRequest(), (response) => {
        if (isOver) return;
        underWay--;
        tally.answer(response, due);
        const overdue = waiting.shift();
        if (overdue !== undefined) send(connection, overdue);
        else free.push(connection);
        if (underWay === 0 && next > end) finish();
      });
    };
    const tick = (): void => {
      while (next <= performance.now() && next <= end) {
        const connection = free.pop();
        if (connection === undefined) waiting.push(next);
        else send(connection, next);
        next += (-Math.log(1 - random()) / rate) * 1000;
      }
      if (next > end) {
        if (underWay === 0) finish();
        return;
      }
      const rest = next - performance.now();
      if (rest > AWAKE + 1) setTimeout(tick, rest - AWAKE);
      else setImmediate(tick);
    };
    tick();
  });
}

function closedLoop(
  { count, seconds }: Closed,
  connections: readonly Connection[],
  nextRequest: () => Request,
  tally: Tally,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let sent = 0;
  let underWay = 0;
  let isOver = false;

  return new Promise((resolve) => {
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      tally.lost += underWay;
      resolve();
    };
    const limit = setTimeout(finish, seconds * 1000 + GRACE);

    const send = (connection: Connection): void => {
      const due = performance.now();
      if (sent >= count || due >= end) {
        if (underWay === 0) finish();
        return;
      }
      sent++;
      underWay++;
      connection.send(nextRequest(), (response) => {
        if (isOver) return;
        underWay--;
        tally.answer(response, due);
        send(connection);
      });
    };
    for (const connection of connections) send(connection);
  });
}
