import { kubectl } from '../command.ts';
import { type HeardEvent, heard } from '../events.ts';
import { itemsOf } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { type ClusterFacts, type PolicyFacts, WEBHOOK, WEIR_NAMESPACE } from './facts.ts';

const MOST_ERRORS = 5;
const LOG = kubectl('logs deployment/weir-webhook --tail=50', WEIR_NAMESPACE);

/** The policies by which the cluster judges can be used, and every replica judges by them. */
export function policies({ policies: facts, events }: ClusterFacts): Verdict[] {
  return [...loaded(facts), ...judgedBy(heard(itemsOf(events)), facts.hash)];
}

function loaded(facts: PolicyFacts): Verdict[] {
  const check = 'policies/loaded';
  const { configMap, shownAs, byName, errors, areClusters, hash } = facts;
  if (configMap?.look.is === 'absent') {
    const found = `Deployment ${WEBHOOK} mounts the ConfigMap ${configMap.name}, which is not in ${WEIR_NAMESPACE}: the next pod of it does not start`;
    return [wrong(check, found, 'kubectl apply --server-side -k .')];
  }
  if (!areClusters) {
    const why =
      configMap === undefined
        ? 'no Deployment of the cluster mounts them'
        : configMap.look.is === 'unseen'
          ? configMap.look.why
          : '';
    return [
      note(
        check,
        `by which policies the cluster judges cannot be read from it (${why}); it is compared with ${shownAs}, and --policies FOLDER names others`,
      ),
      ...faults(check, shownAs, errors),
    ];
  }
  if (errors.length > 0) return faults(check, shownAs, errors);
  const names = [...byName.keys()].sort();
  if (names.length === 0)
    return [
      wrong(
        check,
        `${shownAs} has no policy for any environment`,
        kubectl('get configmap', WEIR_NAMESPACE, configMap?.name ?? ''),
      ),
    ];
  return [well(check, `${shownAs} (hash ${hash}) has ${listed(names)}`)];
}

function faults(check: string, shownAs: string, errors: readonly string[]): Verdict[] {
  if (errors.length === 0) return [];
  const shown = errors.slice(0, MOST_ERRORS).map((error) => `. ${error}`);
  const more = errors.length > MOST_ERRORS ? `. ${errors.length - MOST_ERRORS} more` : '';
  const found = `${shownAs} has policies that cannot be used: the last good ones stay in force until a pod starts anew, and then none are${shown.join('')}${more}`;
  return [wrong(check, found, 'weir policy validate policies')];
}

/** What the replicas said last of the policies that they read: their Events live for an hour. */
function judgedBy(events: readonly HeardEvent[], hash: string): Verdict[] {
  const check = 'policies/judging';
  const last = new Map<string, HeardEvent>();
  for (const event of events) {
    const isAbout = event.reason === 'PoliciesRefused' || event.reason === 'PoliciesAccepted';
    // the newest comes first
    if (isAbout && !last.has(event.instance)) last.set(event.instance, event);
  }
  const verdicts: Verdict[] = [];
  for (const [instance, { reason, message }] of [...last].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const judging = /^the policies ([0-9a-f]{12}) judge/.exec(message)?.[1];
    if (reason === 'PoliciesRefused')
      verdicts.push(wrong(check, `${instance} refused the policies that it read last: ${message}`, LOG));
    else if (hash !== '' && judging !== undefined && judging !== hash) {
      const found = `${instance} judges by the policies ${judging}, and the ConfigMap holds ${hash}: a change arrives within two minutes`;
      verdicts.push(note(check, found, LOG));
    } else if (judging !== undefined) verdicts.push(well(check, `${instance} judges by the policies ${judging}`));
  }
  return verdicts;
}
