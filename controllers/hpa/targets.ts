/** What a HorizontalPodAutoscaler scales: a Deployment, or what somebody else has in the place of one. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { deployments } from '../../src/kubernetes/client/resources.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { labelsFrom, selects } from '../../src/kubernetes/labelSelector.ts';
import { labelsOf, referenceTo } from '../../src/kubernetes/object.ts';

export interface ScaleTarget {
  /** Pods that there are to be as of now. */
  readonly replicas: number;
  readonly pods: readonly JsonObject[];
  /** Undefined where whoever owns it reads the number off the autoscaler's status. */
  readonly set?: (replicas: number, client: Client) => Promise<void>;
}

/** Finds what is no object of its own. */
export type FindOther = (autoscaler: JsonObject) => ScaleTarget | undefined;

export interface Stores {
  readonly deployments: Store;
  readonly pods: Store;
}

/** @returns a sentence where there is nothing to scale */
export function targetOf(autoscaler: JsonObject, stores: Stores, findOther: FindOther): ScaleTarget | string {
  const other = findOther(autoscaler);
  if (other !== undefined) return other;
  const reference = objectAt(autoscaler, 'spec', 'scaleTargetRef');
  const kind = stringAt(reference, 'kind') ?? '';
  const name = stringAt(reference, 'name') ?? '';
  if (kind !== 'Deployment') return `this platform scales Deployments, and no ${kind}`;
  const { namespace } = referenceTo(autoscaler);
  const deployment = stores.deployments.find(namespace, name);
  if (deployment === undefined) return `deployments.apps "${name}" not found`;
  const selector = objectAt(deployment, 'spec', 'selector');
  return {
    replicas: numberAt(deployment, 'spec', 'replicas') ?? 1,
    pods: stores.pods.inNamespace(namespace).filter((pod) => selects(selector, labelsFrom(labelsOf(pod))) === 'yes'),
    async set(replicas, client) {
      const body = { spec: { replicas } };
      await client.patch(deployments, { namespace, name, subresource: 'scale' }, { type: 'merge', body });
    },
  };
}
