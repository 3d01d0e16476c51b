/** Of what the API server asks Weir, and of what not: seen by what fails closed while nobody answers. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { freePorts } from '../../tools/controlplane/process/ports.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';
import { applyOverlay, removeEntries } from './overlay.ts';

const controlPlane = cluster();
const { api, kubectl } = controlPlane;

describe('the entries, while nobody answers', () => {
  /** Who may do anything, so that admission alone decides. */
  const AS: Readonly<Record<string, string>> = {
    jane: 'jane',
    knative: 'system:serviceaccount:knative-serving:controller',
    keda: 'system:serviceaccount:keda:keda-operator',
    gc: 'system:serviceaccount:kube-system:generic-garbage-collector',
    argocd: 'system:serviceaccount:argocd:argocd-application-controller',
  };
  const namespaces = new Map<string, string>();

  beforeAll(async () => {
    for (const environment of ['dev', 'staging', 'prod', 'edge', 'none']) {
      const labels = environment === 'none' ? {} : { 'weir.dev/environment': environment };
      namespaces.set(environment, await freshNamespace(controlPlane, labels));
    }
    const users = Object.values(AS).map((user) => `--user=${user}`);
    await kubectl(['create', 'clusterrolebinding', 'weir-test-users', '--clusterrole=cluster-admin', ...users]);
    const [port = 0] = await freePorts(1); // where nobody listens
    await applyOverlay(controlPlane, { grade: 'prod', port });
    // the API server reads the configurations from a cache of its own
    await until('prod fails closed', { seconds: 20 }, async () => (await create('ConfigMap', 'prod')) !== 'stored');
  });

  afterAll(async () => {
    await removeEntries(controlPlane); // before the namespaces go
    await kubectl(['delete', 'clusterrolebinding', 'weir-test-users']);
  });

  const KINDS: Readonly<Record<string, JsonObject>> = {
    ConfigMap: { apiVersion: 'v1' },
    Pod: { apiVersion: 'v1', spec: { containers: [{ name: 'a', image: 'registry.example.com/a:1' }] } },
    Lease: { apiVersion: 'coordination.k8s.io/v1' },
    ServiceAccount: { apiVersion: 'v1' },
    Event: { apiVersion: 'v1' },
    NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', spec: { podSelector: {} } },
    Job: {
      apiVersion: 'batch/v1',
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'registry.example.com/a:1' }] } },
      },
    },
    HorizontalPodAutoscaler: {
      apiVersion: 'autoscaling/v1',
      spec: { maxReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' } },
    },
    Broker: { apiVersion: 'eventing.knative.dev/v1' },
    PingSource: { apiVersion: 'sources.knative.dev/v1beta2' },
    ScaledObject: { apiVersion: 'keda.sh/v1alpha1' },
    PolicyException: {
      apiVersion: 'weir.dev/v1alpha1',
      spec: { rules: ['images/tag'], reason: 'r', owner: 'o', until: '2026-12-01' },
    },
    ClusterRole: { apiVersion: 'rbac.authorization.k8s.io/v1', rules: [] },
  };

  /** `stored`, or the entry that failed closed. A dry run passes every webhook and stores nothing. */
  async function create(kind: string, place: string, user = 'jane'): Promise<string> {
    const namespace = namespaces.get(place) ?? place;
    const object = { ...KINDS[kind], kind, metadata: { name: 'weir-test' } };
    const where = kind === 'ClusterRole' ? [] : ['--namespace', namespace];
    const args = ['create', '--dry-run=server', '--validate=false', `--as=${AS[user]}`, ...where, '-f', '-'];
    return outcomeOf(await kubectl(args, JSON.stringify(object)));
  }

  function outcomeOf({ code, stderr }: { readonly code: number; readonly stderr: string }): string {
    if (code === 0) return 'stored';
    return /failed calling webhook "([^"]+)"/.exec(stderr)?.[1] ?? stderr;
  }

  it.each`
    kind                         | place            | user         | outcome
    ${'ConfigMap'}               | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'ConfigMap'}               | ${'staging'}     | ${'jane'}    | ${'staging.policy.weir.dev'}
    ${'ConfigMap'}               | ${'dev'}         | ${'jane'}    | ${'stored'}
    ${'ConfigMap'}               | ${'edge'}        | ${'jane'}    | ${'stored'}
    ${'ConfigMap'}               | ${'none'}        | ${'jane'}    | ${'stored'}
    ${'ConfigMap'}               | ${'weir-system'} | ${'jane'}    | ${'stored'}
    ${'ConfigMap'}               | ${'kube-system'} | ${'jane'}    | ${'stored'}
    ${'NetworkPolicy'}           | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'Job'}                     | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'Job'}                     | ${'prod'}        | ${'keda'}    | ${'stored'}
    ${'HorizontalPodAutoscaler'} | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'Broker'}                  | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'Broker'}                  | ${'prod'}        | ${'argocd'}  | ${'prod.policy.weir.dev'}
    ${'Broker'}                  | ${'prod'}        | ${'knative'} | ${'stored'}
    ${'Broker'}                  | ${'prod'}        | ${'gc'}      | ${'stored'}
    ${'PingSource'}              | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'ScaledObject'}            | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'PolicyException'}         | ${'prod'}        | ${'jane'}    | ${'prod.policy.weir.dev'}
    ${'Pod'}                     | ${'prod'}        | ${'jane'}    | ${'stored'}
    ${'Lease'}                   | ${'prod'}        | ${'jane'}    | ${'stored'}
    ${'ServiceAccount'}          | ${'prod'}        | ${'jane'}    | ${'stored'}
    ${'ClusterRole'}             | ${''}            | ${'jane'}    | ${'stored'}
  `('$user creates $kind in $place: $outcome', async ({ kind = '', place = '', user = '', outcome }) => {
    expect(await create(kind, place, user)).toBe(outcome);
  });

  it.each`
    what                              | change                                                         | subresource
    ${'takes out of its environment'} | ${{ metadata: { labels: { 'weir.dev/environment': null } } }}  | ${''}
    ${'moves to another environment'} | ${{ metadata: { labels: { 'weir.dev/environment': 'dev' } } }} | ${''}
    ${'takes out by way of status'}   | ${{ metadata: { labels: { 'weir.dev/environment': null } } }}  | ${'/status'}
  `('nobody $what a namespace unasked', async ({ change, subresource }) => {
    const { status, body } = await api.ask(
      'PATCH',
      `/api/v1/namespaces/${namespaces.get('prod')}${subresource}?dryRun=All`,
      objectAt(change) ?? {},
      'application/merge-patch+json',
    );
    expect([status, outcomeOf({ code: 1, stderr: stringAt(body, 'message') ?? '' })]).toEqual([
      500,
      'namespaces.policy.weir.dev',
    ]);
  });

  it('all else about a namespace goes by', async () => {
    const path = `/api/v1/namespaces/${namespaces.get('prod')}?dryRun=All`;
    const labelled = await api.patch(path, { metadata: { labels: { team: 'shop' } } });
    expect(stringAt(labelled, 'metadata', 'labels', 'team')).toBe('shop');
  });
});
