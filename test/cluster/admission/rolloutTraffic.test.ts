/** Whose spec.traffic it is, where a TrafficRollout is about the Service: an update that leaves it out gets it back. */
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { cluster } from '../harness/cluster.ts';
import { apply, inEnvironment } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { kubectl } = controlPlane;
const SECONDS = 60;

const SERVICE = `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template: {spec: {containers: [{image: registry.example.com/shop/cart:1.4.2}]}}
  traffic:
  - {revisionName: cart-00001, percent: 100, latestRevision: false}
`;

const ROLLOUT = `
apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: {name: cart}
spec:
  serviceRef: {name: cart}
  strategy: {canary: {steps: [{percent: 10, pause: {}}]}}
`;

describe('spec.traffic under admission', () => {
  useWeir(controlPlane);

  it('is put back where an update takes it from a rollout', async () => {
    const namespace = await inEnvironment('dev');
    expect(await apply(namespace, SERVICE)).toMatchObject({ code: 0 });
    expect(await apply(namespace, ROLLOUT)).toMatchObject({ code: 0 });
    const remove = JSON.stringify([{ op: 'remove', path: '/spec/traffic' }]);
    // the webhook's cache hears of the rollout a moment later
    await until('it is put back', { seconds: SECONDS }, async () => {
      const patched = await kubectl(['-n', namespace, 'patch', 'ksvc/cart', '--type=json', `--patch=${remove}`]);
      const { stdout } = await kubectl(['-n', namespace, 'get', 'ksvc/cart', '-o', 'jsonpath={.spec.traffic}']);
      if (stdout.includes('cart-00001')) return true;
      const traffic = JSON.stringify({
        spec: { traffic: [{ revisionName: 'cart-00001', percent: 100, latestRevision: false }] },
      });
      await kubectl(['-n', namespace, 'patch', 'ksvc/cart', '--type=merge', `--patch=${traffic}`]);
      throw new Error(`it is ${stdout}: ${patched.stderr}`);
    });
  });
});
