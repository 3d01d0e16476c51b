/** Finalizers that may collide: k8s.io/apiextensions-apiserver pkg/registry/customresource/validator.go. */

import type { JsonObject } from '../../../../kubernetes/json.ts';
import { qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import { finalizersOf } from '../../../../kubernetes/object.ts';

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** Sentences about finalizers that were not there before. */
export function finalizerWarnings(object: JsonObject, old: JsonObject | undefined): string[] {
  const before = new Set(finalizersOf(old));
  const added = new Set(finalizersOf(object).filter((finalizer) => !before.has(finalizer)));
  return [...added].sort().flatMap(warningsOf);
}

function warningsOf(finalizer: string): string[] {
  const start = `metadata.finalizers: ${JSON.stringify(finalizer)}`;
  const warnings = qualifiedNameErrors(finalizer).map((why) => `${start}: ${why}`);
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return warnings;

  const how = finalizer.includes('.') ? ' including a path (/)' : '';
  warnings.push(
    `${start}: prefer a domain-qualified finalizer name${how} to avoid accidental conflicts with other finalizer writers`,
  );
  return warnings;
}
