/** The Service does not start: what keeps its newest Revision and its Route from being ready. */
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../kubernetes/object.ts';
import { kubectl, logs } from '../command.ts';
import { conditionOf, isBehind, type ReadCondition, reasonOf } from '../conditions.ts';
import { heard } from '../events.ts';
import { whyNoImage } from '../images.ts';
import { blind, itemsOf, seenIn } from '../look.ts';
import { type PodTrouble, podTroubles, refusedPods, whoRefuses } from '../pods.ts';
import { note, type Verdict, well, wrong } from '../verdict.ts';
import { activeRevisions, podsOf, type ServiceFacts, selectorOf } from './facts.ts';

export function start(facts: ServiceFacts): Verdict[] {
  const { service, name, namespace } = facts;
  if (isBeingDeleted(service)) {
    return [
      note(
        'start/deleted',
        `${name} is being deleted`,
        kubectl(`get ksvc ${name}`, namespace, '-o', 'jsonpath={.metadata.finalizers}'),
      ),
    ];
  }
  if (isBehind(service)) {
    const found = `Knative has not looked at the newest spec of ${name}: its controller does not run, or is refused`;
    return [
      wrong(
        'start/controller',
        found,
        kubectl('get deployments', facts.knative.systemNamespace),
        kubectl('logs deployment/controller --tail=50', facts.knative.systemNamespace),
      ),
    ];
  }
  return [...hidden(facts), ...started(facts)];
}

/** What a cause might stand in. */
function hidden({ revisions, pods, events }: ServiceFacts): Verdict[] {
  const all = [
    blind('start/revision', 'its Revisions', revisions),
    blind('start/pod', 'its pods', pods),
    blind('start/pod', 'the Events about them', events),
  ];
  return all.filter((verdict) => verdict !== undefined);
}

function started(facts: ServiceFacts): Verdict[] {
  const { service, name, knative } = facts;
  const ready = conditionOf(service, 'Ready');
  const causes = [...revisionCauses(facts), ...routeCauses(facts)];
  if (ready?.status === 'True') return [well('start/ready', readyText(facts)), ...causes];
  if (causes.length > 0) return [...causes, ...older(facts)];
  if (ready === undefined) {
    const found = `${name} has no status: no controller of Knative has looked at it`;
    return [wrong('start/controller', found, kubectl('get deployments', knative.systemNamespace))];
  }
  const isFalse = ready.status === 'False';
  const found = `${name} is ${isFalse ? 'not ready' : 'not ready yet'}: ${reasonOf(ready)}`;
  return [(isFalse ? wrong : note)('start/ready', found, describe(facts)), ...older(facts)];
}

function readyText({ service, name }: ServiceFacts): string {
  const url = stringAt(service, 'status', 'url');
  const revision = stringAt(service, 'status', 'latestReadyRevisionName');
  return `${name} is ready${revision === undefined ? '' : `: Revision ${revision}`}${url === undefined ? '' : ` at ${url}`}`;
}

function describe({ name, namespace }: ServiceFacts): string {
  return kubectl(`describe ksvc ${name}`, namespace);
}

/** Requests go on to the Revision before. */
function older({ service, name }: ServiceFacts): Verdict[] {
  const ready = stringAt(service, 'status', 'latestReadyRevisionName');
  const created = stringAt(service, 'status', 'latestCreatedRevisionName');
  if (ready === undefined || ready === '' || ready === created) return [];
  return [note('start/older', `requests to ${name} go on to Revision ${ready}, the last one that was ready`)];
}

/** The newest Revision's causes, from what is nearest to the pods on; others are told where their pods fail. */
function revisionCauses(facts: ServiceFacts): Verdict[] {
  const events = heard(itemsOf(facts.events));
  const { namespace } = facts;
  const verdicts: Verdict[] = [];
  for (const [index, revision] of activeRevisions(facts).entries()) {
    const name = nameOf(revision);
    const refused = refusedPods(events, (replicaSet) => replicaSet.startsWith(`${name}-deployment-`), namespace);
    const pods = podTroubles(podsOf(facts, name), events, namespace);
    const causes = [...(refused !== undefined && !hasPods(facts, name) ? [refused] : []), ...pods];
    const told = causes.map(podVerdict);
    // of a pod that only waits the Revision may know more
    const own = index === 0 && told.every(({ state }) => state === 'note') ? conditionCauses(revision, facts) : [];
    verdicts.push(...(told.length > 0 ? own.filter(({ state }) => state === 'wrong') : own), ...told);
  }
  return verdicts;
}

function hasPods(facts: ServiceFacts, revision: string): boolean {
  return podsOf(facts, revision).length > 0;
}

const CHECKS: Readonly<Record<PodTrouble['cause'], string>> = {
  refused: 'start/refused',
  unschedulable: 'start/no-node',
  image: 'start/image',
  config: 'start/configuration',
  memory: 'start/memory',
  crash: 'start/crash',
  probe: 'start/probe',
  waiting: 'start/pod',
};

function podVerdict({ cause, found, next }: PodTrouble): Verdict {
  // who only waits may be ready in a moment
  return cause === 'waiting' ? note(CHECKS.waiting, found, ...next) : wrong(CHECKS[cause], found, ...next);
}

