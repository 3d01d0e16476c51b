/** Drift, what vanishes from Git, and what is new there. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { applicationPath, becomes, objectAtPath, refreshSet, said, untilAsked } from './harness/application.ts';
import { makeTeam, type Team } from './harness/team.ts';

const MIN_SCALE = 'autoscaling.knative.dev/min-scale';
const NO_SETTINGS = 'resources: [../../base]\n';

let team: Team;

beforeAll(async () => {
  team = await makeTeam({ name: 'life' });
  const revision = await team.push('Begin');
  for (const environment of ['dev', 'prod']) {
    await becomes(team.controlPlane.api, team.applicationOf(environment), { revision, sync: 'Synced' });
  }
});

async function isGone(what: string, ask: () => Promise<unknown>): Promise<void> {
  const again = () => refreshSet(team.controlPlane.api);
  await untilAsked(`${what} is gone`, { again }, async () => {
    const there = await ask();
    if (there !== undefined) throw new Error(JSON.stringify(there));
  });
}

/** Waits until Argo CD has put an object back as Git has it, by itself. */
async function isHealed(environment: string, looksRight: (settings: JsonObject) => boolean): Promise<void> {
  const { api } = team.controlPlane;
  await until(`Git wins in ${environment}`, { seconds: 120 }, async () => {
    const settings = await team.get(environment, 'configmap', 'settings');
    if (settings !== undefined && looksRight(settings)) return true;
    throw new Error(said(await api.get(applicationPath(team.applicationOf(environment)))));
  });
}

describe('drift', () => {
  it('made by kubectl is healed', async () => {
    const { kubectl } = team.controlPlane;
    const namespace = team.namespaceOf('prod');
    const patch = JSON.stringify({ data: { environment: 'elsewhere' } });
    const { code, stderr } = await kubectl([
      '-n',
      namespace,
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      patch,
    ]);
    expect([code, stderr]).toEqual([0, '']);
    await isHealed('prod', (settings) => stringAt(settings, 'data', 'environment') === 'prod');
  });

  it('of a deleted object is healed', async () => {
    const { kubectl } = team.controlPlane;
    await kubectl(['-n', team.namespaceOf('dev'), 'delete', 'configmap', 'settings']);
    await isHealed('dev', () => true);
  });
});

describe('a new environment folder', () => {
  it('becomes an Application, once it is there', async () => {
    const { api } = team.controlPlane;
    team.repository.copy(`${team.repository.folder}/apps/${team.name}/overlays/dev`, `apps/${team.name}/overlays/edge`);
    // no cluster here holds edge
    await team.push('Prepare the edge');
    const secret = '/api/v1/namespaces/argocd/secrets/cluster-here';
    expect((await api.ask('GET', applicationPath(team.applicationOf('edge')))).status).toBe(404);
    await api.patch(secret, { metadata: { labels: { 'environment.weir.dev/edge': '' } } });
    try {
      await becomes(api, team.applicationOf('edge'), { sync: 'Synced', seconds: 180 });
      expect(stringAt(await team.get('edge', 'configmap', 'settings'), 'data', 'environment')).toBe('dev');
    } finally {
      await api.patch(secret, { metadata: { labels: { 'environment.weir.dev/edge': null } } });
    }
  });
});

describe('a field that Git gives up', () => {
  const SERVICE = 'base/service.yaml';
  const NO_WORD = '  template:\n    spec:';
  const OWN_WORD = '  template:\n    metadata: {annotations: {autoscaling.knative.dev/min-scale: "5"}}\n    spec:';

  it.each([
    ["its author's", '5', NO_WORD, OWN_WORD],
    ["the policy's again", '2', OWN_WORD, NO_WORD],
  ])('is %s', async (_, minScale, from, to) => {
    const { api } = team.controlPlane;
    team.edit(SERVICE, from, to);
    const revision = await team.push(`min-scale ${minScale}`);
    await until(`min-scale is ${minScale}`, { seconds: 120 }, async () => {
      const application = await becomes(api, team.applicationOf('prod'), { revision, sync: 'Synced' });
      const service = await team.get('prod', 'service', 'cart');
      const there = objectAt(service, 'spec', 'template', 'metadata', 'annotations')?.[MIN_SCALE];
      if (there === minScale) return true;
      throw new Error(`${there}: ${said(application)}`);
    });
  });
});

describe('what vanishes from Git', () => {
  it('is pruned', async () => {
    const { api } = team.controlPlane;
    team.edit('base/kustomization.yaml', 'network.yaml, settings.yaml', 'network.yaml');
    for (const environment of ['dev', 'staging', 'prod', 'edge']) {
      team.write(`overlays/${environment}/kustomization.yaml`, NO_SETTINGS);
    }
    const revision = await team.push('Keep no settings');
    await becomes(api, team.applicationOf('prod'), { revision, sync: 'Synced' });
    await isGone('the ConfigMap', () => team.get('prod', 'configmap', 'settings'));
    expect(await team.get('prod', 'service', 'cart')).toBeDefined();
  });

  it('as a whole environment takes what it made along, but in prod', async () => {
    const { api } = team.controlPlane;
    team.write('overlays/dev', undefined);
    team.write('overlays/prod', undefined);
    await team.push('Leave dev and prod');
    for (const environment of ['dev', 'prod']) {
      const application = applicationPath(team.applicationOf(environment));
      await isGone(`the Application of ${environment}`, () => objectAtPath(api, application));
    }
    await isGone('the Service in dev', () => team.get('dev', 'service', 'cart'));
    expect(await team.get('prod', 'service', 'cart')).toBeDefined();
  });
});
