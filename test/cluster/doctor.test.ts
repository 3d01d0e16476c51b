/** `weir doctor` on an API server: what is broken there is found, and each of the five symptoms of a Service. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { hashOf } from '../../src/process/policies/folder.ts';
import { kubeconfigOf } from '../../tools/controlplane/kubernetes/serviceAccount.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { type Ran, weir } from '../cli/harness.ts';
import { authority, DAY } from '../tls/builders.ts';
import { useWeir } from './admission/harness/weir.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';
import { applyOverlay } from './overlay.ts';

const controlPlane = cluster();
const { api } = controlPlane;
/** Nobody listens there. */
const NOWHERE = 1;
const ENTRIES = '/apis/admissionregistration.k8s.io/v1';

interface Told extends Ran {
  /** `wrong webhooks/answers: …`, as -o json has them. */
  readonly verdicts: readonly string[];
}

async function doctor(...args: readonly string[]): Promise<Told> {
  const kubeconfig = args.includes('--kubeconfig') ? [] : ['--kubeconfig', controlPlane.kubeconfig];
  const ran = await weir(['doctor', ...args, ...kubeconfig, '-o', 'json'], { now: new Date() });
  const result: unknown = JSON.parse(ran.stdout === '' ? '{}' : ran.stdout);
  const verdicts = arrayAt(isObject(result) ? result : {}, 'verdicts').map(
    (verdict) => `${stringAt(verdict, 'state')} ${stringAt(verdict, 'check')}: ${stringAt(verdict, 'found')}`,
  );
  return { ...ran, verdicts };
}

function about(verdicts: readonly string[], check: string): string[] {
  return verdicts.filter((verdict) => verdict.slice(0, verdict.indexOf(':')).endsWith(` ${check}`));
}

async function hasKnative(): Promise<boolean> {
  const name = 'validation.webhook.serving.knative.dev';
  return (await api.ask('GET', `${ENTRIES}/validatingwebhookconfigurations/${name}`)).status === 200;
}

