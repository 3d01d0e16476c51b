/** The scale subresource: how many there are to be, without knowing the kind (k8s.io/kubernetes pkg/registry/apps, autoscaling/v1). */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  setOwn,
  stringAt,
  valueAt,
} from '../../../kubernetes/json.ts';
import { expressionText } from '../../../kubernetes/labelSelector.ts';
import { applyScale, trackScale } from '../patch/apply/scale.ts';
import { jsonPatch } from '../patch/jsonPatch.ts';
import { mergePatch } from '../patch/mergePatch.ts';
import type { Resource } from '../resources/resource.ts';
import { coreSchema } from '../schemas/core/coreSchema.ts';
import { invalidValue } from '../status/causes.ts';
import { badRequest, conflict, internalError, invalid, noSuchPath } from '../status/failure.ts';
import { goKind } from '../status/goKind.ts';
import type { Stored } from '../store/store.ts';
import { objectIn } from './answers.ts';
import { notRegistered } from './decode.ts';
import type { Dependencies } from './dependencies.ts';
import { resourceVersionOf, uidOf, withMetadata } from './metadata/metadata.ts';
import { checkName, inNamespace } from './metadata/system.ts';
import { type Answer, type Body, objectOf, type Patch, type Target, type WriteOptions } from './objects.ts';
import { checkPatch, configOf, tellDoubled } from './patch.ts';
import { type Readable, readPatched, shownAfter, unreadable } from './patched.ts';
import { managerOf } from './steps.ts';
import { type View, write } from './update.ts';

const SCALE = { group: 'autoscaling', kind: 'Scale' };
const SCALE_TYPE: Readable = { isCustom: false, schema: coreSchema('autoscaling', 'v1', 'Scale') ?? {} };

export function getScale({ resource }: Target, stored: Stored): Answer {
  const object = objectIn(stored, resource);
  const path = resource.scale?.specReplicas;
  if (resource.isCustom && at(object, path) === undefined) {
    throw internalError(`the spec replicas field ${JSON.stringify(path)} does not exist`);
  }
  return { code: 200, object: scaleOf(object, resource) };
}

export async function putScale(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  { value }: Body,
): Promise<Answer> {
  if (!isObject(value)) throw badRequest('the object provided is unrecognized (must be of type Scale)');
  const kind = stringAt(value, 'kind') ?? '';
  if (kind !== '' && kind !== 'Scale') throw badRequest(`${kind} cannot be handled as a Scale`);
  const scale = inNamespace(value, target.resource, target.namespace);
  return writeScale(dependencies, target, options, () => scale, uidOf(scale));
}

/** @throws Failure, also 409 where an apply without force would take the number from another manager */
export async function patchScale(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  change: Patch,
): Promise<Answer> {
  checkPatch(change, target);
  const { type, body } = change;
  if (type === 'apply') return applyToScale(dependencies, target, options, change);
  const make = (old: JsonObject): JsonObject => {
    const patched = type === 'json' ? jsonPatch(old, body.value) : mergePatch(old, body.value);
    const scale = readPatched(patched, SCALE_TYPE, target.warn, options, change);
    const { apiVersion, kind } = scale;
    if (apiVersion === 'autoscaling/v1' && kind === 'Scale') return scale;
    throw unreadable(shownAfter(patched, change), notRegistered(String(kind ?? ''), String(apiVersion ?? '')));
  };
  return writeScale(dependencies, target, options, make, '');
}

async function writeScale(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  makeScale: (old: JsonObject) => JsonObject,
  uid: string,
): Promise<Answer> {
  const { resource } = target;
  const make = (old: JsonObject): JsonObject => {
    const scale = makeScale(scaleOf(old, resource));
    checkName(scale, target.name);
    const replicas = replicasOf(scale, target);
    const next = scaled(old, scale, replicas, resource);
    const manager = managerOf(options, target);
    const replicasPath = resource.scale?.specReplicas ?? '';
    return trackScale({ old, next, manager, resource, replicasPath, now: dependencies.clock.now() });
  };
  return writeParent(dependencies, target, options, make, uid);
}

async function applyToScale(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  { body, force }: Patch,
): Promise<Answer> {
  const { resource } = target;
  const config = configOf(body.value);
  const make = (old: JsonObject): JsonObject => {
    const { scale, managedFields } = applyScale({
      old,
      config,
      manager: options.fieldManager,
      force,
      resource,
      replicasPath: resource.scale?.specReplicas ?? '',
      now: dependencies.clock.now(),
    });
    tellDoubled(body, options, target);
    inNamespace(scale, resource, target.namespace); // no other one
    checkName(scale, target.name);
    checkUid(scale, old, target);
    return withMetadata(scaled(old, scale, replicasOf(scale, target), resource), { managedFields });
  };
  return writeParent(dependencies, target, options, make, '');
}

