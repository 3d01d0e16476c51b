import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { bodyOf, type PatchType } from '../../../../src/platform/apiserver/objects/objects.ts';
import { aPipeline, configMap, refusal, WRITE } from './pipeline.ts';

describe('update', () => {
  it("replaces the object, and keeps what is the server's", async () => {
    const { create, update, clock } = await aPipeline();
    const made = await create('configmaps', configMap('web', { data: { a: '1' } }));
    clock.time = new Date('2026-01-02T00:00:00Z');
    const metadata = { labels: { x: 'y' }, creationTimestamp: '2001-01-01T00:00:00Z' };
    const next = await update('configmaps', 'web', configMap('web', { metadata, data: { b: '2' } }));
    expect(next).toMatchObject({
      metadata: {
        uid: (made.metadata as JsonObject).uid,
        creationTimestamp: '2026-01-01T12:00:00Z',
        labels: { x: 'y' },
      },
      data: { b: '2' },
    });
    expect(next.data).not.toHaveProperty('a');
  });

  it.each<{ name: string; object: JsonObject; expected: string }>`
    name     | object                                                      | expected
    ${'zz'}  | ${configMap('zz')}                                          | ${'404 configmaps "zz" not found'}
    ${'web'} | ${configMap('other')}                                       | ${'400 the name of the object (other) does not match the name on the URL (web)'}
    ${'web'} | ${{ metadata: {} }}                                         | ${'400 the name of the object (web based on URL) was undeterminable: name must be provided'}
    ${'web'} | ${configMap('web', { metadata: { resourceVersion: '1' } })} | ${'409 Operation cannot be fulfilled on configmaps "web": the object has been modified; please apply your changes to the latest version and try again'}
    ${'web'} | ${configMap('web', { metadata: { uid: 'x' } })}             | ${'409 Operation cannot be fulfilled on configmaps "web": StorageError: invalid object, Code: 4, Key: /registry/configmaps/shop/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: uid-2'}
  `('refuses $object at $name', async ({ name, object, expected }) => {
    const { create, update, store } = await aPipeline();
    await create('configmaps', configMap('web'));
    const before = store.revision;
    expect(await refusal(update('configmaps', name, object))).toBe(expected);
    expect(store.revision).toBe(before);
  });

  it('writes nothing where nothing changes', async () => {
    const { create, update, store, clock } = await aPipeline();
    const made = await create('configmaps', configMap('web', { data: { a: '1' } }));
    const before = store.revision;
    clock.time = new Date('2026-01-02T00:00:00Z'); // managedFields would have another time
    expect(await update('configmaps', 'web', configMap('web', { data: { a: '1' } }))).toEqual(made);
    expect(store.revision).toBe(before);
  });

  it('is made again where another write came between', async () => {
    const { create, patch, hooks, store } = await aPipeline();
    await create('configmaps', configMap('web', { data: { a: '1' } }));
    let times = 0;
    hooks.mutate = async ({ object, name }) => {
      if (times++ === 0) {
        const stored = store.get({ resource: 'configmaps', namespace: 'shop', name });
        await store.put(
          { resource: 'configmaps', namespace: 'shop', name },
          { ...stored?.object(), data: { a: '1', other: '2' } },
          stored?.revision,
        );
      }
      return object;
    };
    expect(await patch('configmaps', 'web', 'merge', { data: { mine: '3' } })).toMatchObject({
      data: { a: '1', other: '2', mine: '3' },
    });
    expect(times).toBe(2);
  });

  it('is refused where another write came between and the client named the version', async () => {
    const { create, update, hooks, store } = await aPipeline();
    const made = await create('configmaps', configMap('web'));
    hooks.mutate = async ({ object, name }) => {
      hooks.mutate = undefined as never;
      const stored = store.get({ resource: 'configmaps', namespace: 'shop', name });
      await store.put(
        { resource: 'configmaps', namespace: 'shop', name },
        { ...stored?.object(), data: {} },
        stored?.revision,
      );
      return object;
    };
    expect(await refusal(update('configmaps', 'web', { ...made, data: { b: '1' } }))).toMatch(
      /^409 .*has been modified/,
    );
  });

  it('must name the version of a kind that asks for it', async () => {
    const { create, update } = await aPipeline();
    await create('leases', { metadata: { name: 'web' }, spec: {} });
    expect(await refusal(update('leases', 'web', { metadata: { name: 'web' }, spec: {} }))).toBe(
      '422 leases.coordination.k8s.io "web" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  it('creates where the kind lets it, by the right to create', async () => {
    const { objects, target, store, update } = await aPipeline();
    const lease = { metadata: { name: 'web' }, spec: {} };
    const nobody = { name: 'bob', uid: '', groups: [], extra: {} };
    const call = objects.update(target('leases', 'web', { user: nobody }), WRITE, bodyOf(lease));
    expect(await refusal(call)).toBe(
      '403 leases.coordination.k8s.io "web" is forbidden: User "bob" cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "shop"',
    );
    await update('leases', 'web', lease);
    expect(store.get({ resource: 'leases.coordination.k8s.io', namespace: 'shop', name: 'web' })).toBeDefined();
  });

  it('says twice what two rules find, and once in the sentence', async () => {
    const { create, patch } = await aPipeline();
    await create('configmaps', configMap('web'));
    const error: unknown = await patch('configmaps', 'web', 'merge', { metadata: { uid: 'b' } }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      message: 'ConfigMap "web" is invalid: metadata.uid: Invalid value: "b": field is immutable',
      details: { causes: [{ field: 'metadata.uid' }, { field: 'metadata.uid' }] },
    });
  });

  it('shows admission the old object and the new one', async () => {
    const { create, patch, hooks } = await aPipeline();
    await create('configmaps', configMap('web', { data: { a: '1' } }));
    const seen: unknown[] = [];
    hooks.validate = ({ object, old, operation, options }) =>
      void seen.push([operation, old?.data, object?.data, options]);
    await patch('configmaps', 'web', 'merge', { data: { b: '2' } }, { sent: { fieldManager: 'test' } });
    expect(seen).toEqual([
      [
        'UPDATE',
        { a: '1' },
        { a: '1', b: '2' },
        { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'test' },
      ],
    ]);
  });
});

