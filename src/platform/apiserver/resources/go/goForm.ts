/**
 * An object as it comes back from Kubernetes, whose types Go reads and writes: what is empty is left out where the type
 * says `omitempty`, what is no pointer is always there, and quantities are in their canonical form.
 */
import { ownMember, setOwn } from '../../../../kubernetes/json.ts';
import type { Schema } from '../../schemas/schema.ts';
import { type Draft, type DraftValue, isDraft } from '../draft.ts';
import { canonicalQuantity } from './quantity.ts';
import { SHAPES } from './shapes.generated.ts';

const APIMACHINERY = 'io.k8s.apimachinery.pkg';
const QUANTITY = `${APIMACHINERY}.api.resource.Quantity`;
const INT_OR_STRING = `${APIMACHINERY}.util.intstr.IntOrString`;

interface Shape {
  readonly omitted: readonly string[];
  readonly always: readonly string[];
}

const NO_SHAPE: Shape = { omitted: [], always: [] };
const shapes = new Map<string, Shape>();

/** Changes the draft to how Go would write it. Types that are none of Go's are left alone. */
export function goForm(draft: Draft, schema: Schema): void {
  const { omitted, always } = shapeOf(schema);
  for (const key of Object.keys(draft)) {
    const member = memberOf(schema, key);
    const value = draft[key];
    if (member !== undefined && value !== undefined) setOwn(draft, key, goValue(value, member));
  }
  for (const key of omitted) {
    // an empty list of these asks to forget all owners: whoever tracks them must see it, and takes it out
    if (key === 'managedFields' && Array.isArray(draft[key])) continue;
    if (Object.hasOwn(draft, key) && isEmpty(draft[key])) delete draft[key];
  }
  for (const key of always) {
    const member = memberOf(schema, key);
    if (member !== undefined && ownMember(draft, key) === undefined) draft[key] = zeroOf(member);
  }
}

function goValue(value: DraftValue, schema: Schema): DraftValue {
  if (schema.name === QUANTITY) return canonicalQuantity(value) ?? value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => goValue(item, items));
  }
  if (isDraft(value)) goForm(value, schema);
  return value;
}

function memberOf({ properties, additionalProperties }: Schema, key: string): Schema | undefined {
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function shapeOf({ name }: Schema): Shape {
  if (name === undefined) return NO_SHAPE;
  const known = shapes.get(name);
  if (known !== undefined) return known;

  const [omitted = '', always = ''] = (Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined) ?? [];
  const shape = { omitted: wordsOf(omitted), always: wordsOf(always) };
  shapes.set(name, shape);
  return shape;
}

function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

function isEmpty(value: DraftValue | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isDraft(value) && Object.keys(value).length === 0;
}

/** What Go writes of a field that nobody has set. */
function zeroOf(schema: Schema): DraftValue {
  if (schema.name === QUANTITY) return '0';
  if (schema.name === INT_OR_STRING) return 0;
  if (schema.name !== undefined && Object.hasOwn(SHAPES, schema.name)) {
    const zero: Draft = {};
    goForm(zero, schema);
    return zero;
  }
  if (schema.format === 'date-time') return null;
  if (schema.type === 'string') return '';
  if (schema.type === 'boolean') return false;
  return schema.type === 'integer' || schema.type === 'number' ? 0 : null;
}
