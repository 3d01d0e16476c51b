/** What the tests of guard rails share: a small policy, ways to look at a namespace, and secrets. */
import { guardRails } from '../../../controllers/guardrails/controller.ts';
import { events } from '../../../src/kubernetes/client/events.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import {
  limitRanges,
  networkPolicies,
  resourceQuotas,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
} from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { describe as describeObject, nameOf, referenceTo } from '../../../src/kubernetes/object.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import type { NamespacePolicy } from '../../../src/policy/model/namespace.ts';
import { aPolicy } from '../../policy/builders.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import { type Run, run } from '../kit/run.ts';

export const SECTION: NamespacePolicy = {
  networkPolicies: { ingress: { default: 'deny' } },
  roles: { 'knative-deployer': { groups: ['developers'] } },
  quota: { hard: { pods: 50, 'requests.cpu': '1000m' } },
  limitRange: { default: { cpu: '1', memory: '512Mi' }, defaultRequest: { cpu: '25m', memory: '64Mi' } },
};

export const ALL = [
  'LimitRange weir-limits',
  'NetworkPolicy weir-default-deny',
  'NetworkPolicy weir-knative-ingress',
  'ResourceQuota weir-quota',
  'Role knative-deployer',
  'RoleBinding knative-deployer',
];

export function policiesWith(sections: Readonly<Record<string, NamespacePolicy>>): Map<string, EffectivePolicy> {
  return new Map(Object.entries(sections).map(([name, namespace]) => [name, aPolicy({ name, namespace })]));
}

export interface GuardRailRun extends Run {
  readonly hands: HandPolicies;
}

export async function runGuardRails(
  cluster: Cluster,
  sections: Readonly<Record<string, NamespacePolicy>> = { prod: SECTION },
): Promise<GuardRailRun> {
  const hands = new HandPolicies(policiesWith(sections));
  const running = await run(cluster, { controllers: [guardRails], policies: hands });
  return { ...running, hands };
}

export const KINDS: readonly Resource[] = [networkPolicies, roles, roleBindings, limitRanges, resourceQuotas];

/** `NetworkPolicy weir-default-deny` of everything of these kinds in the namespace, sorted. */
export async function contents(cluster: Cluster, namespace: string): Promise<string[]> {
  const found: string[] = [];
  for (const resource of KINDS) {
    const { items } = await cluster.client.list(resource, { namespace });
    for (const item of items) found.push(`${resource.kind} ${nameOf(item)}`);
  }
  return found.sort();
}

/** The resourceVersion of everything of these kinds and of the Secrets in the namespace. */
export async function versions(cluster: Cluster, namespace: string): Promise<string[]> {
  const found: string[] = [];
  for (const resource of [...KINDS, secrets, serviceAccounts]) {
    const { items } = await cluster.client.list(resource, { namespace });
    for (const item of items) {
      found.push(`${describeObject(referenceTo(item))} ${stringAt(item, 'metadata', 'resourceVersion')}`);
    }
  }
  return found.sort();
}

/** `Reason: note` of the Events so far about what is in the namespace, and about the namespace itself. */
export async function told(cluster: Cluster, running: Run, namespace: string): Promise<string[]> {
  const found: string[] = [];
  for (const from of [namespace, 'default']) {
    const { items } = await cluster.client.list(events, { namespace: from });
    for (const item of items) {
      const regarding = from === 'default' ? stringAt(item, 'regarding', 'name') : namespace;
      if (regarding === namespace) found.push(`${stringAt(item, 'reason')}: ${stringAt(item, 'note')}`);
    }
  }
  void running;
  return found;
}

/** With the namespace from which pull secrets come, and the one called `regcred` there. */
export async function startClusterWithVault(): Promise<Cluster> {
  const cluster = await startCluster({ hasKnative: false });
  await cluster.namespace('vault');
  await cluster.apply(aPullSecret('vault', 'first'));
  return cluster;
}

export function aPullSecret(namespace: string, password: string, name = 'regcred'): JsonObject {
  const config = { auths: { 'registry.example.com': { auth: Buffer.from(`robot:${password}`).toString('base64') } } };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') },
  };
}

export function aServiceAccount(namespace: string, metadata: JsonObject = {}, rest: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'builder', ...metadata }, ...rest };
}

export async function pullSecretsOf(cluster: Cluster, namespace: string, name: string): Promise<string[]> {
  const account = await cluster.client.get(serviceAccounts, { namespace, name });
  return arrayAt(account, 'imagePullSecrets').map((each) => stringAt(each, 'name') ?? '');
}
