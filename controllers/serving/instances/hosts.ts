/**
 * Routes as the Plane's hosts (knative/serving pkg/reconciler/route/resources/ingress.go): the public name, those inside
 * of the cluster, and the same for each tag. What a Route's status says is what holds.
 */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import type { HostRoute, RevisionKey } from '../../../src/platform/network/plane.ts';
import { CLUSTER_LOCAL_DOMAIN } from '../names.ts';
import { namespaceOf } from '../read.ts';
import { DomainError, hostnameOf } from '../route/domains.ts';
import type { Settings } from '../settings.ts';

type HostSettings = Pick<Settings, 'network' | 'isTagHeaderRouting'>;
type Splits = HostRoute['splits'];

/** The hosts of one Route; none while its status names no Revision. */
export function hostsOf(route: JsonObject, settings: HostSettings): HostRoute[] {
  const namespace = namespaceOf(route);
  const targets = arrayAt(route, 'status', 'traffic').filter(isObject);
  const splits: { revision: RevisionKey; percent: number; tag?: string }[] = [];
  const tags = new Map<string, RevisionKey>();
  const tagged: { readonly tag: string; readonly url: string | undefined; readonly splits: Splits }[] = [];
  for (const target of targets) {
    const name = stringAt(target, 'revisionName');
    if (name === undefined) continue;
    const revision = `${namespace}/${name}`;
    const tag = stringAt(target, 'tag') ?? '';
    const percent = numberAt(target, 'percent') ?? 0;
    if (percent > 0) splits.push({ revision, percent, ...(tag === '' ? {} : { tag }) });
    if (tag === '') continue;
    tags.set(tag, revision);
    tagged.push({ tag, url: stringAt(target, 'url'), splits: [{ revision, percent: 100, tag }] });
  }

  const byHeader = settings.isTagHeaderRouting ? tags : NO_TAGS;
  const hosts = namesOf(route, '', stringAt(route, 'status', 'url'), settings).map(
    (name): HostRoute => ({
      ...name,
      splits,
      tags: byHeader,
    }),
  );
  for (const { tag, url, splits: whole } of tagged) {
    for (const name of namesOf(route, tag, url, settings)) hosts.push({ ...name, splits: whole, tags: NO_TAGS });
  }
  return hosts.filter((host) => host.splits.length > 0);
}

const NO_TAGS: ReadonlyMap<string, RevisionKey> = new Map();

function namesOf(
  route: JsonObject,
  tag: string,
  url: string | undefined,
  settings: HostSettings,
): { readonly host: string; readonly isClusterLocal: boolean }[] {
  const inside = localHosts(route, tag, settings).map((host) => ({ host, isClusterLocal: true }));
  const host = hostIn(url);
  if (host === undefined || host.endsWith(`.${CLUSTER_LOCAL_DOMAIN}`)) return inside;
  return [{ host, isClusterLocal: false }, ...inside];
}

/** As programs in a cluster call it: `cart.shop.svc.cluster.local`, `cart.shop.svc` and `cart.shop`. */
function localHosts(route: JsonObject, tag: string, { network }: HostSettings): string[] {
  try {
    const short = `${hostnameOf(nameOf(route), tag, network)}.${namespaceOf(route)}`;
    return [`${short}.${CLUSTER_LOCAL_DOMAIN}`, `${short}.svc`, short];
  } catch (error) {
    // a template that cannot be filled in stands in the Route's condition
    if (error instanceof DomainError) return [];
    throw error;
  }
}

/** Of a URL, in lower case. */
export function hostIn(url: string | undefined): string | undefined {
  return URL.parse(url ?? '')?.hostname.toLowerCase();
}