/** @throws Failure 409 where the Scale is that of another object */
function checkUid(scale: JsonObject, old: JsonObject, { resource, name }: Target): void {
  const [wanted, found] = [uidOf(scale), uidOf(old)];
  if (wanted === '' || wanted === found) return;
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`;
  throw conflict({ group: resource.group, plural: `${resource.plural}/scale` }, name, why);
}

/** A scale of no version is of the present one, also of a kind whose objects must name theirs. */
function scaled(old: JsonObject, scale: JsonObject, replicas: number, { scale: paths }: Resource): JsonObject {
  const resourceVersion = resourceVersionOf(scale) || resourceVersionOf(old);
  return withValue(withMetadata(old, { resourceVersion }), paths?.specReplicas, replicas);
}

async function writeParent(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  makeOf: (old: JsonObject) => JsonObject,
  uid: string,
): Promise<Answer> {
  const { resource } = target;
  const make = (old: JsonObject | undefined): JsonObject => {
    if (old === undefined) throw noSuchPath();
    return makeOf(old);
  };
  const view: View = {
    of: (object) => scaleOf(object, resource),
    into: (object, scale) => withValue(object, resource.scale?.specReplicas, replicasOf(scale, target)),
  };
  const answer = await write(dependencies, { target, options, mayCreate: false, uid, make, view });
  return { code: answer.code, object: scaleOf(objectOf(answer), resource) };
}

function replicasOf(scale: JsonObject, { name, resource }: Target): number {
  const replicas = valueAt(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) throw badRequest(wrongReplicas(replicas));
  if (replicas >= 0) return replicas;
  if (!resource.isCustom) {
    throw invalid(SCALE, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  }
  const field = resource.scale?.specReplicas ?? '';
  throw invalid(resource, name, [invalidValue(field, replicas, 'should be a non-negative integer')]);
}

function wrongReplicas(replicas: JsonValue): string {
  const found = typeof replicas === 'number' ? `number ${replicas}` : goKind(replicas);
  const why = `json: cannot unmarshal ${found} into Go struct field ScaleSpec.spec.replicas of type int32`;
  return `Scale in version "v1" cannot be handled as a Scale: ${why}`;
}

export function scaleOf(object: JsonObject, { scale }: Resource): JsonObject {
  const metadata = objectAt(object, 'metadata') ?? {};
  const kept = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp'];
  const selector = selectorText(at(object, scale?.labelSelector));
  const replicas = numberIn(object, scale?.specReplicas);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(kept.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]]))),
    spec: replicas === undefined || replicas === 0 ? {} : { replicas },
    status: { replicas: numberIn(object, scale?.statusReplicas) ?? 0, ...(selector !== '' && { selector }) },
  };
}

function numberIn(object: JsonObject, path: string | undefined): number | undefined {
  const value = at(object, path);
  return typeof value === 'number' ? value : undefined;
}

/** @param path `.spec.replicas` */
function at(object: JsonObject, path: string | undefined): JsonValue | undefined {
  return path === undefined ? undefined : valueAt(object, ...stepsOf(path));
}

function stepsOf(path: string): string[] {
  return path.split('.').filter((step) => step !== '');
}

function withValue(object: JsonObject, path: string | undefined, value: JsonValue): JsonObject {
  const [step, ...rest] = path === undefined ? [] : stepsOf(path);
  if (step === undefined) return object;
  const copy: Record<string, JsonValue | undefined> = { ...object };
  const inner = rest.length === 0 ? value : withValue(objectAt(object, step) ?? {}, rest.join('.'), value);
  setOwn(copy, step, inner);
  return copy;
}

/** A selector as `kubectl get -l` takes it; the labels of a ReplicationController stand there as they are. */
function selectorText(selector: JsonValue | undefined): string {
  if (typeof selector === 'string') return selector;
  if (!isObject(selector)) return '';
  const isPlain = selector.matchLabels === undefined && selector.matchExpressions === undefined;
  const labels = Object.entries(isPlain ? selector : (objectAt(selector, 'matchLabels') ?? {}));
  const parts = labels
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}=${String(value)}`);
  return [...parts, ...arrayAt(selector, 'matchExpressions').map(expressionText)].sort().join(',');
}
