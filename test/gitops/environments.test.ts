/** One commit of a team's repository in three environments, each of which fills in its own. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
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
