/** PATCH in its four types (k8s.io/apiserver pkg/endpoints/handlers/patch.go). */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import { apply } from '../patch/apply/apply.ts';
import { trackUpdate } from '../patch/apply/trackUpdate.ts';
import { jsonPatch } from '../patch/jsonPatch.ts';
import { mergePatch } from '../patch/mergePatch.ts';
import { strategicMergePatch } from '../patch/strategicMergePatch.ts';
import { badRequest, notFound, tooLarge, unsupportedMediaType } from '../status/failure.ts';
import { goKind } from '../status/goKind.ts';
import { defaulted } from './decode.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Body, Patch, Target, WriteOptions } from './objects.ts';
import { readPatched } from './patched.ts';
import { managerOf } from './steps.ts';
import { write } from './update.ts';
import { versionsIn } from './versions.ts';

const MOST_OPERATIONS = 10_000;
/** A custom resource has no merge keys. */
const WITHOUT_STRATEGIC = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];

export function patch(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  change: Patch,
): Promise<Answer> {
  checkPatch(change, target);
  const make = maker(dependencies, target, options, change);
  return write(dependencies, { target, options, mayCreate: change.type === 'apply', uid: '', make });
}

/** @throws Failure 415 where the resource has no such patches, 413 where it is too long, 400 where its body is none */
export function checkPatch({ type, body }: Patch, { resource }: Target): void {
  if (type === 'strategic' && resource.isCustom) throw unsupportedMediaType(WITHOUT_STRATEGIC);
  if (type === 'json' && isArray(body.value) && body.value.length > MOST_OPERATIONS) {
    const most = `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${body.value.length}`;
    throw tooLarge(`Request entity too large: ${most}`);
  }
  if (body.fault !== undefined) throw badRequest(`error decoding patch: ${body.fault}`);
}

function maker(
  { clock, resources }: Dependencies,
  target: Target,
  options: WriteOptions,
  change: Patch,
): (old: JsonObject | undefined) => JsonObject {
  const { resource, subresource } = target;
  const versionOf = versionsIn(resources, resource);
  if (change.type === 'apply') {
    const config = configOf(change.body.value);
    return (old) => {
      const made = apply({
        live: old,
        config,
        manager: options.fieldManager,
        force: change.force,
        resource,
        subresource,
        now: clock.now(),
        versionOf,
      });
      tellDoubled(change.body, options, target);
      return defaulted(readPatched(made, resource, target.warn, options, change), resource);
    };
  }
  return (old) => {
    if (old === undefined) throw notFound(resource, target.name);
    const patched = patchedObject(old, change, target);
    const next = defaulted(readPatched(patched, resource, target.warn, options, change), resource);
    const manager = managerOf(options, target);
    return trackUpdate({ old, next, manager, subresource, resource, now: clock.now(), versionOf });
  };
}

/** The configuration that is applied. @throws Failure 400 where it is none */
export function configOf(value: JsonValue): JsonObject {
  if (isObject(value)) return value;
  const why = `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`;
  throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
}

function patchedObject(old: JsonObject, { type, body }: Patch, { resource }: Target): JsonValue {
  switch (type) {
    case 'json':
      return jsonPatch(old, body.value);
    case 'merge':
      return mergePatch(old, body.value);
    default:
      return strategicMergePatch(old, body.value, resource.schema);
  }
}

/** What stands twice is told after what is wrong with the apply itself. @throws Failure 400 with `Strict` */
export function tellDoubled({ duplicates }: Body, { fieldValidation }: WriteOptions, { warn }: Target): void {
  if (fieldValidation === 'Warn') for (const sentence of duplicates) warn(sentence);
  if (fieldValidation !== 'Strict' || duplicates.length === 0) return;
  const why = `yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`;
  throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${why}`);
}
