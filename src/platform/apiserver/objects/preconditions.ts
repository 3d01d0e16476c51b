/** What a write demands of the object that stands (Preconditions in k8s.io/apiserver pkg/storage/interfaces.go). */
import { conflict, type Failure } from '../status/failure.ts';
import type { Target } from './objects.ts';

/** What upstream's store calls some resources (k8s.io/kubernetes pkg/kubeapiserver, SpecialDefaultResourcePrefixes). */
const KEPT_AS: ReadonlyMap<string, string> = new Map([
  ['replicationcontrollers', 'controllers'],
  ['endpoints', 'services/endpoints'],
  ['nodes', 'minions'],
  ['services', 'services/specs'],
  ['ingresses.networking.k8s.io', 'ingress'],
]);

/** In the words of upstream's store. @param named what the sentence says that the write is about */
export function preconditionFailed(
  { resource, namespace, name }: Target,
  why: string,
  named: { readonly group: string; readonly plural: string } = resource,
): Failure {
  const kept = KEPT_AS.get(resource.storedAs) ?? resource.plural;
  const key = ['/registry', ...(resource.isCustom ? [resource.group] : []), kept, namespace, name];
  const path = key.filter((step) => step !== '').join('/');
  const error = `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0`;
  return conflict(named, name, `${error}, AdditionalErrorMsg: Precondition failed: ${why}`);
}
