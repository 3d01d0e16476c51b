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
    const broker = stringAt(trigger, 'spec', 'broker') ?? stringAt(trigger, 'spec', 'brokerRef', 'name') ?? '';
    found.push({
      topic: `broker:${namespace}/${broker === '' ? 'default' : broker}`,
      key: `trigger:${namespace}/${nameOf(trigger)}`,
      why: ready?.reason ?? '',
    });
  }
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}
