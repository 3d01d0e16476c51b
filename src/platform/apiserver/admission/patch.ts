/** What a webhook's JSON patch makes of the object, with the sentences of gopkg.in/evanphx/json-patch.v4 where it does not fit. */
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  stringAt,
  valueAt,
} from '../../../kubernetes/json.ts';
import { steps } from '../../../kubernetes/pointer.ts';
import { jsonPatch } from '../patch/jsonPatch.ts';
import { Failure, internalError } from '../status/failure.ts';
import { goKind } from '../status/goKind.ts';
import { CallFailure } from './failures.ts';
import { JSON_PATCH } from './review.ts';
import type { Webhook } from './webhook.ts';

const OPERATIONS: readonly string[] = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/**
 * @param text of the patch
 * @returns undefined where it holds no operation
 * @throws CallFailure where it is no patch, Failure 500 where it does not fit, or there is nothing to patch
 */
export function patched(
  object: JsonObject | undefined,
  text: string,
  type: string,
  webhook: Webhook,
): JsonObject | undefined {
  const patch = parse(text, webhook);
  if (patch.length === 0) return undefined;
  if (object === undefined) {
    const name = JSON.stringify(webhook.name);
    throw internalError(
      `admission webhook ${name} attempted to modify the object, which is not supported for this operation`,
    );
  }
  if (type !== JSON_PATCH) throw new CallFailure(webhook.name, `unsupported patch type ${JSON.stringify(type)}`);
  const result = apply(object, patch, webhook);
  if (!isObject(result) || result.kind !== object.kind || result.apiVersion !== object.apiVersion) {
    const kind = stringAt(object, 'kind') ?? 'object';
    throw internalError(`the patch of admission webhook "${webhook.name}" leaves no ${kind}`);
  }
  return result;
}

function parse(text: string, webhook: Webhook): JsonArray {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    throw undecodable(webhook, whyNoJson(text));
  }
  if (value === null) return [];
  if (isArray(value)) return value;
  throw undecodable(webhook, `json: cannot unmarshal ${goKind(value)} into Go value of type jsonpatch.Patch`);
}

function whyNoJson(text: string): string {
  const [first] = text.trimStart();
  if (first === undefined) return 'unexpected end of JSON input';
  return /[[{"\dtfn-]/.test(first) ? 'it is no JSON' : `invalid character '${first}' looking for beginning of value`;
}

function apply(object: JsonObject, patch: JsonArray, webhook: Webhook): JsonValue {
  try {
    return jsonPatch(object, patch);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code !== 422) throw undecodable(webhook, error.message);
    throw internalError(whyNot(object, patch));
  }
}

/** Goes through the operations again, one at a time, to the one that does not fit. */
function whyNot(object: JsonObject, patch: JsonArray): string {
  let value: JsonValue = object;
  for (const operation of patch) {
    try {
      value = jsonPatch(isObject(value) ? value : {}, [operation]);
    } catch {
      return sentence(value, operation);
    }
  }
  return 'the patch does not apply';
}

function sentence(value: JsonValue, operation: JsonValue): string {
  const op = stringAt(operation, 'op') ?? '';
  const path = stringAt(operation, 'path') ?? '';
  const way = steps(path);
  const last = way.at(-1) ?? '';
  const parent = valueAt(value, ...way.slice(0, -1).map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  if (!OPERATIONS.includes(op)) return `Unexpected kind: ${op}`;
  if (op === 'test') return `testing value ${path} failed: test failed`;
  if (!isObject(parent) && !isArray(parent)) {
    const shown = op === 'replace' ? path : JSON.stringify(path);
    return `${op} operation does not apply: doc is missing path: ${shown}: missing value`;
  }
  if (op === 'remove')
    return `error in remove for path: '${path}': Unable to remove nonexistent key: ${last}: missing value`;
  return `${op} operation does not apply: doc is missing key: ${path}: missing value`;
}

function undecodable({ name }: Webhook, why: string): CallFailure {
  return new CallFailure(name, `received undecodable patch in webhook response: ${why}`);
}
