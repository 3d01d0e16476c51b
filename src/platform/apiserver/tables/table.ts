/** What `kubectl get` shows: columns, and a row for each object (meta.k8s.io/v1 Table). */
import { type JsonObject, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { CLUSTER_TABLES } from './cluster.ts';
import type { Printer } from './column.ts';
import { CORE_TABLES } from './core.ts';
import { customPrinter } from './custom.ts';
import { DESCRIPTIONS } from './descriptions.generated.ts';
import { nodePrinter } from './nodes.ts';
import { podPrinter } from './pods.ts';
import { WORKLOAD_TABLES } from './workloads.ts';

export interface Row {
  readonly cells: readonly JsonValue[];
  readonly conditions?: readonly JsonObject[];
}

export interface TableContent {
  readonly columnDefinitions: readonly JsonObject[];
  /** Null where there are none of a kind that has no printer of its own. */
  readonly rows: readonly Row[] | null;
}

const PRINTERS: Readonly<Record<string, Printer>> = {
  ...CORE_TABLES,
  ...WORKLOAD_TABLES,
  ...CLUSTER_TABLES,
  pods: podPrinter,
  nodes: nodePrinter,
};

/** Kinds that Kubernetes prints nothing of but their name. */
const PLAIN: Printer = {
  columns: [
    { name: 'Name', format: 'name' },
    { name: 'Created At', type: 'date' },
  ],
  cells: (object) => [
    stringAt(object, 'metadata', 'name') ?? '',
    stringAt(object, 'metadata', 'creationTimestamp') ?? '',
  ],
};

/**
 * The table of the objects, without what `includeObject` asks for. All columns are given, also those that only
 * `-o wide` shows: they have a priority.
 *
 * @param objects in the version that is stored where versions differ
 * @param now ages are counted from it
 */
export function tableOf(resource: Resource, objects: readonly JsonObject[], now: Date): TableContent {
  const printer = printerOf(resource);
  const descriptions = resource.isCustom ? [] : (DESCRIPTIONS[resource.storedAs] ?? []);
  return {
    columnDefinitions: printer.columns.map(
      ({ name, type = 'string', format = '', description = '', priority = 0 }, index) => ({
        name,
        type,
        format,
        description: descriptions[index] ?? description,
        priority,
      }),
    ),
    rows:
      printer === PLAIN && objects.length === 0
        ? null
        : objects.map((object) => {
            const conditions = printer.conditions?.(object) ?? [];
            return { cells: printer.cells(object, now), ...(conditions.length > 0 && { conditions }) };
          }),
  };
}

const custom = new WeakMap<Resource, Printer>();

function printerOf(resource: Resource): Printer {
  if (!resource.isCustom) {
    return (Object.hasOwn(PRINTERS, resource.storedAs) ? PRINTERS[resource.storedAs] : undefined) ?? PLAIN;
  }
  const known = custom.get(resource) ?? customPrinter(resource.columns);
  custom.set(resource, known);
  return known;
}
