/** The Secrets with which images are pulled. Kubernetes starts a pod without them, wherever the image is already. */
import { arrayAt, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { kubectl, weir } from '../command.ts';
import { heard } from '../events.ts';
import { itemsOf } from '../look.ts';
import { listed, note, type Verdict, wrong } from '../verdict.ts';
import type { ServiceFacts } from './facts.ts';

/** Those that the Service names, and those that its pods have from their ServiceAccount. */
export function namedSecrets(service: JsonObject, pods: readonly JsonObject[]): string[] {
  const lists = [
    arrayAt(service, 'spec', 'template', 'spec', 'imagePullSecrets'),
    ...pods.map((pod) => arrayAt(pod, 'spec', 'imagePullSecrets')),
  ];
  const names = lists.flat().map((item) => stringAt(item, 'name') ?? '');
  return [...new Set(names)].filter((name) => name !== '').sort();
}

export function pullSecrets(facts: ServiceFacts): Verdict[] {
  const { name, namespace, isEmbedded } = facts;
  const missing = [...facts.pullSecrets].filter(([, isThere]) => isThere === false).map(([secret]) => secret);
  const told = missing.length > 0 ? missing : toldByKubelet(facts);
  if (told.length === 0) return [];
  const one = told.length === 1;
  const found = `${one ? 'Secret' : 'Secrets'} ${listed(told)}, which imagePullSecrets of ${name} ${one ? 'names' : 'name'}, ${one ? 'is' : 'are'} not in ${namespace}`;
  const next = [
    kubectl('get secrets', namespace, '--field-selector', 'type=kubernetes.io/dockerconfigjson'),
    weir('namespace', 'preview', namespace),
  ];
  if (isEmbedded) return [note('start/pull-secret', `${found}; nothing is pulled here`, ...next)];
  return [wrong('start/pull-secret', `${found}: a node that has not got the image yet cannot pull it`, ...next)];
}

/**
 * For who may not ask for Secrets: `Unable to retrieve some image pull secrets (regcred); …`, where a kubelet has looked
 * (kubernetes/kubernetes pkg/kubelet/kubelet_pods.go).
 */
function toldByKubelet({ pods, events, pullSecrets: asked }: ServiceFacts): string[] {
  if ([...asked.values()].every((isThere) => isThere !== undefined)) return [];
  const ours = new Set(itemsOf(pods).map((pod) => stringAt(pod, 'metadata', 'name') ?? ''));
  const newest = heard(itemsOf(events)).find(
    ({ reason, name }) => reason === 'FailedToRetrieveImagePullSecret' && ours.has(name),
  );
  const [, names = ''] = /\(([^)]*)\)/.exec(newest?.message ?? '') ?? [];
  return names
    .split(',')
    .map((each) => each.trim())
    .filter((each) => asked.get(each) === undefined && each !== '')
    .sort();
}
