/** An audit whose policies change while it runs: what they name is followed from then on, and what none names is let go. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { auditController } from '../../../controllers/audit/controller.ts';
import { guardRails } from '../../../controllers/guardrails/controller.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { configMaps, namespaces, resourceQuotas } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { reportCrds } from '../../../src/platform/crds/reports.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { folderWith } from '../../cli/harness.ts';
import { eventually } from '../../kubernetes/client/fakeClock.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { faultyClient } from '../kit/faultyClient.ts';
import { HandPolicies } from '../kit/policies.ts';
import { type Run, run } from '../kit/run.ts';

jest.setTimeout(60_000);

const reports: Resource = {
  group: 'wgpolicyk8s.io',
  version: 'v1alpha2',
  plural: 'policyreports',
  kind: 'PolicyReport',
  isNamespaced: true,
};

let cluster: Cluster;
let running: Run | undefined;
let made = 0;

beforeAll(async () => {
  cluster = await startCluster({ objects: reportCrds() });
}, 120_000);

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

afterAll(() => cluster.stop());

async function policies(spec: string): Promise<Awaited<ReturnType<typeof loadPolicies>>['policies']> {
  const document = `
apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec: ${spec}
`;
  const loaded = await loadPolicies(`${folderWith({ 'policies/prod.yaml': document })}/policies`, 'policies');
  expect(loaded.errors).toEqual([]);
  return loaded.policies;
}

async function start(hands: HandPolicies, ...others: readonly (typeof guardRails)[]): Promise<Run> {
  running = await run(cluster, { controllers: [auditController(), ...others], policies: hands });
  await running.settle();
  return running;
}

async function aNamespace(): Promise<string> {
  const name = `store-${++made}`;
  await cluster.namespace(name, 'prod');
  return name;
}

async function messagesOf(namespace: string, rule: string): Promise<string[]> {
  const report = await cluster.client.get(reports, { namespace, name: 'weir' }).catch(() => undefined);
  return arrayAt(report, 'results')
    .filter((result) => stringAt(result, 'rule') === rule)
    .map((result) => stringAt(result, 'message') ?? '');
}

/** `ingresses`, `secrets metadata.name=regcred` of everything that is followed. */
function followed({ manager }: Run): string[] {
  return manager.caches
    .all()
    .map(({ options: { resource, fieldSelector } }) => `${resource.plural} ${fieldSelector ?? ''}`.trim());
}

const INGRESS = `{custom: [{name: no-ingress, match: {kinds: [networking.k8s.io/Ingress]}, expression: "false", message: "the gateway is the way in", action: deny}]}`;
const BROUGHT = `{custom: [{name: painted, match: {kinds: [shop.example.com/Door]}, expression: has(object.spec.paint), message: "a door has its paint", action: deny}]}`;

function anIngress(namespace: string): JsonObject {
  const metadata = { namespace, name: 'way-in' };
  const spec = { defaultBackend: { service: { name: 'cart', port: { number: 80 } } } };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
}

/** @param served the version in which they are served, of both */
function doors(served = 'v1'): JsonObject {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'doors.shop.example.com' },
    spec: {
      group: 'shop.example.com',
      names: { plural: 'doors', singular: 'door', kind: 'Door', listKind: 'DoorList' },
      scope: 'Namespaced',
      versions: ['v1', 'v2'].map((name) => ({ name, served: name === served, storage: name === 'v1', schema })),
    },
  };
}

