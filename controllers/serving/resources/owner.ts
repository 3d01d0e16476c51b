import { apiVersionOf, type Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf, uidOf } from '../../../src/kubernetes/object.ts';

/** The reference by which an owner follows what was made of it (knative/pkg kmeta/ownerrefable.go). */
export function controllerReference(owner: JsonObject, resource: Resource): JsonObject {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}
