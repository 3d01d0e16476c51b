/** The Service does not scale, or not to zero. */
import { HPA } from '../../knative/autoscaling/annotations.ts';
import { suggestAutoscalingKey } from '../../knative/autoscaling/misspellings.ts';
import { formatDuration } from '../../knative/duration.ts';
import { type JsonObject, objectAt } from '../../kubernetes/json.ts';
import { annotationsOf, nameOf } from '../../kubernetes/object.ts';
import { timeText } from '../../kubernetes/time.ts';
import { nearest } from '../../text/nearest.ts';
import { kubectl, weir } from '../command.ts';
import { conditionOf, isTrue, reasonOf } from '../conditions.ts';
import { blind, itemsOf } from '../look.ts';
import { note, type Verdict, well, wrong } from '../verdict.ts';
import { activeRevisions, podsOf, type ServiceFacts, selectorOf } from './facts.ts';
import { isKnown, type Scaling, scalingOf, schedulesOf, unknownKeys } from './scaling.ts';

export function scale(facts: ServiceFacts): Verdict[] {
  const hidden = blind('scale/autoscaler', 'the PodAutoscalers', facts.podAutoscalers);
  const own = [...annotations(facts), ...schedules(facts)];
  if (hidden !== undefined) return [...own, hidden];
  return [...own, ...activeRevisions(facts).flatMap((revision) => ofRevision(scalingOf(revision, facts), facts))];
}

/** Keys that are lost: Knative passes over what it does not know. */
function annotations({ service, name, namespace }: ServiceFacts): Verdict[] {
  const template = objectAt(service, 'spec', 'template', 'metadata', 'annotations') ?? {};
  const lost = unknownKeys(template).map((key) => {
    const advice = suggestAutoscalingKey(key, nearest)?.advice ?? '';
    return wrong(
      'scale/annotation',
      `${name} has the annotation ${key}, which means nothing to Knative: ${advice}`,
      weir('explain', 'autoscaling/unknown-key'),
    );
  });
  const misplaced = Object.keys(annotationsOf(service))
    .filter((key) => key.startsWith('autoscaling.knative.dev/'))
    .sort();
  const [first] = misplaced;
  if (first === undefined) return lost;
  const found = `${name} has ${misplaced.join(', ')} on its own metadata, where nobody reads it: what scales stands under spec.template.metadata.annotations`;
  return [...lost, wrong('scale/annotation', found, kubectl(`edit ksvc ${name}`, namespace))];
}

function schedules(facts: ServiceFacts): Verdict[] {
  const [holding] = schedulesOf(facts);
  if (holding === undefined) return [];
  const { schedule, state } = holding;
  const values = [
    ...(state.scale?.minScale === undefined ? [] : [`min-scale ${state.scale.minScale}`]),
    ...(state.scale?.maxScale === undefined ? [] : [`max-scale ${state.scale.maxScale}`]),
    ...(state.scale?.target === undefined ? [] : [`target ${state.scale.target}`]),
  ].join(' and ');
  const until = state.until === undefined ? 'until somebody changes it' : `until ${timeText(state.until)}`;
  const why = state.cause === 'window' ? `its window ${state.window}` : `its ${state.cause}`;
  const found = `ScalingSchedule ${schedule.name} holds it at ${values} by ${why}, ${until}`;
  return [note('scale/schedule', found, weir('schedule', 'explain', schedule.name, '--namespace', facts.namespace))];
}

