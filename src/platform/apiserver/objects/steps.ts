/** Steps that creates, updates and deletes share. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { AdmissionAttributes, Operation } from '../admission/admission.ts';
import type { Change } from '../resources/resource.ts';
import { internalError } from '../status/failure.ts';
import type { Key } from '../store/store.ts';
import { defaulted } from './decode.ts';
import type { Dependencies } from './dependencies.ts';
import { withoutDoubleOwners } from './metadata/system.ts';
import { guardNamespace } from './namespaceGuard.ts';
import type { Target, WriteOptions } from './objects.ts';
import { typeFault } from './shape.ts';

export function keyOf({ resource, namespace }: Target, name: string): Key {
  return { resource: resource.storedAs, namespace: resource.isNamespaced ? namespace : '', name };
}

export function changeOf({ clock }: Dependencies, { subresource }: Target, { dryRun }: WriteOptions): Change {
  return { now: clock.now(), subresource, isDryRun: dryRun };
}

/** Whose change it is: the named manager's, or the client's own name. */
export function managerOf({ fieldManager }: { readonly fieldManager: string }, { agent }: Target): string {
  return fieldManager === '' ? agent : fieldManager;
}

export interface Asked {
  readonly operation: Operation;
  readonly object: JsonObject | undefined;
  readonly old: JsonObject | undefined;
  readonly name: string;
  /** `CreateOptions`, … */
  readonly optionsKind: string;
  readonly options: { readonly sent: JsonObject; readonly dryRun: boolean };
}

export function attributesOf({ resource, subresource, namespace, user }: Target, asked: Asked): AdmissionAttributes {
  const { operation, object, old, name, optionsKind, options } = asked;
  return {
    operation,
    resource,
    subresource,
    // a Namespace is in itself, for namespaceSelectors
    namespace: resource.storedAs === 'namespaces' ? name : namespace,
    name,
    object,
    old,
    options: { kind: optionsKind, apiVersion: 'meta.k8s.io/v1', ...options.sent },
    dryRun: options.dryRun,
    user,
  };
}

/** What is built in, then the webhooks that mutate. */
export async function mutated(
  dependencies: Dependencies,
  target: Target,
  attributes: AdmissionAttributes,
): Promise<JsonObject> {
  guardNamespace(dependencies.store, attributes);

  const finish = (changed: JsonObject) => {
    if (target.subresource === 'scale') return changed; // of a kind of its own
    const fault = typeFault(changed, target.resource);
    if (fault !== undefined) throw internalError(fault);
    return defaulted(changed, target.resource);
  };
  const changed = await dependencies.admission.mutate(attributes, finish, target.warn);
  return withoutDoubleOwners(changed ?? attributes.object ?? {}, 'after mutating admission', target.warn);
}

/** The guards that are built in, then the webhooks that validate. */
export async function admitted(
  dependencies: Dependencies,
  target: Target,
  attributes: AdmissionAttributes,
): Promise<void> {
  for (const guard of dependencies.guards) guard(attributes);
  await dependencies.admission.validate(attributes, target.warn);
}
