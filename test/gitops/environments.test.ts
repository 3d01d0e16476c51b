/** One commit of a team's repository in three environments, each of which fills in its own. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { becomes, compared, resourcesOf, syncNow } from './harness/application.ts';
import { makeTeam, serviceReady, type Team } from './harness/team.ts';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];

let team: Team;
let revision: string;

beforeAll(async () => {
  team = await makeTeam({ name: 'shop', from: 'examples/shop' });
  revision = await team.push('Open the shop');
});

/** What the policy fills in where the author says nothing. */
function filledIn(service: JsonObject | undefined): Record<string, unknown> {
  const template = objectAt(service, 'spec', 'template');
  const annotations = objectAt(template, 'metadata', 'annotations');
  return {
    min: annotations?.['autoscaling.knative.dev/min-scale'],
    max: annotations?.['autoscaling.knative.dev/max-scale'],
    memory: stringAt(template, 'spec', 'containers', 0, 'resources', 'limits', 'memory'),
  };
}

describe('a commit', () => {
  it.each(ENVIRONMENTS)('reaches Synced in %s', async (environment) => {
    const { api } = team.controlPlane;
    const application = await becomes(api, team.applicationOf(environment), { revision, sync: 'Synced' });
    const resources = resourcesOf(application);
    expect(Object.keys(resources)).toEqual(
      expect.arrayContaining(['Service/order', 'Broker/default', 'PingSource/stocktaking']),
    );
    expect(new Set(Object.values(resources))).toEqual(new Set(['Synced']));
    const namespace = await api.get(`/api/v1/namespaces/${team.namespaceOf(environment)}`);
    expect(stringAt(namespace, 'metadata', 'labels', 'weir.dev/environment')).toBe(environment);
  });

  it.each([
    ['dev', { min: '0', max: '3', memory: '512Mi' }],
    ['staging', { min: '1', max: '5', memory: '768Mi' }],
    ['prod', { min: '2', max: '20', memory: '2Gi' }],
  ])('has the values of its policy in %s', async (environment, values) => {
    expect(filledIn(await team.get(environment, 'service', 'order'))).toEqual(values);
  });

  it('is Healthy once its services are ready, by the Lua of argocd/settings', async () => {
    await serviceReady(team, 'prod', 'order');
    const { api } = team.controlPlane;
    await becomes(api, team.applicationOf('prod'), { health: 'Healthy' });
  });
});

describe('a later look', () => {
  it.each(ENVIRONMENTS)('still says Synced in %s, when all is compared anew', async (environment) => {
    const application = await compared(team.controlPlane.api, team.applicationOf(environment));
    expect(stringAt(application, 'status', 'sync', 'status')).toBe('Synced');
  });

  it('syncs again without a new Revision', async () => {
    const before = await serviceReady(team, 'prod', 'order');
    const application = await syncNow(team.controlPlane.api, team.applicationOf('prod'));
    expect(stringAt(application, 'status', 'operationState', 'phase')).toBe('Succeeded');
    const after = await team.get('prod', 'service', 'order');
    expect(objectAt(after, 'metadata')?.generation).toBe(objectAt(before, 'metadata')?.generation);
    const revisions = await team.list('prod', 'revision');
    expect(revisions).toHaveLength((await team.list('prod', 'service')).length);
  });
});

/** One of these while traffic is being moved, as the comment in the overlay says. */
const NO_FOLDER = '# - ../../traffic/canary ';
const DIGEST = 'bc7da36d07de10750d02baff5e6d4fed43c21de7c206f2d22ecfaed06a919527';
const NEXT_DIGEST = DIGEST.replaceAll('b', 'c');
const OVERLAY = 'overlays/prod/kustomization.yaml';

/** What the Route leads where: `order-00001 90 stable`. */
async function trafficOf(service: string): Promise<string[]> {
  const route = await team.get('prod', 'route', service);
  return arrayAt(route, 'status', 'traffic').map((target) =>
    [stringAt(target, 'revisionName'), numberAt(target, 'percent'), stringAt(target, 'tag')].join(' ').trim(),
  );
}

describe('traffic that a commit moves in prod', () => {
  it.each([
    ['traffic/canary', NO_FOLDER, '- ../../traffic/canary ', ['order-00001 90 stable', 'order-00002 10 canary']],
    ['traffic/blue-green', 'canary', 'blue-green', ['order-00001 100 blue', 'order-00002 0 green']],
    ['traffic/rollback', 'blue-green', 'rollback', ['order-00001 100']],
    ['none of them', '- ../../traffic/rollback', '# - ../../traffic/rollback', ['order-00002 100']],
  ])('by %s arrives at the Route, and stays Synced', async (_, from, to, traffic) => {
    const { api } = team.controlPlane;
    team.edit(OVERLAY, from, to);
    if (from === NO_FOLDER) team.edit(OVERLAY, DIGEST, NEXT_DIGEST);
    revision = await team.push(`Move traffic by ${to}`);
    const name = team.applicationOf('prod');
    await becomes(api, name, { revision, sync: 'Synced', phase: 'Succeeded' });
    await until(`traffic is ${traffic.join(', ')}`, { seconds: 120 }, async () => {
      const there = await trafficOf('order');
      if (JSON.stringify(there) === JSON.stringify(traffic)) return true;
      throw new Error(`${there.join(', ')}; ${JSON.stringify((await team.get('prod', 'service', 'order'))?.status)}`);
    });
    await becomes(api, name, { revision, sync: 'Synced', health: 'Healthy' });
  });
});
