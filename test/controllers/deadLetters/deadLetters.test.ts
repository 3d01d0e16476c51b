import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { brokers } from '../../../src/knative/eventing/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import {
  configMaps,
  coreServices,
  deployments,
  namespaces,
  networkPolicies,
  persistentVolumeClaims,
} from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, objectAt, stringAt, textsAt, valueAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import {
  clear,
  contents,
  NAMESPACE,
  partsOf,
  policiesWith,
  runSinks,
  type SinkRun,
  told,
  versions,
  weirController,
} from './harness.ts';

const KEEP = { keep: true } as const;
const PROD = { namespace: NAMESPACE, name: 'dead-letters-prod' };

let cluster: Cluster;
let running: SinkRun;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(NAMESPACE);
  await cluster.namespace('shop');
}, 120_000);
beforeEach(() => cluster.apply(weirController()));
afterEach(async () => {
  await running.stop();
  await clear(cluster);
});
afterAll(() => cluster.stop());

async function start(sections: Parameters<typeof runSinks>[1]): Promise<void> {
  running = await runSinks(cluster, sections);
  await running.settle();
}

function aBroker(name: string, sink?: JsonObject): JsonObject {
  const delivery = sink === undefined ? {} : { delivery: { deadLetterSink: { ref: sink } } };
  return {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Broker',
    metadata: { namespace: 'shop', name },
    spec: delivery,
  };
}

const TO_PROD: JsonObject = { apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE, name: 'dead-letters-prod' };

async function hears(name: string, sentence: RegExp): Promise<void> {
  await until(`an Event about ${name} says ${sentence}`, { seconds: 10 }, async () => {
    const all = await told(cluster, name);
    if (!all.some((each) => sentence.test(each))) throw new Error(all.join('\n'));
    return true;
  });
}

async function container(): Promise<JsonObject> {
  const deployment = await cluster.client.get(deployments, PROD);
  return objectAt(deployment, 'spec', 'template', 'spec', 'containers', 0) ?? {};
}

describe('an environment', () => {
  it('has a sink where its policy asks for one, and no other has', async () => {
    await start({ prod: KEEP, dev: {}, staging: { keep: false } });
    expect(await contents(cluster)).toEqual(partsOf('prod'));
    expect(running.told.filter((line) => !line.startsWith('info'))).toEqual([]);
    expect(await running.registry.getSingleMetricAsString('weir_dead_letter_sinks')).toContain(
      'weir_dead_letter_sinks{environment="prod",state="kept"} 1',
    );
  });

  it('has it with the image of the controllers, and what their pods need', async () => {
    await start({ prod: { keep: true, storage: '8Gi', age: '48h' } });
    const { image, args } = await container();
    expect(image).toBe('registry.example.com/platform/weir:1.0.0');
    expect(args).toEqual(expect.arrayContaining(['--bytes=2147483648', '--age=48h']));
    const pod = valueAt(await cluster.client.get(deployments, PROD), 'spec', 'template', 'spec');
    expect(pod).toMatchObject({
      imagePullSecrets: [{ name: 'regcred' }],
      nodeSelector: { pool: 'platform' },
      serviceAccountName: 'dead-letters-prod',
    });

    await cluster.apply(weirController('registry.example.com/platform/weir:1.1.0'));
    await running.settle();
    expect((await container()).image).toBe('registry.example.com/platform/weir:1.1.0');
  });

  it('is left alone where all is as it should be, also by a process that starts', async () => {
    await start({ prod: KEEP });
    const before = await versions(cluster);
    running.hands.change(policiesWith({ prod: KEEP }));
    await running.settle();
    expect(await versions(cluster)).toEqual(before);
    await running.stop();

    await start({ prod: KEEP });
    expect(await versions(cluster)).toEqual(before);
    expect(await told(cluster, 'dead-letters-prod')).toEqual([]);
  });

  it('has no sink as long as nobody knows its image', async () => {
    await cluster.client.delete(deployments, { namespace: NAMESPACE, name: 'weir-controller' });
    await start({ prod: KEEP });
    expect(await contents(cluster)).toEqual([]);
    await hears(NAMESPACE, /^NoImage: prod asks for a dead-letter sink/);

    await cluster.apply(weirController());
    await running.settle();
    expect(await contents(cluster)).toEqual(partsOf('prod'));
  });
});

