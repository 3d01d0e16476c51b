/** Writes the tables of docs/policies.md from the JSON Schema of an EnvironmentPolicy: every section and field of a spec. */
import { readFileSync } from 'node:fs';
import { isObject } from '../../src/kubernetes/json.ts';
import type { JsonSchema } from '../../src/policy/model/bounds.ts';
import { environmentPolicySchema } from '../../src/policy/model/schema.ts';
import { writeGenerated } from './generated.ts';

const FILE = 'docs/policies.md';
const BEGIN = '<!-- fields: written by tools/generate/policyDocs.ts -->\n';
const END = '<!-- end of fields -->\n';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

/** The tables: first what stands alone in a spec, then each section with all of its fields. */
function tables(spec: JsonSchema): string {
  const single: Field[] = [];
  const sections: string[] = [];
  for (const [name, schema] of propertiesOf(spec)) {
    const fields = fieldsWithin(schema, '');
    if (fields.length === 0) single.push({ name, type: typeOf(schema), description: descriptionOf(schema) });
    else sections.push(`### ${name}\n\n${descriptionOf(schema)}.\n\n${table(fields)}`);
  }
  return ['### On their own', table(single), ...sections].join('\n\n');
}

/** The fields below a schema, as `capabilities.drop.default`, and `pullSecrets[].registry` within lists. */
function fieldsWithin(schema: JsonSchema, prefix: string): Field[] {
  const fields: Field[] = [];
  for (const [key, child] of propertiesOf(schema)) {
    const name = `${prefix}${key}`;
    const isList = child.type === 'array';
    const inner = isBounds(child)
      ? []
      : fieldsWithin(isList ? schemaAt(child, 'items') : child, `${name}${isList ? '[]' : ''}.`);
    if (inner.length === 0 || descriptionOf(child) !== '') {
      fields.push({ name, type: typeOf(child), description: descriptionOf(child) });
    }
    fields.push(...inner);
  }
  const items = schema.type === 'array' ? fieldsWithin(schemaAt(schema, 'items'), prefix) : [];
  return [...fields, ...items];
}

function typeOf(schema: JsonSchema): string {
  if (isBounds(schema)) return `bounds: ${BOUNDS[String(schema['x-weir-order'])] ?? ''}`;
  if (Array.isArray(schema.enum)) return schema.enum.join(', ');
  if (schema.format === 'quantity') return 'quantity';
  if (schema.type === 'array') return `list of ${itemOf(schemaAt(schema, 'items'))}`;
  if (schema.type !== 'object') return NAMES[String(schema.type)] ?? String(schema.type);
  const { additionalProperties } = schema;
  if (!isSchema(additionalProperties)) return 'mapping';
  return additionalProperties.enum === undefined ? 'mapping of texts' : `mapping to ${typeOf(additionalProperties)}`;
}

function itemOf(items: JsonSchema): string {
  if (Array.isArray(items.enum)) return items.enum.join(', ');
  return items.type === 'object' ? 'mappings' : 'texts';
}

const NAMES: Readonly<Record<string, string>> = { string: 'text', boolean: 'true, false', integer: 'whole number' };
const BOUNDS: Readonly<Record<string, string>> = {
  number: 'number',
  duration: 'duration (60s, 1h30m)',
  'duration-iso': 'ISO 8601 duration (PT0.5S)',
  quantity: 'quantity',
};

function isBounds(schema: JsonSchema): boolean {
  return schema['x-weir-order'] !== undefined;
}

function propertiesOf(schema: JsonSchema): [string, JsonSchema][] {
  return Object.entries(schemaAt(schema, 'properties')).filter((entry): entry is [string, JsonSchema] => {
    return typeof entry[1] === 'object' && entry[1] !== null;
  });
}

function schemaAt(schema: JsonSchema, key: string): JsonSchema {
  const value = schema[key];
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is JsonSchema {
  return isObject(value);
}

function descriptionOf(schema: JsonSchema): string {
  return typeof schema.description === 'string' ? schema.description : '';
}

function table(fields: readonly Field[]): string {
  const rows = fields.map(({ name, type, description }) => `| \`${name}\` | ${cell(type)} | ${cell(description)} |`);
  return ['| field | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** `*` would begin an emphasis, `<name>` a tag, and `|` the next cell. */
function cell(text: string): string {
  return text.replace(/[|*<]/g, '\\$&');
}

function withTables(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${FILE} has no place for the tables, between ${BEGIN}and ${END}`);
  const spec = schemaAt(schemaAt(environmentPolicySchema, 'properties'), 'spec');
  return `${page.slice(0, begin + BEGIN.length)}\n${tables(spec)}\n\n${page.slice(end)}`;
}

writeGenerated(FILE, withTables(readFileSync(FILE, 'utf8')));
