/**
 * What an ApiServerSource watches, and its events (knative/eventing pkg/adapter/apiserver,
 * pkg/adapter/apiserver/events/events.go, pkg/apis/sources/constants.go).
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { groupOf } from '../../../kubernetes/kinds.ts';
import { expressionText } from '../../../kubernetes/labelSelector.ts';
import { referenceTo } from '../../../kubernetes/object.ts';
import { matchesOf } from '../matches.ts';

export type ApiServerMode = 'Reference' | 'Resource';
export type Happened = 'add' | 'update' | 'delete';

/** One of `spec.resources`. */
export interface WatchedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** As Knative's adapter makes it of the kind, whatever the API server calls it. */
  readonly plural: string;
  /** As a request names it; empty where every object counts. */
  readonly labelSelector: string;
}

const HAPPENED: readonly Happened[] = ['add', 'delete', 'update'];

export function modeOf(source: JsonObject): ApiServerMode {
  return stringAt(source, 'spec', 'mode') === 'Resource' ? 'Resource' : 'Reference';
}

export function accountOf(source: JsonObject): string {
  return stringAt(source, 'spec', 'serviceAccountName') || 'default';
}

export function watchedKinds(source: JsonObject): WatchedKind[] {
  return arrayAt(source, 'spec', 'resources').map((resource) => {
    const kind = stringAt(resource, 'kind') ?? '';
    return {
      apiVersion: stringAt(resource, 'apiVersion') ?? '',
      kind,
      plural: guessedPlural(kind),
      labelSelector: selectorText(objectAt(resource, 'selector')),
    };
  });
}

/** k8s.io/apimachinery pkg/api/meta/restmapper.go, UnsafeGuessKindToResource. */
export function guessedPlural(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === '' || singular.endsWith('endpoints')) return singular;
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

function selectorText(selector: JsonObject | undefined): string {
  if (selector === undefined) return '';
  const labels = Object.entries(objectAt(selector, 'matchLabels') ?? {}).map(([key, value]) => `${key}=${value}`);
  return [...labels, ...arrayAt(selector, 'matchExpressions').map(expressionText)].sort().join(',');
}

export function apiServerTypes(mode: ApiServerMode): string[] {
  return HAPPENED.map((happened) => typeOf(mode, happened));
}

function typeOf(mode: ApiServerMode, happened: Happened): string {
  return `dev.knative.apiserver.${mode === 'Resource' ? 'resource' : 'ref'}.${happened}`;
}

/** Whether what happened to the object is told: by `spec.owner` its controller counts. */
export function isOwnedAs(object: JsonObject, owner: JsonObject | undefined): boolean {
  if (owner === undefined) return true;
  const controller = arrayAt(object, 'metadata', 'ownerReferences')
    .filter(isObject)
    .find((each) => each.controller === true);
  if (controller === undefined) return false;
  const isMet = (field: string): boolean => {
    const wanted = stringAt(owner, field) ?? '';
    return wanted === '' || wanted === stringAt(controller, field);
  };
  return isMet('apiVersion') && isMet('kind');
}

/** By `spec.filters`; the event has neither id nor time yet, nor what `ceOverrides` add. */
export function apiServerFilter(source: JsonObject): (attributes: ReadonlyMap<string, string>) => boolean {
  const filters: JsonValue = arrayAt(source, 'spec', 'filters');
  return matchesOf({ spec: { filters } });
}

/**
 * The attributes that say what happened, without id and time.
 *
 * @param server the address of the API server: the source of all events
 */
export function apiServerAttributes(
  object: JsonObject,
  { happened, mode, server }: { readonly happened: Happened; readonly mode: ApiServerMode; readonly server: string },
): Map<string, string> {
  const { apiVersion, kind, namespace, name } = referenceTo(object);
  return new Map([
    ['specversion', '1.0'],
    ['type', typeOf(mode, happened)],
    ['source', server],
    ['subject', selfLink(object)],
    ['datacontenttype', 'application/json'],
    ['kind', kind],
    ['apiversion', apiVersion],
    ['name', name],
    ['namespace', namespace],
  ]);
}

/** Everything is said to be in a namespace, also what is in none. */
function selfLink(object: JsonObject): string {
  const { apiVersion, kind, namespace, name } = referenceTo(object);
  const version = groupOf(apiVersion) === '' && apiVersion.includes('.') ? `${apiVersion}/versionUnknown` : apiVersion;
  return `/apis/${version}/namespaces/${namespace}/${guessedPlural(kind)}/${name}`;
}

/** The object, or a reference to it (k8s.io/api core/v1 ObjectReference). */
export function apiServerData(object: JsonObject, mode: ApiServerMode): Buffer {
  if (mode === 'Resource') return Buffer.from(JSON.stringify(object), 'utf8');
  const { apiVersion, kind, namespace, name } = referenceTo(object);
  const reference = { kind, ...(namespace === '' ? {} : { namespace }), name, apiVersion };
  return Buffer.from(JSON.stringify(reference), 'utf8');
}
