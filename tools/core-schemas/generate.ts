/**
 * `npm run generate:schemas`: the types of Kubernetes' own kinds, from the OpenAPI that its module brings along, into
 * src/platform/apiserver/schemas/core/. Needs Go. With --check nothing is written, and a difference is an error.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isArray, isObject, type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { go, needGo } from '../controlplane/build/go.ts';
import { moduleOf } from '../controlplane/build/module.ts';
import { writeGenerated } from '../generate/generated.ts';
import { GROUP_VERSIONS, type GroupVersion, META_KINDS } from './groupVersions.ts';
import { type Reduced, reduce } from './reduce.ts';

const KUBERNETES = 'k8s.io/kubernetes';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
/** Belong to every group; each file names only its own. */
const FOR_EVERY_GROUP: ReadonlySet<string> = new Set([`${META}DeleteOptions`, `${META}WatchEvent`]);
const OUT = 'src/platform/apiserver/schemas/core';

await needGo('to find the OpenAPI of Kubernetes');
const { folder: moduleFolder, version } = moduleOf('kubernetes');
const source = (await go(['list', '-m', '-f', '{{.Dir}}', KUBERNETES], { cwd: moduleFolder })).trim();
if (source === '') throw new Error(`${KUBERNETES} is not downloaded; run: npm run controlplane`);

const definitions = new Map<string, Reduced>();
const roots = new Map<string, readonly string[]>();
const kinds = new Map<string, string>();
for (const groupVersion of GROUP_VERSIONS) read(groupVersion);

const sorted = [...definitions].sort(([left], [right]) => (left < right ? -1 : 1));
write('definitions.generated.ts', [
  '/** From `group/version/kind` to the definition; the core group begins with the slash. */',
  record('KIND_DEFINITIONS', 'string', [...kinds].sort(), (name) => quote(name)),
  '/** From `apiVersion` to the definitions of its kinds; what those name belongs to it too. */',
  record('GROUP_VERSION_ROOTS', 'readonly string[]', [...roots], (names) => `[${names.map(quote).join(', ')}]`),
  '/** Each definition as JSON, so that only those that are asked for are read. */',
  record('DEFINITIONS', 'string', sorted, ({ definition }) => quote(JSON.stringify(definition))),
]);
write('descriptions.generated.ts', [
  '/** What a type (under the empty key) and its fields are for, as JSON by definition. */',
  record('DESCRIPTIONS', 'string', sorted, ({ descriptions }) => quote(JSON.stringify(descriptions))),
]);

function read({ file, name, kinds: wanted }: GroupVersion): void {
  const document: JsonObject = JSON.parse(readFileSync(path.join(source, 'api/openapi-spec/v3', file), 'utf8'));
  const all = objectAt(document, 'components', 'schemas') ?? {};
  const starts = Object.keys(all).filter((key) => isWanted(key, all[key], wanted));
  if (wanted !== 'all') {
    const missing = wanted.filter((kind) => !starts.some((start) => start.endsWith(`.${kind}`)));
    if (missing.length > 0) throw new Error(`${file} has no ${missing.join(', ')}`);
  }
  roots.set(name, starts);
  for (const start of starts) {
    for (const kind of kindsOf(all[start])) kinds.set(kind, start);
    add(start, all);
  }
}

function isWanted(key: string, definition: unknown, wanted: GroupVersion['kinds']): boolean {
  if (key.startsWith(META)) return META_KINDS.includes(key.slice(META.length));
  if (kindsOf(definition).length === 0) return false;
  const kind = key.slice(key.lastIndexOf('.') + 1);
  return wanted === 'all' || wanted.includes(kind) || wanted.includes(kind.replace(/List$/, ''));
}

function kindsOf(definition: unknown): string[] {
  const named = isObject(definition) ? definition['x-kubernetes-group-version-kind'] : undefined;
  if (!isArray(named)) return [];
  return named.filter(isObject).map(({ group, version, kind }) => `${group}/${version}/${kind}`);
}

/** A definition and all that it names. */
function add(name: string, all: JsonObject): void {
  if (definitions.has(name)) return;
  const definition = all[name];
  if (!isObject(definition)) throw new Error(`there is no definition ${name}`);
  const reduced = reduce(FOR_EVERY_GROUP.has(name) ? withoutKinds(definition) : definition);
  definitions.set(name, reduced);
  for (const reference of reduced.references) add(reference, all);
}

function withoutKinds(definition: JsonObject): JsonObject {
  const { 'x-kubernetes-group-version-kind': _, ...rest } = definition;
  return rest;
}

function record<T>(
  name: string,
  type: string,
  entries: readonly (readonly [string, T])[],
  show: (value: T) => string,
): string {
  const lines = entries.map(([key, value]) => `  ${quote(key)}: ${show(value)},`);
  return `export const ${name}: Readonly<Record<string, ${type}>> = {\n${lines.join('\n')}\n};`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

function write(file: string, parts: readonly string[]): void {
  const head = [
    '/*!',
    ` * Taken and reduced from Kubernetes ${version}, api/openapi-spec/v3, by tools/core-schemas; see NOTICE.md beside this file.`,
    ' * Copyright The Kubernetes Authors. Licensed under the Apache License, Version 2.0:',
    ' * http://www.apache.org/licenses/LICENSE-2.0',
    ' */',
  ];
  writeGenerated(path.join(OUT, file), `${[...head, '', ...parts].join('\n')}\n`, 'npm run generate:schemas');
}