describe('what somebody changes', () => {
  it('is repaired, and told', async () => {
    await start({ prod: KEEP });
    await cluster.client.patch(networkPolicies, PROD, { type: 'merge', body: { spec: { ingress: [{}] } } });
    await cluster.client.patch(coreServices, PROD, { type: 'merge', body: { spec: { selector: { app: 'x' } } } });
    await running.settle();
    expect(valueAt(await cluster.client.get(networkPolicies, PROD), 'spec', 'ingress', 0, 'ports', 0, 'port')).toBe(
      8080,
    );
    expect(valueAt(await cluster.client.get(coreServices, PROD), 'spec', 'selector')).toEqual({
      'app.kubernetes.io/name': 'dead-letters',
      'weir.dev/dead-letters': 'prod',
    });
    await hears('dead-letters-prod', /^DeadLetterSinkRepaired: NetworkPolicy .* was changed at \/spec\/ingress;/);
    await hears('dead-letters-prod', /^DeadLetterSinkRepaired: Service .* was changed at \/spec\/selector;/);
  });

  it('is made again where it was deleted', async () => {
    await start({ prod: KEEP });
    await cluster.client.delete(coreServices, PROD);
    await running.settle();
    expect(await contents(cluster)).toEqual(partsOf('prod'));
    await hears('dead-letters-prod', /^DeadLetterSinkRepaired: Service dead-letters-prod .* was deleted;/);
  });

  it.each([
    {
      what: 'deleted',
      told: /^DeadLetterSinkRepaired: Service dead-letters-prod .* was deleted;/,
      meddle: () => cluster.client.delete(coreServices, PROD),
    },
    {
      what: 'changed',
      told: /^DeadLetterSinkRepaired: Service .* was changed at \/spec\/selector;/,
      meddle: () =>
        cluster.client.patch(coreServices, PROD, { type: 'merge', body: { spec: { selector: { app: 'x' } } } }),
    },
  ])('is told, too, where it was $what between the look and the write', async ({ meddle, told }) => {
    await start({ prod: KEEP });
    await running.stop();
    const { client } = await cluster.connect();
    let isPending = false;
    const racing: Client = {
      ...client,
      async patch(resource, place, patch, options) {
        if (isPending && resource === coreServices) {
          isPending = false;
          await meddle();
        }
        return client.patch(resource, place, patch, options);
      },
    };
    running = await runSinks(cluster, { prod: KEEP }, { client: racing });
    await running.settle();
    isPending = true;
    running.hands.change(policiesWith({ prod: KEEP }));
    await hears('dead-letters-prod', told);
    await running.settle();
    expect(await contents(cluster)).toEqual(partsOf('prod'));
    expect(valueAt(await cluster.client.get(coreServices, PROD), 'spec', 'selector', 'app')).toBeUndefined();
  });

  it('is no repair where the policy changed', async () => {
    await start({ prod: KEEP });
    running.hands.change(policiesWith({ prod: { keep: true, age: '2h' } }));
    await running.settle();
    expect(textsAt(await container(), 'args')).toContain('--age=2h');
    expect(await running.registry.getSingleMetricAsString('weir_dead_letter_sinks_writes_total')).not.toContain(
      'what="repaired"',
    );
  });

  it("is left as it is where it is somebody else's, and told", async () => {
    const theirs = { apiVersion: 'v1', kind: 'Service', metadata: PROD, spec: { ports: [{ port: 1234 }] } };
    await cluster.apply(theirs);
    await start({ prod: KEEP });
    expect(valueAt(await cluster.client.get(coreServices, PROD), 'spec', 'ports', 0, 'port')).toBe(1234);
    expect(await contents(cluster)).not.toContain('Deployment dead-letters-prod');
    await hears('dead-letters-prod', /^NameTaken: Service weir-system\/dead-letters-prod is not Weir's/);

    await cluster.client.delete(coreServices, PROD);
    await running.pass(5 * 60_000);
    expect(await contents(cluster)).toEqual(partsOf('prod'));
  });
});

describe('a policy that asks no more', () => {
  it('takes the sink away, and never the letters', async () => {
    await start({ prod: KEEP, dev: KEEP });
    running.hands.change(policiesWith({ prod: {}, dev: KEEP }));
    await running.settle();
    expect(await contents(cluster)).toEqual([...partsOf('dev'), 'PersistentVolumeClaim dead-letters-prod'].sort());
    await hears('dead-letters-prod', /^LettersStay: .* kubectl -n weir-system delete pvc dead-letters-prod$/);
    await expect(container()).rejects.toThrow(/not found/);
    await running.settle();

    running.hands.change(policiesWith({ prod: KEEP, dev: KEEP }));
    await running.settle();
    expect(await contents(cluster)).toEqual([...partsOf('dev'), ...partsOf('prod')].sort());
  });

  it('takes nothing away while somebody sends there', async () => {
    await start({ prod: KEEP });
    await cluster.apply(aBroker('default', TO_PROD), aBroker('other', { ...TO_PROD, namespace: 'shop' }));
    running.hands.change(policiesWith({ prod: {} }));
    await running.settle();
    expect(await contents(cluster)).toEqual(partsOf('prod'));
    await hears('dead-letters-prod', /^StillInUse: .*: Broker shop\/default$/);
    expect(await running.registry.getSingleMetricAsString('weir_dead_letter_sinks')).toContain('state="leaving"');

    await cluster.client.delete(brokers, { namespace: 'shop', name: 'default' });
    await running.pass(5 * 60_000);
    expect(await contents(cluster)).toEqual(['PersistentVolumeClaim dead-letters-prod']);
    await cluster.client.delete(brokers, { namespace: 'shop', name: 'other' });
  });

  it('takes nothing away by not being there', async () => {
    await start({ prod: KEEP });
    running.hands.change(new Map());
    await cluster.client.patch(coreServices, PROD, { type: 'merge', body: { metadata: { labels: { looked: 'at' } } } });
    await running.settle();
    expect(await contents(cluster)).toEqual(partsOf('prod'));
    expect(running.told.filter((line) => !line.startsWith('info'))).toEqual([]);
  });
});

describe('a namespace on its way out', () => {
  const held = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: NAMESPACE, name: 'held', finalizers: ['test.example.com/held'] },
  };

  it('gets no sink, and is not held up', async () => {
    await cluster.apply(held);
    await start({});
    await cluster.client.delete(namespaces, { name: NAMESPACE });
    running.hands.change(policiesWith({ prod: KEEP }));
    await running.settle();
    expect(await contents(cluster)).toEqual([]);
    expect(running.told.filter((line) => !line.startsWith('info'))).toEqual([]);

    const freed = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
    await cluster.client.patch(configMaps, { namespace: NAMESPACE, name: 'held' }, freed);
    await until('the namespace is gone', { seconds: 20 }, async () => {
      if (await cluster.client.get(namespaces, { name: NAMESPACE }).catch(() => undefined))
        throw new Error('it is there');
      return true;
    });
    await cluster.namespace(NAMESPACE);
    await cluster.apply(weirController());
    await running.settle();
    expect(await contents(cluster)).toEqual(partsOf('prod'));
  });
});

