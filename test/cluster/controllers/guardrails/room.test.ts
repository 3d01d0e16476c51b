/**
 * Quotas and limits on the real API server, with Knative's own controllers: under those that ship every pod starts; under
 * those that the policy loader refuses none does, and the API server says why.
 */
import { describe, expect, it } from '@jest/globals';
import { guardRailsOf } from '../../../../src/guardrails/guardRails.ts';
import { arrayAt, type JsonObject, objectAt, stringAt, valueAt } from '../../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import { blockedPods } from '../../../../src/policy/load/guardRails/room.ts';
import { loadPolicies } from '../../../../src/policy/load/load.ts';
import type { NamespacePolicy } from '../../../../src/policy/model/namespace.ts';
import { itemsOf } from '../../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { aPolicy } from '../../../policy/builders.ts';
import { cluster, freshNamespace } from '../../harness/cluster.ts';

const SECONDS = 60;
const { api, kubectl } = cluster();
const { policies } = await loadPolicies('policies');

/** The LimitRange and the quota of the policy, in force. */
async function namespaceWith(policy: EffectivePolicy): Promise<string> {
  const namespace = await freshNamespace(cluster());
  const { objects } = guardRailsOf({ metadata: { name: namespace } }, policy);
  const limits = objects.filter(({ section }) => section === 'limitRange' || section === 'quota');
  const items = limits.map(({ object }) => object);
  const { code, stderr } = await kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  if (code !== 0) throw new Error(stderr);
  if (items.some(({ kind }) => kind === 'ResourceQuota')) {
    await until('the quota is counted', { seconds: SECONDS }, async () => {
      const quota = await api.get(`/api/v1/namespaces/${namespace}/resourcequotas/weir-quota`);
      if (objectAt(quota, 'status', 'hard') === undefined) throw new Error('it has no status');
      return true;
    });
  }
  return namespace;
}

function quantities(
  values: Readonly<Record<string, { default?: string | number } | undefined>> | undefined,
): JsonObject {
  const found: Record<string, string> = {};
  for (const [resource, bounds] of Object.entries(values ?? {})) {
    if (bounds?.default !== undefined) found[resource] = String(bounds.default);
  }
  return found;
}

/** As a service comes out of the webhook: with the policy's own defaults. */
function resourcesOf({ resources }: EffectivePolicy): JsonObject {
  return { requests: quantities(resources?.requests), limits: quantities(resources?.limits) };
}

describe.each([...policies.keys()].sort())('the quota and the limits of %s', (environment) => {
  it("let Knative's pods start, and give queue-proxy what it lacks", async () => {
    const policy = policies.get(environment);
    if (policy === undefined) throw new Error(`no ${environment}`);
    const namespace = await namespaceWith(policy);
    const containers = [{ image: 'dev.local/shop/cart:1', resources: resourcesOf(policy) }];
    const service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'cart' },
      spec: { template: { spec: { containers } } },
    };
    await api.create(`/apis/serving.knative.dev/v1/namespaces/${namespace}/services`, service);

    const pod = await until(`a pod of ${environment} is there`, { seconds: SECONDS }, async () => {
      const [first] = itemsOf(await api.get(`/api/v1/namespaces/${namespace}/pods`));
      if (first === undefined) throw new Error(await eventsIn(namespace));
      return first;
    });
    const queueProxy = arrayAt(pod, 'spec', 'containers').find((each) => stringAt(each, 'name') === 'queue-proxy');
    const range = policy.namespace?.limitRange;
    expect(objectAt(queueProxy ?? null, 'resources')).toEqual({
      requests: { cpu: '25m', memory: String(range?.defaultRequest?.memory) },
      limits: { cpu: String(range?.default?.cpu), memory: String(range?.default?.memory) },
    });
  });
});

async function eventsIn(namespace: string): Promise<string> {
  const events = itemsOf(await api.get(`/api/v1/namespaces/${namespace}/events`));
  return events.map((event) => stringAt(event, 'message')).join('; ') || 'there is none';
}

