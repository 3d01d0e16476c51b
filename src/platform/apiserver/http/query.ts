/** Options that stand in the query or, for a DELETE, in the body (k8s.io/apimachinery pkg/apis/meta/v1/validation). */
import {
  booleanAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../kubernetes/json.ts';
import { notRegistered } from '../objects/decode.ts';
import { managerCauses } from '../objects/metadata/validate.ts';
import type { DeleteOptions, FieldValidation, Propagation, WriteOptions } from '../objects/objects.ts';
import { parseFieldSelector } from '../objects/selectors/fields.ts';
import { parseLabelSelector } from '../objects/selectors/labels.ts';
import type { Selectors } from '../objects/selectors/selectors.ts';
import type { Resource } from '../resources/resource.ts';
import { forbiddenValue, invalidValue, notSupportedValue, requiredValue } from '../status/causes.ts';
import { badRequest, type Cause, invalid } from '../status/failure.ts';

const META = 'meta.k8s.io';
const VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const;
const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

export type OptionsKind = 'CreateOptions' | 'PatchOptions' | 'UpdateOptions';

/**
 * @param isApply whether they are those of a server-side apply, which must name its manager; for PatchOptions
 * @throws Failure 422 where one of them is none
 */
export function writeOptionsOf(
  query: URLSearchParams,
  kind: OptionsKind,
  isApply = false,
): WriteOptions & { force: boolean } {
  const fieldManager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun').filter((each) => each !== '');
  const validation = query.get('fieldValidation') ?? '';
  const force = kind === 'PatchOptions' ? booleanIn(query, 'force') : undefined;

  const causes: Cause[] = [];
  if (isApply && fieldManager === '') causes.push(requiredValue('fieldManager', 'is required for apply patch'));
  if (!isApply && force !== undefined) {
    causes.push(forbiddenValue('force', 'may not be specified for non-apply patch'));
  }
  causes.push(...managerCauses(fieldManager, 'fieldManager'), ...dryRunCauses(dryRun));
  const known = VALIDATIONS.find((each) => each === validation);
  if (known === undefined && validation !== '') {
    causes.push(notSupportedValue('fieldValidation', validation, ['', ...VALIDATIONS]));
  }
  refuse(kind, causes);

  const sent = {
    ...(dryRun.length > 0 && { dryRun }),
    ...(force !== undefined && { force }),
    ...(fieldManager !== '' && { fieldManager }),
    ...(validation !== '' && { fieldValidation: validation }),
  };
  const fieldValidation: FieldValidation = known ?? 'Warn';
  return { dryRun: dryRun.length > 0, fieldManager, fieldValidation, sent, force: force === true };
}

/** Of the body where there is one, else of the query. @throws Failure 400, 422 */
export function deleteOptionsOf(query: URLSearchParams, body: JsonValue | undefined): DeleteOptions {
  const sent = body === undefined ? fromQuery(query) : fromBody(body);
  const causes: Cause[] = [];
  const policy = stringAt(sent, 'propagationPolicy');
  const orphanDependents = booleanAt(sent, 'orphanDependents');
  if (policy !== undefined && orphanDependents !== undefined) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    causes.push(invalidValue('propagationPolicy', policy, why));
  }
  const propagationPolicy: Propagation | undefined = POLICIES.find((each) => each === policy);
  if (policy !== undefined && propagationPolicy === undefined) {
    causes.push(notSupportedValue('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  const dryRun = Array.isArray(sent.dryRun) ? sent.dryRun.filter((each) => typeof each === 'string') : [];
  causes.push(...dryRunCauses(dryRun));
  refuse('DeleteOptions', causes);

  const gracePeriodSeconds = numberAt(sent, 'gracePeriodSeconds');
  const uid = stringAt(sent, 'preconditions', 'uid');
  const resourceVersion = stringAt(sent, 'preconditions', 'resourceVersion');
  return {
    dryRun: dryRun.length > 0,
    sent,
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(orphanDependents !== undefined && { orphanDependents }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    preconditions: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
  };
}

function fromQuery(query: URLSearchParams): JsonObject {
  const dryRun = query.getAll('dryRun').filter((each) => each !== '');
  const grace = integerIn(query, 'gracePeriodSeconds');
  const orphan = booleanIn(query, 'orphanDependents');
  const policy = query.get('propagationPolicy') ?? '';
  return {
    ...(dryRun.length > 0 && { dryRun }),
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(orphan !== undefined && { orphanDependents: orphan }),
    ...(policy !== '' && { propagationPolicy: policy }),
  };
}

function fromBody(body: JsonValue): JsonObject {
  if (!isObject(body)) throw badRequest('the body of a DELETE must be DeleteOptions');
  const { kind, apiVersion, ...rest } = body;
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    const version = typeof apiVersion === 'string' ? apiVersion : '';
    throw badRequest(notRegistered(String(kind), version));
  }
  const grace = rest.gracePeriodSeconds;
  if (grace !== undefined && grace !== null && !Number.isInteger(grace)) {
    throw badRequest('DeleteOptions: gracePeriodSeconds must be an integer');
  }
  if (
    rest.preconditions !== undefined &&
    rest.preconditions !== null &&
    objectAt(rest, 'preconditions') === undefined
  ) {
    throw badRequest('DeleteOptions: preconditions must be an object');
  }
  return rest;
}

/** Of a list, a watch, a DELETE of a collection. @throws Failure 400 */
export function selectorsOf(query: URLSearchParams, resource: Resource): Selectors {
  return {
    labels: parseLabelSelector(query.get('labelSelector') ?? ''),
    fields: parseFieldSelector(query.get('fieldSelector') ?? '', resource),
  };
}

/** @throws Failure 400 in Go's words */
export function integerIn(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null || text === '') return undefined;
  if (/^[+-]?\d{1,18}$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Absent where it does not stand there; there without a value means yes. */
export function booleanIn(query: URLSearchParams, key: string): boolean | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  return text.toLowerCase() !== 'false' && text !== '0';
}

function dryRunCauses(values: readonly string[]): Cause[] {
  if (values.every((each) => each === 'All')) return [];
  return [notSupportedValue('dryRun', values, ['All'])];
}

export function refuse(kind: string, causes: readonly Cause[]): void {
  if (causes.length > 0) throw invalid({ group: META, kind }, '', causes);
}
