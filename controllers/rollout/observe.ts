/** What a decision looks at, out of the caches. Pure. */

import { autoscalerConfigOf } from '../../src/knative/autoscaling/config.ts';
import type { AutoscalingSource } from '../../src/knative/autoscaling/effective.ts';
import { effectiveMinScale } from '../../src/knative/autoscaling/effective.ts';
import { MILLISECOND } from '../../src/knative/duration.ts';
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import { arrayAt, equals, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, uidOf } from '../../src/kubernetes/object.ts';
import { type Limits, withinLimits } from '../../src/policy/scaling/within.ts';
import { COMMAND_ANNOTATION } from '../../src/rollout/command.ts';
import { fingerprintOf } from '../../src/rollout/fingerprint.ts';
import type { Freeze } from '../../src/rollout/model.ts';
import type { Observed, RevisionSeen, Rival, ServiceSeen } from '../../src/rollout/observed.ts';
import { trafficOwner } from '../../src/rollout/owner.ts';
import { isSameTraffic, readTraffic, type Target, trafficOf } from '../../src/rollout/traffic.ts';
import { HELD_KEYS } from '../minScale/authors.ts';
import { authoredOf, type Held } from '../minScale/hold.ts';
import { ROLLOUT_DURATION_ANNOTATIONS } from '../serving/keys.ts';
import type { View } from './view.ts';

export interface Surroundings {
  readonly home: ScalingHome;
  readonly limits: Limits;
  readonly freezes: readonly Freeze[];
  readonly rivalOf: (serviceUid: string) => Rival | undefined;
}

/** @param rollout the TrafficRollout, for what a person says */
export function observe(
  view: View,
  { namespace, service }: { readonly namespace: string; readonly service: string },
  rollout: JsonObject,
  { home, limits, freezes, rivalOf }: Surroundings,
): Observed {
  const { services, configurations, routes, podAutoscalers } = view.stores;
  const object = services.find(namespace, service);
  const isThere = object !== undefined && !isBeingDeleted(object);
  const revisions = new Map<string, RevisionSeen>();
  for (const revision of view.revisionsOf(namespace, service)) {
    const podAutoscaler = podAutoscalers.find(namespace, nameOf(revision));
    revisions.set(nameOf(revision), seenOf(revision, podAutoscaler, home, limits));
  }
  return {
    service: isThere ? serviceSeen(object, configurations.find(namespace, service)) : undefined,
    routed: isThere ? routedBy(object, routes.find(namespace, service)) : undefined,
    revisions,
    command: stringAt(rollout, 'metadata', 'annotations', COMMAND_ANNOTATION),
    analysis: undefined,
    smokeTest: undefined,
    rival: rivalOf(uidOf(object)),
    // the bound of the policy is in each Revision's own
    policy: { mostPods: undefined, freezes },
    stableWindow: Number(autoscalerConfigOf(limits.autoscaler ?? {}).stableWindow / MILLISECOND),
  };
}

function serviceSeen(service: JsonObject, configuration: JsonObject | undefined): ServiceSeen {
  const isCurrent = configuration !== undefined && hasTaken(service) && hasTaken(configuration);
  const nameAt = (field: string): string | undefined => {
    const name = isCurrent ? stringAt(configuration, 'status', field) : undefined;
    return name === '' ? undefined : name;
  };
  const durations = ROLLOUT_DURATION_ANNOTATIONS.map((key) => stringAt(service, 'metadata', 'annotations', key) ?? '');
  return {
    uid: uidOf(service),
    generation: numberAt(service, 'metadata', 'generation') ?? 0,
    latestCreated: nameAt('latestCreatedRevisionName'),
    latestReady: nameAt('latestReadyRevisionName'),
    traffic: trafficOf(service),
    owner: trafficOwner(service),
    rolloutDuration: durations.find((text) => text !== '' && !/^(?:0+[a-zµ]*)+$/.test(text)),
  };
}

/** Its traffic, and whose it is: what a write of it was judged by. */
export function isAsSeen(service: JsonObject, { uid, traffic, owner }: ServiceSeen): boolean {
  return uidOf(service) === uid && isSameTraffic(trafficOf(service), traffic) && equals(trafficOwner(service), owner);
}

/** Its controller has looked at the newest spec. */
function hasTaken(object: JsonObject): boolean {
  return numberAt(object, 'status', 'observedGeneration') === (numberAt(object, 'metadata', 'generation') ?? 0);
}

/** Undefined until requests go where the Service says: the Service's controller comes first, then the Route's, then the gateway. */
function routedBy(service: JsonObject, route: JsonObject | undefined): readonly Target[] | undefined {
  if (route === undefined || !hasTaken(service) || !hasTaken(route)) return undefined;
  const isDone = ['AllTrafficAssigned', 'IngressReady'].every((type) => {
    return arrayAt(route, 'status', 'conditions').some((each) => {
      return stringAt(each, 'type') === type && stringAt(each, 'status') === 'True';
    });
  });
  return isDone ? readTraffic(arrayAt(route, 'status', 'traffic')) : undefined;
}

/** More than anybody may ask for. */
const EVERYTHING = 1_000_000_000;

function seenOf(
  revision: JsonObject,
  podAutoscaler: JsonObject | undefined,
  home: ScalingHome,
  limits: Limits,
): RevisionSeen {
  const ready = arrayAt(revision, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  const status = stringAt(ready, 'status');
  const held: Held = { revision, podAutoscaler: podAutoscaler ?? {}, recorded: undefined };
  const authored = authoredOf(held, home);
  const own = objectAt(home === 'revision' ? revision : held.podAutoscaler, 'metadata', 'annotations');
  const annotations = { ...withoutHeld(own), ...authored };
  const config = autoscalerConfigOf(limits.autoscaler ?? {});
  const source: AutoscalingSource = { annotations, path: '', config };
  const most = withinLimits({ minScale: EVERYTHING }, annotations, limits).scale.minScale ?? EVERYTHING;
  return {
    readiness: status === 'True' || status === 'False' ? status : 'Unknown',
    message: stringAt(ready, 'message') || stringAt(ready, 'reason') || '',
    fingerprint: fingerprintOf(revision, home === 'revision' ? authored : undefined),
    pods: Math.max(
      0,
      numberAt(podAutoscaler, 'status', 'actualScale') ?? numberAt(revision, 'status', 'actualReplicas') ?? 0,
    ),
    minScale: Math.max(0, effectiveMinScale(source).value),
    maxScale: most >= EVERYTHING ? undefined : most,
  };
}

/** The author's values stand in the place of what is held. */
function withoutHeld(annotations: JsonObject | undefined): JsonObject {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !HELD_KEYS.includes(key)));
}