describe('patch', () => {
  it.each<{ type: PatchType; body: JsonValue; data: object }>`
    type           | body                                                | data
    ${'merge'}     | ${{ data: { a: null, b: '2' } }}                    | ${{ b: '2' }}
    ${'strategic'} | ${{ data: { a: null, b: '2' } }}                    | ${{ b: '2' }}
    ${'json'}      | ${[{ op: 'replace', path: '/data/a', value: '2' }]} | ${{ a: '2' }}
    ${'apply'}     | ${configMap('web', { data: { b: '2' } })}           | ${{ a: '1', b: '2' }}
  `('applies a $type patch', async ({ type, body, data }) => {
    const { create, patch } = await aPipeline();
    await create('configmaps', configMap('web', { data: { a: '1' } }));
    expect(await patch('configmaps', 'web', type, body)).toMatchObject({ data });
    expect((await patch('configmaps', 'web', 'merge', {})).data).toEqual(data);
  });

  it.each<{ type: PatchType; body: JsonValue; expected: string | RegExp }>`
    type           | body                                      | expected
    ${'merge'}     | ${{ data: { a: 1 } }}                     | ${/^422 {2}"" is invalid: patch: Invalid value: "{.*": json: cannot unmarshal number into Go struct field ConfigMap.data of type string$/}
    ${'strategic'} | ${{ dat: { a: '1' } }}                    | ${'422  "" is invalid: patch: Invalid value: "map[dat:map[a:1]]": strict decoding error: unknown field "dat"'}
    ${'merge'}     | ${{ metadata: { name: 'b' } }}            | ${'400 the name of the object (b) does not match the name on the URL (web)'}
    ${'merge'}     | ${{ metadata: { resourceVersion: '1' } }} | ${/^409 .*the object has been modified/}
    ${'apply'}     | ${'text'}                                 | ${/^400 error decoding YAML/}
  `('refuses the $type patch $body', async ({ type, body, expected }) => {
    const { create, patch } = await aPipeline();
    await create('configmaps', configMap('web'));
    const told = await refusal(patch('configmaps', 'web', type, body));
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatch(expected);
  });

  it('creates by an apply alone', async () => {
    const { patch, asked } = await aPipeline();
    expect(await refusal(patch('configmaps', 'web', 'merge', {}))).toBe('404 configmaps "web" not found');
    await patch('configmaps', 'web', 'apply', configMap('web', { data: { a: '1' } }));
    expect(asked).toEqual(['mutate CREATE configmaps shop/web', 'validate CREATE configmaps shop/web']);
  });

  it.each([
    [[{ op: 'add', path: '/data/a', value: 'b', why: 'because' }], 'json patch unknown field "[0].why"'],
    [
      [{ op: 'add', path: '/more', value: 'b', why: 'because' }],
      'json patch unknown field "[0].why", unknown field "more"',
    ],
  ])('of JSON %j is told what nobody knows', async (operations, told) => {
    const { create, patch, warnings, get } = await aPipeline();
    await create('configmaps', configMap('web', { data: { z: '1' } }));
    expect(await refusal(patch('configmaps', 'web', 'json', operations))).toContain(`: strict decoding error: ${told}`);
    await patch('configmaps', 'web', 'json', operations, { fieldValidation: 'Warn' });
    expect(warnings.join(', ')).toBe(told);
    expect(get('configmaps', 'web')).not.toHaveProperty('more');
  });

  it('that is refused shows the objects that it has looked into in the order of their names', async () => {
    const { create, patch } = await aPipeline();
    await create('configmaps', configMap('web', { data: { z: '1' }, binaryData: { y: 'YQ==', x: 'YQ==' } }));
    const shown = '"binaryData":{"y":"YQ==","x":"YQ=="},"data":{"a":7,"z":"1"}';
    for (const [type, body] of [
      ['json', [{ op: 'add', path: '/data/a', value: 7 }]],
      ['merge', { data: { a: 7 } }],
    ] as const) {
      expect(await refusal(patch('configmaps', 'web', type, body))).toContain(shown.replaceAll('"', '\\"'));
    }
  });

  it('takes no more than ten thousand operations', async () => {
    const { create, patch } = await aPipeline();
    await create('configmaps', configMap('web'));
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: 1 }));
    expect(await refusal(patch('configmaps', 'web', 'json', operations))).toMatch(
      /^413 .*maximum operations in a JSON patch is 10000, got 10001/,
    );
  });
});
