/** Wires the controller of TrafficRollouts: what it follows, and which Services a change concerns. */
import { configurations, podAutoscalers, revisions, routes, services } from '../../src/knative/resources.ts';
import { SERVICE_LABEL } from '../../src/knative/serving/revisions.ts';
import { VERSION_DEFINITION } from '../../src/knative/serving/scalingHome.ts';
import { configMaps, customResourceDefinitions, namespaces } from '../../src/kubernetes/client/resources.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { everything } from '../../src/kubernetes/keep.ts';
import { nameOf, referenceTo } from '../../src/kubernetes/object.ts';
import type { PlaneObserver } from '../../src/platform/network/observer.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { ENVIRONMENT_LABEL } from '../../src/policy/environmentLabel.ts';
import { freezesOf } from '../../src/policy/freezes.ts';
import type { IntervalResult, SmokeResult } from '../../src/rollout/observed.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import { scalingSchedules } from '../../src/schedule/resource.ts';
import { cronJobs, jobs } from '../jobs/resources.ts';
import type { Controller, MakeController, Right, Tools } from '../manager/controller.ts';
import { POD_AUTOSCALERS, REVISIONS, SERVICES } from '../minScale/keep.ts';
import { Refusals } from '../minScale/refusals.ts';
import { isRolloutHolder } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import { Turns } from '../minScale/turns.ts';
import { Contenders } from '../schedule/contenders.ts';
import { knativeOf, settingsOf } from '../schedule/controller.ts';
import { isSameButVersion, keepData, keepLabels } from '../schedule/keep.ts';
import { InBackground } from './inBackground.ts';
import { isKeptByUs, keepConfiguration, keepJob, keepRoute } from './keep.ts';
import { askCounters, nobodyCounts, RequestCounters } from './measure/counters.ts';
import { askPrometheus } from './measure/prometheus.ts';
import type { MeasureInterval } from './measure/source.ts';
import { rolloutMetrics } from './metrics.ts';
import { reconcile } from './reconcile.ts';
import { Rivals } from './rivals.ts';
import { SMOKE_LABEL } from './smoke/job.ts';
import { serviceOfRollout, View } from './view.ts';

export interface RolloutOptions {
  /** `1.21`: the cluster's Knative Serving, where its definitions do not say. */
  readonly knativeVersion?: string;
  /** Where Knative Serving's ConfigMaps are; `knative-serving` unless set. */
  readonly systemNamespace?: string;
  /** How many Services are looked at side by side; 8 unless set. */
  readonly workers?: number;
  /** With whoever else holds Revisions in this process. */
  readonly turns?: Turns;
  /** Lends what counts requests, on a platform that carries them itself: rollouts without a Prometheus are measured by that. */
  readonly observe?: (observer: PlaneObserver) => void;
  /** Who says how a Revision fares, in the place of all that. */
  readonly measure?: MeasureInterval;
}

const WORKERS = 8;
const SYSTEM_NAMESPACE = 'knative-serving';
const AUTOSCALER_CONFIG = 'config-autoscaler';

/** Beside what is followed. */
const RIGHTS: readonly Right[] = [
  { resource: trafficRollouts, subresource: 'status', verbs: ['patch'] },
  { resource: services, verbs: ['patch'] },
  { resource: revisions, verbs: ['patch'] },
  { resource: podAutoscalers, verbs: ['patch'] },
  { resource: cronJobs, verbs: ['get'] },
  { resource: jobs, verbs: ['create'] },
];

/**
 * @example
 * startManager({ controllers: [makeSchedules({ turns }), makeRollouts({ turns })], … });
 */
export function makeRollouts(options: RolloutOptions = {}): MakeController {
  return (tools) => wire(tools, options);
}