function ofRevision(scaling: Scaling, facts: ServiceFacts): Verdict[] {
  const { revision, podAutoscaler, className, max, actual, desired } = scaling;
  const { namespace } = facts;
  if (podAutoscaler === undefined) {
    return [
      wrong(
        'scale/autoscaler',
        `Revision ${revision} has no PodAutoscaler: nothing scales it`,
        kubectl(`describe revision ${revision}`, namespace),
      ),
    ];
  }
  if (!isKnown(className)) {
    return [
      wrong(
        'scale/class',
        `Revision ${revision} has the autoscaler class ${className}, which Knative itself does not serve: without an autoscaler of that class it does not scale`,
        weir('explain', 'autoscaling/class'),
      ),
    ];
  }
  const verdicts = [...ofConditions(podAutoscaler, scaling, facts), ...ofMetrics(revision, facts)];
  if (actual !== undefined && actual >= max) {
    const found = `Revision ${revision} has ${podsText(actual)}, and max-scale allows ${max} (${scaling.maxBy}): under more load it answers slower. Raise it, or let each pod take more`;
    verdicts.push(note('scale/at-max', found, kubectl(`get podautoscaler ${revision}`, namespace, '-o', 'yaml')));
  } else if (actual !== undefined && desired !== undefined && desired > actual && actual < scaling.max) {
    verdicts.push(
      note(
        'scale/behind',
        `the autoscaler wants ${podsText(desired)} of Revision ${revision}, and ${actual} ${actual === 1 ? 'is' : 'are'} ready`,
        kubectl('get pods', namespace, '--selector', `serving.knative.dev/revision=${revision}`),
      ),
    );
  }
  return [
    ...verdicts,
    ...(verdicts.some(({ state }) => state === 'wrong') ? [] : [well('scale/bounds', boundsText(scaling))]),
  ];
}

/** `1 pod`, `3 pods`. */
function podsText(count: number): string {
  return `${count} ${count === 1 ? 'pod' : 'pods'}`;
}

function boundsText({ revision, min, max, metric, target, className, actual }: Scaling): string {
  const bounds =
    max === Number.POSITIVE_INFINITY ? `from ${podsText(min)} on without a limit` : `from ${min} to ${podsText(max)}`;
  const by = metric === '' ? '' : ` by ${metric}${target === undefined ? '' : ` (target ${target})`}`;
  const ready = actual === undefined ? '' : `has ${actual} ready ${actual === 1 ? 'pod' : 'pods'} and `;
  return `Revision ${revision} ${ready}scales ${bounds}${by}${className === HPA ? ', by a HorizontalPodAutoscaler' : ''}`;
}

/** What the autoscaler says (knative/serving pkg/reconciler/autoscaling/kpa/kpa.go). */
function ofConditions(
  podAutoscaler: JsonObject,
  { revision }: Scaling,
  { knative, namespace }: ServiceFacts,
): Verdict[] {
  const active = conditionOf(podAutoscaler, 'Active');
  const log = kubectl('logs deployment/autoscaler --tail=50', knative.systemNamespace);
  if (active?.status === 'False' && active.reason === 'TimedOut') {
    return [
      wrong(
        'scale/activation',
        `Revision ${revision} got no pod ready in time when requests came: ${reasonOf(active)}`,
        kubectl('describe pods', namespace, '--selector', `serving.knative.dev/revision=${revision}`),
        log,
      ),
    ];
  }
  if (active?.status === 'False' && active.reason !== 'NoTraffic') {
    return [
      wrong(
        'scale/autoscaler',
        `the autoscaler gave up Revision ${revision}: ${reasonOf(active)}`,
        kubectl(`describe podautoscaler ${revision}`, namespace),
        log,
      ),
    ];
  }
  return [];
}

/** The autoscaler reads nothing of its pods. */
function ofMetrics(revision: string, { metrics, knative, namespace }: ServiceFacts): Verdict[] {
  const metric = itemsOf(metrics).find((each) => nameOf(each) === revision);
  const ready = conditionOf(metric, 'Ready');
  if (ready?.status !== 'False' || ready.reason === 'NoEndpoints') return [];
  const found = `the autoscaler cannot read how busy Revision ${revision} is: ${reasonOf(ready)}. It scrapes port 9090 of the pods`;
  return [
    wrong(
      'scale/metrics',
      found,
      kubectl(`describe metrics.autoscaling.internal.knative.dev ${revision}`, namespace),
      kubectl('logs deployment/autoscaler --tail=50', knative.systemNamespace),
    ),
  ];
}

