import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { auditController } from '../../../controllers/audit/controller.ts';
import { services } from '../../../src/knative/resources.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { namespaces } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { reportCrds } from '../../../src/platform/crds/reports.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { folderWith } from '../../cli/harness.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { HandPolicies, policiesOf } from '../kit/policies.ts';
import { type Run, run } from '../kit/run.ts';

const reports: Resource = {
  group: 'wgpolicyk8s.io',
  version: 'v1alpha2',
  plural: 'policyreports',
  kind: 'PolicyReport',
  isNamespaced: true,
};
const clusterReports: Resource = {
  ...reports,
  plural: 'clusterpolicyreports',
  kind: 'ClusterPolicyReport',
  isNamespaced: false,
};

jest.setTimeout(60_000);

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

async function start(policies = new HandPolicies(), grade?: string): Promise<Run> {
  running = await run(cluster, { controllers: [auditController(grade === undefined ? {} : { grade })], policies });
  await running.settle();
  return running;
}

/** A new namespace of prod. */
async function aNamespace(environment = 'prod'): Promise<string> {
  const name = `shop-${++made}`;
  await cluster.namespace(name, environment);
  return name;
}

function aService(namespace: string, name: string, image: string, annotations: JsonObject = {}): JsonObject {
  const container = { image, readinessProbe: { httpGet: { path: '/' } } };
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { template: { metadata: { annotations }, spec: { containers: [container] } } },
  };
}

const GOOD = 'registry.example.com/shop/cart:1.4.2';
const BAD = 'docker.io/nginx:1.25';

async function reportOf(namespace: string): Promise<JsonObject | undefined> {
  return cluster.client.get(reports, { namespace, name: 'weir' }).catch(() => undefined);
}

/** `fail images/registry Service/cart` of the rules of these families. */
async function toldOf(namespace: string, ...families: readonly string[]): Promise<string[]> {
  return arrayAt(await reportOf(namespace), 'results')
    .filter((result) => families.includes(stringAt(result, 'category') ?? ''))
    .map((result) => {
      const [about] = arrayAt(result, 'resources');
      return `${stringAt(result, 'result')} ${stringAt(result, 'rule')} ${stringAt(about, 'kind')}/${stringAt(about, 'name')}`;
    });
}