function wire(tools: Tools, options: RolloutOptions): Controller {
  const { follow, enqueue, clock, record, announce, policies, registry } = tools;
  const systemNamespace = options.systemNamespace ?? SYSTEM_NAMESPACE;
  const ofRollouts = (objects: readonly JsonObject[]): string[] => objects.flatMap(keyOfRollout);
  const all = (): string[] => ofRollouts(stores.rollouts.all());
  /** Also those whose rollout is gone and has left something held. */
  const everybody = function* (): Iterable<string> {
    yield* all();
    for (const podAutoscaler of stores.podAutoscalers.all()) yield* keyOfRevision(podAutoscaler);
  };
  const inNamespace = (namespace: string): string[] => ofRollouts(stores.rollouts.inNamespace(namespace));
  const ofItself = (change: Change): Iterable<string> => changed(change, (object) => concerned(object, nameOf(object)));
  const ofItsRevision = (change: Change): Iterable<string> => changed(change, keyOfRevision);
  /** Of a Service that no rollout is about, nothing is looked at: most have none, and ten thousand may be scaled at once. */
  function* concerned(object: JsonObject, service: string): Iterable<string> {
    const { namespace } = referenceTo(object);
    if (view.rolloutsOf(namespace, service).length > 0) yield `${namespace}/${service}`;
  }
  function* keyOfRevision(object: JsonObject): Iterable<string> {
    const { namespace, name } = referenceTo(object);
    const revision = stores.revisions.find(namespace, name) ?? object;
    const service = stringAt(revision, 'metadata', 'labels', SERVICE_LABEL);
    if (service === undefined) return;
    if (isOurs(revision, stores.podAutoscalers.find(namespace, name))) yield `${namespace}/${service}`;
    else yield* concerned(object, service);
  }
  const stores = {
    services: follow({ ...SERVICES, keysOf: ofItself }).store,
    configurations: follow({ resource: configurations, keep: keepConfiguration, keysOf: ofItself }).store,
    routes: follow({ resource: routes, keep: keepRoute, keysOf: ofItself }).store,
    rollouts: follow({
      resource: trafficRollouts,
      keep: everything,
      keysOf: ({ object, old }) => ofRollouts([object, old].filter((each) => each !== undefined)),
    }).store,
    revisions: follow({ ...REVISIONS, keysOf: ofItsRevision }).store,
    podAutoscalers: follow({ ...POD_AUTOSCALERS, keysOf: ofItsRevision }).store,
    jobs: follow({
      resource: jobs,
      labelSelector: SMOKE_LABEL,
      keep: keepJob,
      keysOf: ({ object, old }) => inNamespace(referenceTo(object ?? old ?? {}).namespace),
    }).store,
  };
  const followedSchedules = follow({
    resource: scalingSchedules,
    keep: everything,
    // whom it is about is known to its own view
    keysOf: ({ object, old }) => inNamespace(referenceTo(object ?? old ?? {}).namespace),
  }).store;
  const labels = follow({
    resource: namespaces,
    keep: keepLabels,
    keysOf: ({ object, old }) => inNamespace(nameOf(object ?? old ?? {})),
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
    keysOf: everybody,
  }).store;
  const view = new View(stores);
  policies.onChange(() => {
    for (const key of all()) enqueue(key);
  });

  function policyOf(namespace: string): EffectivePolicy | undefined {
    const environment = stringAt(labels.find('', namespace), 'metadata', 'labels', ENVIRONMENT_LABEL);
    return environment === undefined ? undefined : policies.policyFor(environment);
  }

  const dependencies = {
    view,
    schedules: new Contenders({ services: stores.services, schedules: followedSchedules }),
    clock,
    record,
    announce,
    metrics: rolloutMetrics(registry, () => stores.rollouts),
    turns: options.turns ?? new Turns(),
    refusals: new Refusals(clock),
    rivals: new Rivals(clock),
    measure: options.measure ?? measureBy(options, tools),
    measurements: new InBackground<IntervalResult>(clock, enqueue),
    smokeTests: new InBackground<SmokeResult>(clock, enqueue),
    limitsOf: (namespace: string) => ({
      policy: policyOf(namespace),
      autoscaler: settingsOf(config.find(systemNamespace, AUTOSCALER_CONFIG)),
    }),
    freezesOf(namespace: string) {
      const policy = policyOf(namespace);
      return policy === undefined ? [] : freezesOf(policy);
    },
    knative: () => knativeOf(definition.find('', VERSION_DEFINITION), options.knativeVersion),
  };
  return {
    name: 'rollout',
    workers: options.workers ?? WORKERS,
    rights: RIGHTS,
    async reconcile(key, round) {
      // the change that asked for this is told to one listener after another: the view is not the first of them
      await Promise.resolve();
      return reconcile(key, round, dependencies);
    },
  };
}

/** The Prometheus that the rollout names; where it names none, what the platform counts. */
function measureBy({ observe }: RolloutOptions, { clock }: Tools): MeasureInterval {
  let counted = nobodyCounts;
  if (observe !== undefined) {
    const counters = new RequestCounters(clock);
    observe(counters);
    counted = askCounters(counters);
  }
  return (question, signal) => (question.analysis.prometheus === undefined ? counted : askPrometheus)(question, signal);
}

function keyOfRollout(object: JsonObject): string[] {
  const service = serviceOfRollout(object);
  return service === undefined ? [] : [`${referenceTo(object).namespace}/${service}`];
}

/** A rollout has left something on it, and may be gone. */
function isOurs(revision: JsonObject, podAutoscaler: JsonObject | undefined): boolean {
  return isKeptByUs(revision) || isRolloutHolder(traceOf(podAutoscaler)?.holder);
}

/** Nothing where only the version is another, which each write of a status changes. */
function* changed({ object, old }: Change, keysOf: (object: JsonObject) => Iterable<string>): Iterable<string> {
  if (object !== undefined && old !== undefined && isSameButVersion(object, old)) return;
  for (const each of [object, old]) if (each !== undefined) yield* keysOf(each);
}
