import { describe, expect, it } from '@jest/globals';
import { type JsonArray, type JsonObject, objectAt } from '../../../../src/kubernetes/json.ts';
import { type Application, apply } from '../../../../src/platform/apiserver/patch/apply/apply.ts';
import { keepTimes } from '../../../../src/platform/apiserver/patch/apply/keepTimes.ts';
import { trackUpdate } from '../../../../src/platform/apiserver/patch/apply/trackUpdate.ts';
import { KINDS } from './sequences/kinds.ts';

const FIRST = new Date('2026-01-01T00:00:01Z');
const LATER = new Date('2026-01-01T00:00:02Z');
const resource = KINDS.Gauge;

describe('apply', () => {
  it('makes an object that its manager owns', () => {
    const made = applied({ config: gauge({ size: 1, set: ['a'] }) });
    expect(made.spec).toEqual({ size: 1, set: ['a'] });
    expect(entriesOf(made)).toEqual([
      {
        manager: 'a',
        operation: 'Apply',
        apiVersion: 'patch.weir.dev/v1',
        time: '2026-01-01T00:00:01Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:set': { 'v:"a"': {} }, 'f:size': {} } },
      },
    ]);
  });

  it('removes what its manager applies no more, unless another owns it', () => {
    const one = applied({ config: gauge({ size: 1, text: 'x', map: [{ name: 'a' }, { name: 'b' }] }) });
    const two = applied({ live: one, config: gauge({ text: 'x', map: [{ name: 'b' }] }), manager: 'b' });
    const three = applied({ live: two, config: gauge({ map: [{ name: 'b' }] }) });
    expect(three.spec).toEqual({ text: 'x', map: [{ name: 'b' }] });
    expect(ownersOf(three)).toEqual(['b', 'a']);
  });

  it('removes nothing that an update has made its own', () => {
    const one = applied({ config: gauge({ size: 1, text: 'x' }) });
    const two = updated(one, { ...one, spec: { size: 2, text: 'x' } });
    const three = applied({ live: two, config: gauge({ text: 'x' }) });
    expect(three.spec).toEqual({ size: 2, text: 'x' });
  });

  it('refuses what another owns, by a sentence for one manager and for many', () => {
    const one = applied({ config: gauge({ size: 1, text: 'x', map: [{ name: 'a', value: '1' }] }) });
    const two = updated(one, { ...one, spec: { ...objectAt(one, 'spec'), any: 1 } });
    const config = gauge({ size: 2 });
    expect(refusal({ live: two, config, manager: 'b' })).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "a": .spec.size',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.spec.size' }] },
    });
    const wider = gauge({ size: 2, any: 2, map: [{ name: 'a', value: '2' }] });
    expect(refusal({ live: two, config: wider, manager: 'b' })).toMatchObject({
      message: [
        'Apply failed with 3 conflicts: conflicts with "a":',
        '- .spec.size',
        '- .spec.map[name="a"].value',
        'conflicts with "u" using patch.weir.dev/v1:',
        '- .spec.any',
      ].join('\n'),
    });
  });

  it('takes by force what another owns', () => {
    const one = applied({ config: gauge({ size: 1, text: 'x' }) });
    const two = applied({ live: one, config: gauge({ size: 2 }), manager: 'b', force: true });
    expect(fieldsOf(two)).toEqual({ a: { 'f:spec': { 'f:text': {} } }, b: { 'f:spec': { 'f:size': {} } } });
  });

  it('shares what is the same, without a time, since nothing has changed', () => {
    const one = applied({ config: gauge({ size: 1 }) });
    const two = applied({ live: one, config: gauge({ size: 1 }), manager: 'b', now: LATER });
    expect(entriesOf(two).map((entry) => [objectAt(entry)?.manager, objectAt(entry)?.time])).toEqual([
      ['b', undefined],
      ['a', '2026-01-01T00:00:01Z'],
    ]);
  });

  it('gives what stood before to a manager of its own', () => {
    const live = { ...gauge({ size: 1, text: 'x' }) };
    const made = applied({ live, config: gauge({ size: 1 }) });
    expect(ownersOf(made)).toEqual(['a', 'before-first-apply']);
    expect(refusal({ live, config: gauge({ size: 2 }) })).toMatchObject({
      message: 'Apply failed with 1 conflict: conflict with "before-first-apply" using patch.weir.dev/v1: .spec.size',
    });
  });

  it('lets kubectl take over what it has applied without the server', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const annotations = { [key]: JSON.stringify(gauge({ size: 1, text: 'x' })) };
    const body = { ...gauge({ size: 1, text: 'x' }), metadata: { name: 'it', annotations } };
    const live = updated(undefined, body, 'kubectl-client-side-apply');
    const made = applied({ live, config: gauge({ size: 2 }), manager: 'kubectl' });
    expect(made.spec).toEqual({ size: 2, text: 'x' });
    expect(objectAt(made, 'metadata', 'annotations')).toEqual({
      [key]: '{"apiVersion":"patch.weir.dev/v1","kind":"Gauge","metadata":{"name":"it"},"spec":{"size":2}}\n',
    });

    const changed = updated(live, { ...live, spec: { size: 5, text: 'x' } });
    expect(refusal({ live: changed, config: gauge({ size: 2 }), manager: 'kubectl' })).toMatchObject({ code: 409 });
    expect(refusal({ live, config: gauge({ size: 2 }), manager: 'other' })).toMatchObject({ code: 409 });
  });

  // as kube-apiserver 1.36 has answered
  it.each<[string, JsonObject, number, string]>([
    ['another kind', { ...gauge({}), kind: 'Foo' }, 400, 'invalid object type: patch.weir.dev/v1, Kind=Foo'],
    ['no kind', { metadata: {} }, 400, 'invalid object type: /, Kind='],
    [
      'managedFields',
      { ...gauge({}), metadata: { name: 'it', managedFields: [] } },
      400,
      'metadata.managedFields must be nil',
    ],
    ['an unknown field', gauge({ foo: 1 }), 500, `${typed()}.spec.foo: field not declared in schema`],
    ['a wrong type', gauge({ size: 'x' }), 500, `${typed()}.spec.size: expected numeric (int or float), got string`],
    [
      'another wrong type',
      gauge({ text: 1 }),
      500,
      `${typed()}.spec.text: expected string, got &value.valueUnstructured{Value:1}`,
    ],
    ['a list for a map', gauge({ nested: [1] }), 500, `${typed()}.spec.nested: expected map, got &{[1]}`],
    ['two of a set', gauge({ set: ['a', 'a'] }), 500, `${typed()}.spec.set: duplicate entries for key [="a"]`],
    [
      'an item without its key',
      gauge({ map: [{ value: '1' }] }),
      500,
      `${typed()}.spec.map: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn't have default values for any key fields)`,
    ],
    [
      'several',
      gauge({ size: 'x', nested: [1] }),
      500,
      `${typed()}errors:\n  .spec.size: expected numeric (int or float), got string\n  .spec.nested: expected map, got &{[1]}`,
    ],
  ])('refuses %s', (_, config, code, message) => {
    expect(refusal({ config })).toMatchObject({ code, message });
  });

  it('survives objects of any shape', () => {
    const odd: JsonObject[] = [
      JSON.parse('{"__proto__": {"x": 1}}'),
      { metadata: 'x' },
      { spec: [] },
      { metadata: { managedFields: [{ operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: 7 }] } },
    ];
    for (const live of odd) {
      expect(() => trackUpdate({ ...update, old: live, next: live })).not.toThrow();
      expect(() => trackUpdate({ ...update, old: undefined, next: live })).not.toThrow();
      try {
        applied({ live, config: gauge({ size: 1 }) });
      } catch (error) {
        expect(error).toHaveProperty('code', 500);
      }
    }
  });
});

