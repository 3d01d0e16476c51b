/** `weir policy diff`: where two effective policies differ, value by value. */
import { equals, isArray, isObject, type JsonObject, type JsonValue } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { describeSource, type EffectivePolicy } from './engine/policy.ts';
import { nameOf } from './load/sentence.ts';
import { inOrder } from './show.ts';

export interface PolicySide {
  readonly policy: EffectivePolicy;
  /** The policy's from PolicySet.specs. */
  readonly spec: JsonObject;
}

export interface PolicyDifference {
  /** JSON pointer into the policy; a custom rule is named by its name: `/spec/custom/team-label`. */
  readonly pointer: string;
  /** Absent where that policy has no such value. */
  readonly left?: JsonValue;
  readonly right?: JsonValue;
  /** `policies/dev.yaml:12`, where there is a value. */
  readonly leftSource?: string;
  readonly rightSource?: string;
}

/** What a file says about itself is no difference between environments. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['extends', 'abstract', 'description']);

export function diffPolicies(left: PolicySide, right: PolicySide): PolicyDifference[] {
  const differences: PolicyDifference[] = [];
  compare('/spec', comparable(left), comparable(right), differences);
  return differences.map((difference) => ({
    ...difference,
    ...(difference.left === undefined ? {} : { leftSource: sourceOf(left.policy, difference.pointer) }),
    ...(difference.right === undefined ? {} : { rightSource: sourceOf(right.policy, difference.pointer) }),
  }));
}

function comparable({ policy, spec }: PolicySide): JsonObject {
  const { enforcement, knative } = policy;
  const fields = Object.entries(spec).filter(([key]) => !OWN_FIELDS.has(key));
  return inOrder({ ...Object.fromEntries(fields), enforcement, knative: { ...knative }, custom: byName(spec.custom) });
}

/** Custom rules are told apart by their names: where one stands in the list means nothing. */
function byName(custom: JsonValue | undefined): JsonObject {
  const rules: [string, JsonValue][] = [];
  for (const rule of isArray(custom) ? custom : []) {
    if (isObject(rule) && typeof rule.name === 'string') rules.push([rule.name, rule]);
  }
  return Object.fromEntries(rules);
}

function compare(
  path: string,
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  differences: PolicyDifference[],
): void {
  if (isObject(left) || isObject(right)) {
    const leftFields = isObject(left) ? left : {};
    const rightFields = isObject(right) ? right : {};
    for (const key of new Set([...Object.keys(leftFields), ...Object.keys(rightFields)])) {
      compare(join(path, key), ownField(leftFields, key), ownField(rightFields, key), differences);
    }
    return;
  }
  if (equals(left, right)) return;
  differences.push({
    pointer: path,
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
  });
}

function ownField(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function sourceOf(policy: EffectivePolicy, pointer: string): string {
  return describeSource(policy, pointer.startsWith('/spec/custom/') ? '/spec/custom' : pointer);
}

/** The differences as a table, ready to print: what differs, and of each side the value and where it was written. */
export function diffTable(differences: readonly PolicyDifference[], leftName: string, rightName: string): string {
  if (differences.length === 0) return `${leftName} and ${rightName} are the same\n`;

  const rows = [['', leftName, '', rightName, '']];
  for (const { pointer, left, right, leftSource, rightSource } of differences) {
    rows.push([nameOf(pointer), cell(left), place(leftSource), cell(right), place(rightSource)]);
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** The place that counts, without those that it overrides. */
function place(source = ''): string {
  return source.split(' overrides ', 1)[0] ?? '';
}

function cell(value: JsonValue | undefined): string {
  if (value === undefined) return '–';
  if (isArray(value)) return value.length === 0 ? 'none' : value.map(cell).join(', ');
  if (isObject(value)) return JSON.stringify(value);
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : String(value);
}
