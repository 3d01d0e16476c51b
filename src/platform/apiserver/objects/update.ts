/**
 * PUT and PATCH: the object as somebody makes it of the one that stands (GuaranteedUpdate in k8s.io/apiserver
 * pkg/registry/generic/registry/store.go; pkg/registry/rest/update.go). Made again where another write came between.
 */

import { equals, type JsonObject, numberAt, objectAt } from '../../../kubernetes/json.ts';
import { finalizersOf, nameOf } from '../../../kubernetes/object.ts';
import { authorize } from '../auth/denied.ts';
import { keepTimes } from '../patch/apply/keepTimes.ts';
import { apiVersionOf } from '../patch/convert.ts';
import { invalidValue } from '../status/causes.ts';
import { conflict, Failure, invalid, modified, notFound } from '../status/failure.ts';
import type { Stored } from '../store/store.ts';
import { objectIn, storable } from './answers.ts';
import { createMutated } from './create.ts';
import type { Dependencies } from './dependencies.ts';
import { internalKind, kindMetadataCauses, mustNameItsVersion } from './kindFacts.ts';
import { inOrder, resourceVersionOf, uidOf, versionFault, withMetadata } from './metadata/metadata.ts';
import { carriedOver, checkName, inNamespace } from './metadata/system.ts';
import { metadataCauses, metadataUpdateCauses, pathSegmentRule } from './metadata/validate.ts';
import type { Answer, Target, WriteOptions } from './objects.ts';
import { preconditionFailed } from './preconditions.ts';
import { admitted, attributesOf, changeOf, keyOf, mutated } from './steps.ts';

/** How often a write is made again that somebody else came before; then the client is told. */
const MOST_ATTEMPTS = 100;

export interface Writing {
  readonly target: Target;
  readonly options: WriteOptions;
  /** Creates what is not there: an apply. */
  readonly mayCreate: boolean;
  /** A uid that the client says the object has. */
  readonly uid: string;
  /** The object as it is to be, with its managedFields; in the version of the target. May be called several times. */
  make(old: JsonObject | undefined): JsonObject;
  /** Where admission sees something else than the object: a Deployment's Scale. */
  readonly view?: View;
}

export interface View {
  of(object: JsonObject): JsonObject;
  /** The object with what admission has made of its view. */
  into(object: JsonObject, seen: JsonObject): JsonObject;
}

export async function write(dependencies: Dependencies, writing: Writing): Promise<Answer> {
  const { target } = writing;
  for (let attempt = 1; ; attempt++) {
    const current = dependencies.store.get(keyOf(target, target.name));
    try {
      return current === undefined
        ? await writeNew(dependencies, writing)
        : await writeOver(dependencies, writing, current);
    } catch (error) {
      if (!(error instanceof Overtaken) || attempt >= MOST_ATTEMPTS) throw error;
    }
  }
}

const WHOLE: View = { of: (object) => object, into: (_object, seen) => seen };

/** Somebody else wrote between the read and the write. */
class Overtaken extends Failure {
  constructor({ code, reason, message, details }: Failure) {
    super(code, reason, message, details);
  }
}

async function writeNew(dependencies: Dependencies, writing: Writing): Promise<Answer> {
  const { target, options, mayCreate, uid } = writing;
  const { resource, name, subresource } = target;
  const isAllowed = subresource === '' && (mayCreate || resource.strategy.createsOnUpdate);
  if (!isAllowed) throw notFound(resource, name);
  if (uid !== '') throw uidMismatch(target, uid, '');

  const next = inNamespace(writing.make(undefined), resource, target.namespace);
  if (mayCreate && uidOf(next) !== '') {
    const why = `uid mismatch: the provided object specified uid ${uidOf(next)}, and no existing object was found`;
    throw conflict(resource, name, why);
  }
  checkName(next, name);
  authorizeCreate(dependencies, target);

  const asked = {
    operation: 'CREATE',
    object: next,
    old: undefined,
    name,
    optionsKind: 'CreateOptions',
    options,
  } as const;
  const ready = await mutated(dependencies, target, attributesOf(target, asked));
  try {
    return await createMutated(dependencies, target, options, withMetadata(ready, { resourceVersion: undefined }));
  } catch (error) {
    const isTaken = error instanceof Failure && error.reason === 'AlreadyExists';
    throw isTaken && dependencies.store.get(keyOf(target, name)) !== undefined ? new Overtaken(error) : error;
  }
}

