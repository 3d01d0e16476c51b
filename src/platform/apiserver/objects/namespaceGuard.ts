/** Nothing comes into a namespace that is not there or is going (k8s.io/apiserver pkg/admission/plugin/namespace/lifecycle). */
import { stringAt } from '../../../kubernetes/json.ts';
import type { AdmissionAttributes } from '../admission/admission.ts';
import { Failure, forbidden, notFound } from '../status/failure.ts';
import type { Reader } from '../store/store.ts';

const NAMESPACES = { group: '', plural: 'namespaces' };
const IMMORTAL = ['default', 'kube-system', 'kube-public'];

/** @throws Failure 404 where the namespace is missing, 403 where it is being terminated or may not be deleted */
export function guardNamespace(store: Reader, { operation, resource, namespace, name }: AdmissionAttributes): void {
  if (resource.storedAs === 'namespaces') {
    if (operation === 'DELETE' && IMMORTAL.includes(name)) {
      throw forbidden(resource, name, 'this namespace may not be deleted');
    }
    return;
  }
  if (namespace === '' || operation === 'DELETE' || isAccessReview(resource.plural, resource.group)) return;

  const stored = store.get({ resource: 'namespaces', namespace: '', name: namespace });
  if (stored === undefined) throw notFound(NAMESPACES, namespace);
  if (operation !== 'CREATE' || stringAt(stored.object(), 'status', 'phase') !== 'Terminating') return;

  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { code, reason, message, details } = forbidden(resource, name, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw new Failure(code, reason, message, { ...details, causes: [cause] });
}

function isAccessReview(plural: string, group: string): boolean {
  return group === 'authorization.k8s.io' && plural === 'localsubjectaccessreviews';
}