describe('an update', () => {
  it('owns what it changes, and takes it from others', () => {
    const one = applied({ config: gauge({ size: 1, text: 'x' }) });
    const two = updated(one, { ...one, spec: { size: 2, text: 'x' } });
    expect(fieldsOf(two)).toEqual({ a: { 'f:spec': { 'f:text': {} } }, u: { 'f:spec': { 'f:size': {} } } });
  });

  it('that changes nothing leaves all as it was', () => {
    const one = applied({ config: gauge({ size: 1 }) });
    expect(updated(one, one, 'u', LATER)).toEqual(one);
  });

  it('is not tracked where nobody has owned anything', () => {
    expect(updated(gauge({ size: 1 }), gauge({ size: 2 }))).toEqual(gauge({ size: 2 }));
  });

  it.each<[string, JsonArray, string[]]>([
    ['one empty entry forgets all', [{}], []],
    ['what cannot be read is passed over', [{ operation: 'Apply' }], ['a', 'u']],
    ['no entries are passed over', [], ['a', 'u']],
  ])('with managedFields: %s', (_, managedFields, owners) => {
    const one = applied({ config: gauge({ size: 1, text: 'x' }) });
    const next = { ...one, metadata: { name: 'it', managedFields }, spec: { size: 2, text: 'x' } };
    expect(ownersOf(updated(one, next))).toEqual(owners);
  });

  it('of a kind of Kubernetes with an empty list forgets all', () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'it' }, data: { a: '1' } };
    const one = applied({ config, resource: KINDS.ConfigMap });
    const next = { ...config, metadata: { name: 'it', managedFields: [] } };
    expect(trackUpdate({ ...update, resource: KINDS.ConfigMap, old: one, next })).toEqual(config);
  });

  it('by the eleventh updater makes the oldest two one', () => {
    let live = updated(undefined, gauge({ granular: { k: '0' } }), 'u0', new Date(1000));
    for (let index = 1; index <= 10; index++) {
      const granular = { ...objectAt(live, 'spec', 'granular'), [`k${index}`]: '1' };
      live = updated(live, { ...live, spec: { granular } }, `u${index}`, new Date(1000 * (index + 1)));
    }
    const own = ownersOf(live);
    expect(own).toHaveLength(10);
    expect(own[0]).toBe('ancient-changes');
    expect(own).not.toContain('u0');
    expect(own).not.toContain('u1');
  });

  it('on the status owns nothing of the spec, and on the spec nothing of the status', () => {
    const one = applied({ config: gauge({ size: 1 }) });
    const onStatus = updated(one, { ...one, spec: { size: 2 }, status: { phase: 'x' } }, 'u', FIRST, 'status');
    expect(fieldsOf(onStatus).u).toEqual({ 'f:status': { '.': {}, 'f:phase': {} } });
    const onSpec = updated(one, { ...one, spec: { size: 2 }, status: { phase: 'x' } });
    expect(fieldsOf(onSpec).u).toEqual({ 'f:spec': { 'f:size': {} } });
  });
});

