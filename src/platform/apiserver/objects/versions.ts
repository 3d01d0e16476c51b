/** The other versions of a kind that is built in, for managedFields that name them. */
import type { VersionOf } from '../patch/resource.ts';
import type { Resource, Resources } from '../resources/resource.ts';

/** Of the same group alone: who has written an Event by the other group is forgotten by a write, also in Kubernetes. */
export function versionsIn(resources: Resources, { group, storedAs, kind }: Resource): VersionOf {
  return (apiVersion) => {
    const start = group === '' ? '' : `${group}/`;
    const found = apiVersion.startsWith(start)
      ? resources.ofKind(group, apiVersion.slice(start.length), kind)
      : undefined;
    return found?.storedAs === storedAs ? found : undefined;
  };
}
