import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { type DeleteOptions, objectOf } from '../../../../src/platform/apiserver/objects/objects.ts';
import { EVERYTHING } from '../../../../src/platform/apiserver/objects/selectors/selectors.ts';
import { aPipeline, configMap, DELETE, type Pipeline, refusal } from './pipeline.ts';

const POD = { metadata: { name: 'web' }, spec: { containers: [{ name: 'a', image: 'a' }] } };

function isThere({ store }: Pipeline, resource: string, name: string): boolean {
  const namespace = resource === 'namespaces' ? '' : 'shop';
  return store.get({ resource, namespace, name }) !== undefined;
}

describe('delete', () => {
  it('answers with a Status that names what is gone', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('web'));
    expect(await pipeline.delete('configmaps', 'web')).toEqual({
      code: 200,
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'web', kind: 'configmaps', uid: 'uid-2' },
      },
    });
    expect(isThere(pipeline, 'configmaps', 'web')).toBe(false);
    expect(pipeline.asked.slice(-2)).toEqual([
      'mutate DELETE configmaps shop/web',
      'validate DELETE configmaps shop/web',
    ]);
  });

  it.each<{ name: string; options: Partial<DeleteOptions>; expected: string }>`
    name     | options                                        | expected
    ${'zz'}  | ${{}}                                          | ${'404 configmaps "zz" not found'}
    ${'web'} | ${{ preconditions: { uid: 'x' } }}             | ${'409 Operation cannot be fulfilled on ConfigMap "web": the UID in the precondition (x) does not match the UID in record (uid-2). The object might have been deleted and then recreated'}
    ${'web'} | ${{ preconditions: { resourceVersion: '1' } }} | ${'409 Operation cannot be fulfilled on ConfigMap "web": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (2). The object might have been modified'}
  `('refuses $name with $options', async ({ name, options, expected }) => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('web'));
    expect(await refusal(pipeline.delete('configmaps', name, options))).toBe(expected);
    expect(isThere(pipeline, 'configmaps', 'web')).toBe(true);
  });

  it('leaves it there on a dry run', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('web'));
    await pipeline.delete('configmaps', 'web', { dryRun: true });
    expect(isThere(pipeline, 'configmaps', 'web')).toBe(true);
  });

  it('waits for finalizers, and goes with the last of them', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('web', { metadata: { finalizers: ['a.dev/x', 'a.dev/y'] } }));
    const going = objectOf(await pipeline.delete('configmaps', 'web'));
    expect(going).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T12:00:00Z', deletionGracePeriodSeconds: 0 },
    });
    // once more changes nothing
    expect(objectOf(await pipeline.delete('configmaps', 'web'))).toEqual(going);
    expect(await refusal(pipeline.create('configmaps', configMap('web')))).toBe(
      '409 object is being deleted: configmaps "web" already exists',
    );

    const added = { metadata: { finalizers: ['a.dev/x', 'a.dev/y', 'a.dev/z'] } };
    expect(await refusal(pipeline.patch('configmaps', 'web', 'merge', added))).toMatch(
      /no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"a.dev\/z"\}$/,
    );
    await pipeline.patch('configmaps', 'web', 'merge', { metadata: { finalizers: ['a.dev/y'] } });
    expect(isThere(pipeline, 'configmaps', 'web')).toBe(true);
    await pipeline.patch('configmaps', 'web', 'merge', { metadata: { finalizers: null } });
    expect(isThere(pipeline, 'configmaps', 'web')).toBe(false);
  });

  it.each<{ options: Partial<DeleteOptions>; finalizers: string[]; code: number }>`
    options                                | finalizers                | code
    ${{ propagationPolicy: 'Foreground' }} | ${['foregroundDeletion']} | ${200}
    ${{ propagationPolicy: 'Orphan' }}     | ${['orphan']}             | ${200}
    ${{ orphanDependents: true }}          | ${['orphan']}             | ${200}
  `('$options leaves $finalizers to the garbage collector', async ({ options, finalizers, code }) => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('web'));
    const answer = await pipeline.delete('configmaps', 'web', options);
    expect(answer.code).toBe(code);
    expect(objectOf(answer)).toMatchObject({ metadata: { finalizers } });
    expect(isThere(pipeline, 'configmaps', 'web')).toBe(true);
  });

  it.each([{ propagationPolicy: 'Background' }, { orphanDependents: false }] as const)(
    '%j removes at once',
    async (options) => {
      const pipeline = await aPipeline();
      await pipeline.create('configmaps', configMap('web', { metadata: { finalizers: ['orphan'] } }));
      await pipeline.delete('configmaps', 'web', options);
      expect(isThere(pipeline, 'configmaps', 'web')).toBe(false);
    },
  );

  it('accepts what waits where dependents are to go first, as Kubernetes answers old clients', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('web', { metadata: { finalizers: ['a.dev/x'] } }));
    expect((await pipeline.delete('configmaps', 'web', { orphanDependents: false })).code).toBe(202);
  });

  it('counts as a change of the generation', async () => {
    const pipeline = await aPipeline();
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    await pipeline.create('deployments', { metadata: { name: 'web', finalizers: ['a.dev/x'] }, spec });
    expect(objectOf(await pipeline.delete('deployments', 'web'))).toMatchObject({ metadata: { generation: 2 } });
  });
});

describe('a pod', () => {
  it('that no node runs goes at once, and is answered with', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('pods', POD);
    expect(objectOf(await pipeline.delete('pods', 'web'))).toMatchObject({ kind: 'Pod', metadata: { name: 'web' } });
    expect(isThere(pipeline, 'pods', 'web')).toBe(false);
  });

  it('on a node is given time, which may only be shortened', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('pods', {
      ...POD,
      spec: { ...POD.spec, nodeName: 'one', terminationGracePeriodSeconds: 60 },
    });
    const metadata = async (gracePeriodSeconds?: number): Promise<JsonObject> => {
      const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
      return objectOf(await pipeline.delete('pods', 'web', options)).metadata as JsonObject;
    };
    expect(await metadata()).toMatchObject({
      deletionTimestamp: '2026-01-01T12:01:00Z',
      deletionGracePeriodSeconds: 60,
    });
    expect(await metadata(90)).toMatchObject({ deletionGracePeriodSeconds: 60 });
    expect(await metadata(20)).toMatchObject({
      deletionTimestamp: '2026-01-01T12:00:20Z',
      deletionGracePeriodSeconds: 20,
    });
    await metadata(0);
    expect(isThere(pipeline, 'pods', 'web')).toBe(false);
  });
});

describe('a namespace', () => {
  it('waits for its content', async () => {
    const pipeline = await aPipeline();
    expect(objectOf(await pipeline.delete('namespaces', 'shop'))).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T12:00:00Z' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    });
    expect(isThere(pipeline, 'namespaces', 'shop')).toBe(true);
  });
});

describe('deletecollection', () => {
  it('deletes what is selected, and answers with it', async () => {
    const pipeline = await aPipeline();
    await pipeline.create('configmaps', configMap('a', { metadata: { labels: { x: '1' } } }));
    await pipeline.create('configmaps', configMap('b'));
    const labels = [{ key: 'x', operator: 'exists', values: [] }] as const;
    const page = await pipeline.objects.deleteCollection(pipeline.target('configmaps'), DELETE, {
      ...EVERYTHING,
      labels,
    });
    expect(page.items.map(({ key }) => key.name)).toEqual(['a']);
    expect([isThere(pipeline, 'configmaps', 'a'), isThere(pipeline, 'configmaps', 'b')]).toEqual([false, true]);
  });
});
