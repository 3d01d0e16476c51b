/** What Weir itself brings to a cluster, for one on which its webhook runs beside the API server and not in a pod. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { readManifests } from '../../kubernetes/yaml/read.ts';
import { Failure } from '../failure.ts';
import { packageRoot } from '../package.ts';

/** Only make sense where pods run: the server is this process. */
const FOR_PODS: readonly string[] = ['Deployment', 'PodDisruptionBudget', 'NetworkPolicy', 'PriorityClass'];

/** By which policy what stands in no namespace is judged: nobody waits for Weir on a machine of one's own. */
const GRADE = 'dev';

/**
 * The objects of overlays/dev, in the order in which they are to be created, without those that are for pods.
 *
 * @throws Failure where the package is not whole
 */
export function weirsObjects(folder: string = path.join(packageRoot(), 'overlays')): readonly JsonObject[] {
  const base = path.join(folder, 'base');
  const files = arrayAt(documentsOf(path.join(base, 'kustomization.yaml'))[0], 'resources').filter(isFileName);
  const objects = files.flatMap((file) => documentsOf(path.join(base, file)));
  const patches = documentsOf(path.join(folder, GRADE, 'grade.yaml'));
  return objects
    .filter((object) => !FOR_PODS.includes(stringAt(object, 'kind') ?? ''))
    .map((object) => patches.filter((patch) => isFor(patch, object)).reduce(patched, object));
}

/** `../../policies` is a folder: the webhook reads it where it is. */
function isFileName(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('/');
}

function documentsOf(file: string): JsonObject[] {
  const { documents, errors } = readManifests(readText(file), file);
  const [error] = errors;
  if (error !== undefined) throw new Failure(`${file}: ${error.message}; install Weir again`);
  return documents.map(({ object }) => object);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Failure(`${file} cannot be read, and belongs to Weir; install Weir again`);
  }
}

function isFor(patch: JsonObject, object: JsonObject): boolean {
  return patch.kind === object.kind && stringAt(patch, 'metadata', 'name') === stringAt(object, 'metadata', 'name');
}

/** As Kustomize merges it: objects field by field, webhooks by their name. */
function patched(object: JsonObject, patch: JsonObject): JsonObject {
  const merged: { [key: string]: JsonObject[string] } = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (key === 'webhooks') {
      merged[key] = arrayAt(object, key).map((webhook) => {
        const name = stringAt(webhook, 'name');
        const change = arrayAt(patch, key).find((each) => stringAt(each, 'name') === name);
        return isObject(webhook) && isObject(change) ? patched(webhook, change) : webhook;
      });
    } else {
      const before = objectAt(object, key);
      merged[key] = before !== undefined && isObject(value) ? patched(before, value) : value;
    }
  }
  return merged;
}
