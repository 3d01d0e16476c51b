/** What a controller may do, as it says itself: the roles that ship are made of it, and the manager holds it to that. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { FollowOptions, Right } from './controller.ts';

/** A write by server-side apply or patch of what is not there yet needs `create`, too: the role says both. */
export function mayDo(
  rights: readonly Right[],
  verb: Right['verbs'][number],
  { group, plural }: Resource,
  subresource?: string,
): boolean {
  return rights.some(
    (right) =>
      right.resource.group === group &&
      right.resource.plural === plural &&
      right.subresource === subresource &&
      right.verbs.includes(verb),
  );
}

/** What is followed may be listed and watched, and one of it read. */
export function followRights({ resource }: FollowOptions): readonly Right[] {
  return [{ resource, verbs: ['get', 'list', 'watch'] }];
}
