/** A Service under Knative's own controllers, with somebody who plays the kubelet and the gateway. */

import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { itemsOf } from '../../../../tools/controlplane/kubernetes/api.ts';
import { podsReady } from '../../../../tools/controlplane/kubernetes/pods.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { cluster } from '../../harness/cluster.ts';

const SECONDS = 120;
const { api } = cluster();

export interface Deploy {
  readonly namespace: string;
  /** `cart-00001`: what the deploy makes. */
  readonly revision: string;
  /** Of the template, without their group: `{ 'min-scale': '1' }`; null takes away what the deploy before it wrote. */
  readonly annotations: Readonly<Record<string, string | null>>;
  /** `1`. */
  readonly tag: string;
}

/** Writes the Service cart, and waits for its Revision, which is not ready then. */
export async function deploy({ namespace, revision, annotations, tag }: Deploy): Promise<void> {
  const path = `/apis/serving.knative.dev/v1/namespaces/${namespace}/services`;
  const written = Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
  const template = {
    metadata: { annotations: Object.fromEntries(written) },
    spec: { containers: [{ image: `dev.local/shop/cart:${tag}` }] },
  };
  const there = await api.ask('GET', `${path}/cart`);
  if (there.status === 200) await api.patch(`${path}/cart`, { spec: { template } });
  else await api.create(path, aService(template));
  await until(`${revision} has its Deployment and its PodAutoscaler`, { seconds: SECONDS }, async () => {
    await deploymentOf(namespace, revision);
    return podAutoscalerOf(namespace, revision);
  });
}

function aService(template: JsonObject): JsonObject {
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'cart' }, spec: { template } };
}

/** Its pods run, the gateway sends requests there, and the Service is ready. */
export async function ready(namespace: string, revision: string): Promise<void> {
  await until(`the Service sends its traffic to ${revision}`, { seconds: SECONDS }, async () => {
    // again and again: what is asked for more than one comes one after another
    await podsReady(api, {
      namespace,
      count: 1,
      selector: `serving.knative.dev/revision=${revision}`,
      seconds: SECONDS,
    });
    await openGateway(namespace);
    const service = await serviceOf(namespace);
    const [latest] = arrayAt(service, 'status', 'traffic');
    const isThere = stringAt(latest, 'revisionName') === revision && conditionOf(service, 'Ready') === 'True';
    if (!isThere) throw new Error(`its status is ${JSON.stringify(objectAt(service, 'status'))}`);
    return true;
  });
}

/** There is no ingress controller: what one would write once its gateway knows the way. */
export async function openGateway(namespace: string): Promise<void> {
  const path = `/apis/networking.internal.knative.dev/v1alpha1/namespaces/${namespace}/ingresses`;
  for (const ingress of itemsOf(await api.get(path))) {
    const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const conditions = ['LoadBalancerReady', 'NetworkConfigured', 'Ready'].map((type) => {
      return { type, status: 'True', lastTransitionTime };
    });
    const observedGeneration = Number(objectAt(ingress, 'metadata')?.generation ?? 1);
    const balancer = { ingress: [{ domainInternal: 'gateway.example.svc.cluster.local' }] };
    const isOpen =
      objectAt(ingress, 'status')?.observedGeneration === observedGeneration &&
      conditionOf(ingress, 'Ready') === 'True';
    if (isOpen) continue;
    await api.patch(`${path}/${stringAt(ingress, 'metadata', 'name')}/status`, {
      status: { observedGeneration, conditions, publicLoadBalancer: balancer, privateLoadBalancer: balancer },
    });
  }
}

function conditionOf(object: JsonValue, type: string): string | undefined {
  const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  return stringAt(found, 'status');
}

export function serviceOf(namespace: string): Promise<JsonValue> {
  return api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/services/cart`);
}

export function revisionOf(namespace: string, name: string): Promise<JsonValue> {
  return api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions/${name}`);
}

export async function revisionsOf(namespace: string): Promise<string[]> {
  const list = await api.get(`/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions`);
  return itemsOf(list).map((each) => stringAt(each, 'metadata', 'name') ?? '');
}

export function podAutoscalerOf(namespace: string, name: string): Promise<JsonValue> {
  return api.get(`/apis/autoscaling.internal.knative.dev/v1alpha1/namespaces/${namespace}/podautoscalers/${name}`);
}

export function deploymentOf(namespace: string, revision: string): Promise<JsonValue> {
  return api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${revision}-deployment`);
}

const MIN_SCALE = 'autoscaling.knative.dev/min-scale';

/** Waits until the PodAutoscaler of the Revision is at that min-scale, which Knative copies from the Revision. */
export async function followed(namespace: string, revision: string, minScale: string | undefined): Promise<void> {
  await until(`the PodAutoscaler of ${revision} is at ${minScale}`, { seconds: SECONDS }, async () => {
    const there = stringAt(await podAutoscalerOf(namespace, revision), 'metadata', 'annotations', MIN_SCALE);
    if (there !== minScale) throw new Error(`it is at ${there}`);
    return true;
  });
}

/** Waits until the object's resourceVersion stays what it is for a while. */
export async function atRest(read: () => Promise<JsonValue>): Promise<JsonValue> {
  return until('it is at rest', { seconds: SECONDS }, async () => {
    const before = await read();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const after = await read();
    const versions = [before, after].map((each) => stringAt(each, 'metadata', 'resourceVersion'));
    if (versions[0] !== versions[1]) throw new Error(`it went from ${versions.join(' to ')}`);
    return after;
  });
}

const QUIET_MS = 2_000;
