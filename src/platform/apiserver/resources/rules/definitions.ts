/**
 * The strategy of CustomResourceDefinitions: k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition/
 * strategy.go and etcd.go.
 */
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../../kubernetes/json.ts';
import { checkDefinition, checkDefinitionUpdate, definitionWarnings } from '../checks/definitions.ts';
import { defaultDefinition } from '../defaults/cluster.ts';
import { type Draft, ensure } from '../draft.ts';
import type { Rules } from '../strategy.ts';

export const definitionRules: Rules = {
  defaults: defaultDefinition,
  onCreate: storeVersion,
  onUpdate: storeVersion,
  check: checkDefinition,
  checkUpdate: checkDefinitionUpdate,
  warnings: (definition) => definitionWarnings(definition),
  hasGeneration: true,
};

/** Every version that objects were ever stored in is remembered. */
function storeVersion(definition: Draft): void {
  const status = ensure(definition, 'status');
  const stored = Array.isArray(status.storedVersions) ? status.storedVersions : [];
  const version = storageVersionOf(definition);
  if (version !== undefined && !stored.includes(version)) status.storedVersions = [...stored, version];
}

function storageVersionOf(definition: JsonObject): string | undefined {
  const version = arrayAt(definition, 'spec', 'versions')
    .filter(isObject)
    .find(({ storage }) => storage === true);
  return stringAt(version, 'name');
}
