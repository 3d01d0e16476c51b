/**
 * Events: k8s.io/kubernetes pkg/apis/core/validation/events.go. Those of the core group may be nearly anything, those of
 * events.k8s.io are held to more, and tell the names of the core group's fields where they are wrong.
 */
import { equals, type JsonObject, type JsonValue, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { IMMUTABLE } from './common.ts';

const MOST_CHARACTERS = 128;
const MOST_OF_A_NOTE = 1024;
const ELSEWHERE = 'does not match event.namespace';
/** Where an Event that says no namespace of its object may be. */
const OLD_HOMES = ['', 'default'];
const NEW_HOMES = ['default', 'kube-system'];

/** What the fields are called in each of the two groups. */
interface Names {
  readonly subject: string;
  readonly controller: string;
  readonly note: string;
}

const CORE: Names = { subject: 'involvedObject', controller: 'reportingComponent', note: 'message' };
const OWN: Names = { subject: 'regarding', controller: 'reportingController', note: 'note' };

/** Of the core group. */
export function checkCoreEvent(event: JsonObject, problems: Problems): void {
  checkAny(event, CORE, problems);
}

/** Of events.k8s.io; what an update changes is judged apart. */
export function checkEvent(event: JsonObject, problems: Problems, old: JsonObject | undefined): void {
  checkAny(event, OWN, problems);
  if (old !== undefined) return;

  checkSeries(event, problems);
  if (isUnset(event.eventTime)) problems.required('eventTime');
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    problems.invalid('type', '', `has invalid value: ${stringAt(event, 'type') ?? ''}`);
  }
  for (const [field, shown] of DEPRECATED) {
    if (!isUnset(event[field])) problems.invalid(shown, '', 'needs to be unset');
  }
}

const DEPRECATED = [
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['deprecatedSource', 'source'],
] as const;

/** What a field is called in the core group, and what it is in Go where nothing is set. */
const FROZEN: readonly (readonly [field: string, shown: string, zero: Zero])[] = [
  ['regarding', 'involvedObject', 'reference'],
  ['reason', 'reason', ''],
  ['note', 'message', ''],
  ['deprecatedSource', 'source', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp', null],
  ['deprecatedLastTimestamp', 'lastTimestamp', null],
  ['deprecatedCount', 'count', 0],
  ['reason', 'reason', ''],
  ['type', 'type', ''],
  ['eventTime', 'eventTime', null],
  ['action', 'action', ''],
  ['related', 'related', 'related'],
  ['reportingController', 'reportingController', ''],
  ['reportingInstance', 'reportingInstance', ''],
];

type Zero = '' | 0 | null | 'reference' | 'related' | 'source';

/** The members of the types, in Go's order: its own names are told, since the internal type has no other. */
const REFERENCE = [
  ['Kind', 'kind'],
  ['Namespace', 'namespace'],
  ['Name', 'name'],
  ['UID', 'uid'],
  ['APIVersion', 'apiVersion'],
  ['ResourceVersion', 'resourceVersion'],
  ['FieldPath', 'fieldPath'],
] as const;
const SOURCE = [
  ['Component', 'component'],
  ['Host', 'host'],
] as const;

/** The value as Go prints the internal type's. */
function goValue(value: JsonValue | undefined, zero: Zero): JsonValue {
  if (zero === 'reference' || zero === 'source') return structOf(value, zero === 'source' ? SOURCE : REFERENCE);
  if (zero === 'related') return isUnset(value) ? null : structOf(value, REFERENCE);
  return value ?? zero;
}

function structOf(value: JsonValue | undefined, members: readonly (readonly [name: string, key: string])[]): JsonValue {
  return Object.fromEntries(members.map(([name, key]) => [name, stringAt(value, key) ?? '']));
}

export function checkEventUpdate(event: JsonObject, old: JsonObject, problems: Problems): void {
  if (!equals(event.series, old.series)) checkSeries(event, problems);
  for (const [field, shown, zero] of FROZEN) {
    const isSame = equals(event[field], old[field]) || (isUnset(event[field]) && isUnset(old[field]));
    if (!isSame) problems.invalidStruct(shown, goValue(event[field], zero), IMMUTABLE);
  }
}

function checkAny(event: JsonObject, names: Names, problems: Problems): void {
  const namespace = stringAt(event, 'metadata', 'namespace') ?? '';
  const subject = stringAt(event, names.subject, 'namespace') ?? '';
  if (isUnset(event.eventTime)) {
    const isThere = subject === '' ? OLD_HOMES.includes(namespace) : subject === namespace;
    if (!isThere) problems.invalid('involvedObject.namespace', subject, ELSEWHERE);
    return;
  }
  if (subject === '' && !NEW_HOMES.includes(namespace)) {
    problems.invalid('involvedObject.namespace', subject, ELSEWHERE);
  }
  const controller = stringAt(event, names.controller) ?? '';
  if (controller === '') problems.required(names.controller);
  problems.invalidBy(names.controller, controller, qualifiedNameErrors(controller));
  for (const field of ['reportingInstance', 'action', 'reason']) {
    const value = stringAt(event, field) ?? '';
    if (value === '') problems.required(field);
    checkLength(field, value, MOST_CHARACTERS, problems);
  }
  checkLength('message', stringAt(event, names.note) ?? '', MOST_OF_A_NOTE, problems);
}

function checkLength(field: string, value: string, most: number, problems: Problems): void {
  // bytes, though it says characters
  if (Buffer.byteLength(value) > most) problems.invalid(field, '', `can have at most ${most} characters`);
}

function checkSeries(event: JsonObject, problems: Problems): void {
  const series = objectAt(event, 'series');
  if (series === undefined) return;
  if ((numberAt(series, 'count') ?? 0) < 2) problems.invalid('series.count', '', 'should be at least 2');
  if (isUnset(series.lastObservedTime)) problems.required('series.lastObservedTime');
}

function isUnset(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
