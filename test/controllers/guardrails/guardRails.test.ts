import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  limitRanges,
  namespaces,
  networkPolicies,
  resourceQuotas,
  roleBindings,
} from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { labelsOf } from '../../../src/kubernetes/object.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { ALL, contents, type GuardRailRun, policiesWith, runGuardRails, SECTION, told, versions } from './harness.ts';

let cluster: Cluster;
let running: GuardRailRun;

beforeAll(async () => {
  cluster = await startCluster({ hasKnative: false });
}, 120_000);
afterEach(() => running.stop());
afterAll(() => cluster.stop());

async function label(namespace: string, environment: string | null): Promise<void> {
  const body = { metadata: { labels: { 'weir.dev/environment': environment } } };
  await cluster.client.patch(namespaces, { name: namespace }, { type: 'merge', body });
}

describe('a namespace', () => {
  it('gets its guard rails with its label, and none without', async () => {
    await cluster.namespace('made');
    running = await runGuardRails(cluster);
    await running.settle();
    expect(await contents(cluster, 'made')).toEqual([]);

    await label('made', 'prod');
    await running.settle();
    expect(await contents(cluster, 'made')).toEqual(ALL);
    const quota = await cluster.client.get(resourceQuotas, { namespace: 'made', name: 'weir-quota' });
    expect(labelsOf(quota)).toEqual({ 'app.kubernetes.io/managed-by': 'weir', 'weir.dev/guard-rail': 'quota' });
    expect(running.news).toEqual([]);
  });

  it('is left alone where all is as it should be, also by a process that starts', async () => {
    await cluster.namespace('calm', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    const before = await versions(cluster, 'calm');
    await cluster.client.patch(
      namespaces,
      { name: 'calm' },
      { type: 'merge', body: { metadata: { labels: { a: 'b' } } } },
    );
    await running.settle();
    expect(await versions(cluster, 'calm')).toEqual(before);

    await running.stop();
    running = await runGuardRails(cluster);
    await running.settle();
    expect(await versions(cluster, 'calm')).toEqual(before);
    expect(running.news).toEqual([]);
  });

  it('loses what the policy drops, and follows what it changes', async () => {
    await cluster.namespace('changed', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    const { quota: _, ...rest } = SECTION;
    running.hands.change(policiesWith({ prod: { ...rest, limitRange: { default: { cpu: '2' } } } }));
    await running.settle();

    expect(await contents(cluster, 'changed')).toEqual(ALL.filter((each) => !each.startsWith('ResourceQuota')));
    const range = await cluster.client.get(limitRanges, { namespace: 'changed', name: 'weir-limits' });
    expect(valueAt(range, 'spec', 'limits', 0, 'default')).toEqual({ cpu: '2' });
    expect(running.news).toEqual([]);
  });

  it('changes with its label, and is emptied with it', async () => {
    await cluster.namespace('moved', 'prod');
    running = await runGuardRails(cluster, { prod: SECTION, dev: { quota: { hard: { pods: 5 } } } });
    await running.settle();
    await label('moved', 'dev');
    await running.settle();
    expect(await contents(cluster, 'moved')).toEqual(['ResourceQuota weir-quota']);

    await label('moved', null);
    await running.settle();
    expect(await contents(cluster, 'moved')).toEqual([]);
  });

  it('is emptied also where its label went while nobody ran', async () => {
    await cluster.namespace('left', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    await running.stop();
    await label('left', null);
    running = await runGuardRails(cluster);
    await running.settle();
    expect(await contents(cluster, 'left')).toEqual([]);
  });

  it('keeps what it has where its label names no policy', async () => {
    await cluster.namespace('typo', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    await label('typo', 'pord');
    await running.settle();
    running.hands.change(policiesWith({}));
    await running.settle();
    expect(await contents(cluster, 'typo')).toEqual(ALL);
    await running.stop();
    expect(await told(cluster, running, 'typo')).toContainEqual(
      'NoPolicy: no policy is called pord, as the label weir.dev/environment says; the guard rails stay as they are',
    );
  });

  it('is left alone on its way out, and nothing of Weir holds it up', async () => {
    await cluster.namespace('ending', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    await cluster.client.delete(namespaces, { name: 'ending' });
    await running.settle();
    await expect(cluster.client.get(namespaces, { name: 'ending' })).rejects.toThrow('not found');
    expect(running.told.filter((line) => line.startsWith('warn') || line.startsWith('error'))).toEqual([]);
  });

  it('does without what its annotation names, only where the policy lets it', async () => {
    await cluster.namespace('free', 'prod');
    running = await runGuardRails(cluster, { prod: { ...SECTION, optOut: { allowed: ['quota'] } } });
    await running.settle();
    const body = { metadata: { annotations: { 'weir.dev/guard-rails-opt-out': 'quota,networkPolicies' } } };
    await cluster.client.patch(namespaces, { name: 'free' }, { type: 'merge', body });
    await running.settle();
    expect(await contents(cluster, 'free')).toEqual(ALL.filter((each) => !each.startsWith('ResourceQuota')));
    await running.stop();
    expect(await told(cluster, running, 'free')).toContainEqual(
      'OptOutRefused: weir.dev/guard-rails-opt-out names networkPolicies, and prod lets a namespace leave out quota alone; it is kept',
    );
  });

  it('gets the others where one cannot be made, and that one is told', async () => {
    await cluster.namespace('partly', 'prod');
    running = await runGuardRails(cluster, { prod: { ...SECTION, quota: { hard: { nonsense: 1 } } } });
    await running.settle({ patience: 0 });
    expect(await contents(cluster, 'partly')).toEqual(ALL.filter((each) => !each.startsWith('ResourceQuota')));
    expect(running.told.join('\n')).toMatch(
      /partly could not be brought to what it should be: ResourceQuota weir-quota: /,
    );
  });
});

describe('drift', () => {
  const deny = { namespace: 'drifted', name: 'weir-default-deny' };

  it.each<[what: string, body: JsonObject, fields: string[]]>([
    ['a rule that opens everything', { spec: { ingress: [{}] } }, ['/spec/ingress']],
    ['a selector that misses pods', { spec: { podSelector: { matchLabels: { app: 'none' } } } }, ['/spec/podSelector']],
    [
      'labels that are gone',
      { metadata: { labels: { 'weir.dev/guard-rail': null, 'app.kubernetes.io/managed-by': null } } },
      ['/metadata/labels/app.kubernetes.io~1managed-by', '/metadata/labels/weir.dev~1guard-rail'],
    ],
  ])('%s is repaired and told', async (_, body, fields) => {
    await cluster.namespace('drifted', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    const before = await cluster.client.get(networkPolicies, deny);
    await cluster.client.patch(networkPolicies, deny, { type: 'merge', body });
    await running.settle();

    const after = await cluster.client.get(networkPolicies, deny);
    expect(after.spec).toEqual(before.spec);
    expect(labelsOf(after)).toEqual(labelsOf(before));
    expect(running.news).toEqual([
      {
        type: 'dev.weir.guardrail.repaired.v1',
        subject: 'networking.k8s.io/v1/namespaces/drifted/networkpolicies/weir-default-deny',
        data: {
          environment: 'prod',
          namespace: 'drifted',
          guardRail: 'networkPolicies',
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          name: 'weir-default-deny',
          change: 'changed',
          fields,
        },
      },
    ]);
    expect(await running.registry.metrics()).toContain(
      'weir_guardrails_writes_total{environment="prod",section="networkPolicies",what="repaired"} 1',
    );
  });

  it('a guard rail that somebody deletes is there again', async () => {
    await cluster.namespace('deleted', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    await cluster.client.delete(roleBindings, { namespace: 'deleted', name: 'knative-deployer' });
    await running.settle();
    expect(await contents(cluster, 'deleted')).toEqual(ALL);
    expect(running.news.map(({ data }) => [data.kind, data.change])).toEqual([['RoleBinding', 'deleted']]);
    await running.stop();
    expect(await told(cluster, running, 'deleted')).toContainEqual(
      'GuardRailRepaired: RoleBinding knative-deployer is a guard rail of prod, and was deleted; it is again as the policy says',
    );
  });

  it('leaves what others add, and repairs beside it', async () => {
    await cluster.namespace('shared', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    const quota = { namespace: 'shared', name: 'weir-quota' };
    const body = { metadata: { labels: { team: 'shop' } }, spec: { hard: { secrets: '20', pods: '500' } } };
    await cluster.client.patch(resourceQuotas, quota, { type: 'merge', body });
    await running.settle();
    const after = await cluster.client.get(resourceQuotas, quota);
    expect(valueAt(after, 'spec', 'hard')).toEqual({ pods: '50', 'requests.cpu': '1', secrets: '20' });
    expect(labelsOf(after).team).toBe('shop');
    expect(stringAt(after, 'metadata', 'labels', 'weir.dev/guard-rail')).toBe('quota');
  });

  it('deletes no copy of a guard rail that somebody put into a namespace of their own', async () => {
    await cluster.namespace('origin', 'prod');
    await cluster.namespace('elsewhere');
    running = await runGuardRails(cluster);
    await running.settle();
    const range = await cluster.client.get(limitRanges, { namespace: 'origin', name: 'weir-limits' });
    const { labels, annotations, name } = objectAt(range, 'metadata') ?? {};
    await cluster.apply({ ...range, metadata: { namespace: 'elsewhere', name, labels, annotations } });
    await running.settle();
    expect(await contents(cluster, 'elsewhere')).toEqual(['LimitRange weir-limits']);
  });
});
