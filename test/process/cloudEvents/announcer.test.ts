import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HTTP } from 'cloudevents';
import { Registry } from 'prom-client';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { type Announcer, type AnnouncerOptions, announceTo } from '../../../src/process/cloudEvents/announcer.ts';
import type { News } from '../../../src/process/cloudEvents/event.ts';
import { eventually, FakeClock } from '../../kubernetes/client/fakeClock.ts';

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let sink: Server;
let got: Got[];
let answers: ((response: ServerResponse) => void)[];
let clock: FakeClock;
let registry: Registry;
let told: string[];
let announcer: Announcer;

beforeEach(async () => {
  got = [];
  answers = [];
  told = [];
  clock = new FakeClock();
  registry = new Registry();
  sink = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      const answer = answers.shift() ?? status(202);
      answer(response);
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  const stopped = announcer?.stop(1);
  clock.advance(1);
  await stopped;
  sink.closeAllConnections();
  await new Promise((resolve) => sink.close(resolve));
});

const log: Log = {
  debug: () => {},
  info: (_, message) => told.push(`info ${message}`),
  warn: (_, message) => told.push(`warn ${message}`),
  error: (_, message) => told.push(`error ${message}`),
};

function status(code: number, headers: Readonly<Record<string, string>> = {}): (response: ServerResponse) => void {
  return (response) => response.writeHead(code, headers).end();
}

function announce(options: Partial<AnnouncerOptions> = {}): Announcer {
  const { port } = sink.address() as AddressInfo;
  let ids = 0;
  announcer = announceTo({
    sink: new URL(`http://127.0.0.1:${port}/broker`),
    source: '/weir',
    clock,
    random: () => 0.5,
    log,
    registry,
    id: () => `id-${++ids}`,
    ...options,
  });
  return announcer;
}

function someNews(name = 'business-hours', data: News['data'] = { minScale: 10 }): News {
  const subject = `weir.dev/v1alpha1/namespaces/shop-prod/scalingschedules/${name}`;
  return { type: 'dev.weir.schedule.transition.v1', subject, data };
}

async function metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
  return values.find((each) => Object.entries(labels).every(([key, value]) => each.labels[key as never] === value))
    ?.value;
}