describe('weir doctor, where nobody stands behind the webhook', () => {
  let lost = '';

  beforeAll(async () => {
    // later nobody would be let in
    lost = await freshNamespace(controlPlane, { 'weir.dev/environment': 'prd' });
    await applyOverlay(controlPlane, { grade: 'prod', port: NOWHERE });
  });

  it('finds that it does not answer, that its pods are not there, and that nobody is trusted', async () => {
    const { code, verdicts } = await doctor();
    expect(code).toBe(1);
    expect(about(verdicts, 'webhooks/answers')[0]).toMatch(/^wrong .*Weir's webhook does not answer: .*failed calling/);
    expect(about(verdicts, 'processes/weir-webhook')[0]).toMatch(/^wrong .*weir-webhook: 0 of 3 replicas are ready/);
    expect(about(verdicts, 'certificates/weir')[0]).toMatch(/^wrong .*no caBundle stands in/);
    expect(about(verdicts, 'definitions/weir')[0]).toMatch(/^well /);
  });

  it('reads the policies from the ConfigMap that is mounted, and names them as the webhook does', async () => {
    const { verdicts } = await doctor();
    const [loaded = ''] = about(verdicts, 'policies/loaded');
    expect(loaded).toContain('dev, edge, prod and staging');
    expect(loaded).toContain(`(hash ${await hashOf('policies')})`);
  });

  it('finds a namespace whose environment has no policy', async () => {
    const { verdicts } = await doctor();
    expect(about(verdicts, 'namespaces/policy')).toContainEqual(
      expect.stringContaining(
        `namespace ${lost} is in the environment "prd", which has no policy; did you mean "prod"?`,
      ),
    );
    expect(about(verdicts, 'namespaces/entry')[0]).toContain(`${lost} (prd)`);
  });

  it('finds an authority that has expired', async () => {
    const expired = authority({ now: Date.now() - 100 * DAY, life: 50 * DAY }).certificate;
    const path = `${ENTRIES}/validatingwebhookconfigurations/policy.weir.dev`;
    const configuration = await api.get(path);
    const webhooks = arrayAt(configuration, 'webhooks')
      .filter(isObject)
      .map((entry) => ({
        ...entry,
        clientConfig: { ...objectAt(entry, 'clientConfig'), caBundle: Buffer.from(expired).toString('base64') },
      }));
    const mutating = `${ENTRIES}/mutatingwebhookconfigurations/defaults.weir.dev`;
    await api.ask('PUT', path, { ...(isObject(configuration) ? configuration : {}), webhooks });
    await api.delete(mutating);
    const { verdicts } = await doctor();
    expect(about(verdicts, 'certificates/weir')[0]).toMatch(
      /^wrong .*the certificate authority in the caBundle of .* expired at/,
    );
    expect(about(verdicts, 'webhooks/weir')[0]).toContain(
      'MutatingWebhookConfiguration defaults.weir.dev: Weir fills in nothing',
    );
  });

  it('finds policies that cannot be used, and then their ConfigMap that is gone', async () => {
    const { verdicts: before } = await doctor();
    const name = /ConfigMap (weir-policies[a-z0-9-]*)/.exec(about(before, 'policies/loaded')[0] ?? '')?.[1] ?? '';
    const path = `/api/v1/namespaces/weir-system/configmaps/${name}`;
    await api.patch(path, {
      data: {
        'prod.yaml':
          'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: prod}\nspec: {autoscalin: 3}\n',
      },
    });
    const broken = await doctor();
    expect(about(broken.verdicts, 'policies/loaded')[0]).toMatch(/^wrong .*prod\.yaml:4:8: unknown field "autoscalin"/);

    await api.delete(path);
    const gone = await doctor();
    expect(about(gone.verdicts, 'policies/loaded')[0]).toBe(
      `wrong policies/loaded: Deployment weir-webhook mounts the ConfigMap ${name}, which is not in weir-system: the next pod of it does not start`,
    );
  });

  it('says which rights are missing to somebody who has hardly any', async () => {
    const namespace = await freshNamespace(controlPlane);
    const kubeconfig = await kubeconfigOf(controlPlane, { namespace, name: 'default' });
    const { code, verdicts } = await doctor('--kubeconfig', kubeconfig);
    expect(code).toBe(2);
    expect(about(verdicts, 'rights/read')[0]).toContain('list namespaces');
    expect(about(verdicts, 'webhooks/weir')[0]).toMatch(/^unseen .*the right to list/);
  });
});

describe('weir doctor, where Weir runs', () => {
  const running = useWeir(controlPlane);

  it('is answered by the webhook, and finds its authority in date', async () => {
    expect(running().port).toBeGreaterThan(0);
    const { verdicts } = await doctor();
    expect(about(verdicts, 'webhooks/answers')).toEqual([
      "well webhooks/answers: Weir's webhook answers: a dry run that it has to deny was denied",
    ]);
    expect(about(verdicts, 'certificates/weir')[0]).toMatch(/^well .* in (89|90) days$/);
    expect(about(verdicts, 'clock/skew')[0]).toMatch(/^well /);
    if (await hasKnative()) expect(about(verdicts, 'webhooks/knative-answers')[0]).toMatch(/^well /);
  });

  it('asks nobody where it is told not to', async () => {
    const { verdicts } = await doctor('--no-dry-run');
    expect(about(verdicts, 'webhooks/answers')[0]).toMatch(/^note .*was not tried: --no-dry-run/);
  });
});

describe('weir doctor service', () => {
  let namespace = '';

  beforeAll(async () => {
    namespace = await freshNamespace(controlPlane);
  });

  /** A Service with its first Revision: Knative's, where it runs, else one that is made by hand. */
  async function stand(name: string, annotations: JsonObject = {}, container: JsonObject = {}): Promise<void> {
    const root = `/apis/serving.knative.dev/v1/namespaces/${namespace}`;
    const containers = [{ image: 'dev.local/cart:1', ...container }];
    const spec = { template: { metadata: { annotations }, spec: { containers } } };
    await api.create(`${root}/services`, {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name },
      spec,
    });
    const revision = `${name}-00001`;
    if (!(await hasKnative())) await makeRevision(name, revision, annotations, containers);
    await until(`${revision} is there`, { seconds: 60 }, async () => {
      const service = await api.get(`${root}/services/${name}`);
      if (stringAt(service, 'status', 'latestCreatedRevisionName') !== revision) throw new Error('not yet');
      await api.get(
        `/apis/autoscaling.internal.knative.dev/v1alpha1/namespaces/${namespace}/podautoscalers/${revision}`,
      );
      return true;
    });
  }

  async function makeRevision(
    service: string,
    name: string,
    annotations: JsonObject,
    containers: readonly JsonObject[],
  ): Promise<void> {
    const labels = { 'serving.knative.dev/service': service, 'serving.knative.dev/configuration': service };
    const serving = `/apis/serving.knative.dev/v1/namespaces/${namespace}`;
    const apiVersion = 'serving.knative.dev/v1';
    const configuration = await api.create(`${serving}/configurations`, {
      apiVersion,
      kind: 'Configuration',
      metadata: { name: service },
      spec: { template: { metadata: { annotations }, spec: { containers } } },
    });
    // Knative takes the labels of its owner alone
    const uid = stringAt(configuration, 'metadata', 'uid') ?? '';
    const ownerReferences = [{ apiVersion, kind: 'Configuration', name: service, uid, controller: true }];
    const metadata = { name, labels, annotations, ownerReferences };
    await api.create(`${serving}/revisions`, {
      apiVersion,
      kind: 'Revision',
      metadata,
      spec: { containers },
    });
    const autoscaling = '/apis/autoscaling.internal.knative.dev/v1alpha1';
    await api.create(`${autoscaling}/namespaces/${namespace}/podautoscalers`, {
      apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
      kind: 'PodAutoscaler',
      metadata,
      spec: {
        protocolType: 'http1',
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name}-deployment` },
      },
    });
    const status = {
      observedGeneration: 1,
      latestCreatedRevisionName: name,
      conditions: [{ type: 'Ready', status: 'Unknown', reason: 'RevisionMissing', message: 'it waits' }],
    };
    await api.patch(`${serving}/services/${service}/status`, { status });
  }

  it('finds out why one does not start: its image', async () => {
    await stand('cart');
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const labels = { 'serving.knative.dev/service': 'cart', 'serving.knative.dev/revision': 'cart-00001' };
    const name = 'cart-00001-deployment-x';
    await api.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { containers: [{ name: 'user-container', image: 'dev.local/cart:1' }] },
    });
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "dev.local/cart:1"' };
    const containerStatuses = [
      {
        name: 'user-container',
        image: 'dev.local/cart:1',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { waiting },
      },
    ];
    await api.patch(`${pods}/${name}/status`, { status: { phase: 'Pending', containerStatuses } });
    await api.create(`/api/v1/namespaces/${namespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'pull' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name },
      type: 'Warning',
      reason: 'Failed',
      message: 'Failed to pull image "dev.local/cart:1": unauthorized: authentication required',
      lastTimestamp: '2026-01-02T11:00:00Z',
    });
    const { code, verdicts } = await doctor('service', 'cart', '-n', namespace);
    expect(code).toBe(1);
    const [first] = verdicts.filter((verdict) => verdict.startsWith('wrong'));
    expect(first).toMatch(/^wrong start\/image: container user-container of pod cart-00001-deployment-x has no image/);
    expect(first).toContain('the registry refuses these credentials');
    await api.delete(`${pods}/${name}?gracePeriodSeconds=0`);
  });

  it('finds a pull secret that is not there, also where pods run without it', async () => {
    const core = `/api/v1/namespaces/${namespace}`;
    await api.create(`${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mirror' } });
    await api.create(`${core}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'cart-y', labels: { 'serving.knative.dev/service': 'cart' } },
      spec: {
        containers: [{ name: 'user-container', image: 'dev.local/cart:1' }],
        imagePullSecrets: [{ name: 'mirror' }, { name: 'regcred' }],
      },
    });
    const { verdicts } = await doctor('service', 'cart', '-n', namespace);
    const missing = `Secret regcred, which imagePullSecrets of cart names, is not in ${namespace}`;
    // on one machine nothing is pulled
    expect([
      [`wrong start/pull-secret: ${missing}: a node that has not got the image yet cannot pull it`],
      [`note start/pull-secret: ${missing}; nothing is pulled here`],
    ]).toContainEqual(about(verdicts, 'start/pull-secret'));
    await api.delete(`${core}/pods/cart-y?gracePeriodSeconds=0`);
  });

  it('finds out why one does not scale: a key that means nothing, and an autoscaler that is cut off', async () => {
    await stand('payment', { 'autoscaling.knative.dev/maxscale': '20' });
    await api.create(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'closed' },
      spec: { podSelector: { matchLabels: { 'serving.knative.dev/service': 'payment' } }, policyTypes: ['Ingress'] },
    });
    const { code, verdicts } = await doctor('service', 'payment', '-n', namespace);
    expect(code).toBe(1);
    expect(about(verdicts, 'scale/annotation')[0]).toContain('did you mean "autoscaling.knative.dev/max-scale"?');
    const network = [...about(verdicts, 'network/closed'), ...about(verdicts, 'network/policies')].join('\n');
    // nothing enforces NetworkPolicies on Weir's own API server
    expect(network).toMatch(
      /does not let the autoscaler in knative-serving in to payment|^note network\/policies: NetworkPolicy closed selects/,
    );
  });

  it('finds out why one does not go to zero: its min-scale', async () => {
    await stand('order', { 'autoscaling.knative.dev/min-scale': '2' });
    const { verdicts } = await doctor('service', 'order', '-n', namespace);
    expect(about(verdicts, 'zero/min-scale')[0]).toBe(
      'note zero/min-scale: it does not go to zero: min-scale of Revision order-00001 is 2 (annotation autoscaling.knative.dev/min-scale)',
    );
  });

  it('finds out why one starts slowly: a probe that waits', async () => {
    await stand('stock', {}, { readinessProbe: { initialDelaySeconds: 20, httpGet: { path: '/ready' } } });
    const { verdicts } = await doctor('service', 'stock', '-n', namespace);
    expect(about(verdicts, 'cold/probe')[0]).toContain('waits for 20 s before it asks for the first time');
  });

  it('finds out why events do not arrive: a Broker that is not there', async () => {
    await stand('mailer');
    await api.create(`/apis/eventing.knative.dev/v1/namespaces/${namespace}/triggers`, {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Trigger',
      metadata: { name: 'orders' },
      spec: {
        broker: 'default',
        subscriber: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'mailer' } },
      },
    });
    const { code, verdicts } = await doctor('service', 'mailer', '-n', namespace);
    expect(code).toBe(1);
    expect(about(verdicts, 'events/broker')[0]).toBe(
      `wrong events/broker: Trigger orders asks Broker default, which is not in ${namespace}: there is none`,
    );
  });
});
