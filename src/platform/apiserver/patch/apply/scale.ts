/**
 * Who owns the number of replicas, when it is set by the scale subresource: there it is `.spec.replicas` of an
 * autoscaling/v1 Scale, whatever it is called in the object (k8s.io/apimachinery pkg/util/managedfields/scalehandler.go).
 */
import { isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { coreSchema } from '../../schemas/core/coreSchema.ts';
import { apiVersionOf } from '../convert.ts';
import { FieldSet, fieldPath, type Path } from '../fields/set.ts';
import type { ManagedResource } from '../resource.ts';
import { apply } from './apply.ts';
import { decode, encode, type Managed, type Owned } from './managed.ts';
import { managedFieldsOf, withManagedFields } from './metadata.ts';
import { trackUpdate } from './trackUpdate.ts';

export interface ScaleUpdate {
  /** The object that is scaled, as it stands. */
  readonly old: JsonObject;
  /** The same with another number of replicas. */
  readonly next: JsonObject;
  readonly manager: string;
  readonly resource: ManagedResource;
  /** Where the number stands: `.spec.replicas`. */
  readonly replicasPath: string;
  readonly now: Date;
}

/** `next` with its managedFields: what `trackUpdate` is to other subresources. */
export function trackScale({ old, next, manager, resource, replicasPath, now }: ScaleUpdate): JsonObject {
  const path = pathOf(replicasPath);
  const scale = scaleOf(old, path);
  const changed = { ...scale, spec: specOf(next, path) };
  const tracked = trackUpdate({ old: scale, next: changed, manager, subresource: 'scale', resource: SCALE, now });
  return withManagedFields(next, toParent(old, managedFieldsOf(tracked), resource, path));
}

export interface ScaleApplication extends Omit<ScaleUpdate, 'next'> {
  /** A Scale. */
  readonly config: JsonObject;
  readonly force: boolean;
}

/**
 * The Scale after it has been applied, and the managedFields of the object.
 *
 * @throws Failure as `apply`
 */
export function applyScale({ old, config, manager, force, resource, replicasPath, now }: ScaleApplication): {
  readonly scale: JsonObject;
  readonly managedFields: JsonArray | undefined;
} {
  const path = pathOf(replicasPath);
  const live = scaleOf(old, path);
  const scale = apply({ live, config, manager, force, resource: SCALE, subresource: 'scale', now });
  return { scale, managedFields: toParent(old, managedFieldsOf(scale), resource, path) };
}

const IN_SCALE = fieldPath('spec', 'replicas');
const SCALE_VERSION = 'autoscaling/v1';
const SCALE: ManagedResource = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  isCustom: false,
  hasStatus: false,
  schema: coreSchema('autoscaling', 'v1', 'Scale') ?? {},
};

function pathOf(replicasPath: string): Path {
  return fieldPath(...replicasPath.split('.').filter((name) => name !== ''));
}

function scaleOf(object: JsonObject, path: Path): JsonObject {
  const entries = toScale(managedFieldsOf(object), path);
  const { name, namespace } = isObject(object.metadata) ? object.metadata : {};
  const metadata = { ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) };
  const scale = {
    apiVersion: SCALE_VERSION,
    kind: 'Scale',
    metadata,
    spec: specOf(object, path),
    status: { replicas: 0 },
  };
  return withManagedFields(scale, entries);
}

/** Zero is none, as Go writes it. */
function specOf(object: JsonObject, path: Path): JsonObject {
  let value: JsonValue | undefined = object;
  for (const element of path) value = isObject(value) && element.kind === 'field' ? value[element.name] : undefined;
  return typeof value === 'number' && value !== 0 ? { replicas: value } : {};
}

/** The entries that own the number, as owners of a Scale's. */
function toScale(entries: JsonValue | undefined, path: Path): JsonArray | undefined {
  const { fields, times } = readable(entries);
  const own = new Map<string, Owned>();
  for (const [owner, { set, isApplied }] of fields) {
    if (set.has(path)) own.set(owner, { set: FieldSet.of(IN_SCALE), apiVersion: SCALE_VERSION, isApplied });
  }
  return encode({ fields: own, times });
}

/** The object's entries, where those who own the number are the owners of the Scale's. */
function toParent(
  object: JsonObject,
  scaleEntries: JsonValue | undefined,
  resource: ManagedResource,
  path: Path,
): JsonArray | undefined {
  const parent = readable(managedFieldsOf(object));
  const scale = new Map(readable(scaleEntries).fields);
  const fields = new Map<string, Owned>();
  for (const [owner, owned] of parent.fields) {
    // an updater's name holds a version, so that it is never the Scale's; it comes back below
    const isKept = !owned.set.has(path) || scale.delete(owner);
    const set = isKept ? owned.set : owned.set.difference(FieldSet.of(path));
    if (!set.isEmpty) fields.set(owner, { ...owned, set });
  }
  for (const [owner, { set, isApplied }] of scale) {
    if (set.has(IN_SCALE)) fields.set(owner, { set: FieldSet.of(path), apiVersion: apiVersionOf(resource), isApplied });
  }
  return encode({ fields, times: parent.times });
}

function readable(entries: JsonValue | undefined): Managed {
  try {
    return decode(entries);
  } catch {
    return { fields: new Map(), times: new Map() };
  }
}