describe('the audit', () => {
  it('says in one report a namespace what is there already and the policy denies', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aService(namespace, 'cart', BAD), aService(namespace, 'order', GOOD));
    await start(new HandPolicies(await policiesOf()));

    expect(await toldOf(namespace, 'images')).toEqual(expect.arrayContaining(['fail images/registry Service/cart']));
    expect(await toldOf(namespace, 'images')).not.toContain('fail images/registry Service/order');
    const report = await reportOf(namespace);
    expect(objectAt(report, 'metadata')).toMatchObject({ labels: { 'app.kubernetes.io/managed-by': 'weir' } });
    const first = arrayAt(report, 'results').find((result) => stringAt(result, 'rule') === 'images/registry');
    expect(first).toMatchObject({
      policy: 'prod',
      severity: 'high',
      scored: true,
      properties: { path: '/spec/template/spec/containers/0/image' },
    });
  });

  it('follows what changes, two seconds after the last time at the earliest', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aService(namespace, 'cart', BAD));
    const now = await start(new HandPolicies(await policiesOf()));
    expect(await toldOf(namespace, 'images')).toContain('fail images/registry Service/cart');

    await cluster.apply(aService(namespace, 'cart', GOOD));
    await now.settle();
    expect(await toldOf(namespace, 'images')).toContain('fail images/registry Service/cart');
    await now.pass(2_000);
    expect(await toldOf(namespace, 'images')).not.toContain('fail images/registry Service/cart');
  });

  it('writes a report anew only where it says something else', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aService(namespace, 'cart', BAD));
    const now = await start(new HandPolicies(await policiesOf()));
    const before = stringAt(await reportOf(namespace), 'metadata', 'resourceVersion');

    // judged again, and nothing else is found
    await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'somebody' } });
    await now.settle();
    await now.pass(2_000);
    expect(stringAt(await reportOf(namespace), 'metadata', 'resourceVersion')).toBe(before);

    // a new process reads what stands there, and finds it right
    await now.stop();
    running = undefined;
    await start(new HandPolicies(await policiesOf()));
    expect(stringAt(await reportOf(namespace), 'metadata', 'resourceVersion')).toBe(before);
  });

  it('repairs a report that somebody else changed', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aService(namespace, 'cart', BAD));
    const now = await start(new HandPolicies(await policiesOf()));
    await cluster.client.patch(
      reports,
      { namespace, name: 'weir' },
      { type: 'merge', body: { results: [] } },
      { fieldManager: 'somebody' },
    );
    await now.settle();
    await now.pass(2_000);
    expect(await toldOf(namespace, 'images')).toContain('fail images/registry Service/cart');
  });

  it('judges by a policy that changed', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aService(namespace, 'cart', BAD));
    const policies = new HandPolicies(await policiesOf());
    const now = await start(policies);
    const folder = folderWith({
      'policies/prod.yaml': `
apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec:
  images: {registries: ["docker.io/*"]}
`,
    });
    policies.change((await loadPolicies(`${folder}/policies`, 'policies')).policies);
    await now.pass(2_000);
    expect(await toldOf(namespace, 'images')).not.toContain('fail images/registry Service/cart');
  });

  it('judges again when an exception ends, without anybody touching anything', async () => {
    const namespace = await aNamespace();
    const now = await start(new HandPolicies(await policiesOf()));
    const until = new Date(now.clock.now().getTime() + 3_600_000).toISOString().replace(/\.\d+/, '');
    await cluster.apply(aService(namespace, 'cart', BAD), {
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'PolicyException',
      metadata: { namespace, name: 'nginx' },
      spec: { rules: ['images/registry'], match: { names: ['cart'] }, reason: 'moving', owner: 'team-shop', until },
    });
    await now.settle();
    await now.pass(2_000);
    expect(await toldOf(namespace, 'images')).toContain('skip images/registry Service/cart');

    await now.pass(3_600_000);
    await now.pass(2_000);
    expect(await toldOf(namespace, 'images')).toContain('fail images/registry Service/cart');
    expect(await toldOf(namespace, 'exceptions')).toContain('warn exceptions/expired PolicyException/nginx');
  });

  it.each<[what: string, spec: JsonObject, window: JsonObject]>([
    ['time', { until: '2026-05-04T09:00:00Z' }, {}],
    ['last date', {}, { only: ['2026-05-04'] }],
  ])('judges again when the %s of a schedule is over', async (_, spec, window) => {
    const namespace = await aNamespace();
    // it is eight o'clock
    const now = await start(new HandPolicies(await policiesOf()));
    await cluster.apply(aService(namespace, 'cart', GOOD), {
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'ScalingSchedule',
      metadata: { namespace, name: 'sale' },
      spec: {
        scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' },
        timeZone: 'Etc/UTC',
        windows: [{ name: 'early', start: '0 6 * * *', end: '0 9 * * *', minScale: 4, ...window }],
        ...spec,
      },
    });
    await now.settle();
    await now.pass(2_000);
    expect(await toldOf(namespace, 'schedule')).not.toContain('warn schedule/holds-nothing ScalingSchedule/sale');
    await now.pass(3_600_000);
    await now.pass(2_000);
    expect(await toldOf(namespace, 'schedule')).toContain('warn schedule/holds-nothing ScalingSchedule/sale');
  });

  it('says when the windows of a schedule overlap next, also when that time is over', async () => {
    const namespace = await aNamespace();
    // it is eight o'clock
    const now = await start(new HandPolicies(await policiesOf()));
    const window = (name: string, start: string, end: string): JsonObject => ({ name, start, end, minScale: 4 });
    await cluster.apply(aService(namespace, 'cart', GOOD), {
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'ScalingSchedule',
      metadata: { namespace, name: 'shifts' },
      spec: {
        scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' },
        timeZone: 'Etc/UTC',
        windows: [window('early', '0 6 * * *', '0 10 * * *'), window('late', '0 9 * * *', '0 18 * * *')],
        default: { minScale: 2 },
      },
    });
    const told = async (): Promise<string> => {
      const results = arrayAt(await reportOf(namespace), 'results');
      const found = results.find((result) => stringAt(result, 'rule') === 'schedule/overlap');
      return stringAt(found, 'message') ?? '';
    };
    await now.settle();
    await now.pass(2_000);
    expect(await told()).toContain('for the first time from 2026-05-04T09:00Z on');
    await now.pass(2 * 3_600_000);
    await now.pass(2_000);
    expect(await told()).toContain('for the first time from 2026-05-05T09:00Z on');
  });

  it('finds what is gone: the subscriber of a Trigger, a pull secret', async () => {
    const namespace = await aNamespace();
    const subscriber = { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'order' } };
    const spec = { broker: 'default', filter: { attributes: { type: 'order.created.v1' } }, subscriber };
    await cluster.apply(
      aService(namespace, 'order', GOOD),
      { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { namespace, name: 'default' } },
      { apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger', metadata: { namespace, name: 'orders' }, spec },
    );
    const now = await start(new HandPolicies(await policiesOf()));
    expect(await toldOf(namespace, 'eventing')).not.toContain('warn eventing/subscriber Trigger/orders');
    expect(await toldOf(namespace, 'images')).toContain('warn images/pull-secret-missing Service/order');

    const login = Buffer.from('{"auths":{"registry.example.com":{"auth":"eDp5"}}}').toString('base64');
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: 'regcred' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': login },
    });
    await now.settle();
    await now.pass(2_000);
    expect(await toldOf(namespace, 'images')).not.toContain('warn images/pull-secret-missing Service/order');

    await cluster.client.delete(services, { namespace, name: 'order' });
    await now.settle();
    await now.pass(2_000);
    const told = await toldOf(namespace, 'eventing');
    expect(told.filter((line) => line.includes('subscriber') && line.endsWith('Trigger/orders'))).toHaveLength(1);
  });

  it('judges again what looks into another namespace when something changes there', async () => {
    const [namespace, other] = [await aNamespace(), await aNamespace()];
    const ref = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'order', namespace: other };
    const spec = { broker: 'default', filter: { attributes: { type: 'order.created.v1' } }, subscriber: { ref } };
    await cluster.apply(
      { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { namespace, name: 'default' } },
      { apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger', metadata: { namespace, name: 'orders' }, spec },
    );
    const now = await start(new HandPolicies(await policiesOf()));
    const told = async (): Promise<string[]> =>
      (await toldOf(namespace, 'eventing')).filter((line) => line.endsWith('eventing/subscriber Trigger/orders'));
    expect(await told()).toHaveLength(1);

    await cluster.apply(aService(other, 'order', GOOD));
    await now.settle();
    await now.pass(2_000);
    expect(await told()).toEqual([]);

    await cluster.client.delete(services, { namespace: other, name: 'order' });
    await now.settle();
    await now.pass(2_000);
    expect(await told()).toHaveLength(1);
  });

  it('takes its report away where a namespace leaves its environment', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aService(namespace, 'cart', BAD));
    const now = await start(new HandPolicies(await policiesOf()));
    expect(await reportOf(namespace)).toBeDefined();
    await cluster.client.patch(
      namespaces,
      { name: namespace },
      { type: 'merge', body: { metadata: { labels: { 'weir.dev/environment': null } } } },
    );
    await now.settle();
    expect(await reportOf(namespace)).toBeUndefined();
  });

  it('leaves a report of that name alone that somebody else made', async () => {
    const namespace = await aNamespace('');
    const metadata = { namespace, name: 'weir' };
    await cluster.apply({ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', metadata, results: [] });
    await start(new HandPolicies(await policiesOf()));
    expect(await reportOf(namespace)).toBeDefined();
  });

  it('judges what is in no namespace by the grade, and by nothing without one', async () => {
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    await cluster.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'everything' },
      rules,
    });
    const report = () => cluster.client.get(clusterReports, { name: 'weir' }).catch(() => undefined);
    const now = await start(new HandPolicies(await policiesOf()));
    expect(await report()).toBeUndefined();
    await now.stop();
    running = undefined;

    await start(new HandPolicies(await policiesOf()), 'prod');
    const told = arrayAt(await report(), 'results').map(
      (result) => `${stringAt(result, 'rule')} ${stringAt(arrayAt(result, 'resources')[0], 'name')}`,
    );
    expect(told).toContain('rbac/wildcards everything');
    expect(told.filter((line) => line.endsWith('cluster-admin'))).toEqual([]);
  });

  it('counts what it found by rule and environment', async () => {
    const namespace = await aNamespace('staging');
    await cluster.apply(aService(namespace, 'cart', BAD), aService(namespace, 'order', BAD));
    const now = await start(new HandPolicies(await policiesOf()));
    const text = await now.registry.metrics();
    expect(text).toContain('weir_audit_findings{rule="images/registry",environment="staging",action="deny"} 2');
  });
});
