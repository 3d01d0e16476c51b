/**
 * What the API server holds against the CRD's schema between Knative's two webhooks: lists that are maps
 * (`x-kubernetes-list-type: map` in config/core/300-resources/service.yaml) may hold each key once. Volumes and mounts
 * are such lists too, but Knative says so itself.
 */
import {
  arrayAt,
  asArray,
  isObject,
  type JsonArray,
  type JsonObject,
  objectAt,
  stringAt,
} from '../../kubernetes/json.ts';
import { report, type Scope } from './scope.ts';

export function checkSchema(scope: Scope, spec: unknown): void {
  const podSpec = isObject(spec) ? objectAt(spec, 'template', 'spec') : undefined;
  if (podSpec !== undefined) checkPodSchema(scope, '/spec/template/spec', podSpec);
}

export function checkPodSchema(scope: Scope, path: string, podSpec: JsonObject): void {
  checkUnique(scope, `${path}/imagePullSecrets`, asArray(podSpec.imagePullSecrets));
  const containers = asArray(podSpec.containers);
  for (let index = 0; index < containers.length; index++) {
    checkUnique(scope, `${path}/containers/${index}/env`, arrayAt(containers[index], 'env'));
  }
}

function checkUnique(scope: Scope, path: string, values: JsonArray): void {
  if (values.length < 2) return;
  const seen = new Set<string>();
  for (let index = 0; index < values.length; index++) {
    const name = stringAt(values[index], 'name') ?? '';
    if (seen.has(name)) report(scope, `${path}/${index}`, `Duplicate value: ${JSON.stringify({ name })}`);
    seen.add(name);
  }
}
