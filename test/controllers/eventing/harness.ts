/** What tells of topics and lanes, remembered; and objects of Eventing. */
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';
import type { EventPlane } from '../../../src/platform/eventing/start.ts';
import type { TopicKind } from '../../../src/platform/eventing/topics.ts';
import type { TransformSpec } from '../../../src/platform/eventing/transform/transform.ts';
import type { TransformPlane } from '../../../src/platform/eventing/transform/transforms.ts';
import type { Cluster } from '../kit/cluster.ts';

export const URL = 'http://127.0.0.1:8090';
export const TRANSFORMS_URL = 'http://127.0.0.1:8091';

export class HandPlane implements EventPlane {
  readonly url = URL;
  readonly transforming = new Map<string, TransformSpec>();
  /** Why nobody can read expressions now. */
  trouble: string | undefined;
  readonly transforms: TransformPlane = {
    url: TRANSFORMS_URL,
    begin: () => undefined,
    put: (key, spec) => void this.transforming.set(key, spec),
    remove: (key) => void this.transforming.delete(key),
    read: async (expression) => {
      if (this.trouble !== undefined) return { is: 'unknown', problem: this.trouble };
      if (!expression.includes('((')) return { is: 'fine' };
      return { is: 'wrong', problem: 'Expected ")" before end of expression' };
    },
  };
  readonly topics = new Map<TopicKind, ReadonlySet<string>>();
  lanes: ReadonlyMap<string, LaneEntry> | undefined;
  /** How often it was told of lanes. */
  told = 0;
  /** Lanes of before the start. */
  readonly before = new Set<string>();

  setTopics(kind: TopicKind, names: ReadonlySet<string>): void {
    this.topics.set(kind, names);
  }

  setLanes(entries: ReadonlyMap<string, LaneEntry>): void {
    this.lanes = entries;
    this.told++;
  }

  hasLane(key: string): boolean {
    return this.lanes?.has(key) ?? this.before.has(key);
  }

  /** Where the lane leads. */
  leads(key: string): JsonObject | undefined {
    const entry = this.lanes?.get(key);
    if (entry === undefined) return undefined;
    const { kind, subscriber, reply = null, deadLetter = null, retries, isOrdered } = entry.spec;
    return { topic: entry.topic, kind, subscriber, reply, deadLetter, retries: retries.most, isOrdered };
  }
}

export function eventing(
  kind: string,
  name: string,
  namespace: string,
  spec: JsonObject,
  annotations = {},
): JsonObject {
  return { apiVersion: API[kind] ?? '', kind, metadata: { name, namespace, annotations }, spec };
}

const API: Readonly<Record<string, string>> = {
  Broker: 'eventing.knative.dev/v1',
  EventTransform: 'eventing.knative.dev/v1alpha1',
  Trigger: 'eventing.knative.dev/v1',
  Channel: 'messaging.knative.dev/v1',
  InMemoryChannel: 'messaging.knative.dev/v1',
  KafkaChannel: 'messaging.knative.dev/v1',
  Subscription: 'messaging.knative.dev/v1',
  Sequence: 'flows.knative.dev/v1',
  Parallel: 'flows.knative.dev/v1',
  PingSource: 'sources.knative.dev/v1',
};

export function refTo(kind: string, name: string): JsonObject {
  return { apiVersion: API[kind] ?? 'v1', kind, name };
}

/** A Service of Kubernetes' own: there is nothing to it but its name. */
export async function aService(cluster: Cluster, namespace: string, name: string): Promise<void> {
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ port: 80 }] },
  });
}

export const toService = (name: string): JsonObject => ({ ref: { apiVersion: 'v1', kind: 'Service', name } });

export function hostOf(name: string, namespace: string): string {
  return `http://${name}.${namespace}.svc.cluster.local`;
}

/** `Ready: True`, `SubscriberResolved: False why: message`. */
export function conditionsOf(object: JsonObject): string[] {
  return arrayAt(object, 'status', 'conditions').map((condition) => {
    const text = (field: string) => stringAt(condition, field);
    const why = [text('reason'), text('message')].filter((each) => each !== undefined).join(': ');
    return `${text('type')}: ${text('status')} ${why}`.trim();
  });
}
