/** The CustomResourceDefinition of ScalingSchedule means what src/schedule reads. */
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { DYN } from '../../src/cel/check/types.ts';
import { compile } from '../../src/cel/program.ts';
import { fromJson } from '../../src/cel/values/json.ts';
import {
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../src/kubernetes/json.ts';
import { readSchedule } from '../../src/schedule/read.ts';
import { objectsAt, objectsOf, only } from '../overlays/read.ts';
import { aDocument, OFFICE } from './builders.ts';

const crd = only(objectsOf('overlays/base/scalingschedules.yaml'), 'CustomResourceDefinition');
const [version = {}] = objectsAt(crd, 'spec', 'versions');
const schema = objectAt(version, 'schema', 'openAPIV3Schema') ?? {};
const ajv = new Ajv({
  strict: false,
  formats: { 'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/, int64: true, int32: true },
});
const validate = ajv.compile(schema);

/** The schema's own refusals first, then those of its CEL, as the API server has them. */
function refusals(object: JsonObject): string[] {
  if (!validate(object))
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  return [...doubles(object), ...celOf(schema, object)];
}

/** A list that is a map has each key once. */
function doubles(object: JsonObject): string[] {
  const windows = valueAt(object, 'spec', 'windows');
  const names = isArray(windows) ? windows.map((each) => stringAt(each, 'name')) : [];
  return new Set(names).size === names.length ? [] : ['/spec/windows duplicate'];
}

function celOf(node: JsonObject, value: JsonValue | undefined): string[] {
  if (value === undefined) return [];
  const own = objectsAt(node, 'x-kubernetes-validations').flatMap((item) => {
    const compiled = compile(stringAt(item, 'rule') ?? '', { variables: { self: DYN }, result: 'bool' });
    if (!compiled.ok) throw new Error(compiled.message);
    const outcome = compiled.program.run({ self: fromJson(value) });
    return outcome.ok && outcome.value === true ? [] : [stringAt(item, 'message') ?? ''];
  });
  const items = objectAt(node, 'items');
  const below = isArray(value) && items !== undefined ? value.flatMap((each) => celOf(items, each)) : [];
  const properties = Object.entries(objectAt(node, 'properties') ?? {});
  const members = properties.flatMap(([name, child]) => (isObject(child) ? celOf(child, valueAt(value, name)) : []));
  return [...own, ...below, ...members];
}

const windows = (...parts: readonly JsonObject[]): JsonObject =>
  aDocument({ windows: parts.map((part, index) => ({ ...OFFICE, name: `w${index}`, ...part })) });

/** JSON has no undefined: fields that are taken out. */
function without(object: JsonObject, ...fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}

const spec = objectAt(aDocument(), 'spec') ?? {};
const bare = (...fields: readonly string[]): JsonObject => ({ ...aDocument(), spec: without(spec, ...fields) });
const selected: JsonObject = {
  ...aDocument(),
  spec: { ...without(spec, 'scaleTargetRef'), selector: { matchLabels: { tier: 'web' } } },
};
const lasting = (duration: string): JsonObject => ({
  ...aDocument(),
  spec: { ...spec, windows: [{ ...without(OFFICE, 'end'), duration }] },
});

describe('the CRD of ScalingSchedule', () => {
  it.each<[string, JsonObject]>([
    ['the example', aDocument({ default: { minScale: 2 } })],
    ['a selector', selected],
    ['a duration', lasting('1h30m')],
    ['several windows', windows({}, { start: '@daily', end: '30 3 * * mon' })],
    ['a maxScale without a bound', windows({ maxScale: 0 })],
    [
      'holidays',
      aDocument({ holidays: ['2026-12-25', '2027-01-01T00:00:00Z'], windows: [{ ...OFFICE, holidays: 'Only' }] }),
    ],
    ['an override', aDocument({ override: { minScale: 30, until: '2026-12-01T06:00:00Z' } })],
    [
      'all the rest',
      aDocument({
        priority: -5,
        suspend: true,
        until: '2026-12-01T06:00:00+01:00',
        windows: [{ ...OFFICE, warmUp: '10m', target: 0.5, except: ['2026-12-24'] }],
      }),
    ],
  ])('takes %s, which is read', (_, object) => {
    expect(refusals(object)).toEqual([]);
    expect(readSchedule(object).problems).toBeUndefined();
  });

  it.each<[string, JsonObject, string]>([
    ['no spec', without(aDocument(), 'spec'), ' required'],
    ['no target', bare('scaleTargetRef'), 'exactly one of scaleTargetRef and selector says what is scaled'],
    ['two targets', aDocument({ selector: {} }), 'exactly one of scaleTargetRef and selector says what is scaled'],
    ['no zone', bare('timeZone'), '/spec required'],
    ['no windows', bare('windows'), '/spec required'],
    ['an empty list of windows', aDocument({ windows: [] }), '/spec/windows minItems'],
    ['a name twice', windows({ name: 'a' }, { name: 'a' }), '/spec/windows duplicate'],
    ['a name in capitals', windows({ name: 'Office' }), '/spec/windows/0/name pattern'],
    ['four fields', windows({ start: '0 8 * *' }), '/spec/windows/0/start pattern'],
    ['end and duration', windows({ duration: '10h' }), 'exactly one of end and duration says when a window ends'],
    [
      'neither',
      aDocument({ windows: [without(OFFICE, 'end')] }),
      'exactly one of end and duration says when a window ends',
    ],
    ['a duration of none', lasting('0s'), 'a window lasts at most 366 days, and not for no time at all'],
    ['a duration of years', lasting('9000h'), 'a window lasts at most 366 days, and not for no time at all'],
    ['a long warm-up', windows({ warmUp: '25h' }), 'a window begins at most 24h before its start'],
    ['no values', aDocument({ windows: [without(OFFICE, 'minScale')] }), 'a window sets minScale, maxScale or target'],
    ['min above max', windows({ maxScale: 9 }), 'minScale is above maxScale'],
    ['an empty default', aDocument({ default: {} }), 'the default sets minScale, maxScale or target'],
    ['an override without an end', aDocument({ override: { minScale: 3 } }), '/spec/override required'],
    [
      'an override of nothing',
      aDocument({ override: { until: '2026-12-01T06:00:00Z' } }),
      'an override sets minScale, maxScale or target',
    ],
    [
      'holidays that nobody names',
      windows({ holidays: 'Only' }),
      'a window that holds on holidays only needs spec.holidays',
    ],
    ['a date that is none', aDocument({ holidays: ['25.12.2026'] }), '/spec/holidays/0 pattern'],
    [
      'a core Service',
      aDocument({ scaleTargetRef: { apiVersion: 'v1', kind: 'Service', name: 'a' } }),
      '/spec/scaleTargetRef/apiVersion pattern',
    ],
    [
      'a Deployment',
      aDocument({ scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Deployment', name: 'a' } }),
      '/spec/scaleTargetRef/kind enum',
    ],
    ['a min-scale below none', windows({ minScale: -1 }), '/spec/windows/0/minScale minimum'],
    ['a text for a number', windows({ minScale: '10' }), '/spec/windows/0/minScale type'],
    ['a moment that is none', aDocument({ until: 'tomorrow' }), '/spec/until format'],
  ])('refuses %s, which is not read', (_, object, refusal) => {
    expect(refusals(object)).toEqual([refusal]);
    expect(readSchedule(object).problems).not.toBeUndefined();
  });

  it.each<JsonValue>([
    null,
    7,
    'spec',
    [],
    {},
    { scaleTargetRef: 7, selector: [], windows: {}, timeZone: [], default: 3, override: [], holidays: {}, until: {} },
    { windows: [null, [], { start: {}, end: 4, only: [null, {}], except: 'x', warmUp: {}, holidays: 4, target: 'x' }] },
    { ['__proto__']: { timeZone: 'Etc/UTC' } },
  ])('of %j nothing is read, and nothing breaks', (value) => {
    const { schedule, problems } = readSchedule({ ...aDocument(), spec: value });
    expect(schedule).toBeUndefined();
    expect(problems?.length).toBeGreaterThan(0);
  });
});