/** The Service stays up while nobody asks for it. */
export function zero(facts: ServiceFacts): Verdict[] {
  const [revision] = activeRevisions(facts);
  if (revision === undefined || facts.podAutoscalers.is === 'unseen') return [];
  const scaling = scalingOf(revision, facts);
  const { min, config, className } = scaling;
  if (min > 0) return [keptUp(scaling, facts)];
  const { systemNamespace } = facts.knative;
  if (!config.enableScaleToZero) {
    return [
      note(
        'zero/cluster',
        'nothing in this cluster goes to zero: enable-scale-to-zero is "false" in config-autoscaler',
        kubectl('get configmap config-autoscaler', systemNamespace, '-o', 'yaml'),
      ),
    ];
  }
  if (className === HPA) {
    return [
      note(
        'zero/class',
        `Revision ${scaling.revision} is scaled by a HorizontalPodAutoscaler, which keeps a pod: the class kpa.autoscaling.knative.dev goes to zero`,
        weir('explain', 'autoscaling/class'),
      ),
    ];
  }
  return stays(scaling, facts);
}

function keptUp({ revision, min, minBy }: Scaling, facts: ServiceFacts): Verdict {
  const { namespace, name } = facts;
  const holding = schedulesOf(facts).find(({ state }) => state.scale?.minScale === min);
  if (holding !== undefined) {
    const { schedule } = holding;
    return note(
      'zero/min-scale',
      `it does not go to zero while ScalingSchedule ${schedule.name} holds min-scale ${min}`,
      weir('schedule', 'explain', schedule.name, '--namespace', namespace),
    );
  }
  return note(
    'zero/min-scale',
    `it does not go to zero: min-scale of Revision ${revision} is ${min} (${minBy})`,
    kubectl(`get ksvc ${name}`, namespace, '-o', 'jsonpath={.spec.template.metadata.annotations}'),
  );
}

const MS = 1_000_000n;

/** It may go to zero: either somebody asks for it, or it is stuck (knative/serving pkg/reconciler/autoscaling/kpa/scaler.go handleScaleToZero). */
function stays(
  { revision, podAutoscaler, window, scaleDownDelay, retention, config }: Scaling,
  facts: ServiceFacts,
): Verdict[] {
  const { knative, namespace, now, isEmbedded } = facts;
  const grace = config.scaleToZeroGracePeriod;
  const wait = (retention > grace ? retention : grace) + scaleDownDelay;
  const rule = `after ${formatDuration(window)} without a request, and ${formatDuration(wait)} more`;
  const itsOwn = podsOf(facts, revision);
  const pods = itsOwn.length;
  const active = conditionOf(podAutoscaler, 'Active');
  if (pods === 0) return [well('zero/rule', `it goes to zero ${rule}`)];
  if (active?.status !== 'False') {
    if (!itsOwn.some((pod) => isTrue(pod, 'Ready'))) {
      const none = pods === 1 ? 'it is not ready' : 'none is ready';
      const found = `it goes to zero ${rule}; Revision ${revision} has ${podsText(pods)}, and ${none}: why stands above, or it is still starting`;
      return [note('zero/starting', found, kubectl('get pods', namespace, '--selector', selectorOf(facts)))];
    }
    return [
      note(
        'zero/busy',
        `it goes to zero ${rule}; Revision ${revision} has ${podsText(pods)}, and the autoscaler counts requests or just did. Who asks for it is in its access log; a source or a monitor that calls it keeps it up`,
        // what a queue-proxy does in a cluster, the embedded platform does itself
        isEmbedded
          ? weir('top', '--namespace', namespace)
          : kubectl('logs --container queue-proxy --tail=20', namespace, '--selector', selectorOf(facts)),
      ),
    ];
  }
  const since = active.since ?? now;
  const idle = now.getTime() - since.getTime();
  if (BigInt(Math.max(0, Math.floor(idle))) * MS <= wait + 60_000n * MS)
    return [note('zero/soon', `Revision ${revision} is idle and goes to zero within ${formatDuration(wait)}`)];
  const why = isEmbedded ? 'they still answer' : 'the autoscaler waits until the activator reaches them';
  const found = `Revision ${revision} is idle since ${timeText(since)} and still has ${podsText(pods)}: ${why}, or the pods do not end`;
  const activator = kubectl('logs --selector app=activator --tail=50', knative.systemNamespace);
  const itsPods = kubectl('get pods', namespace, '--selector', selectorOf(facts));
  return [wrong('zero/stuck', found, ...(isEmbedded ? [] : [activator]), itsPods)];
}
