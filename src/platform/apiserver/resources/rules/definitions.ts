/**
 * The strategy of CustomResourceDefinitions: k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition/
 * strategy.go and etcd.go.
 */
import { arrayAt, isObject, type JsonObject, stringAt, textsAt } from '../../../../kubernetes/json.ts';
import { isBeingDeleted } from '../../../../kubernetes/object.ts';
import { checkDefinition, checkDefinitionUpdate, definitionWarnings } from '../checks/definitions.ts';
import { CLEANUP_FINALIZER } from '../custom/definition.ts';
import { setCondition } from '../custom/names.ts';
import { defaultDefinition } from '../defaults/cluster.ts';
import { type Draft, ensure } from '../draft.ts';
import type { Change } from '../resource.ts';
import type { Rules } from '../strategy.ts';

export const definitionRules: Rules = {
  defaults: defaultDefinition,
  onCreate: storeVersion,
  onUpdate: storeVersion,
  onDelete: holdForCleanup,
  check: checkDefinition,
  checkUpdate: checkDefinitionUpdate,
  warnings: (definition) => definitionWarnings(definition),
  hasGeneration: true,
};

/** A definition stays until its objects are gone: keep.ts takes the finalizer away. */
function holdForCleanup(definition: Draft, { now }: Change): void {
  if (isBeingDeleted(definition)) return;
  const metadata = ensure(definition, 'metadata');
  const finalizers = textsAt(metadata, 'finalizers');
  if (!finalizers.includes(CLEANUP_FINALIZER)) metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
  const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon';
  setCondition(definition, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message }, now);
}

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
