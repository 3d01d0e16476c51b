import { labelsOf } from '../../kubernetes/object.ts';
import { kubectl } from '../command.ts';
import { replicasOf } from '../conditions.ts';
import { heard } from '../events.ts';
import { blind, itemsOf, seenIn } from '../look.ts';
import { podTroubles, refusedPods } from '../pods.ts';
import { note, type Verdict, well, wrong } from '../verdict.ts';
import { type ClusterFacts, CONTROLLER, isEmbedded, WEBHOOK, WEIR_NAMESPACE } from './facts.ts';

/** Knative Serving's own Deployments, and what stops without each (knative/serving config/core/deployments). */
const KNATIVE = [
  { name: 'controller', without: 'nothing that is applied becomes a Revision' },
  { name: 'webhook', without: 'no Knative object can be changed' },
  { name: 'autoscaler', without: 'nothing scales' },
  { name: 'activator', without: 'nothing starts from zero' },
] as const;

const WEIR = [
  { name: WEBHOOK, without: 'changes are judged by nobody, or wait' },
  { name: CONTROLLER, without: 'schedules, guard rails and the audit stand still' },
] as const;

/** The pods that do the work. */
export function processes(facts: ClusterFacts, systemNamespace: string): Verdict[] {
  return [...weirs(facts), ...knatives(facts, systemNamespace)];
}

function weirs(facts: ClusterFacts): Verdict[] {
  return WEIR.flatMap(({ name, without }) => {
    const check = `processes/${name}`;
    const look = facts.deployments.get(`${WEIR_NAMESPACE}/${name}`);
    if (look === undefined) return [];
    const hidden = blind(check, `Deployment ${name}`, look);
    if (hidden !== undefined) return [hidden];
    const deployment = seenIn(look);
    if (deployment === undefined) {
      const runsElsewhere =
        isEmbedded(facts) || facts.answers.some(({ of, outcome }) => of === 'weir' && outcome === 'denied');
      if (runsElsewhere)
        return [
          note(check, `${name} is no Deployment of this cluster: it runs beside the API server, as under weir up`),
        ];
      return [
        wrong(
          check,
          `there is no Deployment ${name} in ${WEIR_NAMESPACE}: ${without}`,
          'kubectl apply --server-side -k .',
        ),
      ];
    }
    const { available, wanted } = replicasOf(deployment);
    if (wanted === 0)
      return [
        wrong(
          check,
          `Deployment ${name} is scaled to zero: ${without}`,
          kubectl(`scale deployment ${name} --replicas=2`, WEIR_NAMESPACE),
        ),
      ];
    if (available >= wanted) return [well(check, `${name}: ${available} of ${wanted} replicas are ready`)];
    const causes = causesOf(name, facts);
    const found = `${name}: ${available} of ${wanted} replicas are ready${available === 0 ? `, so that ${without}` : ''}`;
    const [first] = causes;
    if (first === undefined)
      return [
        wrong(check, found, kubectl('describe pods', WEIR_NAMESPACE, '--selector', `app.kubernetes.io/name=${name}`)),
      ];
    return [
      wrong(check, `${found}. ${first.found}`, ...first.next),
      ...causes.slice(1).map((cause) => wrong(check, cause.found, ...cause.next)),
    ];
  });
}

function causesOf(name: string, { pods, events }: ClusterFacts) {
  const ours = itemsOf(pods).filter((pod) => labelsOf(pod)['app.kubernetes.io/name'] === name);
  const told = heard(itemsOf(events));
  const refused = refusedPods(told, (replicaSet) => replicaSet.startsWith(`${name}-`), WEIR_NAMESPACE);
  return [...(refused === undefined ? [] : [refused]), ...podTroubles(ours, told, WEIR_NAMESPACE)];
}

function knatives(facts: ClusterFacts, namespace: string): Verdict[] {
  if (facts.definitions.get('services.serving.knative.dev')?.is !== 'seen') return [];
  if (isEmbedded(facts))
    return [
      note(
        'processes/knative',
        'Knative is played by Weir: objects become what they would become, and programs run for the images that weir.yaml names',
      ),
    ];
  const verdicts: Verdict[] = [];
  const isThere: string[] = [];
  for (const { name, without } of KNATIVE) {
    const check = `processes/knative-${name}`;
    const look = facts.deployments.get(`${namespace}/${name}`);
    if (look === undefined) continue;
    const hidden = blind(check, `Deployment ${name} of Knative`, look);
    const deployment = seenIn(look);
    if (hidden !== undefined) verdicts.push(hidden);
    else if (deployment === undefined)
      verdicts.push(
        wrong(check, `Knative's ${name} is not in ${namespace}: ${without}`, kubectl('get deployments', namespace)),
      );
    else if (replicasOf(deployment).available === 0)
      verdicts.push(
        wrong(
          check,
          `no replica of Knative's ${name} is ready: ${without}`,
          kubectl('describe deployment', namespace, name),
          kubectl('get pods', namespace),
        ),
      );
    else isThere.push(name);
  }
  if (isThere.length === KNATIVE.length)
    verdicts.push(well('processes/knative', `Knative's ${isThere.join(', ')} are ready in ${namespace}`));
  return verdicts;
}
