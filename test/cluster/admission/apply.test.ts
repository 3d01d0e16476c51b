/** What a person meets who applies a manifest: values filled in, warnings, denials, and no surprise the second time. */
import { describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { podsReady } from '../../../tools/controlplane/kubernetes/pods.ts';
import { run } from '../../../tools/controlplane/process/run.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectsAt } from '../../overlays/read.ts';
import { cluster, freshNamespace } from '../harness/cluster.ts';
import { FROM_KNATIVE, IMAGE, scale, service } from './harness/manifests.ts';
import { apply, inEnvironment, SECONDS } from './harness/namespaces.ts';
import { shippedPolicies, useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { api, kubectl } = controlPlane;
async function stored(namespace: string, name = 'cart'): Promise<JsonObject> {
  const body = await api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/services/${name}`);
  return isObject(body) ? body : {};
}

async function revisionsIn(namespace: string): Promise<string[]> {
  const list = await api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions`);
  return objectsAt(isObject(list) ? list : {}, 'items').map((item) => stringAt(item, 'metadata', 'name') ?? '');
}

function scalingOf(object: JsonObject): JsonObject {
  return objectAt(object, 'spec', 'template', 'metadata', 'annotations') ?? {};
}

interface ScalingOf {
  readonly environment: string;
  readonly scaling: Readonly<Record<string, string>>;
}

describe('kubectl apply', () => {
  const weir = useWeir(controlPlane);

  it.each(['dev', 'staging', 'prod'])('says nothing of what is right in %s', async (environment) => {
    const namespace = await inEnvironment(environment);
    const first = await apply(namespace, FROM_KNATIVE);
    expect(first).toEqual({ code: 0, stdout: 'networkpolicy.networking.k8s.io/from-knative created\n', stderr: '' });

    await until('the server has seen the NetworkPolicy', { seconds: SECONDS }, async () => {
      return (await apply(namespace, service(), '--dry-run=server')).stderr === '';
    });
    const second = await apply(namespace, service({ template: scale('1', '2') }));
    expect(second).toEqual({ code: 0, stdout: 'service.serving.knative.dev/cart created\n', stderr: '' });
  });

  it.each<ScalingOf>([
    { environment: 'dev', scaling: { 'min-scale': '0', 'max-scale': '3', target: '50', 'scale-down-delay': '15s' } },
    {
      environment: 'staging',
      scaling: { 'min-scale': '1', 'max-scale': '5', target: '80', 'scale-down-delay': '30s' },
    },
    { environment: 'prod', scaling: { 'min-scale': '2', 'max-scale': '20', target: '100', 'scale-down-delay': '60s' } },
  ])('fills in what $environment decides, and leaves what the author wrote', async ({ environment, scaling }) => {
    const namespace = await inEnvironment(environment);
    await apply(namespace, service());
    const filled = Object.entries(scaling).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
    expect(scalingOf(await stored(namespace))).toEqual(Object.fromEntries(filled));

    await apply(namespace, service({ name: 'own', template: scale('1', '1') }));
    expect(scalingOf(await stored(namespace, 'own'))).toMatchObject(scale('1', '1'));
  });

  it('warns of what may be better, and stores it', async () => {
    const namespace = await inEnvironment('dev');
    expect(await apply(namespace, service({ container: { livenessProbe: null } }))).toEqual({
      code: 0,
      stdout: 'service.serving.knative.dev/cart created\n',
      stderr:
        'Warning: serving/probes at /spec/template/spec/containers/0/livenessProbe: user-container has no livenessProbe; add what asks the program, such as httpGet on /health\n',
    });
  });

  it('says all that is wrong, where it is, and what would be right', async () => {
    const namespace = await inEnvironment('prod');
    const wrong = service({ template: scale('0', '500'), container: { image: 'nginx:latest', livenessProbe: null } });
    const { code, stdout, stderr } = await apply(namespace, wrong);
    expect([code, stdout]).toEqual([1, '']);
    const image = '/spec/template/spec/containers/0/image';
    const annotations = '/spec/template/metadata/annotations/autoscaling.knative.dev~1';
    expect(stderr.trim().split('\n').sort()).toEqual(
      [
        'Warning: serving/probes at /spec/template/spec/containers/0/livenessProbe: user-container has no livenessProbe; add what asks the program, such as httpGet on /health',
        `Error from server (Forbidden): error when creating "STDIN": admission webhook "prod.policy.weir.dev" denied the request: `,
        `autoscaling/min-scale at ${annotations}min-scale: min-scale is 0, and prod requires at least 1. More: weir explain autoscaling/min-scale`,
        `autoscaling/max-scale at ${annotations}max-scale: max-scale is 500, and prod allows at most 50. More: weir explain autoscaling/max-scale`,
        `images/registry at ${image}: image nginx:latest, which is docker.io/library/nginx, of user-container comes from no registry that prod allows (registry.example.com/*, ghcr.io/knative/*). More: weir explain images/registry`,
        `images/tag at ${image}: image nginx:latest of user-container has the tag latest; name the version that was built. More: weir explain images/tag`,
      ].sort(),
    );
    const { stderr: nothing } = await kubectl(['-n', namespace, 'get', 'ksvc', 'cart']);
    expect(nothing).toContain('NotFound');
    for (const [, rule = ''] of stderr.matchAll(/More: weir explain (\S+)/g)) {
      const explained = await run(process.execPath, ['bin/weir.js', 'explain', rule], { env: {}, seconds: SECONDS });
      expect([explained.code, explained.stdout.includes(rule)]).toEqual([0, true]);
    }
  });

  it('leaves alone what is in no environment', async () => {
    const namespace = await freshNamespace(controlPlane);
    const { code, stderr } = await apply(namespace, service({ template: scale('0', '500') }));
    expect([code, stderr.includes('weir')]).toEqual([0, false]);
    expect(scalingOf(await stored(namespace))).toEqual(scale('0', '500'));
  });

  it('fills in before Knative does', async () => {
    const { 'prod.yaml': prod = '' } = shippedPolicies();
    weir().setPolicies({
      'prod.yaml': prod.replace('timeoutSeconds: {max: 300}', 'timeoutSeconds: {default: 120, max: 300}'),
    });
    const namespace = await inEnvironment('prod');
    // Knative writes 300 where nothing stands (config-defaults), and then there would be nothing to fill in
    const filled = await until('the new policy judges', { seconds: SECONDS }, async () => {
      const { stdout } = await apply(namespace, service(), '--dry-run=server', '-o', 'json');
      const object: unknown = JSON.parse(stdout);
      return (
        isObject(object) &&
        stringAt(object, 'metadata', 'annotations', 'weir.dev/defaults')?.includes('timeoutSeconds') &&
        object
      );
    });
    expect(numberAt(objectAt(filled), 'spec', 'template', 'spec', 'timeoutSeconds')).toBe(120);
    // and what Knative writes is there as well
    expect(numberAt(objectAt(filled), 'spec', 'template', 'spec', 'containerConcurrency')).toBe(0);
    weir().setPolicies();
  });

  it('changes nothing the second time, nor after the policy has changed', async () => {
    const namespace = await inEnvironment('prod');
    await apply(namespace, service());
    await until('there is a Revision', { seconds: SECONDS }, async () => (await revisionsIn(namespace)).length > 0);
    const before = await stored(namespace);
    const same = async () => {
      const { code, stderr } = await apply(namespace, service());
      expect([code, stderr.includes('Error')]).toEqual([0, false]);
      expect((await apply(namespace, service(), '--server-side', '--force-conflicts')).code).toBe(0);
      const after = await stored(namespace);
      expect([after.spec, numberAt(after, 'metadata', 'generation')]).toEqual([before.spec, 1]);
      expect((await kubectl(['-n', namespace, 'diff', '-f', '-'], service())).stdout).toBe('');
    };
    await same();

    const { 'prod.yaml': prod = '' } = shippedPolicies();
    weir().setPolicies({ 'prod.yaml': prod.replace('maxScale: {default: 20,', 'maxScale: {default: 30,') });
    const maxScale = 'autoscaling.knative.dev/max-scale';
    await until('the new policy fills in', { seconds: SECONDS }, async () => {
      const { stdout } = await apply(namespace, service({ name: 'new' }), '--dry-run=server', '-o', 'json');
      const object: unknown = JSON.parse(stdout);
      return isObject(object) && scalingOf(object)[maxScale] === '30';
    });
    await same();
    expect(await revisionsIn(namespace)).toEqual(['cart-00001']);

    // what the author changes makes a Revision anyway, and gets today's values
    const next = service({ container: { image: IMAGE.replace('1.0.0', '1.0.1') } });
    expect((await apply(namespace, next)).code).toBe(0);
    expect(scalingOf(await stored(namespace))[maxScale]).toBe('30');
    weir().setPolicies();
  });

  it('writes nothing on a dry run', async () => {
    const namespace = await inEnvironment('prod');
    const { code, stdout } = await apply(namespace, service(), '--dry-run=server');
    expect([code, stdout]).toEqual([0, 'service.serving.knative.dev/cart created (server dry run)\n']);
    expect((await kubectl(['-n', namespace, 'get', 'ksvc', '-o', 'name'])).stdout).toBe('');
  });

  it("leaves Knative's own work alone", async () => {
    const namespace = await inEnvironment('prod');
    await apply(namespace, service());
    const selector = 'serving.knative.dev/revision=cart-00001';
    // two, as prod fills in
    expect(await podsReady(api, { namespace, count: 2, selector })).toHaveLength(2);
    await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'revision/cart-00001', '--timeout=30s']);
    const revision = await api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions/cart-00001`);
    expect(objectsAt(objectAt(revision) ?? {}, 'status', 'conditions')).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'True' }),
    );
    // the autoscaler patches the Deployment, which nobody asks Weir about
    await kubectl([
      '-n',
      namespace,
      'annotate',
      '--overwrite',
      'revision',
      'cart-00001',
      'autoscaling.knative.dev/min-scale=3',
    ]);
    expect(await podsReady(api, { namespace, count: 3, selector })).toHaveLength(3);
    const users = weir()
      .server()
      .log()
      .map((line) => stringAt(line, 'user') ?? '');
    expect(users.filter((user) => user.startsWith('system:'))).toEqual([]);
  });
});
