/**
 * What happens to a custom resource beside its schema: k8s.io/apiextensions-apiserver pkg/registry/customresource/
 * strategy.go and status_strategy.go.
 */
import { equals, type JsonObject, numberAt, objectAt, valueAt } from '../../../../kubernetes/json.ts';
import { objectMetaSchema } from '../../schemas/embedded.ts';
import type { Schema } from '../../schemas/schema.ts';
import { copyOf, copyValue, ensure } from '../draft.ts';
import { goForm } from '../go/goForm.ts';
import { Problems } from '../problems.ts';
import type { ScalePaths, Strategy } from '../resource.ts';
import { checkSchema, filledIn } from '../schemaWork.ts';
import { finalizerWarnings } from './warnings.ts';

export interface CustomKind {
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths | undefined;
  /** The schema of the stored version, where that is another one. */
  readonly storedSchemaOf?: (() => Schema) | undefined;
}

export function customStrategy(schemaOf: () => Schema, { hasStatus, scale, storedSchemaOf }: CustomKind): Strategy {
  return {
    ...(storedSchemaOf !== undefined && { asStored: (object) => filledIn(object, storedSchemaOf()) }),

    withDefaults: (object) => withGoMetadata(filledIn(object, schemaOf())),

    beforeCreate(object) {
      const { status, ...rest } = object;
      return withGeneration(hasStatus || status === undefined ? rest : object, 1);
    },

    beforeUpdate(object, old, change) {
      if (change.subresource === 'status' && hasStatus) return withStatusOf(object, old);

      const { status: _status, ...rest } = object;
      const next = hasStatus ? { ...rest, ...(old.status !== undefined && { status: old.status }) } : object;
      const generation = numberAt(old, 'metadata', 'generation') ?? 0;
      return withGeneration(next, equals(withoutMetadata(next), withoutMetadata(old)) ? generation : generation + 1);
    },

    validate(object, old) {
      const problems = new Problems();
      const causes = checkSchema(object, schemaOf(), old);
      // rules come last, and so does that they were not asked
      const last =
        causes.at(-1)?.field === '<nil>' && causes.at(-1)?.message.startsWith(UNASKED) ? causes.slice(-1) : [];
      problems.add(...causes.slice(0, causes.length - last.length));
      if (scale !== undefined) checkScale(object, scale, problems);
      problems.add(...last);
      return problems.causes;
    },

    warnings: (object, old) => finalizerWarnings(object, old),
    createsOnUpdate: false,
  };
}

/** Metadata is Go's, also that of a custom resource: what is empty there is not there. */
function withGoMetadata(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  if (metadata === undefined) return object;
  const draft = copyOf(metadata);
  goForm(draft, objectMetaSchema());
  if (Array.isArray(draft.managedFields) && draft.managedFields.length === 0) delete draft.managedFields;
  return { ...object, metadata: draft };
}

/** Only the status may change by this way, and who manages which field is told. */
function withStatusOf(object: JsonObject, old: JsonObject): JsonObject {
  const next = copyOf(old);
  delete next.status;
  if (object.status !== undefined) next.status = copyValue(object.status);
  const metadata = ensure(next, 'metadata');
  const managers = objectAt(object, 'metadata')?.managedFields;
  delete metadata.managedFields;
  if (managers !== undefined) metadata.managedFields = copyValue(managers);
  return next;
}

function withGeneration(object: JsonObject, generation: number): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), generation } };
}

/** Everything else counts for the generation; of a resource without the status subresource, its status too. */
function withoutMetadata(object: JsonObject): JsonObject {
  const { metadata: _metadata, ...rest } = object;
  return rest;
}

const UNASKED = 'Invalid value: null: some validation rules were not checked';
const MOST_REPLICAS = 2_147_483_647;

/** Counts that the scale subresource would tell (validator.go, ValidateScaleSpec and ValidateScaleStatus). */
function checkScale(object: JsonObject, { specReplicas, statusReplicas }: ScalePaths, problems: Problems): void {
  for (const path of [specReplicas, statusReplicas]) {
    const steps = path.split('.').filter((step) => step !== '');
    const fault = integerFault(object, steps);
    if (fault !== undefined) problems.invalid(path, 0, fault);
    const count = numberAt(object, ...steps);
    if (count === undefined || fault !== undefined) continue;
    if (count < 0) problems.invalid(path, count, 'should be a non-negative integer');
    else if (count > MOST_REPLICAS) problems.invalid(path, count, `should be less than or equal to ${MOST_REPLICAS}`);
  }
}

/** Why there is something, and no count, in the words of unstructured's helpers. */
function integerFault(object: JsonObject, steps: readonly string[]): string | undefined {
  const value = valueAt(object, ...steps);
  if (value === undefined || value === null || Number.isSafeInteger(value)) return undefined;
  if (typeof value === 'object') return undefined; // the schema tells it
  const type = typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : 'string';
  return `.${steps.join('.')} accessor error: ${value} is of the type ${type}, expected int64`;
}
