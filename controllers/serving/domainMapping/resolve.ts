/**
 * The host inside of the cluster that a DomainMapping's reference stands for (knative/pkg
 * resolver/addressable_resolver.go, knative/serving pkg/reconciler/domainmapping/reconciler.go, resolveRef).
 */
import { quote } from '../../../src/knative/goStrings.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { CLUSTER_LOCAL_DOMAIN, clusterHost } from '../names.ts';
import { namespaceOf } from '../read.ts';

export type Resolved = { readonly host: string } | { readonly problem: string };

/** Finds objects of the kinds that may be referred to, by their names in the DomainMapping's namespace. */
export interface Targets {
  /** Knative's own. */
  service(name: string): JsonObject | undefined;
  route(name: string): JsonObject | undefined;
  /** Kubernetes' own. */
  coreService(name: string): JsonObject | undefined;
}

const SERVING = /^serving\.knative\.dev\//;
const SUFFIX = `.${CLUSTER_LOCAL_DOMAIN}`;

export function resolve(mapping: JsonObject, targets: Targets): Resolved {
  const reference = objectAt(mapping, 'spec', 'ref');
  const namespace = namespaceOf(mapping);
  const kind = stringAt(reference, 'kind') ?? '';
  const name = stringAt(reference, 'name') ?? '';
  const apiVersion = stringAt(reference, 'apiVersion') ?? '';
  if (apiVersion === 'v1' && kind === 'Service') {
    const found = targets.coreService(name);
    return found === undefined ? notFound('services', namespace, name) : { host: clusterHost(name, namespace) };
  }
  const isKnatives = SERVING.test(apiVersion) && (kind === 'Service' || kind === 'Route');
  if (!isKnatives) {
    return {
      problem: `a ${kind} of ${apiVersion} is not resolved here; name a Service or a Route of serving.knative.dev/v1, or a Service of v1`,
    };
  }
  const target = kind === 'Service' ? targets.service(name) : targets.route(name);
  if (target === undefined) return notFound(`${kind.toLowerCase()}s.serving.knative.dev`, namespace, name);
  const url = stringAt(target, 'status', 'address', 'url');
  if (url === undefined) {
    const shown = `Kind = ${kind}, Namespace = ${namespace}, Name = ${name}, APIVersion = ${apiVersion}, Group = , Address = `;
    return { problem: `address not set for ${shown}` };
  }
  return hostIn(url, namespace);
}

function notFound(resource: string, namespace: string, name: string): Resolved {
  return { problem: `failed to get object ${namespace}/${name}: ${resource} ${quote(name)} not found` };
}

function hostIn(url: string, namespace: string): Resolved {
  const parsed = URL.parse(url);
  const host = parsed?.hostname.toLowerCase() ?? '';
  if (parsed === null || (parsed.pathname !== '/' && parsed.pathname !== '')) {
    return { problem: `resolved URI ${quote(url)} contains a path` };
  }
  const parts = host.slice(0, -SUFFIX.length).split('.');
  if (!host.endsWith(SUFFIX) || parts.length !== 2) {
    return { problem: `resolved URI ${quote(url)} must be of the form {name}.{namespace}${SUFFIX}` };
  }
  if (parts[1] !== namespace) {
    return { problem: `resolved URI ${quote(url)} must be in same namespace as DomainMapping` };
  }
  return { host };
}
