/**
 * Tables of custom resources by their additionalPrinterColumns: k8s.io/apiextensions-apiserver
 * pkg/registry/customresource/tableconvertor/tableconvertor.go.
 */
import type { JsonValue } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import type { Column } from '../resources/resource.ts';
import { NAME, type Printer } from './column.ts';
import { DESCRIPTIONS } from './descriptions.generated.ts';
import { since } from './duration.ts';
import { findAll, parsePath } from './jsonPath.ts';

/** What names and ages are is said of all kinds alike. */
const [NAME_TEXT = '', , AGE_TEXT = ''] = DESCRIPTIONS.configmaps ?? [];

/** Where a definition names no columns. */
const AGE_ALONE: readonly Column[] = [
  { name: 'Age', type: 'date', description: AGE_TEXT, priority: 0, jsonPath: '.metadata.creationTimestamp' },
];

export function customPrinter(columns: readonly Column[]): Printer {
  const shown = (columns.length === 0 ? AGE_ALONE : columns).map((column) => ({
    column,
    steps: parsePath(column.jsonPath),
  }));
  return {
    columns: [
      { ...NAME, description: NAME_TEXT },
      ...shown.map(({ column: { name, type, format = '', priority, jsonPath, description } }) => ({
        name,
        type,
        format,
        priority,
        description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
      })),
    ],
    cells: (object, now) => [
      nameOf(object),
      ...shown.map(({ column, steps }) => {
        const [value] = steps === undefined ? [] : findAll(object, steps);
        return value === undefined ? null : cellOf(value, column.type, now);
      }),
    ],
  };
}

function cellOf(value: JsonValue, type: string, now: Date): JsonValue {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : goText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : since(value, now);
    default:
      return null;
  }
}

/** Objects and lists as JSON, the rest as it is. */
function goText(value: JsonValue): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}
