/**
 * One producer, and the subscribers of all Triggers, in a process of their own: one clock for both ends. It says the
 * subscribers' port on its first line, then reads jobs and says outcomes, a line each.
 *
 * As little as either can do (sockets, and no node:http), for it must cost less than what it measures.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { percentile } from '../../admission/load/job.ts';
import { ResponseReader } from '../../admission/load/responseReader.ts';
import type { Job, Outcome, Pace } from './job.ts';

const BYTES = 1024;
const BODY = JSON.stringify({ text: 'x'.repeat(BYTES - '{"text":""}'.length) });
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const END_OF_HEAD = '\r\n\r\n';
/** After which what is missing is not waited for. */
const LATEST_MS = 60_000;

interface UnderWay {
  /** When it was to be sent. */
  readonly at: number;
  isTaken: boolean;
  left: number;
  readonly whole: () => void;
}

/** Ids go on from job to job: what comes late is not taken for something else. */
let lastId = 0;
let underWay = new Map<number, UnderWay>();
let latencies: number[] = [];
let deliveries = 0;
let duplicates = 0;

const subscribers = createServer({ noDelay: true }, (socket) => {
  let rest: Buffer | undefined;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const end = bytes.indexOf(END_OF_HEAD, 0, 'latin1');
      if (end < 0) break;
      const head = bytes.toString('latin1', 0, end);
      const whole = end + END_OF_HEAD.length + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (bytes.length < whole) break;
      socket.write(OK, 'latin1');
      onDelivery(Number(/\r\nce-id: *(\d+)/i.exec(head)?.[1] ?? 0));
      bytes = bytes.subarray(whole);
    }
    rest = bytes.length === 0 ? undefined : bytes;
  });
});

function onDelivery(id: number): void {
  const event = underWay.get(id);
  if (event === undefined || event.left === 0) {
    duplicates++;
    return;
  }
  deliveries++;
  latencies.push(performance.now() - event.at);
  event.left--;
  finish(id, event);
}

function finish(id: number, event: UnderWay): void {
  if (event.left > 0 || !event.isTaken) return;
  underWay.delete(id);
  event.whole();
}

/** Connections of the producer, each with one request at a time. */
class Producer {
  readonly #port: number;
  readonly #free: Sending[] = [];
  readonly #all: Sending[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves once the event is taken and with everybody. */
  send(at: number, triggers: number): Promise<void> {
    return new Promise((resolve) => {
      const id = ++lastId;
      const event: UnderWay = { at, isTaken: false, left: triggers, whole: resolve };
      underWay.set(id, event);
      const sending = this.#free.pop() ?? this.#another();
      sending.post(id, () => {
        this.#free.push(sending);
        event.isTaken = true;
        finish(id, event);
      });
    });
  }

  end(): void {
    for (const sending of this.#all) sending.end();
  }

  #another(): Sending {
    const sending = new Sending(this.#port);
    this.#all.push(sending);
    return sending;
  }
}

class Sending {
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #taken: (() => void) | undefined;
  #isEnding = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', (error) => fail(`a connection to the ingress broke: ${error.message}`));
    this.#socket.on('close', () => {
      if (!this.#isEnding) fail('the ingress closed a connection');
    });
    this.#socket.on('data', (chunk: Buffer) => {
      const response = this.#reader.push(chunk);
      if (response === undefined) return;
      if (response.status !== 202) fail(`the ingress answered ${response.status}: ${response.body.toString()}`);
      this.#taken?.();
    });
  }

  post(id: number, taken: () => void): void {
    this.#taken = taken;
    this.#socket.write(requestOf(id), 'latin1');
  }

  end(): void {
    this.#isEnding = true;
    this.#socket.destroy();
  }
}

function requestOf(id: number): string {
  return (
    `POST /bench/default HTTP/1.1\r\nHost: broker-ingress.knative-eventing.svc.cluster.local\r\nCe-Specversion: 1.0\r\nCe-Id: ${id}\r\n` +
    'Ce-Source: /bench/orders\r\nCe-Type: order.placed\r\nCe-Time: 2026-03-01T08:00:00Z\r\nCe-Subject: order\r\n' +
    `Content-Type: application/json\r\nContent-Length: ${BYTES}\r\n\r\n${BODY}`
  );
}

async function run({ port, triggers, pace }: Job): Promise<Outcome> {
  latencies = [];
  deliveries = 0;
  duplicates = 0;
  underWay = new Map();
  const producer = new Producer(port);
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const events = pace.loop === 'closed' ? await closed(producer, triggers, pace) : await open(producer, triggers, pace);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  producer.end();
  const sorted = Float64Array.from(latencies).sort();
  return {
    events,
    deliveries,
    duplicates,
    seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    busy: (user + system) / 1e6 / seconds,
  };
}

async function closed(producer: Producer, triggers: number, pace: Pace & { readonly loop: 'closed' }): Promise<number> {
  const { until } = pace;
  const end = 'seconds' in until ? performance.now() + until.seconds * 1000 : Number.POSITIVE_INFINITY;
  const most = 'events' in until ? until.events : Number.POSITIVE_INFINITY;
  let sent = 0;
  await Promise.all(
    Array.from({ length: pace.underWay }, async () => {
      while (sent < most && performance.now() < end) {
        sent++;
        await inTime(producer.send(performance.now(), triggers));
      }
    }),
  );
  return sent;
}

async function open(
  producer: Producer,
  triggers: number,
  { rate, until }: Pace & { readonly loop: 'open' },
): Promise<number> {
  const count = 'events' in until ? until.events : Math.round(rate * until.seconds);
  const began = performance.now();
  const all: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const due = began + (index * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    // timers are late by themselves: what is within that is measured from when it was sent
    const now = performance.now();
    all.push(producer.send(now - due < 2 ? now : due, triggers));
  }
  await inTime(Promise.all(all));
  return count;
}

async function inTime(whole: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => fail(`${underWay.size} events were not everywhere after ${LATEST_MS} ms`), LATEST_MS);
  await whole;
  clearTimeout(timer);
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

subscribers.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`${(subscribers.address() as AddressInfo).port}\n`);
});
const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
for await (const line of lines) process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
