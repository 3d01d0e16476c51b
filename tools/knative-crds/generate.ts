/**
 * Writes src/platform/crds/knative.generated.json: the CustomResourceDefinitions of Knative Serving, without their
 * descriptions, one a line. Needs Go: they come from the modules that tools/controlplane builds Knative from.
 *
 * The foreign text stands under Knative's licence, Apache-2.0, as src/platform/crds/README.md says.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isArray, isObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { writeGenerated } from '../generate/generated.ts';

const MODULES = path.join(import.meta.dirname, '../controlplane/modules/knative');
/** Of the release that the modules belong to, by which clients tell what this Knative can do. */
const VERSION = '1.23.0';
const FOLDERS = [
  { module: 'knative.dev/serving', folder: 'config/core/300-resources' },
  { module: 'knative.dev/networking', folder: 'config' },
  { module: 'knative.dev/caching', folder: 'config' },
] as const;

const definitions: JsonValue[] = [];
for (const { module, folder } of FOLDERS) {
  const from = path.join(directoryOf(module), folder);
  for (const name of readdirSync(from).sort()) {
    if (!name.endsWith('.yaml')) continue;
    for (const { object } of readManifests(readFileSync(path.join(from, name), 'utf8'), name).documents) {
      if (stringAt(object, 'kind') === 'CustomResourceDefinition') definitions.push(withoutDescriptions(object));
    }
  }
}
definitions.sort((left, right) => nameOf(left).localeCompare(nameOf(right), 'en'));
// the modules say `devel`, which a release replaces by its number
const lines = definitions.map((definition) =>
  JSON.stringify(definition).replaceAll('"devel"', JSON.stringify(VERSION)),
);
writeGenerated('src/platform/crds/knative.generated.json', `[\n${lines.join(',\n')}\n]\n`, 'npm run generate:crds');

function directoryOf(module: string): string {
  const found = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: MODULES, encoding: 'utf8' });
  return found.trim();
}

function nameOf(definition: JsonValue): string {
  return stringAt(definition, 'metadata', 'name') ?? '';
}

/** A field may be called description, too: only a text beside a type is one about the field. */
function withoutDescriptions(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutDescriptions);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, each]) =>
    each === undefined || (key === 'description' && typeof each === 'string') ? [] : [[key, withoutDescriptions(each)]],
  );
  return Object.fromEntries(kept);
}