describe('when policies change, an audit', () => {
  it('follows the kinds of their custom rules, and lets those go that none names', async () => {
    const namespace = await aNamespace();
    await cluster.apply(anIngress(namespace));
    const hands = new HandPolicies(await policies('{}'));
    const now = await start(hands);
    expect(followed(now)).not.toContain('ingresses');
    expect(await messagesOf(namespace, 'custom/no-ingress')).toEqual([]);

    hands.change(await policies(INGRESS));
    await now.settle();
    await now.pass(2_000);
    expect(followed(now)).toContain('ingresses');
    expect(await messagesOf(namespace, 'custom/no-ingress')).toEqual(['the gateway is the way in']);

    hands.change(await policies('{}'));
    await now.settle();
    await now.pass(2_000);
    expect(followed(now)).not.toContain('ingresses');
    expect(await messagesOf(namespace, 'custom/no-ingress')).toEqual([]);
  });

  it('asks again for a kind that the API server does not have yet', async () => {
    const namespace = await aNamespace();
    const hands = new HandPolicies(await policies(BROUGHT));
    const now = await start(hands);
    expect(followed(now)).not.toContain('doors');

    await cluster.apply(doors(), {
      apiVersion: 'shop.example.com/v1',
      kind: 'Door',
      metadata: { namespace, name: 'front' },
      spec: {},
    });
    await now.pass(60_000);
    await now.pass(2_000);
    expect(followed(now)).toContain('doors');
    expect(await messagesOf(namespace, 'custom/painted')).toEqual(['a door has its paint']);
  });

  it('follows a kind in the version in which the API server has it now', async () => {
    const namespace = await aNamespace();
    await cluster.apply(doors(), {
      apiVersion: 'shop.example.com/v1',
      kind: 'Door',
      metadata: { namespace, name: 'back' },
      spec: {},
    });
    const client = faultyClient((await cluster.connect()).client);
    const hands = new HandPolicies(await policies(BROUGHT));
    const now = await run(cluster, { controllers: [auditController()], policies: hands, client });
    running = now;
    await now.settle();
    await now.pass(2_000);
    expect(await messagesOf(namespace, 'custom/painted')).toEqual(['a door has its paint']);

    await cluster.apply(doors('v2'));
    client.cutWatches();
    const doorsOf = () => now.manager.caches.all().filter(({ options: { resource } }) => resource.plural === 'doors');
    await eventually(
      () => doorsOf().some(({ options: { resource } }) => resource.version === 'v2'),
      'the version',
      40_000,
    );
    expect(doorsOf()).toHaveLength(1);
    await now.settle();
    await now.pass(2_000);
    expect(await messagesOf(namespace, 'custom/painted')).toEqual(['a door has its paint']);
    await cluster.client.patch(
      { ...reports, group: 'shop.example.com', version: 'v2', plural: 'doors', kind: 'Door' },
      { namespace, name: 'back' },
      { type: 'merge', body: { spec: { paint: 'red' } } },
    );
    await now.settle();
    await now.pass(2_000);
    expect(await messagesOf(namespace, 'custom/painted')).toEqual([]);
  });

  it('follows the others where one kind cannot be asked for', async () => {
    const namespace = await aNamespace();
    await cluster.apply(anIngress(namespace));
    const both = `{custom: [${BROUGHT.slice(BROUGHT.indexOf('[') + 1, -2)}, ${INGRESS.slice(INGRESS.indexOf('[') + 1, -2)}]}`;
    const { client } = await cluster.connect();
    const broken: Client = {
      ...client,
      read(path, options) {
        if (path === '/apis/shop.example.com') throw new ApiError(503, 'ServiceUnavailable', 'not now');
        return client.read(path, options);
      },
    };
    running = await run(cluster, {
      controllers: [auditController()],
      policies: new HandPolicies(await policies(both)),
      client: broken,
    });
    await running.settle();
    await running.pass(2_000);
    expect(followed(running)).toContain('ingresses');
    expect(await messagesOf(namespace, 'custom/no-ingress')).toEqual(['the gateway is the way in']);
  });

  it('looks for their pull secrets, and no more for those of before', async () => {
    const namespace = await aNamespace();
    const image = 'registry.example.com/shop/cart:1.4.2';
    await cluster.apply({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { namespace, name: 'cart' },
      spec: { template: { spec: { imagePullSecrets: [{ name: 'fresh' }], containers: [{ image }] } } },
    });
    const pull = (name: string): string =>
      `{images: {registries: ["registry.example.com/*"], pullSecrets: [{registry: registry.example.com, secret: ${name}}]}}`;
    const hands = new HandPolicies(await policies(pull('stale')));
    const now = await start(hands);
    expect(followed(now)).toContain('secrets metadata.name=stale');

    hands.change(await policies(pull('fresh')));
    await now.settle();
    await now.pass(2_000);
    expect(followed(now)).toContain('secrets metadata.name=fresh');
    expect(followed(now)).not.toContain('secrets metadata.name=stale');
    expect(await messagesOf(namespace, 'images/pull-secret-missing')).toHaveLength(1);

    const login = Buffer.from('{"auths":{"registry.example.com":{"auth":"eDp5"}}}').toString('base64');
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: 'fresh' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': login },
    });
    await now.settle();
    await now.pass(2_000);
    expect(await messagesOf(namespace, 'images/pull-secret-missing')).toEqual([]);
  });

  it("reads Knative's settings where they are now", async () => {
    const hands = new HandPolicies(await policies('{}'));
    const now = await start(hands);
    const settings = (): string[] =>
      now.manager.caches
        .all()
        .flatMap(({ options: { resource, namespace = '' } }) => (resource === configMaps ? [namespace] : []));
    expect(new Set(settings())).toEqual(new Set(['knative-serving']));
    hands.change(await policies('{knative: {systemNamespace: serving}}'));
    await now.settle();
    expect(new Set(settings())).toEqual(new Set(['serving']));
  });
});

describe('what a namespace lacks of its guard rails', () => {
  it('is told while it does, and no more once they are there', async () => {
    const hands = new HandPolicies(await policies('{namespace: {quota: {hard: {pods: 50}}}}'));
    const namespace = await aNamespace();
    const alone = await start(hands);
    expect(await messagesOf(namespace, 'namespace/guard-rails')).toEqual([
      expect.stringContaining('ResourceQuota weir-quota is not there, and prod wants it'),
    ]);
    await alone.stop();

    const now = await start(hands, guardRails);
    await now.pass(2_000);
    expect(await cluster.client.get(resourceQuotas, { namespace, name: 'weir-quota' })).toBeDefined();
    expect(await messagesOf(namespace, 'namespace/guard-rails')).toEqual([]);

    const annotations = { 'weir.dev/guard-rails-opt-out': 'quota' };
    await cluster.client.patch(namespaces, { name: namespace }, { type: 'merge', body: { metadata: { annotations } } });
    await now.settle();
    await now.pass(2_000);
    expect(await messagesOf(namespace, 'namespace/guard-rails')).toEqual([
      expect.stringContaining('names quota, and prod lets no namespace leave any out; it is kept'),
    ]);
  });
});
