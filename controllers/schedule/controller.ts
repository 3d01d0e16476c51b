/** Wires the controller of ScalingSchedules: what it follows, and which schedules a change concerns. */

import { type ConfigMapData, configMapData } from '../../src/knative/configMap.ts';
import { podAutoscalers, revisions } from '../../src/knative/resources.ts';
import { scalingHome, VERSION_DEFINITION, VERSION_LABEL } from '../../src/knative/serving/scalingHome.ts';
import { configMaps, customResourceDefinitions, namespaces } from '../../src/kubernetes/client/resources.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { everything } from '../../src/kubernetes/keep.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { PolicyException } from '../../src/policy/engine/exceptions.ts';
import { ENVIRONMENT_LABEL } from '../../src/policy/environmentLabel.ts';
import { policyExceptions } from '../../src/policy/resource.ts';
import { exceptionsOf } from '../../src/policy/rules/schedule/lifted.ts';
import type { Limits } from '../../src/policy/scaling/within.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import { scalingSchedules } from '../../src/schedule/resource.ts';
import type { Controller, MakeController, Right, Tools } from '../manager/controller.ts';
import { POD_AUTOSCALERS, REVISIONS, SERVICES } from '../minScale/keep.ts';
import { Refusals } from '../minScale/refusals.ts';
import { floorsOf, RolloutClaims } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import { Turns } from '../minScale/turns.ts';
import type { Knative } from './dependencies.ts';
import { isSamePodAutoscaler, isSameRevision, isSameService, keepData, keepLabels } from './keep.ts';
import { scheduleMetrics } from './metrics.ts';
import { reconcile } from './reconcile.ts';
import { nameOfHolder, View } from './view.ts';

export interface ScheduleOptions {
  /** `1.21`: the cluster's Knative Serving, where its definitions do not say. */
  readonly knativeVersion?: string;
  /** Where Knative Serving's ConfigMaps are; `knative-serving` unless set. */
  readonly systemNamespace?: string;
  /** How many schedules are looked at side by side; 8 unless set. */
  readonly workers?: number;
  /** With whoever else holds Revisions in this process. */
  readonly turns?: Turns;
}

const WORKERS = 8;
const SYSTEM_NAMESPACE = 'knative-serving';
const AUTOSCALER_CONFIG = 'config-autoscaler';

/** Beside what is followed. */
const RIGHTS: readonly Right[] = [
  { resource: scalingSchedules, subresource: 'status', verbs: ['patch'] },
  { resource: revisions, verbs: ['patch'] },
  { resource: podAutoscalers, verbs: ['patch'] },
];

/**
 * @example
 * startManager({ controllers: [makeSchedules({ knativeVersion: '1.22' })], … });
 */
export function makeSchedules(options: ScheduleOptions = {}): MakeController {
  return (tools) => wire(tools, options);
}

function wire(tools: Tools, options: ScheduleOptions): Controller {
  const { follow, enqueue, clock, record, announce, policies, registry } = tools;
  const systemNamespace = options.systemNamespace ?? SYSTEM_NAMESPACE;
  const all = (): string[] => stores.schedules.all().map(keyOf);
  /** Also who is gone and has left something held. */
  const everybody = function* (): Iterable<string> {
    yield* all();
    for (const podAutoscaler of stores.podAutoscalers.all()) yield* holderOn(podAutoscaler);
  };
  const inNamespace = (namespace: string): string[] => stores.schedules.inNamespace(namespace).map(keyOf);
  const about = (object: JsonObject): Iterable<string> => keysAbout(view, object);

  // services first: which of them a schedule selects is asked for when schedules come
  const stores = {
    services: follow({
      ...SERVICES,
      keysOf: (change) => changed(change, isSameService, (service) => inNamespace(namespaceOf(service))),
    }).store,
    schedules: follow({
      resource: scalingSchedules,
      keep: everything,
      keysOf: (change) => keysBeside(view, change),
    }).store,
    revisions: follow({ ...REVISIONS, keysOf: (change) => changed(change, isSameRevision, about) }).store,
    podAutoscalers: follow({ ...POD_AUTOSCALERS, keysOf: (change) => changed(change, isSamePodAutoscaler, about) })
      .store,
  };
  const labels = follow({
    resource: namespaces,
    keep: keepLabels,
    keysOf: ({ object, old }) => inNamespace(stringAt(object ?? old, 'metadata', 'name') ?? ''),
  }).store;
  const config = follow({
    resource: configMaps,
    namespace: systemNamespace,
    fieldSelector: `metadata.name=${AUTOSCALER_CONFIG}`,
    keep: keepData,
    keysOf: all,
  }).store;
  const definition = follow({
    resource: customResourceDefinitions,
    fieldSelector: `metadata.name=${VERSION_DEFINITION}`,
    keep: keepLabels,
    // while the version was not known, nobody put back what a schedule held that was deleted
    keysOf: everybody,
  }).store;
  const exceptions = follow({
    resource: policyExceptions,
    keep: everything,
    keysOf: ({ object, old }) => inNamespace(namespaceOf(object ?? old)),
  }).store;
  const rollouts = follow({
    resource: trafficRollouts,
    keep: everything,
    keysOf: (change) => keysOfClaims(view, change),
  }).store;
  const view = new View(stores, new RolloutClaims(rollouts));
  policies.onChange(() => {
    for (const key of all()) enqueue(key);
  });

  function limitsOf(namespace: string): Limits {
    const environment = stringAt(labels.find('', namespace), 'metadata', 'labels', ENVIRONMENT_LABEL);
    return {
      policy: environment === undefined ? undefined : policies.policyFor(environment),
      autoscaler: settingsOf(config.find(systemNamespace, AUTOSCALER_CONFIG)),
    };
  }

  function exceptionsIn(namespace: string): readonly PolicyException[] {
    const { policy } = limitsOf(namespace);
    return policy === undefined ? [] : exceptionsOf(exceptions.inNamespace(namespace), policy);
  }

  const dependencies = {
    view,
    clock,
    enqueue,
    record,
    announce,
    metrics: scheduleMetrics(registry),
    turns: options.turns ?? new Turns(),
    refusals: new Refusals(clock),
    limitsOf,
    exceptionsIn,
    knative: () => knativeOf(definition.find('', VERSION_DEFINITION), options.knativeVersion),
  };
  return {
    name: 'schedule',
    workers: options.workers ?? WORKERS,
    rights: RIGHTS,
    async reconcile(key, round) {
      // the change that asked for this is told to one listener after another: the view is not the first of them
      await Promise.resolve();
      return reconcile(key, round, dependencies);
    },
  };
}

