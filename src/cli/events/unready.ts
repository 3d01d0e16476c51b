/** Triggers that are not ready: the platform delivers nothing to them, and keeps nothing of them that a trace could tell. */
import { conditionOf } from '../../doctor/conditions.ts';
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';

export interface Unready {
  /** Of its Broker: `broker:namespace/name`. */
  readonly topic: string;
  /** `trigger:namespace/name` */
  readonly key: string;
  /** One word where its status has one: `BrokerDoesNotExist`. */
  readonly why: string;
}

export function unreadyAmong(triggers: readonly JsonObject[]): Unready[] {
  const found: Unready[] = [];
  for (const trigger of triggers) {
    const ready = conditionOf(trigger, 'Ready');
    if (ready?.status === 'True') continue;
    const namespace = stringAt(trigger, 'metadata', 'namespace') ?? '';
    found.push({
      topic: topicOf(trigger, namespace),
      key: `trigger:${namespace}/${nameOf(trigger)}`,
      why: ready?.reason ?? '',
    });
  }
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** That of another namespace's Broker is none of its own namespace's, and gets nothing of either. */
function topicOf(trigger: JsonObject, namespace: string): string {
  const named = stringAt(trigger, 'spec', 'broker');
  if (named !== undefined && named !== '') return `broker:${namespace}/${named}`;
  const place = stringAt(trigger, 'spec', 'brokerRef', 'namespace') || namespace;
  return `broker:${place}/${stringAt(trigger, 'spec', 'brokerRef', 'name') || 'default'}`;
}
