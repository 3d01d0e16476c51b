/** The marks by which Weir knows what is its own: whoever writes over them turns nothing off, and takes nothing from a team. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { resourceQuotas, secrets } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, valueAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf } from '../../../src/kubernetes/object.ts';
import type { NamespacePolicy } from '../../../src/policy/model/namespace.ts';
import type { Cluster } from '../kit/cluster.ts';
import { aPullSecret, type GuardRailRun, policiesWith, runGuardRails, startClusterWithVault, told } from './harness.ts';

const SECTION: NamespacePolicy = {
  quota: { hard: { pods: 50, 'requests.cpu': '1' } },
  pullSecrets: { from: 'vault', names: ['regcred'] },
};

let cluster: Cluster;
let running: GuardRailRun;

beforeAll(async () => {
  cluster = await startClusterWithVault();
}, 120_000);
afterEach(() => running.stop());
afterAll(() => cluster.stop());

function quotaOf(namespace: string): Promise<JsonObject> {
  return cluster.client.get(resourceQuotas, { namespace, name: 'weir-quota' });
}

async function patchQuota(namespace: string, body: JsonObject): Promise<void> {
  await cluster.client.patch(resourceQuotas, { namespace, name: 'weir-quota' }, { type: 'merge', body });
}

async function started(): Promise<void> {
  running = await runGuardRails(cluster, { prod: SECTION });
  await running.settle();
}

async function restarted(): Promise<void> {
  await running.stop();
  await started();
}

describe('what Weir made', () => {
  it.each<[what: string, metadata: JsonObject, field: string]>([
    ['adopted', { annotations: { 'weir.dev/adopted': 'true' } }, '/metadata/annotations/weir.dev~1adopted'],
    ['stamped anew', { annotations: { 'weir.dev/applied': 'mine' } }, '/metadata/annotations/weir.dev~1applied'],
    ['without its stamp', { annotations: { 'weir.dev/applied': null } }, '/metadata/annotations/weir.dev~1applied'],
    [
      "somebody else's",
      { labels: { 'app.kubernetes.io/managed-by': 'me' } },
      '/metadata/labels/app.kubernetes.io~1managed-by',
    ],
    ['no guard rail', { labels: { 'weir.dev/guard-rail': null } }, '/metadata/labels/weir.dev~1guard-rail'],
    [
      'adopted and no guard rail',
      { annotations: { 'weir.dev/adopted': 'true' }, labels: { 'weir.dev/guard-rail': null } },
      '/metadata/labels/weir.dev~1guard-rail',
    ],
    [
      "adopted and somebody else's",
      { annotations: { 'weir.dev/adopted': 'true' }, labels: { 'app.kubernetes.io/managed-by': 'me' } },
      '/metadata/annotations/weir.dev~1adopted',
    ],
    [
      "stamped anew and nobody's",
      { annotations: { 'weir.dev/applied': 'mine' }, labels: { 'app.kubernetes.io/managed-by': null } },
      '/metadata/annotations/weir.dev~1applied',
    ],
    [
      'adopted by the stamp, too',
      { annotations: { 'weir.dev/adopted': 'true', 'weir.dev/applied': 'mine' } },
      '/metadata/annotations/weir.dev~1adopted',
    ],
  ])(
    'and somebody marks as %s is repaired, then and later, and goes with the policy',
    async (what, metadata, field) => {
      const namespace = `marked-${what.replaceAll(/\W/g, '-')}`;
      await cluster.namespace(namespace, 'prod');
      await started();
      const made = await quotaOf(namespace);
      await patchQuota(namespace, { metadata });
      await running.settle();
      const news = running.news.filter(({ data }) => data.namespace === namespace);
      expect(news.map(({ data: { change, fields } }) => [change, fields])).toEqual([
        ['changed', expect.arrayContaining([field])],
      ]);
      const repaired = await quotaOf(namespace);
      expect([labelsOf(repaired), annotationsOf(repaired)]).toEqual([labelsOf(made), annotationsOf(made)]);

      // while nobody looks, and with what it is all about
      await running.stop();
      await patchQuota(namespace, { metadata, spec: { hard: { pods: '9999' } } });
      await started();
      expect(valueAt(await quotaOf(namespace), 'spec', 'hard', 'pods')).toBe('50');

      await running.stop();
      await patchQuota(namespace, { metadata });
      running = await runGuardRails(cluster, { prod: { pullSecrets: SECTION.pullSecrets ?? {} } });
      await running.settle();
      // without its label nobody knows of it any more
      if (!field.endsWith('guard-rail')) await expect(quotaOf(namespace)).rejects.toThrow('not found');
    },
  );

  it('and a copy of a pull secret, too', async () => {
    await cluster.namespace('copied', 'prod');
    await started();
    const place = { namespace: 'copied', name: 'regcred' };
    const { data = null } = aPullSecret('copied', 'mine');
    const body = { metadata: { annotations: { 'weir.dev/adopted': 'true' } }, data };
    await cluster.client.patch(secrets, place, { type: 'merge', body });
    await running.settle();
    const copy = await cluster.client.get(secrets, place);
    expect(copy.data).toEqual(aPullSecret('vault', 'first').data);
    expect(annotationsOf(copy)['weir.dev/adopted']).toBeUndefined();
  });

  it('and somebody hands over to Argo CD is left alone, and that is told', async () => {
    await cluster.namespace('handed', 'prod');
    await started();
    const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:/ResourceQuota:handed/weir-quota' };
    await patchQuota('handed', { metadata: { annotations } });
    await running.settle();
    await patchQuota('handed', { spec: { hard: { pods: '9999' } } });
    await running.settle();
    expect(valueAt(await quotaOf('handed'), 'spec', 'hard', 'pods')).toBe('9999');
    await running.stop();
    const reasons = (await told(cluster, running, 'handed')).map((line) => line.split(':')[0]);
    expect(reasons).toEqual(expect.arrayContaining(['GuardRailAdopted', 'GuardRailOverridden']));
  });
});

describe("a team's that Weir adopted", () => {
  it.each<[what: string, metadata: JsonObject | ((namespace: string) => JsonObject)]>([
    ['loses the mark', { annotations: { 'weir.dev/adopted': null } }],
    ['has another mark', { annotations: { 'weir.dev/adopted': 'no' } }],
    ['has no stamp', { annotations: { 'weir.dev/applied': null } }],
    ['has neither', { annotations: { 'weir.dev/adopted': null, 'weir.dev/applied': null } }],
    [
      'has our stamp',
      (namespace) => ({ annotations: { 'weir.dev/adopted': null, 'weir.dev/applied': `${namespace}.0` } }),
    ],
    [
      'has all that is ours',
      (namespace) => ({
        annotations: { 'weir.dev/adopted': null, 'weir.dev/applied': `${namespace}.made.0` },
        labels: { 'app.kubernetes.io/managed-by': 'weir' },
      }),
    ],
  ])('stays theirs where it %s', async (what, metadata) => {
    const namespace = `adopted-${what.replaceAll(' ', '-')}`;
    await cluster.namespace(namespace, 'prod');
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace, name: 'weir-quota' },
      spec: { hard: { pods: '50' } },
    });
    await started();
    await patchQuota(namespace, { metadata: typeof metadata === 'function' ? metadata(namespace) : metadata });
    await running.settle();
    await patchQuota(namespace, { spec: { hard: { pods: '70' } } });
    await restarted();
    expect(valueAt(await quotaOf(namespace), 'spec', 'hard', 'pods')).toBe('70');
    running.hands.change(policiesWith({ prod: {} }));
    await running.settle();
    expect(valueAt(await quotaOf(namespace), 'spec', 'hard', 'pods')).toBe('70');
  });
});

describe("a team's that Weir never touched", () => {
  it('stays where somebody writes the marks of Weir on it, and nothing is told of it', async () => {
    const namespace = 'forged';
    await cluster.namespace(namespace, 'prod');
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: {
        namespace,
        name: 'team-own',
        labels: { 'weir.dev/guard-rail': 'quota', 'app.kubernetes.io/managed-by': 'weir' },
        annotations: { 'weir.dev/applied': `${namespace}.0` },
      },
      spec: { hard: { pods: '70' } },
    });
    await started();
    const theirs = await cluster.client.get(resourceQuotas, { namespace, name: 'team-own' });
    expect(valueAt(theirs, 'spec', 'hard', 'pods')).toBe('70');
    expect((await told(cluster, running, namespace)).join()).not.toContain('team-own');
  });
});

describe('what an older Weir adopted', () => {
  it.each<[what: string, annotations: JsonObject]>([
    ['as it was', {}],
    ['without its mark', { 'weir.dev/adopted': null }],
    ['with another stamp', { 'weir.dev/applied': 'mine' }],
  ])('is theirs, %s', async (what, annotations) => {
    const namespace = `older-${what.replaceAll(' ', '-')}`;
    const name = 'weir-quota';
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { namespace, name } };
    await cluster.namespace(namespace);
    await cluster.apply({ ...quota, spec: { hard: { pods: '50' } } });
    const marks = {
      labels: { 'weir.dev/guard-rail': 'quota' },
      annotations: { 'weir.dev/adopted': 'true', 'weir.dev/applied': `${namespace}.0123456789abcdef` },
    };
    const body = { ...quota, metadata: { name, namespace, ...marks }, spec: { hard: { pods: '50' } } };
    const options = { fieldManager: 'weir-guardrails' };
    await cluster.client.patch(resourceQuotas, { namespace, name }, { type: 'apply', body }, options);
    await patchQuota(namespace, { metadata: { annotations }, spec: { hard: { pods: '70' } } });
    await cluster.namespace(namespace, 'prod');
    await started();
    expect(valueAt(await quotaOf(namespace), 'spec', 'hard', 'pods')).toBe('70');
    running.hands.change(policiesWith({ prod: {} }));
    await running.settle();
    expect(valueAt(await quotaOf(namespace), 'spec', 'hard', 'pods')).toBe('70');
  });
});
