/** Where the Service of a webhook answers: the machine has no cluster network, so that its addresses are looked up. */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { notFound } from '../status/failure.ts';
import type { Reader } from '../store/store.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** Knows of Services that run beside the API server, with or without an object of theirs in the store. */
export type ServiceResolver = (service: ServiceReference) => Place | undefined;

/**
 * By the Service in the store: its external name, or an endpoint that is ready. Else as the resolver knows.
 *
 * @throws Error in the words of k8s.io/apiserver pkg/util/proxy/proxy.go
 */
export function placeOf(reference: ServiceReference, store: Reader, resolve: ServiceResolver | undefined): Place {
  const found = inStore(reference, store);
  if (typeof found !== 'string') return found;
  const known = resolve?.(reference);
  if (known !== undefined) return known;
  throw new Error(found);
}

/** The place, or why there is none. */
function inStore({ namespace, name, port }: ServiceReference, store: Reader): Place | string {
  const service = store.get({ resource: 'services', namespace, name })?.object();
  if (service === undefined)
    return notFound({ group: '', plural: 'services' }, name).message.replace('services', 'service');

  const type = stringAt(service, 'spec', 'type') ?? 'ClusterIP';
  const externalName = stringAt(service, 'spec', 'externalName');
  if (type === 'ExternalName')
    return externalName === undefined
      ? `unsupported service type ${JSON.stringify(type)}`
      : { host: externalName, port };

  const servicePort = arrayAt(service, 'spec', 'ports')
    .filter(isObject)
    .find((each) => numberAt(each, 'port') === port);
  if (servicePort === undefined) return `no service port ${port} found for service ${JSON.stringify(name)}`;
  const portName = stringAt(servicePort, 'name') ?? '';
  return (
    inSlices(namespace, name, portName, store) ??
    inEndpoints(namespace, name, portName, store) ??
    `no endpoints available for service ${JSON.stringify(name)}`
  );
}

function inSlices(namespace: string, service: string, portName: string, store: Reader): Place | undefined {
  const selection = {
    resource: 'endpointslices.discovery.k8s.io',
    namespace,
    matches: ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
      labels['kubernetes.io/service-name'] === service,
  };
  for (const stored of store.list(selection).items) {
    const slice = stored.object();
    const port = portNamed(arrayAt(slice, 'ports'), portName);
    const ready = arrayAt(slice, 'endpoints').find((endpoint) => valueAt(endpoint, 'conditions', 'ready') !== false);
    const host = ready === undefined ? undefined : stringAt(ready, 'addresses', 0);
    if (port !== undefined && host !== undefined) return { host, port };
  }
  return undefined;
}

function inEndpoints(namespace: string, name: string, portName: string, store: Reader): Place | undefined {
  const endpoints = store.get({ resource: 'endpoints', namespace, name })?.object();
  for (const subset of arrayAt(endpoints, 'subsets')) {
    const port = portNamed(arrayAt(subset, 'ports'), portName);
    const host = stringAt(subset, 'addresses', 0, 'ip');
    if (port !== undefined && host !== undefined) return { host, port };
  }
  return undefined;
}

function portNamed(ports: readonly unknown[], name: string): number | undefined {
  const found = ports.filter(isObject).find((port: JsonObject) => (stringAt(port, 'name') ?? '') === name);
  return numberAt(found, 'port');
}