describe('the volume', () => {
  const storage = async () =>
    valueAt(await cluster.client.get(persistentVolumeClaims, PROD), 'spec', 'resources', 'requests', 'storage');

  it('has the size and the class that the policy says, and keeps them', async () => {
    await start({ prod: { keep: true, storage: '4Gi', storageClass: 'fast' } });
    const claim = await cluster.client.get(persistentVolumeClaims, PROD);
    expect(claim.spec).toMatchObject({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
      resources: { requests: { storage: '4Gi' } },
    });

    running.hands.change(policiesWith({ prod: { keep: true, storage: '1Gi', storageClass: 'slow' } }));
    await running.settle();
    expect(await storage()).toBe('4Gi');
    expect(stringAt(await cluster.client.get(persistentVolumeClaims, PROD), 'spec', 'storageClassName')).toBe('fast');
    await hears('dead-letters-prod', /^VolumeStays: .* is of the class fast, and the policy asks for slow/);
    expect(textsAt(await container(), 'args')).toContain(`--bytes=${1024 ** 3}`);
  });

  it.each([
    ['a quota', 403, 'Forbidden', 'exceeded quota: storage, requested: requests.storage=4Gi, limited: 5Gi'],
    ['a webhook', 400, 'BadRequest', 'admission webhook "storage.example.com" denied the request: no'],
  ])('that %s does not let grow holds up nothing else, and is asked to again', async (_, status, reason, message) => {
    await start({ prod: { keep: true, storage: '4Gi' } });
    await running.stop();
    const { client } = await cluster.connect();
    let isRefused = true;
    const refusing: Client = {
      ...client,
      async patch(resource, place, patch, options) {
        if (isRefused && resource === persistentVolumeClaims) throw new ApiError(status, reason, message);
        return client.patch(resource, place, patch, options);
      },
    };
    running = await runSinks(cluster, { prod: { keep: true, storage: '8Gi', age: '2h' } }, { client: refusing });
    await running.settle();
    expect(textsAt(await container(), 'args')).toEqual(expect.arrayContaining([`--bytes=${1024 ** 3}`, '--age=2h']));
    await hears('dead-letters-prod', /^VolumeStays: .* has 4Gi, and the policy asks for 8Gi \((exceeded|admission)/);

    isRefused = false;
    await running.pass(5 * 60_000);
    expect(await running.registry.getSingleMetricAsString('weir_dead_letter_sinks_writes_total')).toContain('updated');
  });

  it('is used as it is where somebody made it', async () => {
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: PROD,
      spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '1Gi' } } },
    });
    await start({ prod: { keep: true, storage: '4Gi' } });
    const claim = await cluster.client.get(persistentVolumeClaims, PROD);
    expect(claim.spec).toMatchObject({
      accessModes: ['ReadWriteOncePod'],
      resources: { requests: { storage: '1Gi' } },
    });
    expect(objectAt(claim, 'metadata', 'labels')).toBeUndefined();
    expect(textsAt(await container(), 'args')).toContain(`--bytes=${1024 ** 3 / 4}`);
  });
});
