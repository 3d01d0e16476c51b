/**
 * Writes the CustomResourceDefinitions of Knative Serving (src/platform/crds/knative.generated.json) and Eventing
 * (knativeEventing.generated.json), without their descriptions, one a line. Needs Go: Serving's come from the modules that
 * tools/controlplane builds Knative from, Eventing's from its own.
 *
 * The foreign text stands under Knative's licence, Apache-2.0, as src/platform/crds/README.md says.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { writeGenerated } from '../generate/generated.ts';

const MODULES = path.join(import.meta.dirname, '../controlplane/modules/knative');
/** Of the release that the modules belong to, by which clients tell what this Knative can do. */
const VERSION = '1.23.0';
const EVENTING = { module: 'knative.dev/eventing@v0.50.0', sum: 'h1:4GSn7yyMLgpGUqU0vZjcyFKK0vSi3TtZXPVzb7HW7Ds=' };
/** EventTypes of one version are made another by Knative's webhook: foreign.ts has those. Nothing here acts on the others. */
const LEFT_OUT = new Set([
  'eventtypes.eventing.knative.dev',
  'integrationsinks.sinks.knative.dev',
  'integrationsources.sources.knative.dev',
  'jobsinks.sinks.knative.dev',
  'requestreplies.eventing.knative.dev',
]);
/** Its versions have the same fields, so that nobody has to make one of the other. */
const ALIKE = 'pingsources.sources.knative.dev';

const eventing = downloaded(EVENTING);
write('knative', [
  path.join(directoryOf('knative.dev/serving'), 'config/core/300-resources'),
  path.join(directoryOf('knative.dev/networking'), 'config'),
  path.join(directoryOf('knative.dev/caching'), 'config'),
]);
write('knativeEventing', [
  path.join(eventing, 'config/core/resources'),
  path.join(eventing, 'config/channels/in-memory-channel/resources'),
]);

function write(file: string, folders: readonly string[]): void {
  const definitions = folders.flatMap(definitionsIn).filter((each) => !LEFT_OUT.has(nameOf(each)));
  definitions.sort((left, right) => nameOf(left).localeCompare(nameOf(right), 'en'));
  // the modules say `devel`, which a release replaces by its number
  const lines = definitions.map((definition) =>
    JSON.stringify(definition).replaceAll('"devel"', JSON.stringify(VERSION)),
  );
  writeGenerated(`src/platform/crds/${file}.generated.json`, `[\n${lines.join(',\n')}\n]\n`, 'npm run generate:crds');
}

function definitionsIn(folder: string): JsonObject[] {
  const definitions: JsonObject[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.yaml')) continue;
    for (const { object } of readManifests(readFileSync(path.join(folder, name), 'utf8'), name).documents) {
      if (stringAt(object, 'kind') !== 'CustomResourceDefinition') continue;
      const definition = withoutDescriptions(withoutConversion(object));
      if (isObject(definition)) definitions.push(definition);
    }
  }
  return definitions;
}

function directoryOf(module: string): string {
  const found = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: MODULES, encoding: 'utf8' });
  return found.trim();
}

/** A module that nothing here is built from. */
function downloaded({ module, sum }: { readonly module: string; readonly sum: string }): string {
  const found: JsonValue = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }));
  if (stringAt(found, 'Sum') !== sum)
    throw new Error(`${module} has the sum ${stringAt(found, 'Sum')}, and not ${sum}`);
  return stringAt(found, 'Dir') ?? '';
}

function nameOf(definition: JsonValue): string {
  return stringAt(definition, 'metadata', 'name') ?? '';
}

function withoutConversion(definition: JsonValue): JsonValue {
  if (nameOf(definition) !== ALIKE || !isObject(definition) || !isObject(definition.spec)) return definition;
  const { conversion: _, ...spec } = definition.spec;
  return { ...definition, spec };
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
