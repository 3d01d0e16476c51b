import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { bodyOf, objectOf } from '../../../../src/platform/apiserver/objects/objects.ts';
import { aPipeline, type Pipeline, refusal, WRITE } from './pipeline.ts';

const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
const DEPLOYMENT = {
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: TEMPLATE },
};
const POD = { metadata: { name: 'web', labels: { app: 'web' } }, spec: TEMPLATE.spec };

async function withDeployment(): Promise<Pipeline> {
  const pipeline = await aPipeline();
  await pipeline.create('deployments', DEPLOYMENT);
  return pipeline;
}

function scaled({ objects, target }: Pipeline, replicas: JsonValue, metadata: JsonObject = {}): Promise<JsonObject> {
  const scale = {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'web', ...metadata },
    spec: { replicas },
  };
  return objects.update(target('deployments', 'web', { subresource: 'scale' }), WRITE, bodyOf(scale)).then(objectOf);
}

describe('scale', () => {
  it('shows how many there are to be, and by which labels they are known', async () => {
    const { objects, target } = await withDeployment();
    expect(objectOf(objects.get(target('deployments', 'web', { subresource: 'scale' })))).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        name: 'web',
        namespace: 'shop',
        uid: 'uid-2',
        resourceVersion: '2',
        creationTimestamp: '2026-01-01T12:00:00Z',
      },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=web' },
    });
  });

  it('changes that number alone, and counts as a change of what is wanted', async () => {
    const pipeline = await withDeployment();
    expect(await scaled(pipeline, 5)).toMatchObject({ spec: { replicas: 5 } });
    expect(pipeline.get('deployments', 'web')).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 5, template: TEMPLATE },
    });
    const patch = { type: 'merge', body: bodyOf({ spec: { replicas: 7 } }), force: false } as const;
    const target = pipeline.target('deployments', 'web', { subresource: 'scale' });
    expect(objectOf(await pipeline.objects.patch(target, WRITE, patch))).toMatchObject({ spec: { replicas: 7 } });
  });

  it.each<[JsonValue, JsonObject, string]>([
    [
      -1,
      {},
      '422 Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      1.5,
      {},
      '400 Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal number 1.5 into Go struct field ScaleSpec.spec.replicas of type int32',
    ],
    [1, { name: 'other' }, '400 the name of the object (other) does not match the name on the URL (web)'],
    [
      1,
      { resourceVersion: '1' },
      '409 Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    ],
  ])('to %j with %j is refused', async (replicas, metadata, expected) => {
    expect(await refusal(scaled(await withDeployment(), replicas, metadata))).toBe(expected);
  });

  describe('by an apply', () => {
    const scale = (replicas: JsonValue, metadata: JsonObject = {}): JsonObject => ({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'web', ...metadata },
      spec: { replicas },
    });
    const applied = async ({ objects, target }: Pipeline, config: JsonValue, manager: string, force = false) => {
      const asked = target('deployments', 'web', { subresource: 'scale' });
      const options = { ...WRITE, fieldManager: manager };
      return objectOf(await objects.patch(asked, options, { type: 'apply', body: bodyOf(config), force }));
    };

    it('takes the number from another manager by force alone, and stays with its own', async () => {
      const pipeline = await withDeployment();
      expect(await refusal(applied(pipeline, scale(3), 'a'))).toBe(
        '409 Apply failed with 1 conflict: conflict with "test" using autoscaling/v1: .spec.replicas',
      );
      expect(await applied(pipeline, scale(3), 'a', true)).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
      expect(await applied(pipeline, scale(4), 'a')).toMatchObject({ spec: { replicas: 4 } });
      expect(await refusal(applied(pipeline, scale(5), 'b'))).toBe(
        '409 Apply failed with 1 conflict: conflict with "a" with subresource "scale": .spec.replicas',
      );
      const { metadata, spec } = pipeline.get('deployments', 'web');
      expect(spec).toMatchObject({ replicas: 4, template: TEMPLATE });
      expect(metadata).toMatchObject({
        managedFields: expect.arrayContaining([
          expect.objectContaining({
            manager: 'a',
            operation: 'Apply',
            apiVersion: 'apps/v1',
            subresource: 'scale',
            fieldsV1: { 'f:spec': { 'f:replicas': {} } },
          }),
        ]),
      });
    });

    it.each<[JsonValue, string]>([
      [
        scale(-1),
        '422 Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      ],
      [
        scale('many'),
        '500 failed to create typed patch object (/web; autoscaling/v1, Kind=Scale): .spec.replicas: expected numeric (int or float), got string',
      ],
      [scale(3, { name: 'other' }), '400 the name of the object (other) does not match the name on the URL (web)'],
      [
        scale(3, { namespace: 'bank' }),
        '400 the namespace of the provided object does not match the namespace sent on the request',
      ],
      [
        scale(3, { uid: 'x' }),
        '409 Operation cannot be fulfilled on deployments/scale.apps "web": Precondition failed: UID in precondition: x, UID in object meta: uid-2',
      ],
      [
        scale(3, { resourceVersion: '1' }),
        '409 Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
      ],
      [{ spec: { replicas: 3 } }, '400 invalid object type: /, Kind='],
      [
        [],
        '400 error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
      ],
    ])('of %j is refused', async (config, expected) => {
      const pipeline = await withDeployment();
      expect(await refusal(applied(pipeline, config, 'a', true))).toBe(expected);
      expect(pipeline.get('deployments', 'web').spec).toMatchObject({ replicas: 2 });
    });
  });

  it('is what admission sees', async () => {
    const pipeline = await withDeployment();
    const seen: unknown[] = [];
    pipeline.hooks.validate = ({ object, old, subresource }) =>
      void seen.push([subresource, old?.kind, old?.spec, object?.spec]);
    await scaled(pipeline, 5);
    expect(seen).toEqual([['scale', 'Scale', { replicas: 2 }, { replicas: 5 }]]);
  });
});