describe('keepTimes', () => {
  const old = applied({ config: gauge({ size: 1 }) });
  const [entry] = entriesOf(old);
  const later = { ...objectAt(entry), time: '2026-01-01T00:00:02Z' };

  it.each<[string, JsonObject, boolean]>([
    ['only the time differs', withEntries(old, [later]), true],
    ['the object differs', { ...withEntries(old, [later]), spec: { size: 2 } }, false],
    ['an owner differs', withEntries(old, [{ ...later, manager: 'b' }]), false],
    ['an owner is new', withEntries(old, [entry ?? null, later]), false],
  ])('where %s', (_, next, isKept) => {
    expect(keepTimes(old, next, true)).toEqual(isKept ? old : next);
  });

  it('takes an empty member for none in the kinds of Kubernetes', () => {
    const next = { ...withEntries(old, [later]), data: {} };
    expect(keepTimes(old, next, false)).toMatchObject({ metadata: old.metadata });
    expect(keepTimes(old, next, true)).toEqual(next);
  });
});

const update = { manager: 'u', subresource: '', resource, now: FIRST } as const;

function gauge(spec: JsonObject): JsonObject {
  return { apiVersion: 'patch.weir.dev/v1', kind: 'Gauge', metadata: { name: 'it' }, spec };
}

function applied(application: Partial<Application> & Pick<Application, 'config'>): JsonObject {
  return apply({ live: undefined, manager: 'a', force: false, resource, subresource: '', now: FIRST, ...application });
}

function updated(
  old: JsonObject | undefined,
  next: JsonObject,
  manager = 'u',
  now = FIRST,
  subresource = '',
): JsonObject {
  return trackUpdate({ old, next, manager, subresource, resource, now });
}

function refusal(application: Partial<Application> & Pick<Application, 'config'>): unknown {
  try {
    applied(application);
  } catch (error) {
    return error;
  }
  return undefined;
}

function typed(): string {
  return 'failed to create typed patch object (/it; patch.weir.dev/v1, Kind=Gauge): ';
}

function entriesOf(object: JsonObject): JsonArray {
  const entries = objectAt(object, 'metadata')?.managedFields;
  return Array.isArray(entries) ? entries : [];
}

function withEntries(object: JsonObject, managedFields: JsonArray): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), managedFields } };
}

function ownersOf(object: JsonObject): string[] {
  return entriesOf(object).map((entry) => String(objectAt(entry)?.manager));
}

function fieldsOf(object: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    entriesOf(object).map((entry) => [String(objectAt(entry)?.manager), objectAt(entry)?.fieldsV1]),
  );
}
