import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';

/** Of Kubernetes' own Services there are many, most of which are nobody's placeholder. */
export function metadataAlone({ apiVersion = '', kind = '', metadata }: JsonObject): JsonObject {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = objectAt(metadata) ?? {};
  const { labels = {}, ownerReferences = [] } = objectAt(metadata) ?? {};
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion, labels, ownerReferences } };
}