describe('status', () => {
  it('is changed by its own way alone', async () => {
    const { objects, target, patch, get } = await withDeployment();
    await patch('deployments', 'web', 'merge', { status: { replicas: 3 } });
    expect(get('deployments', 'web').status).toEqual({});
    const change = {
      type: 'merge',
      body: bodyOf({ status: { replicas: 3 }, spec: { replicas: 9 } }),
      force: false,
    } as const;
    await objects.patch(target('deployments', 'web', { subresource: 'status' }), WRITE, change);
    expect(get('deployments', 'web')).toMatchObject({
      spec: { replicas: 2 },
      status: { replicas: 3 },
      metadata: { generation: 1 },
    });
  });
});

describe('a pod', () => {
  const bound = ({ objects, target }: Pipeline, node: string, metadata: JsonObject = {}) =>
    objects.create(
      target('pods', 'web', { subresource: 'binding' }),
      WRITE,
      bodyOf({ metadata: { name: 'web', ...metadata }, target: { name: node } }),
    );
  const evicted = ({ objects, target }: Pipeline) =>
    objects.create(target('pods', 'web', { subresource: 'eviction' }), WRITE, bodyOf({ metadata: { name: 'web' } }));

  it('is bound to a node once', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('pods', POD);
    expect((await bound(pipeline, 'one')).code).toBe(201);
    expect(pipeline.get('pods', 'web')).toMatchObject({
      spec: { nodeName: 'one' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    expect(await refusal(bound(pipeline, 'two'))).toBe(
      '409 Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "one"',
    );
    expect(await refusal(bound(pipeline, ''))).toMatch(/^400 .*target.name/);
  });

  it.each<[JsonObject, string]>([
    [{ uid: 'other' }, 'Precondition failed: UID in precondition: other, UID in object meta: uid-2'],
    [
      { resourceVersion: '1' },
      'Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: 2',
    ],
  ])('is not bound by a Binding of %j, which speaks of another or of an older one', async (metadata, why) => {
    const pipeline = await aPipeline();
    await pipeline.create('pods', POD);
    const refused = await refusal(bound(pipeline, 'one', metadata));
    expect(refused).toMatch(/^409 Operation cannot be fulfilled on pods\/binding "web": StorageError: invalid object/);
    expect(refused).toContain(why);
    expect(pipeline.get('pods', 'web').spec).not.toHaveProperty('nodeName');
    expect((await bound(pipeline, 'one', { uid: 'uid-2', resourceVersion: '2' })).code).toBe(201);
  });

  it('is evicted, unless a budget keeps it', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('pods', POD);
    const selector = { matchLabels: { app: 'web' } };
    await pipeline.create('poddisruptionbudgets', { metadata: { name: 'keep' }, spec: { selector, minAvailable: 1 } });
    expect(await refusal(evicted(pipeline))).toMatch(
      /^429 Cannot evict pod as it would violate the pod's disruption budget/,
    );
    await pipeline.delete('poddisruptionbudgets', 'keep');
    expect((await evicted(pipeline)).code).toBe(201);
    expect(await refusal(() => pipeline.get('pods', 'web'))).toBe('404 pods "web" not found');
  });
});

describe('a namespace', () => {
  it('goes once its content and its own finalizers have gone', async () => {
    const { objects, target, delete: remove, store } = await aPipeline();
    await remove('namespaces', 'shop');
    const finalize = (finalizers: string[]) =>
      objects.update(
        target('namespaces', 'shop', { subresource: 'finalize' }),
        WRITE,
        bodyOf({ metadata: { name: 'shop' }, spec: { finalizers } }),
      );
    await finalize(['kubernetes', 'a.dev/x']);
    expect(store.get({ resource: 'namespaces', namespace: '', name: 'shop' })?.object()).toMatchObject({
      spec: { finalizers: ['kubernetes', 'a.dev/x'] },
    });
    await finalize([]);
    expect(store.get({ resource: 'namespaces', namespace: '', name: 'shop' })).toBeUndefined();
  });
});