/** The containers of a pod of Knative's: one that says everything, and queue-proxy. */
const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart' },
  spec: {
    containers: [
      {
        name: 'user-container',
        image: 'dev.local/shop/cart:1',
        resources: {
          requests: { cpu: '200m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
          limits: { cpu: '400m', memory: '256Mi', 'ephemeral-storage': '2Gi' },
        },
      },
      { name: 'queue-proxy', image: 'dev.local/queue:1', resources: { requests: { cpu: '25m' } } },
    ],
  },
};

describe('what the policy loader says of a quota and a LimitRange', () => {
  it.each<[what: string, namespace: NamespacePolicy, refusal: string | undefined]>([
    ['limits.cpu', { quota: { hard: { 'limits.cpu': '20' } } }, 'must specify limits.cpu for: queue-proxy'],
    [
      'limits.cpu with a default',
      { quota: { hard: { 'limits.cpu': '20' } }, limitRange: { default: { cpu: '1' } } },
      undefined,
    ],
    [
      'limits.cpu with a max',
      { quota: { hard: { 'limits.cpu': '20' } }, limitRange: { max: { cpu: '4' } } },
      undefined,
    ],
    [
      'requests.memory',
      { quota: { hard: { 'requests.memory': '20Gi' } } },
      'must specify requests.memory for: queue-proxy',
    ],
    ['memory', { quota: { hard: { memory: '20Gi' } } }, 'must specify memory for: queue-proxy'],
    [
      'requests.memory with a min alone',
      { quota: { hard: { 'requests.memory': '20Gi' } }, limitRange: { min: { memory: '16Mi' } } },
      undefined,
    ],
    ['limits.ephemeral-storage', { quota: { hard: { 'limits.ephemeral-storage': '20Gi' } } }, undefined],
    ['requests.cpu', { quota: { hard: { 'requests.cpu': '20' } } }, undefined],
    ['a minimum of 25m', { limitRange: { min: { cpu: '25m' } } }, undefined],
    [
      'a minimum of 26m',
      { limitRange: { min: { cpu: '26m' } } },
      'minimum cpu usage per Container is 26m, but request is 25m',
    ],
    ['a default limit of 20m', { limitRange: { default: { cpu: '20m' } } }, 'must be less than or equal to cpu limit'],
    ['a max of 20m', { limitRange: { max: { cpu: '20m' } } }, 'must be less than or equal to cpu limit of 20m'],
    [
      'a ratio that it meets',
      { limitRange: { default: { cpu: '250m' }, maxLimitRequestRatio: { cpu: '10' } } },
      undefined,
    ],
    [
      'a ratio that it breaks',
      { limitRange: { default: { cpu: '500m' }, maxLimitRequestRatio: { cpu: '10' } } },
      'cpu max limit to request ratio per Container is 10, but provided ratio is 20.000000',
    ],
    [
      'a ratio without a limit',
      { limitRange: { maxLimitRequestRatio: { cpu: '10' } } },
      'cpu max limit to request ratio per Container is 10, but no limit is specified or limit is 0',
    ],
    [
      'a default limit below the default request',
      { limitRange: { default: { memory: '64Mi' }, defaultRequest: { memory: '128Mi' } } },
      'default request value 128Mi is greater than default limit value 64Mi',
    ],
  ])('is what the API server says: %s', async (_, namespace, refusal) => {
    const contradictions = blockedPods({ namespace: JSON.parse(JSON.stringify(namespace)) });
    expect(contradictions.map(({ message }) => message)).toHaveLength(refusal === undefined ? 0 : 1);

    const answer = await createdIn(namespace);
    if (refusal === undefined) expect(answer).toBe('created');
    else expect(answer).toContain(refusal);
  });
});

/** `created`, or the words in which the LimitRange, the quota or the pod was refused. */
async function createdIn(namespace: NamespacePolicy): Promise<string> {
  try {
    const name = await namespaceWith(aPolicy({ namespace }));
    const { status, body } = await api.ask('POST', `/api/v1/namespaces/${name}/pods`, POD);
    return status === 201 ? 'created' : String(valueAt(body ?? null, 'message'));
  } catch (error) {
    return String(error);
  }
}
