/** Writes the status that a missing kubelet, ingress and Knative Eventing would, as long as the suites run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayAt, type JsonObject, type JsonValue, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { type Api, itemsOf } from '../../../tools/controlplane/kubernetes/api.ts';
import { podsReady } from '../../../tools/controlplane/kubernetes/pods.ts';

const EVERY_MS = 1_000;
const INGRESSES = 'networking.internal.knative.dev/v1alpha1/ingresses';
/** Of Eventing: what it would bring to Ready. */
const EVENTING = [
  'eventing.knative.dev/v1/brokers',
  'eventing.knative.dev/v1/triggers',
  'sources.knative.dev/v1/pingsources',
];

export interface Players {
  stop(): Promise<void>;
}

/** @param kinds false where the cluster has no Knative: pods alone */
export function startPlayers(api: Api, { knative }: { readonly knative: boolean }): Players {
  let isOver = false;
  const playing = play();

  async function play(): Promise<void> {
    while (!isOver) {
      // What is deleted in the middle of a turn is looked at again in the next one.
      await turn().catch(() => undefined);
      await sleep(EVERY_MS);
    }
  }

  async function turn(): Promise<void> {
    const pods = itemsOf(await api.get('/api/v1/pods'));
    for (const namespace of new Set(pods.map((pod) => stringAt(pod, 'metadata', 'namespace') ?? ''))) {
      await podsReady(api, { namespace, count: 0 });
    }
    if (!knative) return;
    await bringToReady(api, INGRESSES, ['LoadBalancerReady', 'NetworkConfigured', 'Ready'], {
      publicLoadBalancer: { ingress: [{ domainInternal: 'gateway.example.svc.cluster.local' }] },
      privateLoadBalancer: { ingress: [{ domainInternal: 'gateway.example.svc.cluster.local' }] },
    });
    for (const kind of EVENTING) await bringToReady(api, kind, ['Ready'], {});
  }

  return {
    async stop() {
      isOver = true;
      await playing;
    },
  };
}

async function bringToReady(api: Api, kind: string, types: readonly string[], more: JsonObject): Promise<void> {
  const [group, version, plural] = kind.split('/');
  for (const object of itemsOf(await api.get(`/apis/${kind}`))) {
    const generation = numberAt(object, 'metadata', 'generation') ?? 1;
    if (isReady(object) && numberAt(object, 'status', 'observedGeneration') === generation) continue;
    const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const conditions = types.map((type) => ({ type, status: 'True', lastTransitionTime }));
    const namespace = stringAt(object, 'metadata', 'namespace');
    const name = stringAt(object, 'metadata', 'name');
    await api.patch(`/apis/${group}/${version}/namespaces/${namespace}/${plural}/${name}/status`, {
      status: { observedGeneration: generation, conditions, ...more },
    });
  }
}

function isReady(object: JsonValue): boolean {
  return arrayAt(object, 'status', 'conditions').some((condition) => {
    return stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True';
  });
}