async function writeOver(dependencies: Dependencies, writing: Writing, current: Stored): Promise<Answer> {
  const { target, options, uid, view = WHOLE } = writing;
  const { resource, name } = target;
  const { strategy } = resource;
  if (uid !== '' && uid !== current.uid) throw uidMismatch(target, uid, current.uid);

  const old = objectIn(current, resource);
  const made = inNamespace(writing.make(old), resource, target.namespace);
  checkName(made, name);
  const asked = { operation: 'UPDATE', old: view.of(old), name, optionsKind: 'UpdateOptions', options } as const;
  const seen = await mutated(dependencies, target, attributesOf(target, { ...asked, object: view.of(made) }));
  const wanted = view.into(made, seen);
  const versioned = atVersion(wanted, target, current);

  const change = changeOf(dependencies, target, options);
  const generation = objectAt(old, 'metadata')?.generation;
  const prepared = carriedOver(strategy.beforeUpdate(withMetadata(versioned, { generation }), old, change), old);
  const causes = [
    ...metadataCauses(prepared, resource.isNamespaced, pathSegmentRule),
    ...metadataUpdateCauses(prepared, old),
    // and once more as the kind's own validation has it: what is told twice counts as two causes
    ...metadataUpdateCauses(prepared, old),
    ...(resource.isCustom ? [] : kindMetadataCauses(prepared, resource)),
    ...strategy.validate(prepared, old, change),
  ];
  if (causes.length > 0) throw invalid(internalKind(resource), nameOf(prepared), causes);
  for (const sentence of strategy.warnings(prepared, old)) target.warn(sentence);

  const ordered = inOrder(strategy.asStored?.(prepared) ?? prepared, apiVersionOf(resource), resource.kind);
  const present = withMetadata(ordered, { resourceVersion: String(current.revision) });
  const next = keepTimes(old, present, resource.isCustom);
  await admitted(dependencies, target, attributesOf(target, { ...asked, object: view.of(next) }));

  return stored(dependencies, writing, current, next, old);
}

/** Writes it, unless nothing has changed or nothing is to be written; removes it where its last finalizer has gone. */
async function stored(
  { store }: Dependencies,
  { options, target }: Writing,
  current: Stored,
  next: JsonObject,
  old: JsonObject,
): Promise<Answer> {
  if (isFinished(next, old, current)) {
    if (!options.dryRun) await inTime(store.remove(current.key, storable(next, target.resource), current.revision));
    return { code: 200, object: next };
  }
  if (options.dryRun) return { code: 200, object: next };
  if (equals(next, old)) {
    // nothing was written, but somebody else may have: what was decided was decided about the present object
    if (store.get(current.key)?.revision !== current.revision)
      throw new Overtaken(modified(target.resource, target.name));
    return { code: 200, stored: current };
  }
  const written = store.put(current.key, storable(next, target.resource), current.revision);
  return { code: 200, stored: await inTime(written) };
}

/** True where the object was only waiting for its last finalizer; a namespace has some in its spec too. */
function isFinished(next: JsonObject, old: JsonObject, { key }: Stored): boolean {
  if (objectAt(old, 'metadata')?.deletionTimestamp === undefined || finalizersOf(next).length > 0) return false;
  if ((numberAt(old, 'metadata', 'deletionGracePeriodSeconds') ?? 0) !== 0) return false;
  const inSpec = objectAt(next, 'spec')?.finalizers;
  return key.resource !== 'namespaces' || !Array.isArray(inSpec) || inSpec.length === 0;
}

/** @throws Failure 500 where the version is none, 409 where the client speaks of another state of the object, 422 where it has to speak of one */
function atVersion(object: JsonObject, { resource, name }: Target, { revision }: Stored): JsonObject {
  const version = resourceVersionOf(object);
  const fault = versionFault(version);
  if (fault !== undefined) throw new Failure(500, '', fault);
  if (version === '') {
    if (mustNameItsVersion(resource)) {
      const cause = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
      throw invalid({ group: resource.group, kind: resource.plural }, name, [cause]);
    }
    return withMetadata(object, { resourceVersion: String(revision) });
  }
  if (version !== String(revision)) throw modified(resource, name);
  return object;
}

/** Whoever creates by an update or an apply needs the right to create. */
function authorizeCreate({ authorizer }: Dependencies, { user, resource, subresource, namespace, name }: Target): void {
  const { group, version, plural } = resource;
  const asked = { group, version, plural, subresource, namespace, name };
  authorize(authorizer, { user, verb: 'create', resource: asked });
}

function uidMismatch(target: Target, wanted: string, found: string): Failure {
  return preconditionFailed(target, `UID in precondition: ${wanted}, UID in object meta: ${found}`);
}

/** @throws Overtaken where the store finds something else than was read */
async function inTime(write: Promise<Stored>): Promise<Stored> {
  try {
    return await write;
  } catch (error) {
    throw error instanceof Failure && (error.code === 409 || error.code === 404) ? new Overtaken(error) : error;
  }
}
