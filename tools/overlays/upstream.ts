/**
 * Writes test/overlays/upstream: what the overlays are held against and this project does not bring, as its owners publish it.
 *
 * - crds.generated.json: the CustomResourceDefinitions of Knative's operator, Knative Eventing, Istio and cert-manager,
 *   without their descriptions, one a line.
 * - settings.generated.json: the keys that Knative's ConfigMaps explain in their `_example`, by version and ConfigMap.
 *
 * Needs Go, for all of it comes from Go modules; nothing is built. The foreign texts stand under Apache-2.0, as
 * test/overlays/upstream/README.md says.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { isArray, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { writeGenerated } from '../generate/generated.ts';

const FOLDER = 'test/overlays/upstream';
const COMMAND = 'npm run generate:upstream';

/** The newest operator that can be had as a module is that of Knative 1.15; it brings the releases that it installs. */
const OPERATOR = { module: 'knative.dev/operator', version: 'v0.42.2' } as const;
/** Knative Serving 1.23. */
const SERVING = { module: 'knative.dev/serving', version: 'v0.50.0' } as const;
const NETWORKING = { module: 'knative.dev/networking', version: 'v0.0.0-20260727162500-c7a7b772cac9' } as const;
const ISTIO = { module: 'istio.io/api', version: 'v1.27.0' } as const;
const CERT_MANAGER = { module: 'github.com/cert-manager/cert-manager', version: 'v1.21.2' } as const;

const RELEASES = 'cmd/operator/kodata';
const CRDS = [
  { of: OPERATOR, file: 'config/crd/bases/operator.knative.dev_knativeservings.yaml' },
  { of: OPERATOR, file: 'config/crd/bases/operator.knative.dev_knativeeventings.yaml' },
  { of: OPERATOR, file: `${RELEASES}/knative-eventing/1.15.0/1-eventing-crds.yaml` },
  { of: OPERATOR, file: `${RELEASES}/eventing-source/1.15/kafka/eventing-kafka-controller.yaml` },
  { of: ISTIO, file: 'kubernetes/customresourcedefinitions.gen.yaml' },
  { of: CERT_MANAGER, file: 'deploy/crds/cert-manager.io_certificates.yaml' },
  { of: CERT_MANAGER, file: 'deploy/crds/cert-manager.io_issuers.yaml' },
] as const;

/** The kinds that stand in overlays/ and examples/. */
const KINDS: readonly string[] = [
  'knativeservings.operator.knative.dev',
  'knativeeventings.operator.knative.dev',
  'brokers.eventing.knative.dev',
  'triggers.eventing.knative.dev',
  'pingsources.sources.knative.dev',
  'sinkbindings.sources.knative.dev',
  'kafkasources.sources.knative.dev',
  'peerauthentications.security.istio.io',
  'authorizationpolicies.security.istio.io',
  'virtualservices.networking.istio.io',
  'certificates.cert-manager.io',
  'issuers.cert-manager.io',
];

const SETTINGS = {
  serving: {
    '1.23': [
      { of: SERVING, file: 'config/core/configmaps' },
      { of: NETWORKING, file: 'config/config-network.yaml' },
    ],
    '1.15': [{ of: OPERATOR, file: `${RELEASES}/knative-serving/1.15.2/2-serving-core.yaml` }],
  },
  eventing: {
    '1.15': [
      { of: OPERATOR, file: `${RELEASES}/knative-eventing/1.15.0/2-eventing-core.yaml` },
      { of: OPERATOR, file: `${RELEASES}/eventing-source/1.15/kafka/eventing-kafka-controller.yaml` },
    ],
  },
} as const;

interface Module {
  readonly module: string;
  readonly version: string;
}

writeGenerated(`${FOLDER}/crds.generated.json`, `[\n${crds().join(',\n')}\n]\n`, COMMAND);
const settings = Object.fromEntries(
  Object.entries(SETTINGS).map(([part, versions]) => [
    part,
    Object.fromEntries(Object.entries(versions).map(([version, sources]) => [version, keysIn(sources)])),
  ]),
);
writeGenerated(`${FOLDER}/settings.generated.json`, `${JSON.stringify(settings, undefined, 2)}\n`, COMMAND);

function crds(): string[] {
  const found = CRDS.flatMap(({ of, file }) => documentsIn(path.join(directoryOf(of), file)))
    .filter((object) => stringAt(object, 'kind') === 'CustomResourceDefinition' && KINDS.includes(nameOf(object)))
    .map(reduced);
  const missing = KINDS.filter((kind) => !found.some((object) => nameOf(object) === kind));
  if (missing.length > 0) throw new Error(`there is no CustomResourceDefinition of ${missing.join(', ')}`);
  return found
    .sort((left, right) => nameOf(left).localeCompare(nameOf(right), 'en'))
    .map((object) => JSON.stringify(object));
}

/** Names and schemas: neither what somebody else's webhook converts, nor what is written beside. */
function reduced(object: JsonObject): JsonObject {
  const { conversion: _, ...spec } = objectAt(object, 'spec') ?? {};
  const { apiVersion = '', kind = '' } = object;
  const bare = withoutDescriptions({ apiVersion, kind, metadata: { name: nameOf(object) }, spec });
  return isObject(bare) ? bare : {};
}

/** By ConfigMap: the keys of its data, and of its example, sorted. */
function keysIn(sources: readonly { readonly of: Module; readonly file: string }[]): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const { of, file } of sources) {
    for (const object of filesAt(path.join(directoryOf(of), file)).flatMap(documentsIn)) {
      if (stringAt(object, 'kind') !== 'ConfigMap') continue;
      const { _example: example, ...data } = objectAt(object, 'data') ?? {};
      const explained: unknown =
        typeof example === 'string' ? parse(example, { strict: false, uniqueKeys: false }) : {};
      const all = [...Object.keys(data), ...Object.keys(explained ?? {})].sort();
      if (all.length > 0) keys[nameOf(object)] = all;
    }
  }
  return Object.fromEntries(Object.entries(keys).sort(([left], [right]) => left.localeCompare(right, 'en')));
}

function filesAt(place: string): string[] {
  if (place.endsWith('.yaml')) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.join(place, name));
}

/** The operator's files are indented as Go's reader lets pass, and stricter ones do not. */
function documentsIn(file: string): JsonObject[] {
  return parseAllDocuments(readFileSync(file, 'utf8'), { strict: false })
    .map((document): unknown => document.toJS())
    .filter(isJsonObject);
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function directoryOf({ module, version }: Module): string {
  const told: unknown = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8' }),
  );
  const folder = isJsonObject(told) ? stringAt(told, 'Dir') : undefined;
  if (folder === undefined) throw new Error(`${module}@${version} cannot be had`);
  return folder;
}

function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

/** A field may be called description, too: only a text is one about the field. */
function withoutDescriptions(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutDescriptions);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, each]) =>
    each === undefined || (key === 'description' && typeof each === 'string') ? [] : [[key, withoutDescriptions(each)]],
  );
  return Object.fromEntries(kept);
}
