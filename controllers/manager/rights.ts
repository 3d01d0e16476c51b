/** What a controller may do, as it says itself: the roles that ship are made of it, and the manager holds it to that. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { FollowOptions, Right } from './controller.ts';

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

/**
 * What is followed may be listed and watched, and one of it read. A field selector for one name is what RBAC knows as
 * that name (k8s.io/apiserver pkg/endpoints/request/requestinfo.go); labels do not narrow it down, and a namespace does
 * in a Role alone.
 */
export function followRight({ resource, namespace, fieldSelector = '' }: FollowOptions): Right {
  const [, name] = /^metadata\.name=([^,=]+)$/.exec(fieldSelector) ?? [];
  return {
    resource,
    verbs: ['get', 'list', 'watch'],
    ...(name === undefined ? {} : { names: [name] }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Every verb that is granted anywhere, in the order in which a role names them. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'bind', 'escalate'] as const;

interface Grant {
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly names: readonly string[];
  readonly verbs: Set<string>;
}

/**
 * The rights as the rules of a role, in one order whoever asks: what is granted for every name is not granted for some
 * again, and resources of a group with the same verbs share a rule. RBAC reads an empty list of names as every name, so
 * that a right to none is left out.
 */
export function rulesOf(rights: readonly Right[]): JsonObject[] {
  const grants = new Map<string, Grant>();
  for (const { resource, subresource, verbs, names } of rights) {
    if (names?.length === 0) continue;
    const plural = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
    const named = [...(names ?? [])].sort();
    const key = JSON.stringify([resource.group, plural, named]);
    const known = grants.get(key);
    const grant = known ?? { group: resource.group, resource: plural, names: named, verbs: new Set<string>() };
    grants.set(key, grant);
    for (const verb of verbs) grant.verbs.add(verb);
  }
  for (const grant of grants.values()) {
    if (grant.names.length === 0) continue;
    const whole = grants.get(JSON.stringify([grant.group, grant.resource, []]));
    for (const verb of whole?.verbs ?? []) grant.verbs.delete(verb);
  }
  const rules = new Map<string, { readonly grant: Grant; readonly resources: string[] }>();
  for (const grant of withNamesTogether(grants.values())) {
    const key = JSON.stringify([grant.group, grant.names, verbsOf(grant)]);
    const rule = rules.get(key) ?? { grant, resources: [] };
    rules.set(key, rule);
    rule.resources.push(grant.resource);
  }
  const lines = [...rules.values()].map(({ grant, resources }) => ({
    apiGroups: [grant.group],
    resources: resources.sort(),
    ...(grant.names.length === 0 ? {} : { resourceNames: grant.names }),
    verbs: verbsOf(grant),
  }));
  return lines.sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
}

/** Names of one resource that get the same verbs share a grant; what has no verb left is none. */
function withNamesTogether(grants: Iterable<Grant>): Iterable<Grant> {
  const together = new Map<string, Grant>();
  for (const grant of grants) {
    if (grant.verbs.size === 0) continue;
    const key = JSON.stringify([grant.group, grant.resource, verbsOf(grant), grant.names.length === 0]);
    const names = [...new Set([...(together.get(key)?.names ?? []), ...grant.names])].sort();
    together.set(key, { ...grant, names });
  }
  return together.values();
}

function verbsOf({ verbs }: Grant): string[] {
  return VERBS.filter((verb) => verbs.has(verb));
}

function sortKey({ apiGroups, resources, verbs }: JsonObject): string {
  return JSON.stringify([apiGroups, resources, verbs]);
}
