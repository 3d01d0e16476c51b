/**
 * What would be done to an object for it to stand in Git as it will stand in the cluster: the policy's defaults,
 * the fixes that findings offer, and what Knative's own webhook writes.
 */
import { equals, isArray, isObject, type JsonObject, type JsonValue, type Step } from '../../kubernetes/json.ts';
import type { PatchOperation } from '../../kubernetes/jsonPatch.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { AppliedDefault } from '../engine/default.ts';
import { applyPatch, type Edit, toJsonPatch } from '../engine/edit.ts';
import { type Catalogue, type Finding, type JudgeContext, judge } from '../engine/judge.ts';

export interface RenderOptions {
  /** Carry out the fixes of findings, too. */
  readonly fix: boolean;
  /** Write what Knative's webhook would, too: inside of `containers` this ends Argo CD's endless OutOfSync. */
  readonly knative: boolean;
  /** False: fill in nothing and carry out fixes only, as a base wants it that environments share. True if left out. */
  readonly defaults?: boolean;
}

export interface Rendered {
  /** JSON Patch against the object as it was written; removing the root means that the document goes. */
  readonly operations: readonly PatchOperation[];
  /** The object afterwards; undefined where a fix removes it. */
  readonly object: JsonObject | undefined;
  readonly defaults: readonly AppliedDefault[];
  readonly fixed: readonly Finding[];
}

/** Fixes of one object after which it is given up: a hundred containers may need several each, but not for ever. */
const ROUNDS = 1000;
/**
 * Times that the same finding is fixed: one fix may bring back what an earlier one put right (a misspelt key, spelt
 * right, may be one to remove), and where one of many equal items is removed, the next takes its place.
 */
const TRIES = 20;

export function render(
  object: JsonObject,
  context: JudgeContext,
  catalogue: Catalogue,
  options: RenderOptions,
): Rendered {
  const operations: PatchOperation[] = [];
  const fixed: Finding[] = [];
  let current = object;

  if (options.fix) {
    for (let round = 0; round < ROUNDS; round++) {
      const finding = nextToFix(current, context, catalogue, fixed);
      if (finding?.fix === undefined) break;

      const changed = applyPatch(current, finding.fix);
      operations.push(...finding.fix);
      fixed.push(finding);
      if (changed === undefined) return { operations, object: undefined, defaults: [], fixed };
      current = changed;
    }
  }

  if (options.defaults === false) return { operations, object: current, defaults: [], fixed };
  const verdict = judge(current, context, catalogue);
  const edits: Edit[] = verdict.defaults.map(({ path, value }) => ({ set: path, value }));
  if (options.knative && verdict.judged) {
    edits.push(...additions(verdict.object, catalogue.knativeDefaults(verdict.object, context.policy), ''));
  }
  const fills = toJsonPatch(current, edits);
  return {
    operations: [...operations, ...fills],
    object: applyPatch(current, fills),
    defaults: verdict.defaults,
    fixed,
  };
}

/** The first finding with a fix that may still help: one at a time, since each may move the places of the others. */
function nextToFix(
  object: JsonObject,
  context: JudgeContext,
  catalogue: Catalogue,
  fixed: readonly Finding[],
): Finding | undefined {
  return judge(object, context, catalogue).findings.find((finding) => {
    if (finding.fix === undefined) return false;
    const tries = fixed.filter((earlier) => isSame(earlier, finding)).length;
    if (tries === 0) return true;
    return tries < TRIES && !equals(applyPatch(object, finding.fix), object);
  });
}

function isSame(left: Finding, right: Finding): boolean {
  return left.rule === right.rule && left.path === right.path && left.message === right.message;
}

/** What `after` has and `before` has not, where nothing that stood before has changed. */
function additions(before: JsonValue, after: JsonValue, path: string): Edit[] {
  if (isArray(before) && isArray(after)) {
    return after.flatMap((item, index) => addition(before[index], item, path, index < before.length ? index : '-'));
  }
  if (isObject(before) && isObject(after)) {
    return Object.entries(after).flatMap(([key, item]) => addition(ownValue(before, key), item, path, key));
  }
  return [];
}

function addition(before: JsonValue | undefined, after: JsonValue | undefined, path: string, step: Step): Edit[] {
  if (after === undefined || after === null) return []; // null is what Kubernetes reads as absent
  const place = join(path, step);
  return before === undefined || before === null ? [{ set: place, value: after }] : additions(before, after, place);
}

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
