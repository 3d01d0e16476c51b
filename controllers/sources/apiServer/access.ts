/** Whether the ServiceAccount of an ApiServerSource may see what it watches, asked as Knative's controller asks (pkg/reconciler/apiserversource). */
import type { WatchedKind } from '../../../src/knative/eventing/sources/apiServer.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { booleanAt } from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';

export const subjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  isNamespaced: false,
};

const VERBS = ['get', 'list', 'watch'] as const;

/** @returns in Knative's words what is missing; undefined where nothing is */
export async function missingRights(
  client: Client,
  user: string,
  kinds: readonly WatchedKind[],
  namespaces: readonly string[],
): Promise<string | undefined> {
  const missing: string[] = [];
  for (const { apiVersion, plural } of kinds) {
    const group = groupOf(apiVersion);
    for (const namespace of namespaces) {
      const verbs: string[] = [];
      for (const verb of VERBS) {
        if (!(await isAllowed(client, user, { namespace, verb, group, resource: plural }))) verbs.push(verb);
      }
      if (verbs.length === 0) continue;
      missing.push(`${verbs.join(', ')} resource "${plural}" in API group "${group}" in Namespace "${namespace}"`);
    }
  }
  return missing.length === 0 ? undefined : `User ${user} cannot ${missing.join(', ')}`;
}

async function isAllowed(
  client: Client,
  user: string,
  resourceAttributes: Readonly<Record<'namespace' | 'verb' | 'group' | 'resource', string>>,
): Promise<boolean> {
  const review = await client.create(subjectAccessReviews, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes },
  });
  return booleanAt(review, 'status', 'allowed') === true;
}
