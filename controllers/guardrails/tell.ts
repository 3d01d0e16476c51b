/** Says what was done: Events for whoever looks at a namespace, CloudEvents for whoever keeps a record. */
import type { Happening } from '../../src/kubernetes/client/events.ts';
import { apiVersionOf, objectPath, type Resource } from '../../src/kubernetes/client/resource.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { nameOf, referenceTo, titleOf } from '../../src/kubernetes/object.ts';
import type { Dependencies } from './dependencies.ts';

type Tools = Pick<Dependencies, 'record' | 'announce'>;
type Told = Omit<Happening, 'regarding'>;

/** Where the reconcile is at work. */
export interface Place {
  readonly namespace: JsonObject;
  /** Empty where the namespace is in none any more. */
  readonly environment: string;
}

/** About the Namespace. */
export function tellNamespace({ record }: Tools, { namespace }: Place, happening: Told): void {
  const name = nameOf(namespace);
  const uid = stringAt(namespace, 'metadata', 'uid');
  const regarding = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name, ...(uid === undefined ? {} : { uid }) };
  record({ regarding, ...happening });
}

/** About an object in the namespace, which may be gone. */
export function tellObject({ record }: Tools, object: JsonObject, happening: Told): void {
  const uid = stringAt(object, 'metadata', 'uid');
  record({ regarding: { ...referenceTo(object), ...(uid === undefined ? {} : { uid }) }, ...happening });
}

export interface Repair {
  readonly resource: Resource;
  readonly section: string;
  readonly object: JsonObject;
  /** JSON pointers to what somebody changed; undefined where the object was gone. */
  readonly fields: readonly string[] | undefined;
}

export function tellRepair(tools: Tools, { environment }: Place, { resource, section, object, fields }: Repair): void {
  const { namespace, name, kind } = referenceTo(object);
  const what = fields === undefined ? 'was deleted' : `was changed at ${fields.join(', ')}`;
  const note = `${titleOf({ kind, name })} is a guard rail of ${environment}, and ${what}; it is again as the policy says`;
  tellObject(tools, object, { type: 'Warning', reason: 'GuardRailRepaired', action: 'Repaired', note });
  tools.announce({
    type: 'dev.weir.guardrail.repaired.v1',
    subject: subjectOf(resource, namespace, name),
    data: {
      environment,
      namespace,
      guardRail: section,
      apiVersion: apiVersionOf(resource),
      kind,
      name,
      change: fields === undefined ? 'deleted' : 'changed',
      fields: fields ?? [],
    },
  });
}

/** `networking.k8s.io/v1/namespaces/shop/networkpolicies/weir-default-deny`. */
function subjectOf(resource: Resource, namespace: string, name: string): string {
  return objectPath(resource, { namespace, name }).replace(/^\/apis?\//, '');
}
