/** Asks a kube-apiserver what it says to schemas and to objects of one kind. */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { Api } from '../controlplane/kubernetes/api.ts';

const GROUP = 'reference.weir.dev';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const THINGS = `/apis/${GROUP}/v1/things`;
const ANYTHING: JsonObject = {
  type: 'object',
  properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
};

/** What is wrong, each as `reason field: message`, or the object as it would be stored. */
export interface Verdict {
  readonly causes: readonly string[];
  readonly object?: JsonObject;
  /** Sentences of `fieldValidation=Warn` are not told: those of `Strict` are. */
  readonly unknown?: string;
}

function definition(schema: JsonObject, singular = 'thing'): JsonObject {
  const plural = `${singular}s`;
  const kind = `T${singular.slice(1)}`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Cluster',
      names: { plural, singular, kind, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

export async function askSchema(api: Api, schema: JsonObject): Promise<readonly string[]> {
  const { body } = await api.ask('POST', `${DEFINITIONS}?dryRun=All`, definition(schema));
  return causesIn(body);
}

/** Puts the schema in force, in place of any other, and waits until it is. */
export async function useSchema(api: Api, schema: JsonObject): Promise<void> {
  const path = `${DEFINITIONS}/things.${GROUP}`;
  const { status, body } = await api.ask('GET', path);
  if (status === 404) await api.create(DEFINITIONS, definition(schema));
  else {
    const resourceVersion = stringAt(body, 'metadata', 'resourceVersion') ?? '';
    const next = definition(schema);
    const { status: answered, body: why } = await api.ask('PUT', path, {
      ...next,
      metadata: { ...objectAt(next, 'metadata'), resourceVersion },
    });
    if (answered >= 300) throw new Error(stringAt(why, 'message') ?? 'the schema is refused');
  }
  await inForce();
}

/** The server takes a moment to serve what a definition says. */
function inForce(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3000));
}

export function useNoSchema(api: Api): Promise<void> {
  return useSchema(api, ANYTHING);
}

function thing(spec: JsonObject, name = 'thing'): JsonObject {
  return { apiVersion: `${GROUP}/v1`, kind: 'Thing', metadata: { name }, spec };
}

export async function askObject(api: Api, spec: JsonObject): Promise<Verdict> {
  const { status, body } = await api.ask('POST', `${THINGS}?dryRun=All`, thing(spec));
  if (status >= 300) return { causes: causesIn(body) };
  const strict = await api.ask('POST', `${THINGS}?dryRun=All&fieldValidation=Strict`, thing(spec));
  const { metadata: _, ...object } = isObject(body) ? body : {};
  const message = strict.status >= 300 ? stringAt(strict.body, 'message') : undefined;
  return { causes: [], object, ...(message !== undefined && { unknown: message }) };
}

export async function createOld(api: Api, specs: readonly JsonObject[]): Promise<void> {
  for (const [index, spec] of specs.entries()) await api.create(THINGS, thing(spec, `old-${index}`));
}

export async function askUpdate(api: Api, index: number, spec: JsonObject): Promise<readonly string[]> {
  const path = `${THINGS}/old-${index}`;
  const old = await api.get(path);
  const next = { ...(isObject(old) ? old : {}), spec };
  const { status, body } = await api.ask('PUT', `${path}?dryRun=All`, next);
  return status >= 300 ? causesIn(body) : [];
}

/** What each expression gives, or what is wrong with it before it runs; null where it has no value. */
export interface ExpressionVerdict {
  readonly error?: string;
  readonly value?: string | null;
}

/**
 * Asks for each value as the message of a rule that never holds. Each rule stands in a schema of its own, since what
 * the rules of one schema may cost together is bounded.
 */
export async function askExpressions(
  api: Api,
  schema: JsonObject,
  spec: JsonObject,
  expressions: readonly string[],
): Promise<readonly ExpressionVerdict[]> {
  const verdicts: { error?: string; value?: string | null }[] = [];
  for (const [index, messageExpression] of expressions.entries()) {
    const rule = { rule: 'false', message: 'none', messageExpression };
    const whole = { type: 'object', properties: { spec: { ...schema, 'x-kubernetes-validations': [rule] } } };
    const { body } = await api.ask('POST', DEFINITIONS, definition(whole, `thing${index}`));
    const [cause] = causesIn(body);
    verdicts.push(cause === undefined ? {} : { error: cause.replace(/^.*?\}: /s, '') });
  }
  await inForce();
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.error !== undefined) continue;
    const { body } = await api.ask('POST', `/apis/${GROUP}/v1/thing${index}s?dryRun=All`, {
      ...thing(spec),
      kind: `Thing${index}`,
    });
    const message = stringAt(body, 'details', 'causes', 0, 'message')?.replace(/^Invalid value: /, '');
    verdict.value = message === undefined || message === 'none' ? null : message;
  }
  return verdicts;
}

/** In order, since Go goes through maps in any order. */
function causesIn(body: JsonValue): string[] {
  const causes = arrayAt(body, 'details', 'causes');
  const told = causes.map((cause) => {
    return `${stringAt(cause, 'reason')} ${stringAt(cause, 'field')}: ${stringAt(cause, 'message')}`;
  });
  if (told.length === 0 && stringAt(body, 'status') === 'Failure') told.push(stringAt(body, 'message') ?? '');
  return told.sort();
}
