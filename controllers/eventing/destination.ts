/**
 * Where a Destination leads: a `ref` to something that takes events, a `uri`, or a `uri` relative to the `ref`
 * (knative/pkg resolver/addressable_resolver.go, whose words for what is wrong these are).
 *
 * A Knative Service and a core Service are named as in a cluster, `http://cart.shop.svc.cluster.local`: programs of the
 * platform find such names by its proxy, and what sends events finds them in src/platform/eventing.
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { groupOf, service } from '../../src/kubernetes/kinds.ts';
import { withoutCredentials } from '../../src/text/withoutCredentials.ts';

export type Resolved =
  | { readonly ok: true; readonly url: string; readonly audience?: string; readonly caCerts?: string }
  | { readonly ok: false; readonly message: string };

/** For the destinations of one object. */
export type Resolve = (destination: JsonValue | undefined) => Resolved;

export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the addresses that it has, the one of that name. */
  readonly address: string;
}

/** What stands behind a reference; `plural` is its resource, undefined for a kind that nobody looks at. */
export interface Found {
  readonly plural: string | undefined;
  readonly object: JsonObject | undefined;
}

export type Find = (reference: Reference) => Found;

/** @param namespace of the object that the destination stands in: that of a `ref` which names none */
export function resolveDestination(destination: JsonValue | undefined, namespace: string, find: Find): Resolved {
  const ref = objectAt(destination, 'ref');
  const uri = stringAt(destination, 'uri') ?? '';
  const caCerts = stringAt(destination, 'CACerts') ?? '';
  const audience = stringAt(destination, 'audience') ?? '';
  if (ref === undefined) {
    if (uri === '') return failed('destination missing Ref and URI, expected at least one');
    if (!isWhole(uri)) {
      return failed(`URI is not absolute (both scheme and host should be non-empty): ${JSON.stringify(uri)}`);
    }
    return resolved(uri, caCerts, audience);
  }

  const address = addressOf(readReference(ref, namespace), caCerts, find);
  if (!address.ok) return address;
  const whole = resolved(address.url, caCerts || (address.caCerts ?? ''), audience || (address.audience ?? ''));
  if (uri === '' || !whole.ok) return whole;
  if (SCHEME.test(uri)) return failed('absolute URI is not allowed when Ref or [apiVersion, kind, name] exists');
  const url = URL.parse(uri, address.url)?.href;
  return url === undefined ? failed(`${JSON.stringify(uri)} is no URI relative to ${address.url}`) : { ...whole, url };
}

/** A KReference, in the namespace of who refers unless it names one. */
export function readReference(ref: JsonObject, namespace: string): Reference {
  return {
    apiVersion: stringAt(ref, 'apiVersion') ?? '',
    kind: stringAt(ref, 'kind') ?? '',
    namespace: stringAt(ref, 'namespace') || namespace,
    name: stringAt(ref, 'name') ?? '',
    address: stringAt(ref, 'address') ?? '',
  };
}

/** As Go's API machinery says it: `services.serving.knative.dev "cart" not found`. */
export function notFound({ apiVersion, name }: Pick<Reference, 'apiVersion' | 'name'>, plural: string): string {
  const group = groupOf(apiVersion);
  return `${plural}${group === '' ? '' : `.${group}`} ${JSON.stringify(name)} not found`;
}

function addressOf(reference: Reference, caCerts: string, find: Find): Resolved {
  const { apiVersion, kind, namespace, name } = reference;
  const { plural, object } = find(reference);
  if (plural === undefined) {
    return failed(`failed to get lister for ${apiVersion}, Kind=${kind}: nothing of that kind takes events here`);
  }
  if (object === undefined) {
    return failed(`failed to get object ${namespace}/${name}: ${notFound(reference, plural)}`);
  }
  if (apiVersion === 'v1' && kind === service.kind) {
    return resolved(`${caCerts === '' ? 'http' : 'https'}://${name}.${namespace}.svc.cluster.local`, '', '');
  }

  const addresses = arrayAt(object, 'status', 'addresses').filter(isObject);
  const [first] = addresses;
  const only = objectAt(object, 'status', 'address');
  if (first === undefined && only === undefined) return failed(`address not set for ${said(reference)}`);
  const chosen = reference.address === '' ? (first ?? only) : addresses.find((each) => each.name === reference.address);
  if (chosen === undefined) {
    return failed(`address with name ${JSON.stringify(reference.address)} not found for ${said(reference)}`);
  }
  const url = stringAt(chosen, 'url') ?? '';
  if (url === '') return failed(`URL missing in address of ${said(reference)}`);
  if (!isWhole(url)) return failed(`hostname missing in address of ${said(reference)}`);
  return resolved(url, stringAt(chosen, 'CACerts') ?? '', stringAt(chosen, 'audience') ?? '');
}

/** As knative/pkg's KReference prints itself. */
function said({ apiVersion, kind, namespace, name, address }: Reference): string {
  return `Kind = ${kind}, Namespace = ${namespace}, Name = ${name}, APIVersion = ${apiVersion}, Group = , Address = ${address}`;
}

function resolved(url: string, caCerts: string, audience: string): Resolved {
  return { ok: true, url, ...(caCerts === '' ? {} : { caCerts }), ...(audience === '' ? {} : { audience }) };
}

/** It stands in a condition, which more may read than what it is about. */
function failed(message: string): Resolved {
  return { ok: false, message: withoutCredentials(message) };
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const WHOLE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#@]*@)?[^/?#@:]/;

/** With a scheme and a host. */
function isWhole(url: string): boolean {
  return WHOLE.test(url);
}
