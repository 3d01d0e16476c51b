/** That Knative Serving is a real one: its webhook refuses and fills in, its controllers make Revisions, its autoscaler scales. The embedded server refuses the same. */
import { describe, expect, it } from '@jest/globals';
import { podsReady } from '../../tools/controlplane/kubernetes/pods.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';

const { kubectl } = cluster();
const READY = '.status.conditions[?(@.type=="Ready")].status';

interface ServiceOptions {
  /** On the Service itself. */
  readonly own?: Readonly<Record<string, string>>;
  /** On the template. */
  readonly annotations?: Readonly<Record<string, string>>;
}

function aService({ own = {}, annotations = {} }: ServiceOptions = {}): string {
  return JSON.stringify({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'cart', annotations: own },
    spec: {
      // Knative looks for no digest of an image of dev.local.
      template: { metadata: { annotations }, spec: { containers: [{ image: 'dev.local/shop/cart:1' }] } },
    },
  });
}

function apply(namespace: string, manifest: string) {
  return kubectl(['-n', namespace, 'apply', '-f', '-'], manifest);
}

function minScale(value: string) {
  return { 'autoscaling.knative.dev/min-scale': value };
}

function maxScale(value: string) {
  return { 'autoscaling.knative.dev/max-scale': value };
}

async function field(namespace: string, what: readonly string[], path: string): Promise<string> {
  const { stdout } = await kubectl(['-n', namespace, 'get', ...what, '-o', `jsonpath={${path}}`]);
  return stdout;
}

describe("Knative's webhook", () => {
  it.each([
    ['autoscaling annotations must be put under "spec.template.metadata.annotations"', { own: minScale('1') }],
    ['expected 0 <= -1 <= 2147483647', { annotations: minScale('-1') }],
    ['max-scale=2 is less than min-scale=5', { annotations: { ...minScale('5'), ...maxScale('2') } }],
  ] satisfies [string, ServiceOptions][])('refuses: %s', async (words, options) => {
    const namespace = await freshNamespace(cluster());
    const refused = await apply(namespace, aService(options));
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('admission webhook "validation.webhook.serving.knative.dev" denied the request'),
    });
    expect(refused.stderr).toContain(words);
  });

  it('fills in what the author left out', async () => {
    const namespace = await freshNamespace(cluster());
    expect(await apply(namespace, aService())).toMatchObject({ code: 0 });

    const container = JSON.parse(await field(namespace, ['ksvc', 'cart'], '.spec.template.spec.containers[0]'));
    expect(container).toEqual({
      image: 'dev.local/shop/cart:1',
      name: 'user-container',
      readinessProbe: { successThreshold: 1, tcpSocket: { port: 0 } },
      resources: {},
    });
    expect(await field(namespace, ['ksvc', 'cart'], '.metadata.annotations.serving\\.knative\\.dev/creator')).toBe(
      'admin',
    );
  });
});

describe("Knative's controllers", () => {
  it('make a Revision, which is ready when its pods are, and scale it without another Revision', async () => {
    const namespace = await freshNamespace(cluster());
    const service = aService({ annotations: { 'autoscaling.knative.dev/min-scale': '2' } });
    expect(await apply(namespace, service)).toMatchObject({ code: 0 });
    await kubectl(['-n', namespace, 'wait', '--for=create', 'deployment/cart-00001-deployment', '--timeout=30s']);
    expect(await field(namespace, ['revision', 'cart-00001'], READY)).not.toBe('True');

    const selector = 'serving.knative.dev/revision=cart-00001';
    expect(await podsReady(cluster().api, { namespace, count: 2, selector })).toHaveLength(2);
    await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'revision/cart-00001', '--timeout=30s']);
    expect(await field(namespace, ['revision', 'cart-00001'], READY)).toBe('True');

    const more = 'autoscaling.knative.dev/min-scale=3';
    await kubectl(['-n', namespace, 'annotate', '--overwrite', 'revision', 'cart-00001', more]);
    expect(await podsReady(cluster().api, { namespace, count: 3, selector })).toHaveLength(3);
    expect(await field(namespace, ['revisions'], '.items[*].metadata.name')).toBe('cart-00001');
  });
});
