/** Reads what the checks of one Service are told. */
import { settingsOf } from '../../doctor/cluster/settings.ts';
import { gatewayOf, INGRESS_CLASSES, ingressClassIn } from '../../doctor/ingressClasses.ts';
import { ABSENT, itemsOf, type ListLook, seen } from '../../doctor/look.ts';
import type { ServiceFacts } from '../../doctor/service/facts.ts';
import { namedSecrets } from '../../doctor/service/pullSecrets.ts';
import { brokers, subscriptions, triggers } from '../../knative/eventing/resources.ts';
import { podAutoscalers, revisions, routes, services } from '../../knative/resources.ts';
import { SERVICE_LABEL } from '../../knative/serving/revisions.ts';
import { DEFAULT_SETTINGS, type KnativeSettings } from '../../knative/settings.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import type { Resource } from '../../kubernetes/client/resource.ts';
import {
  configMaps,
  coreServices,
  namespaces,
  networkPolicies,
  pods,
  secrets,
} from '../../kubernetes/client/resources.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { identity } from '../../kubernetes/keep.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { scalingSchedules } from '../../schedule/resource.ts';
import { didYouMean } from '../../text/nearest.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { Looking } from './looking.ts';
import { events, SOURCES } from './resources.ts';

const metrics: Resource = { ...podAutoscalers, kind: 'Metric', plural: 'metrics' };

/** @throws Failure where there is no such Service, or it may not be read */
export async function readServiceFacts(client: Client, namespace: string, name: string, io: Io): Promise<ServiceFacts> {
  const looking = new Looking(client, io.signal);
  const found = await looking.get(services, { namespace, name });
  if (found.is === 'unseen') throw new Failure(`Service ${name} in ${namespace} cannot be looked at: ${found.why}`);
  if (found.is === 'absent') throw new Failure(await notThere(looking, namespace, name, client.name));

  const inNamespace = { namespace };
  const ofService = { namespace, labelSelector: `${SERVICE_LABEL}=${name}` };
  const [route, itsRevisions, itsAutoscalers, itsMetrics, itsPods] = await Promise.all([
    looking.get(routes, { namespace, name }),
    looking.list(revisions, ofService),
    looking.list(podAutoscalers, ofService),
    looking.list(metrics, ofService),
    looking.list(pods, ofService),
  ]);
  const [itsEvents, policies, schedules, itsBrokers, itsTriggers, itsSubscriptions] = await Promise.all([
    looking.list(events, inNamespace),
    looking.list(networkPolicies, inNamespace),
    looking.list(scalingSchedules, inNamespace),
    looking.list(brokers, inNamespace),
    looking.list(triggers, inNamespace),
    looking.list(subscriptions, inNamespace),
  ]);
  const [knative, core] = await Promise.all([
    looking.list(services, inNamespace, identity),
    looking.list(coreServices, inNamespace, identity),
  ]);
  const allNamespaces = await looking.list(namespaces, {}, identity);
  const gitVersion = stringAt(await client.read('/version'), 'gitVersion') ?? '';
  return {
    now: io.now(),
    namespace,
    name,
    service: found.value,
    pullSecrets: await secretsThere(looking, namespace, namedSecrets(found.value, itemsOf(itsPods))),
    route,
    revisions: itsRevisions,
    podAutoscalers: itsAutoscalers,
    metrics: itsMetrics,
    pods: itsPods,
    events: itsEvents,
    networkPolicies: policies,
    schedules,
    brokers: itsBrokers,
    triggers: itsTriggers,
    subscriptions: itsSubscriptions,
    sources: await Promise.all(
      SOURCES.map(({ resource, versions }) => looking.listNewest(resource, versions, inNamespace)),
    ),
    services: both(knative, core),
    namespaces: allNamespaces,
    knative: await settings(looking, allNamespaces),
    isEmbedded: gitVersion.endsWith('+weir'),
    missingRights: looking.missing,
    user: looking.missing.length === 0 ? undefined : await looking.user(),
  };
}

async function notThere(looking: Looking, namespace: string, name: string, server: string): Promise<string> {
  const names = itemsOf(await looking.list(services, { namespace }, identity)).map(nameOf);
  const hint = didYouMean(name, names);
  const where = `${server} has no Knative Service ${name} in the namespace ${namespace}`;
  if (hint !== '') return `${where}${hint}`;
  return names.length === 0
    ? `${where}, nor any other there; -n names another namespace`
    : `${where}; there are ${names.sort().join(', ')}, and -n names another namespace`;
}

async function secretsThere(
  looking: Looking,
  namespace: string,
  names: readonly string[],
): Promise<Map<string, boolean | undefined>> {
  const entries = names.map(async (name) => [name, await looking.has(secrets, { namespace, name })] as const);
  return new Map(await Promise.all(entries));
}

function both(left: ListLook, right: ListLook): ListLook {
  if (left.is === 'unseen') return left;
  if (right.is === 'unseen') return right;
  return left.is === 'absent' && right.is === 'absent' ? ABSENT : seen([...itemsOf(left), ...itemsOf(right)]);
}

/** Knative's own: what cannot be read is as it comes. */
async function settings(looking: Looking, all: ListLook): Promise<KnativeSettings> {
  const namespace = DEFAULT_SETTINGS.systemNamespace;
  const [autoscaler, network] = await Promise.all(
    ['config-autoscaler', 'config-network'].map((name) => looking.get(configMaps, { namespace, name })),
  );
  const ingress = INGRESS_CLASSES.find(({ name }) => name === ingressClassIn(settingsOf(network)));
  const names = all.is === 'seen' ? itemsOf(all).map(nameOf) : undefined;
  const gateway = ingress === undefined ? undefined : gatewayOf(ingress, names, namespace);
  return {
    ...DEFAULT_SETTINGS,
    autoscaler: settingsOf(autoscaler),
    // without the ConfigMap nobody knows where the gateway is; and where its namespace is not, nobody is kept out
    gateways: network?.is === 'seen' && gateway !== undefined && names?.includes(gateway) !== false ? [gateway] : [],
  };
}
