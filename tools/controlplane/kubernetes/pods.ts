import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../process/wait.ts';
import { type Api, itemsOf } from './api.ts';

const NODE = 'weir-node';
const SECONDS = 60;

export interface PodsReadyOptions {
  readonly namespace: string;
  /** How many ready pods to wait for. */
  readonly count: number;
  /** Only pods with these labels, such as `serving.knative.dev/revision=cart-00001`. */
  readonly selector?: string;
  /** The longest wait in seconds; 60 unless set. */
  readonly seconds?: number;
}

/**
 * Stands in for the scheduler and the kubelet: binds pods to a Node, writes Running and Ready into their status, takes
 * deleted ones away, and resolves with the names of the ready ones as soon as there are `count` of them. Nothing runs
 * in such a pod.
 */
export async function podsReady(api: Api, options: PodsReadyOptions): Promise<string[]> {
  const { namespace, count, selector, seconds = SECONDS } = options;
  await ensureNode(api);

  const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  return await until(`${count} pods are ready in ${namespace}`, { seconds }, async () => {
    const ready: string[] = [];
    for (const pod of itemsOf(await api.get(`/api/v1/namespaces/${namespace}/pods${query}`))) {
      const name = await tend(api, namespace, pod);
      if (name !== undefined) ready.push(name);
    }
    if (ready.length < count) throw new Error(`${ready.length} are there`);
    return ready;
  });
}

/** Brings one pod a step on; its name once it is ready. */
async function tend(api: Api, namespace: string, pod: JsonValue): Promise<string | undefined> {
  const name = stringAt(pod, 'metadata', 'name') ?? '';
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) {
    await api.delete(`${path}?gracePeriodSeconds=0`);
    return undefined;
  }
  if (stringAt(pod, 'spec', 'nodeName') === undefined) {
    await api.create(`${path}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: NODE },
    });
  }
  if (stringAt(pod, 'status', 'podIP') === undefined) await api.patch(`${path}/status`, { status: runningStatus(pod) });
  return name;
}

function runningStatus(pod: JsonValue): JsonObject {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => {
    return { type, status: 'True', lastProbeTime: null, lastTransitionTime: now };
  });
  const containerStatuses = arrayAt(pod, 'spec', 'containers').map((container) => ({
    name: stringAt(container, 'name') ?? '',
    image: stringAt(container, 'image') ?? '',
    imageID: '',
    containerID: 'weir://none',
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now } },
  }));
  const podIP = anAddress(stringAt(pod, 'metadata', 'uid') ?? '');
  const hostIP = '10.255.255.254';
  return {
    phase: 'Running',
    startTime: now,
    podIP,
    podIPs: [{ ip: podIP }],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    conditions,
    containerStatuses,
  };
}

/** An address that nothing answers at, the same for the same pod: 10.128.0.0/9 is far from the range of Services. */
function anAddress(uid: string): string {
  const bits = Number.parseInt(uid.slice(0, 6), 16) || 1;
  return `10.${128 + ((bits >> 16) & 127)}.${(bits >> 8) & 255}.${bits & 255 || 1}`;
}

async function ensureNode(api: Api): Promise<void> {
  const { status } = await api.ask('GET', `/api/v1/nodes/${NODE}`);
  if (status === 200) return;

  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } };
  const created = await api.ask('POST', '/api/v1/nodes', node);
  if (created.status !== 201 && created.status !== 409) throw new Error(`${NODE} is not created: ${created.status}`);
  await api.patch(`/api/v1/nodes/${NODE}/status`, {
    status: {
      capacity: { cpu: '64', memory: '256Gi', pods: '1000' },
      allocatable: { cpu: '64', memory: '256Gi', pods: '1000' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'NoKubelet', message: 'nothing runs on this node' }],
    },
  });
}
