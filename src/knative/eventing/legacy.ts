/**
 * Kinds that Knative Eventing had once, and what stands in their place today.
 *
 * CronJobSource and the sources of `sources.eventing.knative.dev` went with 0.14 (knative/eventing v0.13.0
 * config/core/resources/legacy*.yaml), ClusterChannelProvisioner with 0.8, the alpha and beta versions with 1.0.
 */
import {
  arrayAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../kubernetes/json.ts';
import { cronJobSource, defineKind, groupOf, keyOf } from '../../kubernetes/kinds.ts';
import { servedVersions, versionOf } from './versions.ts';

const OLD_SOURCES = 'sources.eventing.knative.dev';
export const oldCronJobSource = defineKind(OLD_SOURCES, 'CronJobSource');
export const oldContainerSource = defineKind(OLD_SOURCES, 'ContainerSource');
export const oldApiServerSource = defineKind(OLD_SOURCES, 'ApiServerSource');
export const oldKafkaSource = defineKind(OLD_SOURCES, 'KafkaSource');
export const oldChannel = defineKind('eventing.knative.dev', 'Channel');
export const oldSubscription = defineKind('eventing.knative.dev', 'Subscription');
export const channelProvisioner = defineKind('eventing.knative.dev', 'ClusterChannelProvisioner');

/** Kinds of which nothing is left, under any version. */
export const removedKinds = [
  cronJobSource,
  oldCronJobSource,
  oldContainerSource,
  oldApiServerSource,
  oldKafkaSource,
  oldChannel,
  oldSubscription,
  channelProvisioner,
] as const;

const CRON_KEYS: readonly string[] = [cronJobSource.key, oldCronJobSource.key];

/** What replaces a removed kind, as `group/version Kind`; undefined where nothing does. */
export function successorOf(object: JsonObject): string | undefined {
  const key = keyOf(object);
  if (CRON_KEYS.includes(key)) return 'sources.knative.dev/v1 PingSource';
  if (key === oldChannel.key || key === oldSubscription.key) return `messaging.knative.dev/v1 ${String(object.kind)}`;
  if (key === channelProvisioner.key) return undefined;
  return `sources.knative.dev/v1 ${String(object.kind)}`;
}

/** The object as its successor; undefined where the old one says things that have no place in the new one. */
export function convertRemoved(object: JsonObject): JsonObject | undefined {
  const key = keyOf(object);
  if (CRON_KEYS.includes(key)) return toPingSource(object);
  if (key === oldContainerSource.key) return toContainerSource(object);
  return undefined;
}

/** The events of a CronJobSource have the type dev.knative.cronjob.event, those of a PingSource this one. */
export const PING_EVENT = 'dev.knative.sources.ping';

function toPingSource(object: JsonObject): JsonObject {
  const { schedule, data, sink, ceOverrides, timezone } = objectAt(object, 'spec') ?? {};
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'PingSource',
    metadata: objectAt(object, 'metadata') ?? {},
    spec: {
      ...(schedule === undefined ? {} : { schedule }),
      ...(timezone === undefined ? {} : { timezone }),
      ...(typeof data === 'string' && isJsonObject(data) ? { contentType: 'application/json' } : {}),
      ...(data === undefined ? {} : { data }),
      ...(ceOverrides === undefined ? {} : { ceOverrides }),
      ...(sink === undefined ? {} : { sink: toDestination(sink) }),
    },
  };
}

/** A PingSource with contentType application/json takes an object and nothing else. */
function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function toContainerSource(object: JsonObject): JsonObject | undefined {
  const spec = objectAt(object, 'spec') ?? {};
  const { image, args, env, serviceAccountName, template, sink, ceOverrides } = spec;
  const written = isObject(template) && objectAt(template, 'spec') !== undefined ? template : undefined;
  if (written === undefined && typeof image !== 'string') return undefined;

  const name = stringAt(object, 'metadata', 'name') ?? 'source';
  const container = {
    name,
    ...(image === undefined ? {} : { image }),
    ...(args === undefined ? {} : { args }),
    ...(env === undefined ? {} : { env }),
  };
  const podSpec = { ...(serviceAccountName === undefined ? {} : { serviceAccountName }), containers: [container] };
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'ContainerSource',
    metadata: objectAt(object, 'metadata') ?? {},
    spec: {
      template: written ?? { spec: podSpec },
      ...(ceOverrides === undefined ? {} : { ceOverrides }),
      ...(sink === undefined ? {} : { sink: toDestination(sink) }),
    },
  };
}

/** Sinks named their object directly before they had `ref`; a version that is gone becomes v1. */
function toDestination(sink: JsonValue): JsonValue {
  if (!isObject(sink)) return sink;
  const { ref, uri, apiVersion, kind, name, namespace } = sink;
  if (isObject(ref)) return { ...sink, ref: withServedVersion(ref) };
  if (uri !== undefined || apiVersion === undefined || kind === undefined || name === undefined) return sink;
  return { ref: withServedVersion({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }) };
}

function withServedVersion(reference: JsonObject): JsonObject {
  const apiVersion = servedApiVersion(reference);
  return apiVersion === undefined ? reference : { ...reference, apiVersion };
}

const SERVING = new Set(['Service', 'Route', 'Configuration', 'Revision']);

/** The apiVersion to write instead of one that is gone; undefined where the one that stands there is served. */
export function servedApiVersion(value: JsonObject): string | undefined {
  const group = groupOf(stringAt(value, 'apiVersion') ?? '');
  if (group === 'serving.knative.dev' && SERVING.has(stringAt(value, 'kind') ?? '')) {
    return versionOf(value) === 'v1' ? undefined : 'serving.knative.dev/v1';
  }
  const served = servedVersions(value);
  if (served === undefined || served.includes(versionOf(value))) return undefined;
  return `${group}/${served[0] ?? 'v1'}`;
}

/** Fields of old versions that v1 does not have: with one of them, another apiVersion alone is no conversion. */
const OLD_FIELDS: Readonly<Record<string, readonly string[]>> = {
  PingSource: ['jsonData'],
  Broker: ['channelTemplateSpec'],
  Subscription: ['generation'],
};

/** True where writing another apiVersion is all there is to do. */
export function convertsByVersion(object: JsonObject): boolean {
  const spec = objectAt(object, 'spec') ?? {};
  const kind = stringAt(object, 'kind') ?? '';
  if (OLD_FIELDS[kind]?.some((field) => spec[field] !== undefined)) return false;
  if (kind === 'Trigger') return objectAt(spec, 'filter', 'sourceAndType') === undefined;
  if (kind === 'ApiServerSource') return convertsApiServerSource(spec);
  if (kind === 'KafkaSource') return isArray(spec.topics) && isArray(spec.bootstrapServers);
  return true;
}

function convertsApiServerSource(spec: JsonObject): boolean {
  const hasOldMode = spec.mode === 'Ref';
  return (
    !hasOldMode &&
    arrayAt(spec, 'resources').every((resource) => isObject(resource) && !isObject(resource.labelSelector))
  );
}
