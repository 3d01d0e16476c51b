/** That Knative Serving is a real one: its webhook refuses and fills in, its controllers make Revisions, its autoscaler scales. */
import { describe, expect, it } from '@jest/globals';
import { podsReady } from '../../tools/controlplane/kubernetes/pods.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';

const { kubectl } = cluster();

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

async function field(namespace: string, what: readonly string[], path: string): Promise<string> {
  const { stdout } = await kubectl(['-n', namespace, 'get', ...what, '-o', `jsonpath={${path}}`]);
  return stdout;
}

describe("Knative's webhook", () => {
  it.each`
    service                                                                                                              | words
    ${aService({ own: { 'autoscaling.knative.dev/min-scale': '1' } })}                                                   | ${'autoscaling annotations must be put under "spec.template.metadata.annotations"'}
    ${aService({ annotations: { 'autoscaling.knative.dev/min-scale': '-1' } })}                                          | ${'expected 0 <= -1 <= 2147483647'}
    ${aService({ annotations: { 'autoscaling.knative.dev/min-scale': '5', 'autoscaling.knative.dev/max-scale': '2' } })} | ${'max-scale=2 is less than min-scale=5'}
  `('refuses: $words', async ({ service, words }) => {
    const namespace = await freshNamespace(cluster());
    const refused = await kubectl(['-n', namespace, 'apply', '-f', '-'], service);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('admission webhook "validation.webhook.serving.knative.dev" denied the request'),
    });
    expect(refused.stderr).toContain(words);
  });

  it('fills in what the author left out', async () => {
    const namespace = await freshNamespace(cluster());
    expect(await kubectl(['-n', namespace, 'apply', '-f', '-'], aService())).toMatchObject({ code: 0 });

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
  it('make a Revision, which is ready when its pods are', async () => {
    const namespace = await freshNamespace(cluster());
    const service = aService({ annotations: { 'autoscaling.knative.dev/min-scale': '2' } });
    expect(await kubectl(['-n', namespace, 'apply', '-f', '-'], service)).toMatchObject({ code: 0 });

    const selector = 'serving.knative.dev/revision=cart-00001';
    expect(await podsReady(cluster().api, { namespace, count: 2, selector })).toHaveLength(2);
    const waited = await kubectl([
      '-n',
      namespace,
      'wait',
      '--for=condition=Ready',
      'revision/cart-00001',
      '--timeout=30s',
    ]);
    expect(waited).toMatchObject({ code: 0 });
  });
});
