/** A case, and the objects that cases are made of. */
import type { JsonObject } from '../../../../../../src/kubernetes/json.ts';

export interface Case {
  readonly name: string;
  /** Created first; the answer counts where nothing is changed. */
  readonly object: JsonObject;
  /** A merge patch of what was created. */
  readonly change?: JsonObject;
  /** A part of Knative's sentence; undefined where it is let through. */
  readonly refusal?: string;
  /** Why the sentences differ. Where they are equal, the suite fails. */
  readonly differs?: string;
  /** Why it is let through here: stands in docs/platform.md, too. Where it is refused, the suite fails. */
  readonly letThrough?: string;
}

export const GROUP = 'serving.knative.dev';
const image = 'dev.local/shop/cart:1';
export const container = { image };

interface Parts {
  readonly metadata?: JsonObject;
  readonly template?: JsonObject;
  readonly spec?: JsonObject;
}

/** Knative looks for no digest of an image of dev.local. */
export function aService({ metadata = {}, template = {}, spec = {} }: Parts = {}): JsonObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Service',
    metadata: { name: 'cart', ...metadata },
    spec: { template: { spec: { containers: [container] }, ...template }, ...spec },
  };
}

export function ofTraffic(...traffic: JsonObject[]): JsonObject {
  return aService({ spec: { traffic } });
}

export function annotated(annotations: Readonly<Record<string, string>>): JsonObject {
  const keyed = Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
  return aService({ template: { metadata: { annotations: Object.fromEntries(keyed) } } });
}

export function ofPod(podSpec: JsonObject): JsonObject {
  return aService({ template: { spec: { containers: [container], ...podSpec } } });
}

export function ofContainer(fields: JsonObject): JsonObject {
  return ofPod({ containers: [{ ...container, ...fields }] });
}

export function another(kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  const version = kind === 'DomainMapping' ? 'v1beta1' : 'v1';
  return { apiVersion: `${GROUP}/${version}`, kind, metadata: { name: 'cart', ...metadata }, spec };
}

export const named = (name: string) => ({ template: { metadata: { name }, spec: { containers: [container] } } });
