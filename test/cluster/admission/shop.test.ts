/** A team's repository, applied as it stands: examples/shop in each environment, judged on its way in. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { isObject, objectAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectsIn } from '../../overlays/read.ts';
import { cluster } from '../harness/cluster.ts';
import { SECONDS } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { api, kubectl } = controlPlane;
const ENVIRONMENTS = ['dev', 'staging', 'prod'];

/** What the guard rails bring to each namespace. */
async function namespaceOf(environment: string): Promise<string> {
  const namespace = `shop-${environment}`;
  const metadata = { name: namespace, labels: { 'weir.dev/environment': environment } };
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  const auths = Buffer.from('{"auths":{"registry.example.com":{"auth":"eDp5"}}}').toString('base64');
  await api.create(`/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': auths },
  });
  return namespace;
}

/** Where Knative's own webhook is, it warns of defaults of Kubernetes that dev leaves to its teams. */
function weirsWarnings(stderr: string): string {
  const isKnatives = (line: string) => line.startsWith('Warning: Kubernetes default value is insecure, Knative may');
  return stderr
    .split('\n')
    .filter((line) => !isKnatives(line))
    .join('\n')
    .trim();
}

afterAll(async () => {
  for (const environment of ENVIRONMENTS) await api.ask('DELETE', `/api/v1/namespaces/shop-${environment}`);
});

describe('the shop under admission', () => {
  useWeir(controlPlane);

  it.each(ENVIRONMENTS)(
    'is let in by %s, every object of it, and without a warning once it is all there',
    async (environment) => {
      const namespace = await namespaceOf(environment);
      const built = await kubectl(['kustomize', `examples/shop/overlays/${environment}`]);
      expect([built.code, built.stderr]).toEqual([0, '']);
      const count = objectsIn(built.stdout, environment).length;

      const apply = (...flags: string[]) => {
        return kubectl(['apply', '--server-side', '--validate=strict', ...flags, '-f', '-'], built.stdout);
      };
      const first = await apply();
      expect([first.code, first.stdout.trim().split('\n').length]).toEqual([0, count]);
      // what names each other cannot all come first
      await until('all of it has been seen', { seconds: SECONDS }, async () => {
        const again = await apply('--dry-run=server');
        const warnings = weirsWarnings(again.stderr);
        if (warnings !== '') throw new Error(warnings);
        return again.code === 0;
      });

      const order = await api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/services/order`);
      const annotations = objectAt(isObject(order) ? order : {}, 'spec', 'template', 'metadata', 'annotations');
      expect(Object.keys(annotations ?? {})).toEqual(
        expect.arrayContaining(['autoscaling.knative.dev/min-scale', 'autoscaling.knative.dev/max-scale']),
      );
    },
    120_000,
  );

  it('would not be let in by prod with more than it allows', async () => {
    const prod = await kubectl(['kustomize', 'examples/shop/overlays/prod']);
    const wrong = prod.stdout.replace(
      /^ {8}image: registry\.example\.com\/shop\/order:.*$/m,
      '        image: docker.io/someone/order:latest',
    );
    expect(wrong).not.toBe(prod.stdout);
    const { code, stderr } = await kubectl(['apply', '--server-side', '--dry-run=server', '-f', '-'], wrong);
    expect(code).toBe(1);
    expect(stderr).toContain('images/registry');
  });
});
