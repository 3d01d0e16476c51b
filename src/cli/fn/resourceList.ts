/**
 * The KRM function protocol: a ResourceList in, a ResourceList out
 * (kustomize, cmd/config/docs/api-conventions/functions-spec.md).
 */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import type { Finding } from '../../policy/engine/judge.ts';

/** What the functionConfig asks for. */
export interface FunctionConfig {
  readonly environment: string | undefined;
  readonly policies: string | undefined;
  readonly fix: boolean;
  readonly knative: boolean;
}

export interface ResourceList {
  readonly items: readonly JsonObject[];
  readonly config: FunctionConfig;
  /** As it came in. */
  readonly value: JsonObject;
}

/** Reads a ResourceList; a text is the sentence that says why it is none. */
export function readResourceList(value: unknown): ResourceList | string {
  if (!isObject(value) || value.kind !== 'ResourceList') {
    return 'standard input is no ResourceList; weir fn is called by Kustomize, kpt or Argo CD, and weir render reads manifests';
  }
  if (value.items !== undefined && value.items !== null && !Array.isArray(value.items)) {
    return 'the items of the ResourceList are no list';
  }
  const items: JsonObject[] = [];
  for (const [index, item] of arrayAt(value, 'items').entries()) {
    if (!isObject(item)) return `item ${index} of the ResourceList is no object`;
    items.push(item);
  }
  const config = readFunctionConfig(objectAt(value, 'functionConfig'));
  return typeof config === 'string' ? config : { items, config, value };
}

const FIELDS: ReadonlySet<string> = new Set(['environment', 'policies', 'fix', 'knative']);

/** Settings stand under `spec`, or under `data` where the functionConfig is a ConfigMap, and are texts there. */
function readFunctionConfig(config: JsonObject | undefined): FunctionConfig | string {
  const settings = objectAt(config, 'spec') ?? objectAt(config, 'data') ?? {};
  const unknown = Object.keys(settings).find((key) => !FIELDS.has(key));
  if (unknown !== undefined) {
    return `the functionConfig has the unknown field "${unknown}"; it may have ${[...FIELDS].join(', ')}`;
  }
  const wrong = ['fix', 'knative'].find((key) => !BOOLEANS.has(String(settings[key] ?? 'false')));
  if (wrong !== undefined)
    return `the functionConfig's ${wrong} is ${JSON.stringify(settings[wrong])}, and must be true or false`;
  return {
    environment: stringAt(settings, 'environment'),
    policies: stringAt(settings, 'policies'),
    fix: String(settings.fix) === 'true',
    knative: String(settings.knative) === 'true',
  };
}

const BOOLEANS: ReadonlySet<string> = new Set(['true', 'false']);

/** A finding as a result of the list, with the file from which the orchestrator took the item. */
export function resultOf(finding: Finding, item: JsonObject): JsonObject {
  const annotations = objectAt(item, 'metadata', 'annotations');
  const file =
    stringAt(annotations, 'internal.config.kubernetes.io/path') ?? stringAt(annotations, 'config.kubernetes.io/path');
  const index =
    stringAt(annotations, 'internal.config.kubernetes.io/index') ?? stringAt(annotations, 'config.kubernetes.io/index');
  const { apiVersion, kind, name, namespace } = finding.resource;
  return {
    message: `${finding.message}. More: weir explain ${finding.rule}`,
    severity: SEVERITIES[finding.action],
    resourceRef: { apiVersion, kind, name, ...(namespace === '' ? {} : { namespace }) },
    field: { path: finding.path },
    ...(file === undefined ? {} : { file: { path: file, ...(index === undefined ? {} : { index: Number(index) }) } }),
    tags: { rule: finding.rule, environment: finding.environment },
  };
}

const SEVERITIES = { deny: 'error', warn: 'warning', audit: 'info' } as const;
