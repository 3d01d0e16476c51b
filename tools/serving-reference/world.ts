/**
 * Stands in for what is not there beside Knative's own controllers: scheduler, kubelet, ingress and activator. Pods are
 * ready at once, but for those whose image is broken; what an Ingress asks for is done at once.
 */

import { arrayAt, type JsonObject, type JsonValue, numberAt, stringAt } from '../../src/kubernetes/json.ts';
import { type Api, itemsOf } from '../controlplane/kubernetes/api.ts';

const NODE = 'serving-reference';
const LOOK_MS = 250;
const SYSTEM = 'knative-serving';

export interface World {
  /** Looks after a namespace from now on. */
  add(namespace: string): void;
  stop(): Promise<void>;
}

/** @param complain hears of what went wrong; it is tried again */
export async function startWorld(api: Api, complain: (error: unknown) => void): Promise<World> {
  await makeNode(api);
  await makeActivator(api);
  const namespaces = new Set<string>();
  let isStopping = false;
  const work = (async () => {
    while (!isStopping) {
      for (const namespace of namespaces) await tend(api, namespace).catch(complain);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  return {
    add: (namespace) => void namespaces.add(namespace),
    async stop() {
      isStopping = true;
      await work;
    },
  };
}

async function tend(api: Api, namespace: string): Promise<void> {
  for (const pod of itemsOf(await api.get(`/api/v1/namespaces/${namespace}/pods`))) await tendPod(api, namespace, pod);
  const ingresses = `/apis/networking.internal.knative.dev/v1alpha1/namespaces/${namespace}/ingresses`;
  for (const ingress of itemsOf(await api.get(ingresses))) {
    const generation = numberAt(ingress, 'metadata', 'generation') ?? 0;
    if (numberAt(ingress, 'status', 'observedGeneration') === generation) continue;
    const path = `${ingresses}/${stringAt(ingress, 'metadata', 'name')}/status`;
    await api.patch(path, { status: { observedGeneration: generation, conditions: INGRESS_READY() } });
  }
}

async function tendPod(api: Api, namespace: string, pod: JsonValue): Promise<void> {
  const name = stringAt(pod, 'metadata', 'name') ?? '';
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) {
    await api.delete(`${path}?gracePeriodSeconds=0`);
    return;
  }
  if (stringAt(pod, 'spec', 'nodeName') === undefined) {
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
    await api.create(`${path}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target });
  }
  if (stringAt(pod, 'status', 'podIP') !== undefined) return;
  await api.patch(`${path}/status`, { status: podStatus(pod) });
  if (isBroken(pod)) await touchDeployment(api, namespace, pod);
}

/** Knative looks at the pods of a Deployment only when that changes, as it does sooner or later. */
async function touchDeployment(api: Api, namespace: string, pod: JsonValue): Promise<void> {
  const name = `${stringAt(pod, 'metadata', 'labels', 'serving.knative.dev/revision')}-deployment`;
  const annotations = { 'example.com/broken-pod': stringAt(pod, 'metadata', 'name') ?? '' };
  await api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, { metadata: { annotations } });
}

function isBroken(pod: JsonValue): boolean {
  return arrayAt(pod, 'spec', 'containers').some((each) => stringAt(each, 'image')?.includes('broken'));
}

function podStatus(pod: JsonValue): JsonObject {
  const ready = isBroken(pod) ? 'False' : 'True';
  const conditions = [
    ...['PodScheduled', 'Initialized'].map((type) => aCondition(type, 'True')),
    ...['ContainersReady', 'Ready'].map((type) => aCondition(type, ready)),
  ];
  const podIP = anAddress(stringAt(pod, 'metadata', 'uid') ?? '');
  return {
    phase: 'Running',
    startTime: now(),
    podIP,
    podIPs: [{ ip: podIP }],
    conditions,
    containerStatuses: arrayAt(pod, 'spec', 'containers').map((container) => containerStatus(container)),
  };
}

function containerStatus(container: JsonValue): JsonObject {
  const name = stringAt(container, 'name') ?? '';
  const image = stringAt(container, 'image') ?? '';
  const about = { name, image, imageID: '', containerID: 'none://none' };
  if (!image.includes('broken')) {
    return { ...about, ready: true, started: true, restartCount: 0, state: { running: { startedAt: now() } } };
  }
  const terminated = { exitCode: 3, message: 'no such file', startedAt: now(), finishedAt: now(), reason: 'Error' };
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' };
  return { ...about, ready: false, started: false, restartCount: 1, state: { waiting }, lastState: { terminated } };
}

function INGRESS_READY(): JsonObject[] {
  return ['LoadBalancerReady', 'NetworkConfigured', 'Ready'].map((type) => aCondition(type, 'True'));
}

function aCondition(type: string, status: string): JsonObject {
  return { type, status, lastTransitionTime: now() };
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** An address that nothing answers at, the same for the same pod. */
function anAddress(uid: string): string {
  const bits = Number.parseInt(uid.slice(0, 6), 16) || 1;
  return `10.${128 + ((bits >> 16) & 127)}.${(bits >> 8) & 255}.${bits & 255 || 1}`;
}

async function makeNode(api: Api): Promise<void> {
  const created = await api.ask('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE },
  });
  if (created.status >= 300 && created.status !== 409) throw new Error(`no node: ${created.status}`);
  const room = { cpu: '64', memory: '256Gi', pods: '1000' };
  await api.patch(`/api/v1/nodes/${NODE}/status`, {
    status: {
      capacity: room,
      allocatable: room,
      conditions: [{ ...aCondition('Ready', 'True'), reason: 'NoKubelet' }],
    },
  });
}

/** What Knative sends requests to that wait for an instance; it looks for its addresses alone. */
async function makeActivator(api: Api): Promise<void> {
  const ports = [
    { name: 'http', port: 8012 },
    { name: 'http2', port: 8013 },
  ];
  const metadata = { name: 'activator-service', namespace: SYSTEM };
  await api.ask('POST', `/api/v1/namespaces/${SYSTEM}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports },
  });
  await api.ask('POST', `/api/v1/namespaces/${SYSTEM}/endpoints`, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: [{ addresses: [{ ip: '10.255.1.1' }], ports }],
  });
}
