/** What the tests of dead-letter sinks share: policies that ask for one, Weir's own namespace, and ways to look at it. */
import { deadLetters } from '../../../controllers/deadLetters/controller.ts';
import { events } from '../../../src/kubernetes/client/events.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import {
  coreServices,
  deployments,
  networkPolicies,
  persistentVolumeClaims,
  serviceAccounts,
} from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import type { DeadLettersPolicy } from '../../../src/policy/model/deadLetters.ts';
import { aPolicy } from '../../policy/builders.ts';
import type { Cluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import { type Run, type RunOptions, run } from '../kit/run.ts';

export const NAMESPACE = 'weir-system';
export const KINDS: readonly Resource[] = [
  deployments,
  networkPolicies,
  persistentVolumeClaims,
  coreServices,
  serviceAccounts,
];

/** Of one environment's sink. */
export function partsOf(environment: string): string[] {
  return KINDS.map(({ kind }) => `${kind} dead-letters-${environment}`).sort();
}

export function policiesWith(sections: Readonly<Record<string, DeadLettersPolicy>>): Map<string, EffectivePolicy> {
  return new Map(Object.entries(sections).map(([name, section]) => [name, policyWith(name, section)]));
}

function policyWith(name: string, section: DeadLettersPolicy): EffectivePolicy {
  return aPolicy({ name, eventing: { deadLetters: section } });
}

/** As overlays/base has it, as far as the sinks care. */
export function weirController(image = 'registry.example.com/platform/weir:1.0.0'): JsonObject {
  const labels = { 'app.kubernetes.io/name': 'weir-controller' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: NAMESPACE, name: 'weir-controller', labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          imagePullSecrets: [{ name: 'regcred' }],
          nodeSelector: { pool: 'platform' },
          containers: [{ name: 'controller', image, args: ['controller'] }],
        },
      },
    },
  };
}

export interface SinkRun extends Run {
  readonly hands: HandPolicies;
}

export async function runSinks(
  cluster: Cluster,
  sections: Readonly<Record<string, DeadLettersPolicy>>,
  options: Partial<RunOptions> = {},
): Promise<SinkRun> {
  const hands = new HandPolicies(policiesWith(sections));
  const running = await run(cluster, { controllers: [deadLetters], policies: hands, ...options });
  return { ...running, hands };
}

/** `Service dead-letters-prod` of everything that is called so, sorted. */
export async function contents(cluster: Cluster): Promise<string[]> {
  const found: string[] = [];
  for (const resource of KINDS) {
    const { items } = await cluster.client.list(resource, { namespace: NAMESPACE });
    for (const item of items) if (nameOf(item).startsWith('dead-')) found.push(`${resource.kind} ${nameOf(item)}`);
  }
  return found.sort();
}

/** With their versions. */
export async function versions(cluster: Cluster): Promise<string[]> {
  const found: string[] = [];
  for (const resource of KINDS) {
    const { items } = await cluster.client.list(resource, { namespace: NAMESPACE });
    for (const item of items) {
      found.push(`${resource.kind} ${nameOf(item)} ${stringAt(item, 'metadata', 'resourceVersion')}`);
    }
  }
  return found.sort();
}

/** Removes what the sinks of a test left, what was told of them, and the controllers' own Deployment. */
export async function clear(cluster: Cluster): Promise<void> {
  for (const resource of KINDS) {
    const { items } = await cluster.client.list(resource, { namespace: NAMESPACE });
    for (const item of items) {
      const name = nameOf(item);
      if (name !== 'default') await cluster.client.delete(resource, { namespace: NAMESPACE, name });
    }
  }
  for (const namespace of [NAMESPACE, 'default']) {
    const { items } = await cluster.client.list(events, { namespace });
    for (const item of items) await cluster.client.delete(events, { namespace, name: nameOf(item) });
  }
}

/** `Reason: note` of the Events so far about an object of that name. */
export async function told(cluster: Cluster, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of [NAMESPACE, 'default']) {
    const { items } = await cluster.client.list(events, { namespace });
    for (const item of items) {
      if (stringAt(item, 'regarding', 'name') !== name) continue;
      found.push(`${stringAt(item, 'reason')}: ${stringAt(item, 'note')}`);
    }
  }
  return found;
}
