/** POST: from a body to a stored object (k8s.io/apiserver pkg/endpoints/handlers/create.go, pkg/registry/rest/create.go). */

import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { trackUpdate } from '../patch/apply/trackUpdate.ts';
import { alreadyExists, Failure, invalid } from '../status/failure.ts';
import { storable } from './answers.ts';
import { decode } from './decode.ts';
import type { Dependencies } from './dependencies.ts';
import { internalKind, kindMetadataCauses } from './kindFacts.ts';
import { inOrder, resourceVersionOf, versionFault } from './metadata/metadata.ts';
import { filled, inNamespace, isNameless, wiped, withoutDoubleOwners } from './metadata/system.ts';
import { guardNamespace } from './namespaceGuard.ts';
import type { Answer, Body, Target, WriteOptions } from './objects.ts';
import { admitted, attributesOf, changeOf, keyOf, managerOf, mutated } from './steps.ts';
import { versionsIn } from './versions.ts';

/** How often a generated name is tried: enough for a million names with one prefix. */
const MOST_NAMES = 8;

export async function create(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  body: Body,
): Promise<Answer> {
  for (const special of dependencies.special) {
    const answer = special(target, options, body);
    if (answer !== undefined) return answer;
  }

  const { resource, warn } = target;
  const decoded = wiped(decode(dependencies.resources, body, target, options.fieldValidation));
  const sent = withoutDoubleOwners(inNamespace(decoded, resource, target.namespace), 'as sent', warn);
  const next = trackUpdate({
    old: undefined,
    next: sent,
    manager: managerOf(options, target),
    subresource: target.subresource,
    resource,
    now: dependencies.clock.now(),
    versionOf: versionsIn(dependencies.resources, resource),
  });

  const attributes = attributesOf(target, {
    operation: 'CREATE',
    object: next,
    old: undefined,
    name: target.name || nameOf(next),
    optionsKind: 'CreateOptions',
    options,
  });
  return createMutated(dependencies, target, options, await mutated(dependencies, target, attributes));
}

/** What comes after the webhooks that mutate; with a new name as long as a generated one is taken. */
export async function createMutated(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  object: JsonObject,
): Promise<Answer> {
  const attempts = isNameless(object) ? MOST_NAMES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await createOnce(dependencies, target, options, object);
    } catch (error) {
      if (!(error instanceof Failure) || error.reason !== 'AlreadyExists') throw error;
      if (attempt >= attempts)
        throw isNameless(object) ? outOfNames(error) : ofOneThatGoes(dependencies, target, object, error);
    }
  }
}

async function createOnce(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  object: JsonObject,
): Promise<Answer> {
  const { store, clock, chance } = dependencies;
  const { resource } = target;
  const change = changeOf(dependencies, target, options);
  const named = filled(inNamespace(object, resource, target.namespace), clock.now(), chance);
  const ready = resource.strategy.beforeCreate(named, change);
  const name = nameOf(ready);

  const causes = kindMetadataCauses(ready, resource);
  causes.push(...resource.strategy.validate(ready, undefined, change));
  if (causes.length > 0) throw invalid(internalKind(resource), name, causes);
  for (const sentence of resource.strategy.warnings(ready, undefined)) target.warn(sentence);

  const optionsKind = 'CreateOptions';
  const asked = { operation: 'CREATE', object: ready, old: undefined, name, optionsKind, options } as const;
  const attributes = attributesOf(target, asked);
  await admitted(dependencies, target, attributes);

  const version = resourceVersionOf(ready);
  // one that is none does not count
  if (version !== '' && versionFault(version) === undefined) {
    throw new Failure(500, '', 'resourceVersion should not be set on objects to be created');
  }
  const key = keyOf(target, name);
  const stored = resource.strategy.asStored?.(ready) ?? ready;
  const final = inOrder(stored, String(ready.apiVersion), resource.kind);
  // asked here too, since the store does not know by which group somebody speaks of an Event
  if (store.get(key) !== undefined) throw alreadyExists(resource, name);
  if (options.dryRun) return { code: 201, object: final };
  // the webhooks took their time: the namespace, or the definition of the kind, may have gone meanwhile
  guardNamespace(store, attributes);
  if (dependencies.resources.find(resource.group, resource.version, resource.plural) === undefined) {
    throw new Failure(404, 'NotFound', 'the server could not find the requested resource');
  }
  return { code: 201, stored: await store.put(key, storable(final, resource), undefined) };
}

function outOfNames({ code, reason, message, details }: Failure): Failure {
  const why = `${message}, the server was not able to generate a unique name for the object`;
  return new Failure(code, reason, why, { ...details, retryAfterSeconds: 1 });
}

function ofOneThatGoes({ store }: Dependencies, target: Target, object: JsonObject, error: Failure): Failure {
  const present = store.get(keyOf(target, nameOf(object)))?.object();
  const isGoing = isObject(present?.metadata) && present.metadata.deletionTimestamp !== undefined;
  if (!isGoing) return error;
  return new Failure(error.code, error.reason, `object is being deleted: ${error.message}`, error.details);
}
