/** Reads what the checks of a cluster are told. */

import { entriesOf } from '../../doctor/cluster/entries.ts';
import { systemNamespaceOf } from '../../doctor/cluster/examine.ts';
import {
  type Backend,
  type ClusterFacts,
  CONTROLLER,
  configurationNamed,
  DEFINITIONS,
  MUTATING,
  SETTINGS,
  VALIDATING,
  WEBHOOK,
  WEIR_NAMESPACE,
} from '../../doctor/cluster/facts.ts';
import { INGRESS_CLASSES } from '../../doctor/ingressClasses.ts';
import { type ListLook, type Look, seen } from '../../doctor/look.ts';
import { services as knativeServices } from '../../knative/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import {
  configMaps,
  coreServices,
  customResourceDefinitions,
  deployments,
  mutatingWebhookConfigurations,
  namespaces,
  pods,
  validatingWebhookConfigurations,
} from '../../kubernetes/client/resources.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { identity } from '../../kubernetes/keep.ts';
import type { ClusterOptions } from '../cluster.ts';
import type { Io } from '../io.ts';
import { policiesOf } from './clusterPolicies.ts';
import { type Asked, askWebhooks } from './dryRun.ts';
import { Looking } from './looking.ts';
import { endpointSlices, events } from './resources.ts';
import { serverTimeOf } from './serverTime.ts';

export interface ClusterDoctorOptions extends ClusterOptions {
  readonly policies?: string;
  /** False leaves the dry runs out. */
  readonly dryRun: boolean;
}

const KNATIVE_PROCESSES = ['controller', 'webhook', 'autoscaler', 'activator'];

/** @throws ConnectionError and ApiError 401, where nothing can be read at all */
export async function readClusterFacts(client: Client, options: ClusterDoctorOptions, io: Io): Promise<ClusterFacts> {
  const looking = new Looking(client, io.signal);
  const gitVersion = stringAt(await client.read('/version'), 'gitVersion') ?? '';
  const definitions = await allOf(
    DEFINITIONS.map(({ name }) => name),
    (name) => looking.get(customResourceDefinitions, { name }),
  );
  const [mutating, validating] = await Promise.all([
    looking.list(mutatingWebhookConfigurations),
    looking.list(validatingWebhookConfigurations),
  ]);
  const webhook = await looking.get(deployments, { namespace: WEIR_NAMESPACE, name: WEBHOOK });
  const policies = await policiesOf(
    webhook.is === 'seen' ? webhook.value : undefined,
    looking,
    options.policies,
    io.cwd,
  );
  const system = systemNamespaceOf({ policies });
  const known = [
    ...[...KNATIVE_PROCESSES, ...INGRESS_CLASSES.map(({ controller }) => controller)].map((name) => ({
      namespace: system,
      name,
    })),
    { namespace: WEIR_NAMESPACE, name: CONTROLLER },
  ];
  const there = await allOf(
    known.map(({ namespace, name }) => `${namespace}/${name}`),
    (place) => looking.get(deployments, placeOf(place)),
  );
  const { answers, notAsked } = await asked(client, options, mutating, validating);
  return {
    now: io.now(),
    serverTime: await serverTimeOf(options, io),
    gitVersion,
    definitions,
    mutating,
    validating,
    backends: await backends(looking, { mutating, validating }),
    deployments: new Map([...there, [`${WEIR_NAMESPACE}/${WEBHOOK}`, webhook] as const]),
    pods: await looking.list(pods, { namespace: WEIR_NAMESPACE }),
    events: await looking.list(events, { namespace: WEIR_NAMESPACE }),
    answers,
    notAsked,
    policies,
    settings: await allOf(SETTINGS, (name) => looking.get(configMaps, { namespace: system, name })),
    namespaces: await looking.list(namespaces, {}, identity),
    services: counted(await looking.list(knativeServices, {}, identity)),
    missingRights: looking.missing,
    user: looking.missing.length === 0 ? undefined : await looking.user(),
  };
}

async function asked(
  client: Client,
  { dryRun }: ClusterDoctorOptions,
  mutating: ListLook,
  validating: ListLook,
): Promise<Asked> {
  if (!dryRun) return { answers: [], notAsked: '--no-dry-run says so' };
  const isConfigured = (name: string) =>
    configurationNamed(validating, name) !== undefined || configurationNamed(mutating, name) !== undefined;
  return askWebhooks(client, [
    ...(isConfigured(VALIDATING) || isConfigured(MUTATING) ? (['weir'] as const) : []),
    ...(isConfigured('validation.webhook.serving.knative.dev') ? (['knative'] as const) : []),
  ]);
}

async function backends(
  looking: Looking,
  configurations: Pick<ClusterFacts, 'mutating' | 'validating'>,
): Promise<Map<string, Backend>> {
  const places = new Set(entriesOf(configurations).flatMap(({ service }) => (service === undefined ? [] : [service])));
  return allOf([...places], async (place) => {
    const { namespace, name } = placeOf(place);
    const [service, slices] = await Promise.all([
      looking.get(coreServices, { namespace, name }),
      looking.list(endpointSlices, { namespace, labelSelector: `kubernetes.io/service-name=${name}` }),
    ]);
    return { service, slices };
  });
}

function placeOf(place: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = place.split('/');
  return { namespace, name };
}

async function allOf<Value>(
  names: readonly string[],
  look: (name: string) => Promise<Value>,
): Promise<Map<string, Value>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await look(name)] as const)));
}

/** A cluster without Knative has none. */
function counted(look: ListLook): Look<ReadonlyMap<string, number>> {
  if (look.is === 'unseen') return look;
  const counts = new Map<string, number>();
  for (const object of look.is === 'seen' ? look.value : []) {
    const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return seen(counts);
}
