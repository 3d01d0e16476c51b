/**
 * Roles and bindings as RBAC needs them: read from the store once, then followed by its watches, which tell of a write
 * before the write is answered. So whoever has made a binding can use it at once.
 */
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../../kubernetes/json.ts';
import type { Reader, Stored, Watch } from '../../store/store.ts';
import { type PolicyRule, rulesOf } from './rule.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
const CLUSTER_ROLES = `clusterroles.${RBAC_GROUP}`;
const ROLES = `roles.${RBAC_GROUP}`;

export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

export interface Binding {
  readonly name: string;
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string;
  readonly roleRef: RoleRef;
  readonly subjects: readonly Subject[];
}

/** A binding with the first of its subjects that somebody is. */
export interface Bound {
  readonly binding: Binding;
  readonly subject: Subject;
}

export interface Roles {
  /** Undefined where there is no such role. */
  rulesOf(kind: 'ClusterRole' | 'Role', namespace: string, name: string): readonly PolicyRule[] | undefined;
  /**
   * Bindings of one scope that name the user or one of the groups, by name.
   *
   * @param namespace empty for ClusterRoleBindings
   */
  bindingsFor(namespace: string, user: string, groups: readonly string[]): Bound[];
  stop(): void;
}

/** `''` for the cluster, and each namespace: the bindings by what they name. */
export type BindingsOfScope = Map<string, Map<string, Bound>>;

export function followRoles(reader: Reader): Roles {
  const rules = new Map<string, readonly PolicyRule[]>();
  const scopes = new Map<string, BindingsOfScope>();
  const watches = [
    follow(reader, CLUSTER_ROLES, (stored) => keepRules(rules, stored)),
    follow(reader, ROLES, (stored) => keepRules(rules, stored)),
    follow(reader, `clusterrolebindings.${RBAC_GROUP}`, (stored) => keepBinding(scopes, stored)),
    follow(reader, `rolebindings.${RBAC_GROUP}`, (stored) => keepBinding(scopes, stored)),
  ];
  return {
    rulesOf: (kind, namespace, name) =>
      rules.get(kind === 'Role' ? `${ROLES}/${namespace}/${name}` : `${CLUSTER_ROLES}//${name}`),
    bindingsFor: (namespace, user, groups) => boundIn(scopes.get(namespace), user, groups),
    stop() {
      for (const watch of watches) watch.stop();
    },
  };
}

/** Takes an object in, and gives what takes it out again. */
type Keep = (stored: Stored) => () => void;

/** Keeps the objects of one resource. The watch is never paused, so that it ends only when the store closes. */
function follow(reader: Reader, resource: string, keep: Keep): Watch {
  const removals = new Map<string, () => void>();
  return reader.watch(
    { resource, namespace: '' },
    {
      onEvent({ type, stored }) {
        const id = `${stored.key.namespace}/${stored.key.name}`;
        removals.get(id)?.();
        removals.delete(id);
        if (type !== 'DELETED') removals.set(id, keep(stored));
      },
    },
  );
}

function keepRules(rules: Map<string, readonly PolicyRule[]>, stored: Stored): () => void {
  const { resource, namespace, name } = stored.key;
  const id = `${resource}/${namespace}/${name}`;
  rules.set(id, rulesOf(stored.object()));
  return () => rules.delete(id);
}

/** Takes a binding in; the result takes it out, and the scope with the last of what is in it. */
export function keepBinding(scopes: Map<string, BindingsOfScope>, stored: Stored): () => void {
  const { namespace, name } = stored.key;
  const binding = bindingOf(name, namespace, stored.object());
  const scope: BindingsOfScope = scopes.get(namespace) ?? new Map();
  scopes.set(namespace, scope);

  const identities: string[] = [];
  for (const subject of binding.subjects) {
    const identity = identityOf(subject, namespace);
    if (identity === undefined) continue;
    const bound = scope.get(identity) ?? new Map<string, Bound>();
    scope.set(identity, bound);
    if (bound.has(name)) continue; // the first of two that are the same
    bound.set(name, { binding, subject });
    identities.push(identity);
  }
  return () => {
    for (const identity of identities) {
      const bound = scope.get(identity);
      bound?.delete(name);
      if (bound?.size === 0) scope.delete(identity);
    }
    if (scope.size === 0 && scopes.get(namespace) === scope) scopes.delete(namespace);
  };
}

export function bindingOf(name: string, namespace: string, object: JsonObject): Binding {
  const at = (field: string): string => stringAt(object, 'roleRef', field) ?? '';
  return {
    name,
    namespace,
    roleRef: { apiGroup: at('apiGroup'), kind: at('kind'), name: at('name') },
    subjects: arrayAt(object, 'subjects').filter(isObject).map(subjectOf),
  };
}

function subjectOf(subject: JsonObject): Subject {
  const at = (field: string): string => stringAt(subject, field) ?? '';
  return { kind: at('kind'), name: at('name'), namespace: at('namespace') };
}

/** What a request's user or one of the groups is looked up by; undefined where nobody can be the subject. */
function identityOf({ kind, name, namespace }: Subject, bindingNamespace: string): string | undefined {
  if (kind === 'User') return `User:${name}`;
  if (kind === 'Group') return `Group:${name}`;
  // a RoleBinding's ServiceAccount without a namespace is one of the binding's own
  const home = namespace === '' ? bindingNamespace : namespace;
  if (kind !== 'ServiceAccount' || home === '') return undefined;
  return `User:system:serviceaccount:${home}:${name}`;
}

function boundIn(scope: BindingsOfScope | undefined, user: string, groups: readonly string[]): Bound[] {
  if (scope === undefined) return [];
  const found = new Map<string, Bound>();
  for (const identity of [`User:${user}`, ...groups.map((group) => `Group:${group}`)]) {
    for (const [name, bound] of scope.get(identity) ?? []) {
      const other = found.get(name);
      if (other === undefined || isBefore(bound, other)) found.set(name, bound);
    }
  }
  return [...found.values()].sort((one, other) => (one.binding.name < other.binding.name ? -1 : 1));
}

/** A user who is several subjects of one binding is told the first. */
function isBefore({ binding, subject }: Bound, other: Bound): boolean {
  return binding.subjects.indexOf(subject) < binding.subjects.indexOf(other.subject);
}