/** What the cluster says of itself counts before what it was told. */
export function knativeOf(definition: JsonObject | undefined, told: string | undefined): Knative {
  const label = stringAt(definition, 'metadata', 'labels', VERSION_LABEL);
  const home = scalingHome(label) ?? scalingHome(told);
  if (home !== undefined) return { home, obstacle: undefined };
  const what = label === undefined ? 'has no label' : `is labelled ${JSON.stringify(label)} by`;
  const why = `the version of Knative Serving is not known, which decides where a value is written: the CustomResourceDefinition ${VERSION_DEFINITION} ${what} ${VERSION_LABEL}`;
  return {
    home: undefined,
    obstacle: `${why}; nothing is written until --knative-version names it, as in --knative-version=1.23`,
  };
}

/** Undefined where it says nothing at all. */
export function settingsOf(config: JsonObject | undefined): ConfigMapData | undefined {
  return objectAt(config, 'data') === undefined ? undefined : configMapData(config);
}

/** The schedules that a Revision or its PodAutoscaler, which has its name, concerns. */
function* keysAbout(view: View, object: JsonObject): Iterable<string> {
  const namespace = namespaceOf(object);
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const revision = view.stores.revisions.find(namespace, name) ?? object;
  for (const { schedule } of view.contendersFor(namespace, revision)) yield `${namespace}/${schedule.name}`;
  yield* holderOn(object);
  yield* holderOn(view.stores.podAutoscalers.find(namespace, name));
}

/** The schedule that has left its trace on the PodAutoscaler. */
function* holderOn(podAutoscaler: JsonObject | undefined): Iterable<string> {
  const holder = nameOfHolder(traceOf(podAutoscaler)?.holder ?? '');
  if (holder !== undefined) yield `${namespaceOf(podAutoscaler)}/${holder}`;
}

/** The schedule itself, and those that are about the same: who loses and who wins depends on all of them. */
function* keysBeside(view: View, { object, old }: Change): Iterable<string> {
  // our own status, most of the time
  const isSameSpec = object !== undefined && old !== undefined && isSameButStatus(object, old);
  for (const each of [object, old]) {
    if (each === undefined) continue;
    yield keyOf(each);
    if (isSameSpec) continue;
    for (const { schedule } of view.besides(each)) yield `${schedule.namespace}/${schedule.name}`;
  }
}

function isSameButStatus(one: JsonObject, other: JsonObject): boolean {
  return equals(one.spec, other.spec) && isBeingDeleted(one) === isBeingDeleted(other);
}

/** The schedules about what a rollout claims, or did. */
function* keysOfClaims(view: View, { object, old }: Change): Iterable<string> {
  const [now, before] = [floorsOf(object), floorsOf(old)];
  for (const name of new Set([...now.keys(), ...before.keys()])) {
    if (now.get(name)?.minScale === before.get(name)?.minScale) continue;
    const revision = view.stores.revisions.find(namespaceOf(object ?? old), name);
    if (revision !== undefined) yield* keysAbout(view, revision);
  }
}

/** Nothing where what differs is nothing that a schedule reads: Knative writes statuses often. */
function* changed(
  { object, old }: Change,
  isSame: (one: JsonObject, other: JsonObject) => boolean,
  keysOf: (object: JsonObject) => Iterable<string>,
): Iterable<string> {
  if (object !== undefined && old !== undefined && isSame(object, old)) return;
  for (const each of [object, old]) if (each !== undefined) yield* keysOf(each);
}

function namespaceOf(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

function keyOf(object: JsonObject): string {
  return `${namespaceOf(object)}/${stringAt(object, 'metadata', 'name') ?? ''}`;
}
