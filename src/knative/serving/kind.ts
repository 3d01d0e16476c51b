/** Which of Knative Serving's kinds an object is. */
import { asString, type JsonObject } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { type ServingKind, specs } from './shapes.ts';

const GROUP = 'serving.knative.dev';

/** The one version of each kind that Knative Serving 1.23 serves. */
export const SERVED_VERSIONS: Readonly<Record<ServingKind, string>> = {
  Service: `${GROUP}/v1`,
  Configuration: `${GROUP}/v1`,
  Route: `${GROUP}/v1`,
  Revision: `${GROUP}/v1`,
  DomainMapping: `${GROUP}/v1beta1`,
};

/** The kind, where the object is one that Knative Serving's users write, in whichever version. */
export function servingKind(object: JsonObject): ServingKind | undefined {
  const apiVersion = asString(object.apiVersion);
  const kind = asString(object.kind);
  if (apiVersion === undefined || kind === undefined || groupOf(apiVersion) !== GROUP) return undefined;
  return isServingKind(kind) ? kind : undefined;
}

function isServingKind(kind: string): kind is ServingKind {
  return Object.hasOwn(specs, kind);
}
