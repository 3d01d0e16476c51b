/** Short ways to the objects that the tests beside this file are about. */

import { applyKnativeDefaults, validate } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS, type KnativeSettings } from '../../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';

export const image = 'ghcr.io/knative/helloworld-go:v1';
export const CONTAINER = '/spec/template/spec/containers/0';

export interface ServiceParts {
  readonly metadata?: JsonObject;
  /** Metadata of the template. */
  readonly template?: JsonObject;
  readonly spec?: JsonObject;
  readonly container?: JsonObject;
  readonly traffic?: JsonValue;
}

/** A Service that Knative accepts, with the parts laid over it. */
export function aService({ metadata, template, spec, container, traffic }: ServiceParts = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'hello', namespace: 'shop', ...metadata },
    spec: {
      template: {
        ...(template && { metadata: template }),
        spec: { containers: [{ image, ...container }], ...spec },
      },
      ...(traffic !== undefined && { traffic }),
    },
  };
}

export function withFeatures(features: Record<string, string>): KnativeSettings {
  return { ...DEFAULT_SETTINGS, features };
}

export function withDefaults(defaults: Record<string, string>): KnativeSettings {
  return { ...DEFAULT_SETTINGS, defaults };
}

/** Every error as `path: message`. */
export function errorsOf(object: JsonObject, settings: KnativeSettings = DEFAULT_SETTINGS, old?: JsonObject): string[] {
  return validate(object, settings, old === undefined ? {} : { old }).map(({ path, message }) => `${path}: ${message}`);
}

/** What was filled in, by path. */
export function addedTo(object: JsonObject, settings: KnativeSettings = DEFAULT_SETTINGS): Record<string, JsonValue> {
  const { added } = applyKnativeDefaults(object, settings);
  return Object.fromEntries(added.map(({ path, value }) => [path, value]));
}
