/**
 * Brings our errors and Knative's into one form, so that they can be compared as sets. Where ours differ on purpose, the
 * difference is taken away here, and the comment says what it is; anything else is a mistake of ours.
 */

import type { FieldError } from '../../../src/knative/fieldError.ts';
import { isArray, isObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { steps } from '../../../src/kubernetes/pointer.ts';
import { parseQuantity } from '../../../src/kubernetes/quantity.ts';
import type { Answer } from '../../../tools/knative-reference/run.ts';

/** Errors that Knative's webhook itself does not give: strict decoding and the CRD's list-maps are the API server's. */
const NOT_THE_WEBHOOKS = /^(unknown field |Duplicate value: |no matches for kind )/;

export function ours(errors: readonly FieldError[]): string[] {
  const result: string[] = [];
  for (const { message, details = '', path } of errors) {
    if (NOT_THE_WEBHOOKS.test(message)) continue;
    const place = goPath(path);
    const listed = LISTED.exec(message);
    if (listed === null) result.push(canonical(message, details, place));
    else
      for (const field of (listed[2] ?? '').split(', '))
        result.push(canonical(listed[1] ?? '', details, `${place}.${field}`));
  }
  return unique(result);
}

/** Difference: of several fields we name all at the object that holds them; Knative gives a path each. */
const LISTED = /^(expected exactly one, got (?:neither|both)|Within a single item, cannot set both): (.*)$/;

export function knatives(answer: Answer): string[] {
  const result: string[] = [];
  for (const { level, message, details, paths } of answer.errors ?? []) {
    if (level !== 'Error') continue;
    // Difference: Knative names every place of a repeated tag, we the repetitions only.
    const places = message.startsWith('Multiple definitions for') ? (paths ?? []).slice(1) : (paths ?? []);
    for (const place of places.length === 0 ? [''] : places) result.push(canonical(message, details, place));
  }
  return unique(result);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function goPath(pointer: string): string {
  let result = '';
  for (const step of steps(pointer)) {
    if (/^\d+$/.test(step)) result += `[${step}]`;
    else result += result === '' ? step : `.${step}`;
  }
  return result;
}

function canonical(message: string, details: string, place: string): string {
  // Difference: how autoscaling annotations are named is compared in the tests of src/knative/autoscaling.
  if (/annotations\.autoscaling\./.test(place) && !message.startsWith('invalid key')) return `${message} | annotations`;
  // Difference: the diff is ours, not Go's.
  const reason = /^(Saw the following|Immutable fields) change/.test(message) ? '' : details;
  return `${message} | ${reason} | ${canonicalPath(message, place)}`;
}

function canonicalPath(message: string, place: string): string {
  // Difference: Knative gives these no path at all.
  if (/support is disabled, but|^multi-container is off|init-containers is off/.test(message)) return '';
  // Difference: Knative says "containers[*]", we the first port that is too many or the first container.
  if (message === 'more than one container port is set') return 'ports';
  // Difference: Knative names the annotations, we the one whose key is wrong.
  if (message.startsWith('invalid key name') && place.includes('annotations'))
    return place.replace(/annotations.*$/, 'annotations');

  let path = place
    .replace('containers[*].ports', 'containers[0].ports')
    // Differences: Knative's code leaves out indexes and fields, or puts them where they do not belong.
    .replace('initContainers[', 'containers[')
    .replace(/(containers\[\d+\]\.)+(?=containers\[)/, '')
    .replace(/\.ports\[\d+\]/, '.ports')
    .replace(/traffic\.tag\[(\d+)\]/, 'traffic[$1].tag')
    .replace('.projected.sources[', '.projected[')
    .replace(/(volumes\[\d+\])\.(?:secret|configMap)\.items/, '$1.items')
    .replace(/envFrom.*$/, 'envFrom')
    .replace(/(Probe\.)(?:(?:httpGet|tcpSocket|exec|grpc)\.)+(?=(?:httpGet|tcpSocket)\.port)/, '$1')
    .replace(/\.?\[([^\]\d][^\]]*)\]/, '.$1');
  if (message.startsWith('Port name')) path = path.replace(/\.ports.*$/, '.ports');
  // Difference: of a sidecar's probe Knative names every field, we the probe.
  if (message.startsWith('must not set')) path = path.replace(/(livenessProbe|readinessProbe|startupProbe)\..*$/, '$1');
  return path;
}

/** What Go writes although nobody asked for it, and what we leave out since nobody would want it in Git. */
const WRITTEN_EMPTY = new Set(['status', 'metadata', 'creationTimestamp', 'spec']);
/** Fields that Go always writes; an object without them is refused, so that nothing is gained by filling them in. */
const ALWAYS_WRITTEN = new Set(
  [
    'name',
    'mountPath',
    'key',
    'path',
    'containerPort',
    'fieldPath',
    'resource',
    'claimName',
    'type',
    'kind',
    'value',
  ].concat(['secretName', 'driver', 'sources', 'containers']),
);

/** Where our defaults differ from Knative's, as sentences; empty where they do not. Knative drops unknown fields. */
export function defaultsDifferences(
  our: JsonValue | undefined,
  theirs: JsonValue | undefined,
  unknown: ReadonlySet<string>,
  path = '',
): string[] {
  if (isArray(our) && isArray(theirs)) {
    if (our.length !== theirs.length) return [`${path}: ${our.length} items, Knative has ${theirs.length}`];
    return our.flatMap((item, index) => defaultsDifferences(item, theirs[index], unknown, `${path}/${index}`));
  }
  if (isObject(our) && isObject(theirs)) {
    const keys = new Set([...Object.keys(our), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => {
      if (!(key in our))
        return isLeftOut(key, theirs[key]) ? [] : [`${path}/${key}: only Knative's: ${JSON.stringify(theirs[key])}`];
      if (!(key in theirs))
        return isTakenAway(key, our[key]) || unknown.has(`${path}/${key}`)
          ? []
          : [`${path}/${key}: only ours: ${JSON.stringify(our[key])}`];
      return defaultsDifferences(our[key], theirs[key], unknown, `${path}/${key}`);
    });
  }
  // Difference: a probe's gRPC service gets its default from the schema too, even where the webhook holds back.
  const isEmptyService = path.endsWith('/grpc/service') && our === '' && theirs === null;
  const isSame =
    our === theirs ||
    (our === null && (isEmpty(theirs) || theirs === '0')) ||
    areEqualQuantities(our, theirs) ||
    isEmptyService;
  return isSame ? [] : [`${path}: ${JSON.stringify(our)}, Knative has ${JSON.stringify(theirs)}`];
}

function areEqualQuantities(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  const quantity = parseQuantity(typeof left === 'string' ? left.trim() : left);
  return quantity !== undefined && quantity === parseQuantity(right);
}

function isLeftOut(key: string, value: JsonValue | undefined): boolean {
  if (WRITTEN_EMPTY.has(key)) return value === null || (isObject(value) && Object.values(value).every(isEmpty));
  return ALWAYS_WRITTEN.has(key) && isEmpty(value);
}

/** What Go drops. And the schema's default, which is not the webhook's. */
function isTakenAway(key: string, value: JsonValue | undefined): boolean {
  return isEmpty(value) || (key === 'protocol' && value === 'TCP');
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}
