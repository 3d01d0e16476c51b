/** What the statuses of Eventing's kinds have in common, by the reasons and words of knative/eventing pkg/apis and pkg/auth. */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { SINK_NAMESPACE, SINK_PREFIX } from '../../src/policy/model/deadLetters.ts';
import type { Condition } from '../status/conditions.ts';
import type { StatusDraft } from '../status/draft.ts';
import type { Resolve, Resolved } from './destination.ts';

export const DEAD_LETTER_SINK = 'DeadLetterSinkResolved';
const ADDRESSABLE = 'Addressable';
const EVENT_POLICIES = 'EventPoliciesReady';
const OIDC_IDENTITY = 'OIDCIdentityCreated';

/** The fields of a status that tell of where dead letters go. */
type DeliveryFields = Pick<StatusDraft, 'set'>;

export function setAddress(status: StatusDraft, url: string): void {
  setAddresses(status, { name: 'http', url });
  status.conditions.markTrue(ADDRESSABLE);
}

/**
 * The one address that it has, as `addresses` beside `address`. In a cluster they stand there of Kafka's kinds and of an
 * EventTransform always, and of others where addresses have TLS (knative/eventing pkg/reconciler/broker/broker.go).
 */
export function setAddresses(status: Pick<StatusDraft, 'set'>, address: JsonObject | undefined): void {
  status.set('address', address);
  status.set('addresses', address && [address]);
}

/** As where the feature is off, which it is on this platform. */
export function eventPoliciesReady({ conditions }: StatusDraft): void {
  const message = 'Feature "authentication-oidc" must be enabled to support Authorization';
  conditions.markTrue(EVENT_POLICIES, 'OIDCDisabled', message);
}

export function oidcIdentityCreated({ conditions }: StatusDraft): void {
  conditions.markTrue(OIDC_IDENTITY, 'authentication-oidc feature disabled');
}

/**
 * Of an object's own delivery.
 *
 * @param reason of a sink that leads nowhere
 * @returns false for that one
 */
export function setDeadLetterSink(status: StatusDraft, object: JsonObject, resolve: Resolve, reason: string): boolean {
  const sink = sinkOf(object);
  if (sink === undefined) {
    deadLetterSinkMissing(status, object);
    return true;
  }
  const resolved = resolve(sink);
  if (resolved.ok) deadLetterSinkResolved(status, resolved);
  else deadLetterSinkFailed(status, reason, resolved.message);
  return resolved.ok;
}

/**
 * Where the object's own delivery sends dead letters. The sink that Weir keeps for an environment of a cluster is none
 * here: the platform keeps dead letters by itself (docs/adr/0035-a-dead-letter-sink-for-each-environment.md).
 */
export function sinkOf(object: JsonObject | undefined): JsonObject | undefined {
  const sink = namedSink(object);
  return isKeptHere(sink) ? undefined : sink;
}

/** Whether the object's own delivery says where dead letters go, be it to the platform. */
export function namesSink(object: JsonObject): boolean {
  return namedSink(object) !== undefined;
}

function namedSink(object: JsonObject | undefined): JsonObject | undefined {
  return objectAt(object, 'spec', 'delivery', 'deadLetterSink');
}

function isKeptHere(sink: JsonObject | undefined): boolean {
  const { apiVersion, kind, namespace, name } = objectAt(sink, 'ref') ?? {};
  const isSink = typeof name === 'string' && name.startsWith(SINK_PREFIX);
  return isSink && apiVersion === 'v1' && kind === 'Service' && namespace === SINK_NAMESPACE;
}

/** @param object whose delivery names none that is to be reached */
export function deadLetterSinkMissing(status: StatusDraft, object: JsonObject): void {
  setDelivery(status, undefined);
  const [reason, message] = namesSink(object)
    ? ['KeptByPlatform', 'This platform keeps dead letters by itself: weir events dead-letters shows them.']
    : ['DeadLetterSinkNotConfigured', 'No dead letter sink is configured.'];
  status.conditions.markTrue(DEAD_LETTER_SINK, reason, message);
}

export function deadLetterSinkResolved(status: StatusDraft, resolved: Resolved & { readonly ok: true }): void {
  setDelivery(status, resolved);
  status.conditions.markTrue(DEAD_LETTER_SINK);
}

export function deadLetterSinkFailed(status: StatusDraft, reason: string, message: string): void {
  setDelivery(status, undefined);
  status.conditions.markFalse(DEAD_LETTER_SINK, reason, message);
}

export function setDelivery(fields: DeliveryFields, sink: (Resolved & { readonly ok: true }) | undefined): void {
  fields.set('deadLetterSinkUri', sink?.url);
  fields.set('deadLetterSinkCACerts', sink?.caCerts);
  fields.set('deadLetterSinkAudience', sink?.audience);
}

/** What another object's status says of its dead letters. */
export function deliveryOf(object: JsonObject | undefined): (Resolved & { readonly ok: true }) | undefined {
  const status = objectAt(object, 'status');
  const url = stringAt(status, 'deadLetterSinkUri');
  if (url === undefined) return undefined;
  const caCerts = stringAt(status, 'deadLetterSinkCACerts');
  const audience = stringAt(status, 'deadLetterSinkAudience');
  return {
    ok: true,
    url,
    ...(caCerts === undefined ? {} : { caCerts }),
    ...(audience === undefined ? {} : { audience }),
  };
}

/** Of another object, as it stands there; undefined where it has none. */
export function conditionOf(object: JsonObject | undefined, type: string): Condition | undefined {
  for (const condition of arrayAt(object, 'status', 'conditions')) {
    if (!isObject(condition) || condition.type !== type) continue;
    const { status } = condition;
    return {
      type,
      status: status === 'True' || status === 'False' ? status : 'Unknown',
      reason: stringAt(condition, 'reason') ?? '',
      message: stringAt(condition, 'message') ?? '',
    };
  }
  return undefined;
}
