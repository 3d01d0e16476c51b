/** Why a host leads nowhere although somebody has applied what it belongs to: a Service or a Route that is not ready. */
import { routes, services } from '../../../src/knative/resources.ts';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import type { Unserved } from '../../../src/platform/network/plane.ts';
import { CLUSTER_LOCAL, VISIBILITY_LABEL } from '../keys.ts';
import { CLUSTER_LOCAL_DOMAIN } from '../names.ts';
import { isControlledBy, namespaceOf } from '../read.ts';
import { DomainError, domainOf, hostnameOf } from '../route/domains.ts';
import type { Settings } from '../settings.ts';
import { hostIn } from './hosts.ts';

type HostSettings = Pick<Settings, 'network' | 'domains'>;

export interface Applied {
  routes(): readonly JsonObject[];
  route(namespace: string, name: string): JsonObject | undefined;
  service(namespace: string, name: string): JsonObject | undefined;
}

export class Unready {
  readonly #applied: Applied;
  /** By the hosts that their statuses name; as long as the list is the same. */
  #byHost: ReadonlyMap<string, JsonObject> = new Map();
  #indexed: readonly JsonObject[] = [];

  constructor(applied: Applied) {
    this.#applied = applied;
  }

  /**
   * @param host as it was asked for from outside, in lower case
   * @returns undefined where nothing of that name was applied
   */
  why(host: string, settings: HostSettings): Unserved | undefined {
    const found = this.#underStatus(host) ?? newUnder(host, this.#applied, settings);
    if (found === undefined || isBeingDeleted(found)) return undefined;
    // a Service's condition says more than its Route's
    const service = this.#applied.service(namespaceOf(found), nameOf(found));
    if (service === undefined) return told(found, 'route');
    return service === found || isControlledBy(found, service) ? told(service, 'ksvc') : told(found, 'route');
  }

  #underStatus(host: string): JsonObject | undefined {
    const all = this.#applied.routes();
    if (all !== this.#indexed) {
      this.#indexed = all;
      this.#byHost = new Map(all.flatMap((route) => publicHosts(route).map((each) => [each, route] as const)));
    }
    return this.#byHost.get(host);
  }
}

function publicHosts(route: JsonObject): string[] {
  const urls = [route.status, ...arrayAt(route, 'status', 'traffic')].map((each) => hostIn(stringAt(each, 'url')));
  return urls.flatMap((host) => (host === undefined || host.endsWith(`.${CLUSTER_LOCAL_DOMAIN}`) ? [] : [host]));
}

/** What has no status yet is known by its name alone, which stands first unless domain-template says otherwise. */
function newUnder(host: string, applied: Applied, settings: HostSettings): JsonObject | undefined {
  const [name = '', namespace = ''] = host.split('.');
  const found = applied.service(namespace, name) ?? applied.route(namespace, name);
  if (found === undefined || labelsOf(found)[VISIBILITY_LABEL] === CLUSTER_LOCAL) return undefined;
  try {
    return domainOf(found, hostnameOf(name, '', settings.network), false, settings) === host ? found : undefined;
  } catch (error) {
    // a template that cannot be filled in stands in the Route's condition
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function told(object: JsonObject, short: 'ksvc' | 'route'): Unserved {
  const { kind } = short === 'ksvc' ? services : routes;
  const namespace = namespaceOf(object);
  const what = `${kind} ${namespace}/${nameOf(object)}`;
  const conditions = arrayAt(object, 'status', 'conditions').filter(isObject);
  const ready = conditions.find(({ type }) => type === 'Ready');
  // a Route knows that there is no Revision that is ready, and the Configuration why
  const cause = conditions.find(({ type, status }) => type === 'ConfigurationsReady' && status === 'False') ?? ready;
  const [reason, message] = [stringAt(cause, 'reason') ?? '', stringAt(cause, 'message') ?? ''];
  const why = [reason, message.replaceAll(/\s+/g, ' ').trim()].filter((each) => each !== '').join(': ');
  const named = `-n ${namespace} ${short}/${nameOf(object)}`;
  if (ready?.status === 'False') {
    return { isPending: false, why: `${what} is not ready: ${why}\nMore: kubectl describe ${named}` };
  }
  const soFar = why === '' || ready?.status === 'True' ? '' : ` (${why})`;
  const wait = `kubectl wait --for=condition=Ready ${named}`;
  return { isPending: true, why: `${what} is not ready yet${soFar}; ask again in a moment, or after: ${wait}` };
}
