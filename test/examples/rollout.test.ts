/** examples/rollout on `weir up`, under load: a good version arrives without a lost request, a bad one is gone in time. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { readRollout } from '../../src/rollout/read.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import { type Answer, type Platform, startPlatform } from './platform.ts';

jest.setTimeout(600_000);

const PAUSE_MS = 20;
const CLIENTS = 2;

let platform: Platform;
let load: Load;

/** Requests one after another from each client, as long as it runs. */
class Load {
  readonly answers: (Answer & { readonly at: number })[] = [];
  #isOver = false;
  readonly #clients: Promise<unknown>;

  constructor() {
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#clients;
  }

  async #client(): Promise<void> {
    while (!this.#isOver) {
      this.answers.push({ ...(await platform.ask('greeting')), at: Date.now() });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

beforeAll(async () => {
  platform = await startPlatform('rollout');
  await platform.apply('1-greeting.yaml', ...platform.objects('2-rollout.yaml').map(patient));
  await platform.until(async () => (await status()).phase === 'Healthy', 'the first Revision is pinned');
  load = new Load();
}, 600_000);

afterAll(async () => {
  await load?.end();
  await platform?.end();
}, 300_000);

/** A machine that does much else is slow to answer, too: here a version is bad by its errors alone. */
function patient(rollout: JsonObject): JsonObject {
  const spec = objectAt(rollout, 'spec') ?? {};
  const analysis = objectAt(spec, 'analysis') ?? {};
  const metrics = arrayAt(analysis, 'metrics').filter((each) => stringAt(each, 'name') === 'error-rate');
  return { ...rollout, spec: { ...spec, analysis: { ...analysis, metrics } } };
}

async function status(): Promise<JsonObject> {
  const [rollout = {}] = platform.objects('2-rollout.yaml');
  return objectAt(await platform.get(rollout), 'status') ?? {};
}

/** Each status that the rollout has from now on, as it is written: a watch leaves none out. */
async function statusesFromNow(signal: AbortSignal): Promise<JsonObject[]> {
  const [rollout = {}] = platform.objects('2-rollout.yaml');
  const { namespace } = platform;
  const resourceVersion = stringAt(await platform.get(rollout), 'metadata', 'resourceVersion') ?? '';
  const selection = { namespace, fieldSelector: `metadata.name=${nameOf(rollout)}` };
  const options = { ...selection, resourceVersion, timeoutSeconds: 3_600, signal };
  const events = await platform.client.watch(trafficRollouts, options);
  const statuses: JsonObject[] = [];
  void (async () => {
    for await (const { object } of events) statuses.push(objectAt(object, 'status') ?? {});
  })();
  return statuses;
}

async function traffic(): Promise<readonly unknown[]> {
  const [service = {}] = platform.objects('1-greeting.yaml');
  return arrayAt(await platform.get(service), 'spec', 'traffic');
}

describe('a rollout on one machine', () => {
  it('brings a good version to everybody, and fails no request', async () => {
    await platform.applyOnly(...platform.objects('3-good.yaml'));
    await platform.until(async () => (await status()).stable === 'greeting-00002', 'the second is stable');
    // what is wanted is written first, and traffic a moment later
    await platform.until(async () => (await traffic()).length === 1, 'one Revision has all traffic');
    expect(await traffic()).toMatchObject([{ revisionName: 'greeting-00002', percent: 100 }]);
    await platform.until(async () => (await platform.ask('greeting')).body.includes('version 2'), 'everybody has it');
    expect(load.answers.filter((each) => each.status !== 200)).toEqual([]);
    expect(load.answers.some(({ body }) => body.includes('version 2'))).toBe(true);
  });

  it('takes a bad version back with the second bad interval, and what it broke is bounded', async () => {
    const watching = new AbortController();
    const statuses = await statusesFromNow(watching.signal);
    const before = load.answers.length;
    await platform.applyOnly(...platform.objects('4-bad.yaml'));
    await platform.until(async () => (await status()).phase === 'Failed', 'the third has failed');
    await platform.until(async () => stringAt(await status(), 'routedSince') !== undefined, 'the Route has done it');
    const last = Date.now();
    const answers = load.answers.slice(before);
    const bad = answers.filter(({ body }) => body.startsWith('Oh no') || body.includes('version 3'));

    const [object = {}] = platform.objects('2-rollout.yaml');
    const { rollout } = readRollout(object);
    const { interval = 0, failureLimit = 0 } = rollout?.analysis ?? {};
    // each verdict is a status, and the last one is the way back itself: so it is on a slow machine, too
    await platform.until(() => statuses.at(-1)?.phase === 'Failed', 'the watch has told it');
    watching.abort();
    expect(arrayAt(statuses.at(-1), 'failed').at(-1)).toMatchObject({ reason: 'AnalysisFailed' });
    const counted = statuses.map((each) => numberAt(each, 'analysis', 'failures') ?? 0);
    expect(Math.max(...counted) + 1).toBe(failureLimit);

    const first = bad[0]?.at ?? last;
    const rate = answers.filter(({ at }) => at >= first).length / Math.max(1, last - first);
    // loosely: the second of the controller's clock, and the load of a machine that is slow
    const most = rate * 0.1 * (failureLimit * interval + 5_000);
    expect(bad.length).toBeGreaterThan(0);
    expect(bad.length).toBeLessThanOrEqual(Math.ceil(most * 1.5));
    expect(await traffic()).toMatchObject([{ revisionName: 'greeting-00002', percent: 100 }]);
    expect(numberAt(await status(), 'analysis', 'failures') ?? 0).toBe(0);

    // nobody meets it any more
    const after = load.answers.length;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const later = load.answers.slice(after).filter(({ at }) => at > last + 500);
    expect(later.filter((each) => each.status !== 200 || !each.body.includes('version 2'))).toEqual([]);
  });
});
