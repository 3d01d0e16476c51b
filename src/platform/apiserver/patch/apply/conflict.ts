/** Fields that are applied and belong to others (k8s.io/apimachinery pkg/util/managedfields/internal/conflict.go). */

import { Failure } from '../../status/failure.ts';
import { compareText } from '../fields/order.ts';
import { FieldSet, type Path, pathTitle } from '../fields/set.ts';
import { identityOf } from './managed.ts';

export interface Conflict {
  /** As `identityText`. */
  readonly owner: string;
  readonly path: Path;
}

/** What an apply without force meets; told as a Status by `conflictFailure`. */
export class Conflicts extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super('conflicts');
    this.conflicts = conflicts;
  }
}

export function conflictsOf(owners: ReadonlyMap<string, FieldSet>): Conflict[] {
  return [...owners]
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([owner, set]) => set.paths().map((path) => ({ owner, path })));
}

export function pathsOf(conflicts: readonly Conflict[]): FieldSet {
  return FieldSet.of(...conflicts.map(({ path }) => path));
}

/** The 409 with a cause for each field. */
export function conflictFailure(conflicts: readonly Conflict[]): Failure {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${titleOf(owner)}`,
    field: pathTitle(path),
  }));
  return new Failure(409, 'Conflict', sentence(conflicts), { causes });
}

function sentence(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${titleOf(first.owner)}: ${pathTitle(first.path)}`;
  }
  const lines: string[] = [];
  for (const owner of new Set(conflicts.map((conflict) => conflict.owner))) {
    const own = conflicts.filter((conflict) => conflict.owner === owner);
    lines.push(`conflicts with ${titleOf(owner)}:`, ...own.map(({ path }) => `- ${pathTitle(path)}`));
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

/** `"kubectl" with subresource "status" using apps/v1` */
function titleOf(owner: string): string {
  const identity = identityOf(owner);
  if (identity === undefined) return JSON.stringify(owner);
  const { manager, operation, apiVersion, subresource } = identity;
  const title =
    JSON.stringify(manager) + (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${title} using ${apiVersion}` : title;
}
