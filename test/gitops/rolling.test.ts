/**
 * RollingSync: what changes for the platform reaches staging once it is Healthy in dev.
 *
 * It goes by what Argo CD has looked at already: were staging compared with a commit before dev is, staging would be synced
 * first (argoproj/argo-cd issue 12325). So staging is held back until dev has been looked at, as docs/gitops.md says.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonObject, numberAt, stringAt } from '../../src/kubernetes/json.ts';
import { createAll } from '../../tools/controlplane/kubernetes/create.ts';
import { clusterSecret } from '../../tools/gitops/argocd/installation.ts';
import {
  applicationPath,
  becomes,
  objectAtPath,
  refresh,
  refreshSet,
  said,
  setPath,
  untilAsked,
} from './harness/application.ts';
import { type World, world } from './harness/shared.ts';

const GRADES = ['dev', 'staging'];
const SERVINGS = '/apis/operator.knative.dev/v1beta1/namespaces/knative-serving/knativeservings';
const SECRETS = '/api/v1/namespaces/argocd/secrets';

const STAGING = 'platform-rolling-staging';

let shared: World;
/** The newest commit. */
let revision: string;

beforeAll(async () => {
  shared = await world();
  const { controlPlane, repository } = shared;
  revision = await repository.commit('No platform yet');
  // two names of the one API server, since Argo CD knows a cluster by its address
  const port = new URL(controlPlane.server).port;
  await createAll(controlPlane, [
    knativeServingCrd(),
    rolling('dev', `https://127.0.0.1:${port}`),
    rolling('staging', `https://localhost:${port}`),
  ]);
});

afterAll(async () => {
  for (const grade of GRADES) await shared.controlPlane.api.ask('DELETE', `${SECRETS}/cluster-rolling-${grade}`);
});

function rolling(grade: string, server: string): JsonObject {
  const labels = { 'weir.dev/grade': grade };
  return clusterSecret({ name: `rolling-${grade}`, server, labels, access: shared.controlPlane });
}

/** The operator is not here: its kind, with any content, stands in for the platform. */
function knativeServingCrd(): JsonObject {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'knativeservings.operator.knative.dev' },
    spec: {
      group: 'operator.knative.dev',
      scope: 'Namespaced',
      names: { kind: 'KnativeServing', plural: 'knativeservings' },
      versions: [{ name: 'v1beta1', served: true, storage: true, subresources: { status: {} }, schema }],
    },
  };
}

/** Commits this version of the platform for both grades. */
async function push(version: string): Promise<void> {
  const { repository, controlPlane } = shared;
  for (const grade of GRADES) {
    const serving = `apiVersion: operator.knative.dev/v1beta1
kind: KnativeServing
metadata: {name: ${grade}, namespace: knative-serving}
spec: {version: "${version}"}
`;
    repository.write(`overlays/platform/${grade}/kustomization.yaml`, 'resources: [serving.yaml]\n');
    repository.write(`overlays/platform/${grade}/serving.yaml`, serving);
  }
  revision = await repository.commit(`Knative ${version}`);
  await refreshSet(controlPlane.api, 'platform');
}

/** What the operator writes once all is installed. */
async function install(grade: string): Promise<void> {
  const { api } = shared.controlPlane;
  const serving = await api.get(`${SERVINGS}/${grade}`);
  const status = {
    observedGeneration: numberAt(serving, 'metadata', 'generation') ?? 1,
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  await api.patch(`${SERVINGS}/${grade}/status`, { status });
}

async function versionIn(grade: string): Promise<string | undefined> {
  return stringAt(await objectAtPath(shared.controlPlane.api, `${SERVINGS}/${grade}`), 'spec', 'version');
}

/** Holds a grade at a commit by the label of its cluster, or lets it follow the repository again. */
async function hold(grade: string, at: string | undefined): Promise<void> {
  const { api } = shared.controlPlane;
  await api.patch(`${SECRETS}/cluster-rolling-${grade}`, {
    metadata: { labels: { 'weir.dev/revision': at ?? null } },
  });
  const wanted = at ?? 'main';
  const again = () => refreshSet(api, 'platform');
  await untilAsked(`${grade} is to be at ${wanted}`, { again }, async () => {
    const application = await objectAtPath(api, applicationPath(`platform-rolling-${grade}`));
    const there = stringAt(application, 'spec', 'source', 'targetRevision');
    if (there !== wanted) throw new Error(`it is to be at ${there}`);
  });
}

/** Where the ApplicationSet is with an Application: `2 Waiting`, its step and what it does there. */
async function stepOf(application: string): Promise<string> {
  const set = await shared.controlPlane.api.get(setPath('platform'));
  const found = arrayAt(set, 'status', 'applicationStatus').find((each) => {
    return stringAt(each, 'application') === application;
  });
  return `${stringAt(found, 'step')} ${stringAt(found, 'status')}`;
}

async function arrives(grade: string, version: string): Promise<void> {
  const { api } = shared.controlPlane;
  const name = `platform-rolling-${grade}`;
  await becomes(api, name, { revision });
  await untilAsked(`${version} is in ${grade}`, { again: () => refresh(api, name) }, async () => {
    if ((await versionIn(grade)) !== version) throw new Error(said(await api.get(applicationPath(name))));
  });
}

describe.each([
  ['a first version', '1.22', undefined],
  ['the next version', '1.23', '1.22'],
])('%s', (_, version, before) => {
  it('comes to dev, and not to a cluster that is held where it is', async () => {
    const { api } = shared.controlPlane;
    await hold('staging', revision);
    await push(version);
    await arrives('dev', version);
    await becomes(api, 'platform-rolling-dev', { revision, sync: 'Synced', health: 'Progressing' });
    expect(await versionIn('staging')).toBe(before);
  });

  it('waits before staging, which has seen it, as long as dev is not Healthy', async () => {
    const { api } = shared.controlPlane;
    await hold('staging', undefined);
    await becomes(api, STAGING, { revision, sync: 'OutOfSync' });
    await untilAsked('the ApplicationSet has seen it', { again: () => refreshSet(api, 'platform') }, async () => {
      const step = await stepOf(STAGING);
      if (step !== '2 Waiting') throw new Error(`it is at ${step}`);
    });
    await refreshSet(api, 'platform');
    await becomes(api, STAGING, { revision, sync: 'OutOfSync' });
    expect([await stepOf(STAGING), await versionIn('staging')]).toEqual(['2 Waiting', before]);
  });

  it('comes to staging once dev is', async () => {
    const { api } = shared.controlPlane;
    await install('dev');
    await becomes(api, 'platform-rolling-dev', { revision, health: 'Healthy' });
    await arrives('staging', version);
    await install('staging');
    await becomes(api, STAGING, { revision, sync: 'Synced', health: 'Healthy' });
  });
});
