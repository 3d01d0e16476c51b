import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { withoutDoubleOwners } from '../../../../src/platform/apiserver/objects/metadata/system.ts';
import { metadataCauses } from '../../../../src/platform/apiserver/objects/metadata/validate.ts';
import { bodyOf } from '../../../../src/platform/apiserver/objects/objects.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { expectGrowsWithSize } from '../../../growth.ts';
import { aPipeline, configMap, refusal, WRITE } from './pipeline.ts';

describe('create', () => {
  it('fills in what the server decides, and nothing that the client says of it', async () => {
    const { create } = await aPipeline();
    const metadata = {
      uid: 'mine',
      creationTimestamp: '2001-01-01T00:00:00Z',
      selfLink: '/x',
      deletionGracePeriodSeconds: 5,
    };
    expect(await create('configmaps', configMap('web', { metadata, data: { a: '1' } }), { fieldManager: '' })).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'web',
        namespace: 'shop',
        uid: 'uid-2',
        creationTimestamp: '2026-01-01T12:00:00Z',
        resourceVersion: '2',
        managedFields: [
          {
            manager: 'jest',
            operation: 'Update',
            apiVersion: 'v1',
            time: '2026-01-01T12:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
          },
        ],
      },
      data: { a: '1' },
    });
  });

  it.each<{ object: JsonValue; expected: string | RegExp }>`
    object                                                    | expected
    ${configMap('web')}                                       | ${'409 configmaps "web" already exists'}
    ${[]}                                                     | ${/^400 the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error/}
    ${{ apiVersion: 'v1', kind: 'Secret' }}                   | ${'400 Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion'}
    ${{ apiVersion: 'v2', kind: 'ConfigMap' }}                | ${'400 ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"'}
    ${configMap('a', { metadata: { namespace: 'other' } })}   | ${'400 the namespace of the provided object does not match the namespace sent on the request'}
    ${{ metadata: {} }}                                       | ${'422 ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'}
    ${configMap('A_b')}                                       | ${/^422 ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain/}
    ${configMap('a', { metadata: { finalizers: ['odd'] } })}  | ${'422 ConfigMap "a" is invalid: metadata.finalizers[0]: Invalid value: "odd": name is neither a standard finalizer name nor is it fully qualified'}
    ${configMap('a', { metadata: { resourceVersion: '7' } })} | ${'500 resourceVersion should not be set on objects to be created'}
    ${configMap('a', { data: { a: 1 } })}                     | ${'400 ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string'}
    ${configMap('a', { metadata: { labels: { a: true } } })}  | ${'400 ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string'}
    ${configMap('a', { dat: {}, metadata: { foo: 1 } })}      | ${'400 ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.foo", unknown field "dat"'}
  `('refuses $object', async ({ object, expected }) => {
    const { create, store } = await aPipeline();
    await create('configmaps', configMap('web'));
    const before = store.revision;
    const told = await refusal(create('configmaps', object));
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatch(expected);
    expect(store.revision).toBe(before);
  });

  it('tells of what nobody knows with Warn, and drops it', async () => {
    const { create, warnings } = await aPipeline();
    const made = await create('configmaps', configMap('web', { dat: {} }), { fieldValidation: 'Warn' });
    expect(warnings).toEqual(['unknown field "dat"']);
    expect(made).not.toHaveProperty('dat');
    await create('configmaps', configMap('web2', { dat: {} }), { fieldValidation: 'Ignore' });
    expect(warnings).toHaveLength(1);
  });

  it('writes nothing on a dry run, and asks admission all the same', async () => {
    const { create, store, asked } = await aPipeline();
    const before = store.revision;
    const made = await create('configmaps', configMap('web'), { dryRun: true });
    expect(made).toMatchObject({ metadata: { name: 'web', uid: 'uid-2' } });
    expect(made.metadata).not.toHaveProperty('resourceVersion');
    expect(store.revision).toBe(before);
    expect(asked).toEqual(['mutate CREATE configmaps shop/web', 'validate CREATE configmaps shop/web']);
  });

  it('defaults what a webhook adds, and validates what it breaks', async () => {
    const { create, hooks } = await aPipeline();
    hooks.mutate = ({ object }) => ({ ...object, data: { added: 'yes' } });
    expect(await create('configmaps', configMap('web'))).toMatchObject({ data: { added: 'yes' } });
    hooks.mutate = ({ object }) => ({ ...object, metadata: { name: 'Not_a_name' } });
    expect(await refusal(create('configmaps', configMap('web2')))).toMatch(/^422 .*metadata.name: Invalid value/);
  });

  it('shows validating admission the object as it will be stored', async () => {
    const { create, hooks } = await aPipeline();
    const seen: unknown[] = [];
    hooks.validate = ({ object, name }) => void seen.push([name, object?.metadata]);
    await create('configmaps', { metadata: { generateName: 'web-' } });
    expect(seen).toEqual([
      [
        'web-bbbbb',
        expect.objectContaining({ name: 'web-bbbbb', uid: 'uid-2', creationTimestamp: '2026-01-01T12:00:00Z' }),
      ],
    ]);
  });

  it('stores nothing that admission refuses', async () => {
    const { create, hooks, store } = await aPipeline();
    hooks.validate = () => {
      throw new Failure(403, 'Forbidden', 'no');
    };
    expect(await refusal(create('configmaps', configMap('web')))).toBe('403 no');
    expect(store.list({ resource: 'configmaps', namespace: '' }).items).toEqual([]);
  });
});

