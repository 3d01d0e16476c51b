/** Objects that stories create. Knative looks up no digest of an image of dev.local. */
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';

const IMAGE = 'dev.local/shop/cart:1';

export interface TemplateOptions {
  readonly name?: string;
  readonly image?: string;
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  /** Beside the one container. */
  readonly spec?: JsonObject;
}

export function aTemplate({ name, image = IMAGE, labels, annotations, spec = {} }: TemplateOptions = {}): JsonObject {
  const metadata = {
    ...(name === undefined ? {} : { name }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return {
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    spec: { ...spec, containers: [{ image }] },
  };
}

export interface ServiceOptions {
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly template?: JsonObject;
}

export function aService(name: string, { template = aTemplate(), ...metadata }: ServiceOptions = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, ...metadata },
    spec: { template },
  };
}

export function aConfiguration(name: string): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: { name },
    spec: { template: aTemplate() },
  };
}

export function aRoute(name: string, traffic: readonly JsonObject[]): JsonObject {
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Route', metadata: { name }, spec: { traffic } };
}

/** With what Knative's webhook writes about who created an object: the administrator of the control plane. */
export function asAdmin(object: JsonObject): JsonObject {
  if (!(stringAt(object, 'apiVersion') ?? '').startsWith('serving.knative.dev/')) return object;
  const metadata = objectAt(object, 'metadata');
  const user = { 'serving.knative.dev/creator': 'admin', 'serving.knative.dev/lastModifier': 'admin' };
  return { ...object, metadata: { ...metadata, annotations: { ...objectAt(metadata, 'annotations'), ...user } } };
}
