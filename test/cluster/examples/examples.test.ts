/** The manifests of examples/ as they stand: Knative's webhook and the schemas of its kinds let in all that their pages apply. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectsOf } from '../../overlays/read.ts';
import { cluster, freshNamespace } from '../harness/cluster.ts';

const controlPlane = cluster();
const { api, kubectl } = controlPlane;

const SECONDS = 30;
const FEATURES = '/api/v1/namespaces/knative-serving/configmaps/config-features';
const KINDS = ['policyexceptions', 'scalingschedules', 'trafficrollouts'].map((name) => `overlays/base/${name}.yaml`);
const NOT_APPLIED = [
  // to be refused
  'scheduled/cron-job-source.yaml',
  // the team's repository, whose image the pipeline writes
  'ci-cd/app/service.yaml',
  // of a Gateway API, which this control plane does not have
  'rollout/testers/http-route.yaml',
];

/** Those that run. The shop is built by Kustomize: test/cluster/admission/shop applies it in each environment. */
const EXAMPLES = readdirSync('examples').filter((name) => name !== 'shop' && existsSync(`examples/${name}/weir.yaml`));

/** Its files in the order in which its page names them, some of them again; then those of which it tells in other words. */
function manifestsOf(example: string): string[] {
  const named = [...pageOf(example).matchAll(/examples\/([\w-]+\/[\w./-]+)/g)].flatMap(([, at = '']) => filesAt(at));
  const others = filesAt(example).filter((file) => !named.includes(file));
  return [...named, ...others];
}

/** A file, or those of a folder; none where it is neither. */
function filesAt(at: string): string[] {
  const isFolder = statSync(`examples/${at}`, { throwIfNoEntry: false })?.isDirectory() === true;
  const files = isFolder ? readdirSync(`examples/${at}`, { recursive: true, encoding: 'utf8' }) : [''];
  return files
    .map((name) => path.join(at, name))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('/weir.yaml') && !NOT_APPLIED.includes(file))
    .sort();
}

function pageOf(example: string): string {
  return readFileSync(`examples/${example}/README.md`, 'utf8');
}

/** As a file says it, but for its namespace: that of others is another suite's. */
function objectsIn(file: string): JsonObject[] {
  return objectsOf(`examples/${file}`).map((object) => {
    const { namespace: _, ...metadata } = objectAt(object, 'metadata') ?? {};
    return { ...object, metadata };
  });
}

/** @returns what kubectl says against it; nothing where all of it is let in */
async function apply(namespace: string, objects: readonly JsonObject[]): Promise<string> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await kubectl(['-n', namespace, 'apply', '--validate=strict', '-f', '-'], list);
  return code === 0 ? '' : stderr;
}

/** What a page tells the owners of a cluster to switch on, for Services with volumes. */
function featuresOf(page: string): JsonObject {
  const [, patch = ''] = /config-features -n knative-serving --type merge -p \\\n {2}'(.*)'/.exec(page) ?? [];
  const features = objectAt(JSON.parse(patch), 'data') ?? {};
  expect(Object.keys(features)).toHaveLength(2);
  return features;
}

beforeAll(async () => {
  for (const file of KINDS) await kubectl(['apply', '--server-side', '--force-conflicts', '-f', file]);
  const isServed = async () => (await kubectl(['get', 'trafficrollouts,scalingschedules,policyexceptions'])).code === 0;
  await until("Weir's own kinds are served", { seconds: SECONDS }, isServed);
});

describe('a Service with a volume', () => {
  it('is refused by Knative as it comes', async () => {
    const refusal = await apply(await freshNamespace(controlPlane), objectsIn('saga/manifests/services.yaml'));
    expect(refusal).toContain('Persistent volume claim support is disabled');
  });
});

describe('the examples', () => {
  const namespaces = new Map<string, string>();

  beforeAll(async () => {
    for (const example of EXAMPLES) namespaces.set(example, await freshNamespace(controlPlane));
    if ((await api.ask('GET', FEATURES)).status === 404) return;
    const features = featuresOf(pageOf('saga'));
    await api.patch(FEATURES, { data: features });
    // its webhook learns of it a moment later
    const namespace = await freshNamespace(controlPlane);
    const volumes = objectsIn('saga/manifests/services.yaml');
    const isOn = async () => (await apply(namespace, volumes)) === '';
    await until('Knative takes volumes', { seconds: SECONDS }, isOn);
  }, 120_000);

  afterAll(async () => {
    const { status, body } = await api.ask('GET', FEATURES);
    if (status === 404 || !isObject(body)) return;
    const on = Object.keys(featuresOf(pageOf('saga')));
    await api.patch(FEATURES, { data: Object.fromEntries(on.map((name) => [name, null])) });
  });

  it('are there', () => {
    expect(EXAMPLES).toEqual(expect.arrayContaining(['saga', 'cqrs', 'multi-region', 'ci-cd']));
    for (const example of EXAMPLES) expect(manifestsOf(example)).not.toEqual([]);
  });

  it.each(EXAMPLES)('%s is let in, each file of it', async (example) => {
    const namespace = namespaces.get(example) ?? '';
    for (const file of manifestsOf(example)) {
      expect([file, await apply(namespace, objectsIn(file))]).toEqual([file, '']);
    }
  });

  it.each(EXAMPLES)("%s went by Knative's own webhook", async (example) => {
    const path = `/apis/serving.knative.dev/v1/namespaces/${namespaces.get(example)}/services`;
    for (const file of manifestsOf(example)) {
      const isServing = ({ apiVersion }: JsonObject) => apiVersion === 'serving.knative.dev/v1';
      for (const service of objectsIn(file).filter(isServing)) {
        const stored = await api.get(`${path}/${stringAt(service, 'metadata', 'name')}`);
        // its defaulting writes that, and nobody else does
        expect(stringAt(stored, 'metadata', 'annotations', 'serving.knative.dev/creator')).toBeDefined();
      }
    }
  });

  it.each<[what: string, kind: string, file: string, change: JsonObject, refusal: RegExp]>([
    [
      'a field that nobody has',
      'PingSource',
      'aggregation/aggregation.yaml',
      { timezones: 'Europe/Lisbon' },
      /unknown field "[\w.]*timezones"/,
    ],
    [
      'a value of another type',
      'Trigger',
      'saga/manifests/events.yaml',
      { delivery: { retry: 'five' } },
      /spec\.delivery\.retry/,
    ],
    [
      'a text where a list is',
      'Sequence',
      'filter-transform/filter-transform.yaml',
      { steps: 'validate' },
      /spec\.steps/,
    ],
  ])('would be refused with %s in a %s', async (_, kind, file, change, refusal) => {
    const [object = {}] = objectsIn(file).filter((each) => each.kind === kind);
    const spec = { ...objectAt(object, 'spec'), ...change };
    const namespace = namespaces.get(file.split('/')[0] ?? '') ?? '';
    expect(await apply(namespace, [{ ...object, spec }])).toMatch(refusal);
  });

  it('have one that nobody serves any more, as its page says', async () => {
    const refused = await apply(namespaces.get('scheduled') ?? '', objectsIn('scheduled/cron-job-source.yaml'));
    expect(refused).toContain('no matches for kind "CronJobSource"');
  });
});
