/** DomainMappings on the embedded API server: who may have a domain, where it leads, and what is said of it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { makeServingControllers } from '../../../../controllers/serving/controllers.ts';
import { clusterDomainClaims, domainMappings, services } from '../../../../src/knative/resources.ts';
import { isNotFound } from '../../../../src/kubernetes/client/errors.ts';
import { events } from '../../../../src/kubernetes/client/events.ts';
import { pods } from '../../../../src/kubernetes/client/resources.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { aService } from '../../../../tools/serving-reference/objects.ts';
import { type Cluster, startCluster } from '../../kit/cluster.ts';
import { type Run, run } from '../../kit/run.ts';
import { FakePlane } from '../instances/fakePlane.ts';

jest.setTimeout(240_000);

let cluster: Cluster;
let running: Run;
let plane: FakePlane;
let namespace = '';
let domain = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('knative-serving');
});
afterAll(() => cluster.stop());

beforeEach(async () => {
  namespace = `shop-${++count}`;
  domain = `cart-${count}.example.com`;
  await cluster.namespace(namespace);
  await network({});
  plane = new FakePlane();
  running = await run(cluster, {
    controllers: makeServingControllers({ instances: { plane }, ingressPort: 8080 }),
  });
});
afterEach(() => running.stop());

async function network(data: Record<string, string>): Promise<void> {
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-network', namespace: 'knative-serving' },
    data: { 'autocreate-cluster-domain-claims': 'true', ...data },
  });
}

function aMapping(change: { ref?: JsonObject; in?: string } = {}): JsonObject {
  const ref = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart', ...change.ref };
  return {
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name: domain, namespace: change.in ?? namespace },
    spec: { ref: { ...ref, namespace: change.in ?? namespace } },
  };
}

async function aCart(): Promise<void> {
  const service = aService('cart');
  await cluster.client.create(services, { ...service, metadata: { name: 'cart', namespace } });
  await running.settle();
  const [pod] = (await cluster.client.list(pods, { namespace })).items;
  const ready = { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-05-04T08:00:00Z' };
  const metadata = { ...objectAt(pod, 'metadata'), annotations: { 'platform.weir.dev/port': '20001' } };
  const written = await cluster.client.update(pods, { ...pod, metadata });
  const status = { phase: 'Running', conditions: [ready] };
  await cluster.client.update(pods, { ...written, status }, { subresource: 'status' });
  await running.settle();
}

async function map(mapping: JsonObject): Promise<void> {
  await cluster.client.create(domainMappings, mapping);
  await running.settle();
}

async function status(of = namespace): Promise<JsonObject> {
  return objectAt(await cluster.client.get(domainMappings, { namespace: of, name: domain }), 'status') ?? {};
}

async function conditions(of = namespace): Promise<string[]> {
  return arrayAt(await status(of), 'conditions')
    .filter(isObject)
    .map(({ type, status: is, reason }) => [type, is, reason].filter((each) => each !== undefined).join(' '));
}

async function claimed(): Promise<unknown> {
  try {
    return objectAt(await cluster.client.get(clusterDomainClaims, { name: domain }), 'spec')?.namespace;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Events are written in the background. */
async function told(reason: string, words: string): Promise<void> {
  for (;;) {
    const { items } = await cluster.client.list(events, { namespace });
    if (items.some((each) => each.reason === reason && stringAt(each, 'note')?.includes(words))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const splits = () => plane.routes.find(({ host }) => host === domain)?.splits;

it('lead to a Service under their own name, and claim it, until they are deleted', async () => {
  await aCart();
  await map(aMapping());
  expect(await conditions()).toEqual([
    'CertificateProvisioned True TLSNotEnabled',
    'DomainClaimed True',
    'IngressReady True',
    'Ready True',
    'ReferenceResolved True',
  ]);
  const url = `http://${domain}:8080`;
  expect(await status()).toMatchObject({ url, address: { url }, observedGeneration: 1 });
  expect(await claimed()).toBe(namespace);

  expect(splits()).toEqual([{ revision: `${namespace}/cart-00001`, percent: 100 }]);
  await cluster.client.delete(domainMappings, { namespace, name: domain });
  await running.settle();
  expect(splits()).toBeUndefined();
  expect(await claimed()).toBeUndefined();
});

it('are refused where another namespace has the domain, until it lets it go', async () => {
  const other = `${namespace}-other`;
  await cluster.namespace(other);
  await aCart();
  await map(aMapping({ in: other }));
  await map(aMapping());
  expect(await conditions()).toEqual([
    'CertificateProvisioned Unknown',
    'DomainClaimed False DomainAlreadyClaimed',
    'IngressReady Unknown IngressNotConfigured',
    'Ready False DomainAlreadyClaimed',
    'ReferenceResolved Unknown',
  ]);
  const claim = arrayAt(await status(), 'conditions').find((each) => objectAt(each)?.type === 'DomainClaimed');
  expect(objectAt(claim)?.message).toBe('The domain name is already in use by another DomainMapping');
  expect(await claimed()).toBe(other);
  await told('DomainNotClaimed', `ClusterDomainClaim "${domain}" is another namespace's: "${namespace}" cannot have`);
  // one that was refused takes nothing away from who has it
  await cluster.client.delete(domainMappings, { namespace, name: domain });
  await running.settle();
  expect(await claimed()).toBe(other);

  await map(aMapping());
  await cluster.client.delete(domainMappings, { namespace: other, name: domain });
  await running.settle();
  expect(await claimed()).toBe(namespace);
  expect(await conditions()).toContain('Ready True');
});

it('wait for a claim that somebody makes, where none is made for them, and leave it to them', async () => {
  await network({ 'autocreate-cluster-domain-claims': 'false' });
  await aCart();
  await map(aMapping());
  expect(await conditions()).toContain('DomainClaimed False DomainAlreadyClaimed');
  expect(splits()).toBeUndefined();
  const wanted = `{apiVersion: networking.internal.knative.dev/v1alpha1, kind: ClusterDomainClaim, metadata: {name: ${domain}}, spec: {namespace: ${namespace}}}`;
  await told(
    'DomainNotClaimed',
    `there is no ClusterDomainClaim "${domain}", and none is made by itself: apply ${wanted}`,
  );
  await told('DomainNotClaimed', 'autocreate-cluster-domain-claims to "true" in the ConfigMap config-network');
  await cluster.client.create(clusterDomainClaims, {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ClusterDomainClaim',
    metadata: { name: domain },
    spec: { namespace },
  });
  await running.settle();
  expect(await conditions()).toContain('Ready True');
  await cluster.client.delete(domainMappings, { namespace, name: domain });
  await running.settle();
  expect(await claimed()).toBe(namespace);
});

it('say what they refer to that is not there, and lead there once it is', async () => {
  await map(aMapping());
  expect(await conditions()).toContain('ReferenceResolved False ResolveFailed');
  expect(splits()).toBeUndefined();
  await aCart();
  expect(await conditions()).toContain('Ready True');
});