describe('generateName', () => {
  it("takes five characters of Kubernetes' alphabet, and keeps to 63", async () => {
    const { create, draws } = await aPipeline();
    draws.push(0, 1, 26, 20, 25);
    expect(await create('configmaps', { metadata: { generateName: 'a'.repeat(70) } })).toMatchObject({
      metadata: { name: `${'a'.repeat(58)}bc928` },
    });
  });

  it('tries other names while one is taken', async () => {
    const { create, draws } = await aPipeline();
    await create('configmaps', configMap('web-bbbbb'));
    draws.push(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    expect(await create('configmaps', { metadata: { generateName: 'web-' } })).toMatchObject({
      metadata: { name: 'web-bbbbc' },
    });
  });

  it('gives up after eight', async () => {
    const { create } = await aPipeline();
    await create('configmaps', configMap('web-bbbbb'));
    expect(await refusal(create('configmaps', { metadata: { generateName: 'web-' } }))).toBe(
      '409 configmaps "web-bbbbb" already exists, the server was not able to generate a unique name for the object',
    );
  });
});

describe('a namespace', () => {
  it('must be there', async () => {
    const { objects, target } = await aPipeline();
    const call = objects.create(target('configmaps', '', { namespace: 'nowhere' }), WRITE, bodyOf(configMap('web')));
    expect(await refusal(call)).toBe('404 namespaces "nowhere" not found');
  });

  it('takes in nothing while it goes, and says why as a cause', async () => {
    const { create, objects, target } = await aPipeline();
    await objects.delete(target('namespaces', 'shop'), { dryRun: false, preconditions: {}, sent: {} });
    const error: unknown = await create('configmaps', configMap('web')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 403,
      message:
        'configmaps "web" is forbidden: unable to create new content in namespace shop because it is being terminated',
      details: {
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace shop is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    });
  });

  it('takes in nothing that was sent before it went, either', async () => {
    const { create, hooks, store } = await aPipeline();
    hooks.validate = async () => {
      hooks.validate = () => {};
      const shop = store.get({ resource: 'namespaces', namespace: '', name: 'shop' });
      if (shop !== undefined) await store.remove(shop.key, shop.object(), shop.revision);
    };
    expect(await refusal(create('configmaps', configMap('web')))).toBe('404 namespaces "shop" not found');
  });

  it.each(['default', 'kube-system', 'kube-public'])('%s stays', async (name) => {
    const { create, delete: remove } = await aPipeline();
    await create('namespaces', { metadata: { name } });
    expect(await refusal(remove('namespaces', name))).toBe(
      `403 namespaces "${name}" is forbidden: this namespace may not be deleted`,
    );
  });
});

describe('owners', () => {
  const owner = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Pod', name, uid: 'one' });

  it('that stand twice are taken once, in whatever order their members stand', () => {
    const warnings: string[] = [];
    const { uid, name, kind, apiVersion } = owner('a');
    const metadata = { ownerReferences: [owner('a'), owner('b'), { uid, name, kind, apiVersion }] };
    const object = withoutDoubleOwners({ metadata }, 'as sent', (sentence) => warnings.push(sentence));
    expect(object).toEqual({ metadata: { ownerReferences: [owner('a'), owner('b')] } });
    expect(warnings).toEqual([expect.stringMatching(/duplicate UID\(s\) observed: one$/)]);
  });

  it('are looked through at once, were they thousands of one uid', () => {
    const owners = (count: number) => Array.from({ length: count }, (_, index) => owner(`a${index}`));
    expectGrowsWithSize(20_000, owners, (ownerReferences) => {
      withoutDoubleOwners({ metadata: { ownerReferences } }, 'as sent', () => {});
    });
    const controllers = (count: number) => owners(count).map((each) => ({ ...each, controller: true }));
    expectGrowsWithSize(5_000, controllers, (ownerReferences) => {
      const metadata = { name: 'web', namespace: 'shop', ownerReferences };
      expect(metadataCauses({ metadata }, true, () => [])).toHaveLength(5);
    });
  });
});
