/** The part of a strategy that all built-in kinds share, around what one kind does of its own. */
import { equals, type JsonObject, numberAt, objectAt } from '../../../kubernetes/json.ts';
import type { Schema } from '../schemas/schema.ts';
import { copyOf, type Draft, ensure } from './draft.ts';
import { goForm } from './go/goForm.ts';
import { Problems } from './problems.ts';
import type { Change, Strategy } from './resource.ts';
import { checkSchema, filledIn } from './schemaWork.ts';

/** What one kind does beside its schema. Drafts are copies that may be changed. */
export interface Rules {
  /** pkg/apis/<group>/<version>/defaults.go */
  readonly defaults?: (draft: Draft) => void;
  /** PrepareForCreate: what the server owns. The status is dropped before. */
  readonly onCreate?: (draft: Draft, change: Change) => void;
  /** PrepareForUpdate of the main resource. The status is the old one's by then. */
  readonly onUpdate?: (draft: Draft, old: JsonObject, change: Change) => void;
  /** PrepareForUpdate of the status subresource, where more than the status counts. */
  readonly onStatus?: (draft: Draft, old: JsonObject, change: Change) => void;
  /** What a deletion begins with. */
  readonly onDelete?: (draft: Draft, change: Change) => void;
  /** What is wrong with an object, new or changed. Never asked about a change of the status alone. */
  readonly check?: (object: JsonObject, problems: Problems, old: JsonObject | undefined) => void;
  /** What may not change. */
  readonly checkUpdate?: (object: JsonObject, old: JsonObject, problems: Problems) => void;
  readonly checkStatus?: (object: JsonObject, old: JsonObject, problems: Problems) => void;
  readonly warnings?: (object: JsonObject, old: JsonObject | undefined) => readonly string[];
  /** Whether metadata.generation counts changes. */
  readonly hasGeneration?: boolean;
  /** Labels are not changed by way of the status either. */
  readonly statusKeepsLabels?: boolean;
  /** Beside spec and status, an annotation counts as a change of the generation: Deployments. */
  readonly annotationsCount?: boolean;
  /** The status that a new object comes with is kept: Nodes. */
  readonly createsWithStatus?: boolean;
  readonly createsOnUpdate?: boolean;
  readonly graceSeconds?: number;
}

/**
 * @param schemaOf the kind's schema, asked when it is needed
 * @param emptyStatus what a new object has as its status; absent where there is no status subresource
 */
export function strategyOf(schemaOf: () => Schema, emptyStatus: JsonObject | undefined, rules: Rules): Strategy {
  const hasStatus = emptyStatus !== undefined;
  return {
    withDefaults(object) {
      const draft = copyOf(filledIn(object, schemaOf()));
      rules.defaults?.(draft);
      goForm(draft, schemaOf());
      return draft;
    },

    beforeCreate(object, change) {
      const draft = copyOf(object);
      if (hasStatus && rules.createsWithStatus !== true) draft.status = newStatus(emptyStatus, schemaOf());
      // a kind that counts none keeps the one that it was sent with
      if (rules.hasGeneration === true) ensure(draft, 'metadata').generation = 1;
      rules.onCreate?.(draft, change);
      return draft;
    },

    beforeUpdate(object, old, change) {
      if (change.subresource === 'status' && hasStatus) {
        const draft = withStatusOnly(object, old, rules);
        rules.onStatus?.(draft, old, change);
        return draft;
      }
      const draft = copyOf(object);
      if (hasStatus) takeFrom(draft, old, 'status');
      rules.onUpdate?.(draft, old, change);
      setGeneration(draft, old, rules);
      return draft;
    },

    beforeDelete(object, change) {
      if (rules.onDelete === undefined) return object;
      const draft = copyOf(object);
      rules.onDelete(draft, change);
      return draft;
    },

    validate(object, old, change) {
      const problems = new Problems();
      problems.add(...checkSchema(object, schemaOf(), old));
      if (old !== undefined && change.subresource === 'status') {
        rules.checkStatus?.(object, old, problems);
        return problems.causes;
      }
      rules.check?.(object, problems, old);
      if (old !== undefined) rules.checkUpdate?.(object, old, problems);
      return problems.causes;
    },

    warnings: (object, old) => rules.warnings?.(object, old) ?? [],
    createsOnUpdate: rules.createsOnUpdate === true,
    ...(rules.graceSeconds !== undefined && { graceSeconds: rules.graceSeconds }),
  };
}

function newStatus(status: JsonObject, schema: Schema): Draft {
  const draft = copyOf(status);
  goForm(draft, schema.properties?.status ?? {});
  return draft;
}

/** The old object with the new one's status, and the metadata that may be changed by this way. */
function withStatusOnly(object: JsonObject, old: JsonObject, rules: Rules): Draft {
  const draft = copyOf(object);
  for (const key of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (key !== 'apiVersion' && key !== 'kind' && key !== 'metadata' && key !== 'status') takeFrom(draft, old, key);
  }
  if (rules.statusKeepsLabels === true) takeFrom(ensure(draft, 'metadata'), objectAt(old, 'metadata') ?? {}, 'labels');
  keepGeneration(draft, old);
  return draft;
}

/** Gives the draft the old object's member, or none where that has none. */
export function takeFrom(draft: Draft, old: JsonObject, key: string): void {
  const before = copyOf({ value: old[key] }).value;
  if (before === undefined) delete draft[key];
  else draft[key] = before;
}

/** The generation counts every change of what is neither metadata nor status. */
function setGeneration(draft: Draft, old: JsonObject, rules: Rules): void {
  keepGeneration(draft, old);
  if (rules.hasGeneration !== true) return;

  const isSame =
    equals(desired(draft), desired(old)) && (rules.annotationsCount !== true || sameAnnotations(draft, old));
  if (!isSame) ensure(draft, 'metadata').generation = (numberAt(old, 'metadata', 'generation') ?? 0) + 1;
}

function keepGeneration(draft: Draft, old: JsonObject): void {
  takeFrom(ensure(draft, 'metadata'), objectAt(old, 'metadata') ?? {}, 'generation');
}

function desired(object: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

function sameAnnotations(draft: JsonObject, old: JsonObject): boolean {
  const annotationsOf = (object: JsonObject) => objectAt(object, 'metadata', 'annotations') ?? {};
  return equals(annotationsOf(draft), annotationsOf(old));
}