const ASKED = ['ContainerHealthy', 'ResourcesAvailable', 'Ready'];

/** No pod says why: the Revision's own conditions do (knative/serving pkg/reconciler/revision). */
function conditionCauses(revision: JsonObject, facts: ServiceFacts): Verdict[] {
  for (const type of ASKED) {
    const condition = conditionOf(revision, type);
    if (condition?.status === 'False') return [revisionVerdict(revision, condition, facts)];
  }
  const ready = conditionOf(revision, 'Ready');
  if (ready === undefined || ready.status === 'True') return [];
  const found = `Revision ${nameOf(revision)} is not ready yet: ${reasonOf(ready)}`;
  return [note('start/revision', found, kubectl('get pods', facts.namespace, '--selector', selectorOf(facts)))];
}

function revisionVerdict(revision: JsonObject, condition: ReadCondition, facts: ServiceFacts): Verdict {
  const name = nameOf(revision);
  const { namespace } = facts;
  const { reason, message } = condition;
  const image = stringAt(revision, 'spec', 'containers', 0, 'image') ?? '';
  if (reason === 'ContainerMissing' && facts.isEmbedded) {
    const found = `no program runs for Revision ${name}: ${message}`;
    return wrong('start/image', found, kubectl(`describe revision ${name}`, namespace));
  }
  if (reason === 'ContainerMissing' || /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)) {
    const { why, next } = whyNoImage(message, namespace, image);
    return wrong('start/image', `Knative finds no image for Revision ${name}: ${why}. It says: ${message}`, ...next);
  }
  if (reason === 'FailedCreate' || /exceeded quota|forbidden/.test(message))
    return wrong(
      'start/refused',
      `no pod of Revision ${name} can be made: ${message}`,
      ...whoRefuses(message, namespace),
    );
  if (reason === 'Unschedulable')
    return wrong('start/no-node', `the pods of Revision ${name} fit on no node: ${message}`, kubectl('describe nodes'));
  if (reason === 'ProgressDeadlineExceeded') {
    const found = `no pod of Revision ${name} became ready in time: ${message}. A slow start needs a startupProbe, or a longer annotation serving.knative.dev/progress-deadline`;
    return wrong(
      'start/deadline',
      found,
      kubectl('describe pods', namespace, '--selector', `serving.knative.dev/revision=${name}`),
    );
  }
  if (/^ExitCode\d+$/.test(reason)) {
    const found = `the container of Revision ${name} ends as it starts (${reason}): ${message}`;
    return wrong(
      'start/crash',
      found,
      logs(namespace, `--selector=serving.knative.dev/revision=${name}`, '--container', 'user-container', '--previous'),
    );
  }
  return wrong(
    'start/revision',
    `Revision ${name} is not ready: ${reasonOf(condition)}`,
    kubectl(`describe revision ${name}`, namespace),
  );
}

/** Pods may be well, and nobody leads requests to them. */
function routeCauses(facts: ServiceFacts): Verdict[] {
  const route = seenIn(facts.route);
  if (route === undefined) return [];
  const { namespace, name, knative } = facts;
  const verdicts: Verdict[] = [];
  const assigned = conditionOf(route, 'AllTrafficAssigned');
  // that a Revision is not ready is told by the Revision
  if (assigned?.status === 'False' && assigned.reason !== 'RevisionMissing') {
    verdicts.push(
      wrong(
        'start/traffic',
        `requests to ${name} go nowhere: ${reasonOf(assigned)}`,
        kubectl(`get ksvc ${name}`, namespace, '-o', 'jsonpath={.spec.traffic}'),
        kubectl('get revisions', namespace, '--selector', selectorOf(facts)),
      ),
    );
  }
  const missing = /Revision "([^"]+)" referenced in traffic not found/.exec(assigned?.message ?? '')?.[1];
  if (assigned?.status === 'False' && assigned.reason === 'RevisionMissing' && missing !== undefined) {
    verdicts.push(
      wrong(
        'start/traffic',
        `spec.traffic of ${name} names Revision ${missing}, which is not there; Knative deletes old ones that nobody names`,
        kubectl('get revisions', namespace, '--selector', selectorOf(facts)),
      ),
    );
  }
  const certificate = conditionOf(route, 'CertificateProvisioned');
  if (certificate?.status === 'False') {
    verdicts.push(
      wrong(
        'start/certificate',
        `${name} has no certificate for its name: ${reasonOf(certificate)}`,
        kubectl('get certificates.networking.internal.knative.dev', namespace),
        kubectl('get challenges --all-namespaces'),
      ),
    );
  }
  const ingress = conditionOf(route, 'IngressReady');
  if (ingress !== undefined && ingress.status !== 'True' && assigned?.status === 'True') {
    const verdict = ingress.status === 'False' ? wrong : note;
    const found =
      `the ingress does not lead to ${name} ${ingress.status === 'False' ? '' : 'yet'}: ${reasonOf(ingress)}`.replace(
        ' :',
        ':',
      );
    verdicts.push(
      verdict(
        'start/ingress',
        `${found}. Its controller may be missing, or config-network may name another class`,
        kubectl(`describe ingresses.networking.internal.knative.dev ${name}`, namespace),
        kubectl('get deployments', knative.systemNamespace),
        'weir doctor',
      ),
    );
  }
  return verdicts;
}