describe('CloudEvents', () => {
  it('reach the sink in structured mode, as an event that the specification knows', async () => {
    announce().announce('controllers/schedule', someNews());
    await eventually(() => got.length === 1, 'it comes');
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id: 'id-1',
      source: '/weir/controllers/schedule',
      type: 'dev.weir.schedule.transition.v1',
      subject: 'weir.dev/v1alpha1/namespaces/shop-prod/scalingschedules/business-hours',
      time: '2026-05-04T08:00:00.000Z',
      datacontenttype: 'application/json',
      data: { minScale: 10 },
    });
    const read = HTTP.toEvent({ headers, body }) as unknown as JsonObject;
    expect([read.id, read.subject]).toEqual(['id-1', expect.stringContaining('business-hours')]);
    await announcer.stop(60_000);
    expect([announcer.lost(), told]).toEqual([0, []]);
    expect(await metric('weir_cloudevents_sent_total', { type: 'dev.weir.schedule.transition.v1' })).toBe(1);
  });

  it('take names of any characters', async () => {
    announce().announce('webhook', someNews('größe\n"x"', { user: 'jürgen' }));
    await eventually(() => got.length === 1, 'it comes');
    expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({ data: { user: 'jürgen' } });
  });

  it.each([[429], [500], [503], [408]])('are sent again after %i, each time with the same id', async (code) => {
    answers.push(status(code), status(code));
    announce().announce('controllers/schedule', someNews());
    for (const tries of [1, 2]) {
      await eventually(() => got.length === tries && clock.waiting === 1, `try ${tries}`);
      clock.advance(clock.waits[0] ?? 0);
    }
    await eventually(() => told.includes('info the sink takes CloudEvents again'), 'it is taken');
    expect(new Set(got.map(({ body }) => JSON.parse(body).id))).toEqual(new Set(['id-1']));
    expect(announcer.lost()).toBe(0);
  });

  it('wait for longer each time, and as long as the sink asks for', async () => {
    answers.push(status(500), status(500), status(503, { 'retry-after': '7' }));
    announce().announce('controllers/schedule', someNews());
    const waits: number[] = [];
    for (const tries of [1, 2, 3]) {
      await eventually(() => got.length === tries && clock.waiting === 1, `try ${tries}`);
      waits.push(clock.waits[0] ?? 0);
      clock.advance(clock.waits[0] ?? 0);
    }
    expect(waits).toEqual([375, 750, 7_000]);
  });

  it('are lost where the sink refuses them, without another try', async () => {
    answers.push(status(400), status(301));
    const { lost } = announce();
    announcer.announce('controllers/schedule', someNews('a'));
    announcer.announce('controllers/schedule', someNews('b'));
    await eventually(() => announcer.lost() === 2, 'both are counted');
    expect(lost).toBeDefined();
    expect(got).toHaveLength(2);
    expect(await metric('weir_cloudevents_lost_total', { reason: 'refused' })).toBe(2);
  });

  it('are lost after six tries', async () => {
    for (let tries = 0; tries < 6; tries++) answers.push(status(500));
    announce().announce('controllers/schedule', someNews());
    for (let tries = 1; tries < 6; tries++) {
      await eventually(() => got.length === tries && clock.waiting === 1, `try ${tries}`);
      clock.advance(clock.waits[0] ?? 0);
    }
    await eventually(() => announcer.lost() === 1, 'it is counted');
    expect([got.length, told]).toEqual([6, [expect.stringContaining('takes none: it answered with status 500')]]);
    expect(await metric('weir_cloudevents_lost_total', { reason: 'failed' })).toBe(1);
  });

  it('are lost where too many wait, and the others are not', async () => {
    const held: ServerResponse[] = [];
    for (let index = 0; index < 4; index++) answers.push((response) => held.push(response));
    announce({ most: 10 });
    for (let index = 0; index < 4; index++) announcer.announce('webhook', someNews(`held-${index}`));
    await eventually(() => held.length === 4, 'four are under way');
    for (let index = 0; index < 25; index++) announcer.announce('webhook', someNews(`more-${index}`));
    expect(announcer.lost()).toBe(15);
    expect(await metric('weir_cloudevents_waiting')).toBe(10);
    for (const response of held) response.writeHead(200).end();
    await eventually(() => got.length === 14, 'the others come');
    expect(await metric('weir_cloudevents_lost_total', { reason: 'full' })).toBe(15);
  });

  it('wait, ten thousand of one moment, up to as many bytes as there is room for', async () => {
    const held: ServerResponse[] = [];
    for (let index = 0; index < 4; index++) answers.push((response) => held.push(response));
    announce();
    for (let index = 0; index < 10_000; index++) announcer.announce('controllers/schedule', someNews(`cart-${index}`));
    await eventually(() => held.length === 4, 'four are under way');
    expect([announcer.lost(), await metric('weir_cloudevents_waiting')]).toEqual([0, 9_996]);
    const revisions = Array.from({ length: 20_000 }, (_, index) => `cart-${index}`.padEnd(60));
    for (let index = 0; index < 20; index++) announcer.announce('controllers/schedule', someNews('all', { revisions }));
    // of 1.26 MB each, twelve find room beside the small ones
    expect(announcer.lost()).toBe(8);
  });

  it('that break the specification are counted, and break nothing', async () => {
    announce();
    announcer.announce('webhook', { type: '', subject: 'x', data: {} });
    expect([announcer.lost(), told[0]]).toEqual([1, expect.stringContaining('a CloudEvent cannot be made')]);
    announcer.announce('webhook', someNews());
    await eventually(() => got.length === 1, 'the next one comes');
  });

  it('that wait are sent before the end, or counted', async () => {
    const held: ServerResponse[] = [];
    answers.push((response) => held.push(response));
    announce().announce('webhook', someNews());
    await eventually(() => held.length === 1, 'it is under way');
    const stopped = announcer.stop(1_000);
    clock.advance(1_000);
    await stopped;
    expect(announcer.lost()).toBe(1);
    announcer.announce('webhook', someNews());
    expect(announcer.lost()).toBe(2);
  });

  it('never tell a password of the sink', async () => {
    announce({ sink: new URL('http://weir:geheim@127.0.0.1:1/broker?token=geheim') }).announce('webhook', someNews());
    await eventually(() => told.length > 0, 'it complains');
    expect(told.join()).not.toContain('geheim');
  });
});
