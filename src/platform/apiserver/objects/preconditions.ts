/** What a write demands of the object that stands (Preconditions in k8s.io/apiserver pkg/storage/interfaces.go). */
import { conflict, type Failure } from '../status/failure.ts';
import type { Target } from './objects.ts';

/** In the words of upstream's store. @param named what the sentence says that the write is about */
export function preconditionFailed(
  { resource, namespace, name }: Target,
  why: string,
  named: { readonly group: string; readonly plural: string } = resource,
): Failure {
  const key = ['/registry', ...(resource.isCustom ? [resource.group] : []), resource.plural, namespace, name];
  const path = key.filter((step) => step !== '').join('/');
  const error = `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0`;
  return conflict(named, name, `${error}, AdditionalErrorMsg: Precondition failed: ${why}`);
}
