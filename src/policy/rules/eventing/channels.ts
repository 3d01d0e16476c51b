/** Which channel kind stands behind a Channel, a flow or a Broker. */

import { BROKER_CLASS } from '../../../knative/eventing/brokerAndTrigger.ts';
import { type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { broker, configMap, inMemoryChannel, kafkaChannel } from '../../../kubernetes/kinds.ts';
import { annotationsOf } from '../../../kubernetes/object.ts';
import type { RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import type { EventingPolicy } from '../../model/eventing.ts';
import { nearestPlace } from './deliveryPlaces.ts';

export const CHANNEL_BROKER = 'MTChannelBasedBroker';
export const IN_MEMORY = 'InMemoryChannel';

export interface ChannelChoice {
  readonly kind: string;
  /** Where the object says it, or would. */
  readonly path: string;
  /** `names InMemoryChannel`, `names no channelTemplate, and the cluster then takes InMemoryChannel`. */
  readonly because: string;
}

/** The class that a Broker gets: its annotation, or the cluster's own default. */
export function brokerClassOf(object: JsonObject, eventing: EventingPolicy): { name: string; isWritten: boolean } {
  const written = annotationsOf(object)[BROKER_CLASS];
  if (typeof written === 'string' && written !== '') return { name: written, isWritten: true };
  return { name: eventing.clusterDefaults?.brokerClass ?? CHANNEL_BROKER, isWritten: false };
}

/** The channel kind that holds the object's events; undefined where it has none or it cannot be known from here. */
export function channelChoice(subject: Subject, context: RuleContext): ChannelChoice | undefined {
  const { object, key } = subject;
  const eventing = context.policy.eventing ?? {};
  if (key === inMemoryChannel.key || key === kafkaChannel.key) {
    return { kind: subject.reference.kind, path: '/kind', because: `is an ${subject.reference.kind}` };
  }
  if (key === broker.key) return brokerChannel(object, eventing, context);

  const written = stringAt(object, 'spec', 'channelTemplate', 'kind');
  if (written !== undefined) {
    return { kind: written, path: '/spec/channelTemplate/kind', because: `names ${written}` };
  }
  if (objectAt(object, 'spec', 'channelTemplate') !== undefined) return undefined;
  const kind = eventing.clusterDefaults?.channel ?? IN_MEMORY;
  return {
    kind,
    path: nearestPlace(object, 'spec'),
    because: `names no channelTemplate, and the cluster then takes ${kind}`,
  };
}

/** ConfigMaps that Knative ships with an InMemoryChannel in them. */
const SHIPPED = new Set(['config-br-default-channel', 'imc-channel']);

function brokerChannel(object: JsonObject, eventing: EventingPolicy, context: RuleContext): ChannelChoice | undefined {
  const brokerClass = brokerClassOf(object, eventing);
  if (brokerClass.name !== CHANNEL_BROKER) return undefined;

  const what = brokerClass.isWritten ? `is an ${CHANNEL_BROKER}` : `names no class and so becomes an ${CHANNEL_BROKER}`;
  const config = objectAt(object, 'spec', 'config');
  if (config === undefined) {
    const because = `${what} without a config, on the cluster's default channel, which is in memory as Knative ships it`;
    return { kind: IN_MEMORY, path: nearestPlace(object, 'spec'), because };
  }

  const name = stringAt(config, 'name') ?? '';
  if (stringAt(config, 'kind') !== 'ConfigMap') return undefined;
  const path = nearestPlace(object, 'spec', 'config', 'name');
  const kind = kindInConfigMap(name, stringAt(config, 'namespace') ?? '', context);
  if (kind !== undefined) return { kind, path, because: `${what} on ConfigMap ${name}, which says ${kind}` };
  if (!SHIPPED.has(name)) return undefined;
  return { kind: IN_MEMORY, path, because: `${what} on ConfigMap ${name}, which is in memory as Knative ships it` };
}

const KIND_LINE = /^\s*"?kind"?\s*:\s*"?([A-Za-z]+)/m;

/** The template stands in the ConfigMap as YAML or JSON text, of which only the kind is wanted. */
function kindInConfigMap(name: string, namespace: string, { inventory }: RuleContext): string | undefined {
  const data = objectAt(inventory.find(configMap, namespace, name), 'data');
  const text = stringAt(data, 'channel-template-spec') ?? stringAt(data, 'channelTemplateSpec');
  if (text === undefined) return undefined;
  return KIND_LINE.exec(text.replaceAll(/[{,]/g, '\n'))?.[1];
}

/** The channel that fixes write: the first that the environment allows, where its template is known. */
export function allowedTemplate(channels: readonly string[]): JsonObject | undefined {
  const [first] = channels;
  if (first === IN_MEMORY || first === 'KafkaChannel') {
    return { apiVersion: 'messaging.knative.dev/v1', kind: first };
  }
  return undefined;
}
