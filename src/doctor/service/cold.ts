/** The first request after a quiet time waits: how long, and for what. */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { kubectl, logs } from '../command.ts';
import { conditionOf, momentOf } from '../conditions.ts';
import { type HeardEvent, heard } from '../events.ts';
import { itemsOf } from '../look.ts';
import { note, type Verdict, well } from '../verdict.ts';
import { activeRevisions, podsOf, type ServiceFacts } from './facts.ts';
import { scalingOf } from './scaling.ts';

/** Above this people notice: the alert on cold starts has the same bound. */
const SLOW_MS = 3_000;
const LARGE_BYTES = 500_000_000;

export function cold(facts: ServiceFacts): Verdict[] {
  const [revision] = activeRevisions(facts);
  if (revision === undefined) return [];
  const { min, config } = scalingOf(revision, facts);
  const measured = measure(revision, facts);
  if (min > 0 || !config.enableScaleToZero) {
    return [
      well(
        'cold/rule',
        `${min > 0 ? `${min} ${min === 1 ? 'pod is' : 'pods are'}` : 'a pod is'} always there: only what is too much for ${min > 1 ? 'them' : 'it'} waits for a start`,
      ),
      ...measured,
    ];
  }
  const causes = [...probes(revision, facts), ...measured];
  if (causes.length > 0)
    return [
      ...causes,
      note(
        'cold/min-scale',
        'min-scale 1 keeps a pod, and nobody waits for the first one',
        'weir explain autoscaling/min-scale',
      ),
    ];
  return [well('cold/rule', 'it starts from zero, and nothing that can be seen makes its start slow')];
}

/** Probes that wait although the container may be ready (knative/serving: queue-proxy probes every 25 ms until then, unless periodSeconds is set). */
function probes(revision: JsonObject, { namespace }: ServiceFacts): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const container of arrayAt(revision, 'spec', 'containers').filter(isObject)) {
    const name = stringAt(container, 'name') ?? 'user-container';
    const delay = numberAt(container, 'readinessProbe', 'initialDelaySeconds') ?? 0;
    const period = numberAt(container, 'readinessProbe', 'periodSeconds') ?? 0;
    const next = kubectl(
      'get revision',
      namespace,
      nameOf(revision),
      '-o',
      'jsonpath={.spec.containers[*].readinessProbe}',
    );
    if (delay > 0)
      verdicts.push(
        note(
          'cold/probe',
          `the readiness probe of ${name} waits for ${delay} s before it asks for the first time (initialDelaySeconds): each cold start takes as long at least`,
          next,
        ),
      );
    else if (period > 3)
      verdicts.push(
        note(
          'cold/probe',
          `the readiness probe of ${name} asks every ${period} s (periodSeconds): a cold start waits for the next time. Left out, Knative asks many times a second`,
          next,
        ),
      );
    if (stringAt(container, 'imagePullPolicy') === 'Always')
      verdicts.push(
        note(
          'cold/pull-policy',
          `the image of ${name} is asked for at the registry at every start (imagePullPolicy Always): Knative runs a digest, so that IfNotPresent gives the same`,
          next,
        ),
      );
  }
  return verdicts;
}

/** What the last pod that came up took, and what of it was the image. */
function measure(revision: JsonObject, facts: ServiceFacts): Verdict[] {
  const { namespace } = facts;
  const events = heard(itemsOf(facts.events));
  const last = podsOf(facts, nameOf(revision))
    .map((pod) => ({ pod, took: startOf(pod) }))
    .filter((each): each is { pod: JsonObject; took: Start } => each.took !== undefined)
    .sort((left, right) => right.took.at - left.took.at)[0];
  const verdicts: Verdict[] = [];
  const name = last === undefined ? '' : nameOf(last.pod);
  const pull = pullOf(
    events.filter(
      (event) =>
        event.kind === 'Pod' && (name === '' || event.name === name) && event.name.startsWith(`${nameOf(revision)}-`),
    ),
  );
  if (last !== undefined && last.took.milliseconds > SLOW_MS) {
    const image = pull?.milliseconds === undefined ? '' : `, ${seconds(pull.milliseconds)} of it for the image`;
    verdicts.push(
      note(
        'cold/measured',
        `its last pod was ready ${seconds(last.took.milliseconds)} after it was made${image}`,
        logs(namespace, name, '--container', 'user-container', '--timestamps'),
      ),
    );
  }
  if (pull !== undefined && ((pull.milliseconds ?? 0) > SLOW_MS || (pull.bytes ?? 0) > LARGE_BYTES)) {
    const size = pull.bytes === undefined ? '' : ` of ${Math.round(pull.bytes / 1e6)} MB`;
    const took = pull.milliseconds === undefined ? '' : ` and took ${seconds(pull.milliseconds)}`;
    verdicts.push(
      note(
        'cold/image',
        `the image${size} was pulled to the node${took}: a smaller one, or one that is on the nodes already, starts faster`,
        kubectl('get events', namespace, '--field-selector', 'reason=Pulled'),
      ),
    );
  }
  return verdicts;
}

interface Start {
  readonly at: number;
  readonly milliseconds: number;
}

/** In whole seconds, as the API has them. A container that was restarted says nothing of its first start. */
function startOf(pod: JsonObject): Start | undefined {
  const made = momentOf(stringAt(pod, 'metadata', 'creationTimestamp'));
  const ready = conditionOf(pod, 'Ready');
  const wasRestarted = arrayAt(pod, 'status', 'containerStatuses').some(
    (status) => (numberAt(status, 'restartCount') ?? 0) > 0,
  );
  if (made === undefined || ready?.status !== 'True' || ready.since === undefined || wasRestarted) return undefined;
  return { at: made.getTime(), milliseconds: ready.since.getTime() - made.getTime() };
}

interface Pull {
  readonly milliseconds: number | undefined;
  readonly bytes: number | undefined;
}

/** `Successfully pulled image "…" in 4.2s (4.2s including waiting). Image size: 51 bytes.` (kubernetes pkg/kubelet/images/image_manager.go). */
function pullOf(events: readonly HeardEvent[]): Pull | undefined {
  const pulls = events
    .filter(({ reason, message }) => reason === 'Pulled' && message.startsWith('Successfully pulled'))
    .map(({ message }) => {
      const [, minutes, whole, unit] = / in (?:(\d+)m)?([\d.]+)(ms|s)/.exec(message) ?? [];
      const milliseconds =
        whole === undefined ? undefined : Number(minutes ?? 0) * 60_000 + Number(whole) * (unit === 'ms' ? 1 : 1000);
      const bytes = /Image size: (\d+) bytes/.exec(message)?.[1];
      return { milliseconds, bytes: bytes === undefined ? undefined : Number(bytes) };
    });
  return pulls.sort((left, right) => (right.milliseconds ?? 0) - (left.milliseconds ?? 0))[0];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
