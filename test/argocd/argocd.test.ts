/** What argocd/ builds, held against what it is to sync. test/gitops runs it on a real Argo CD. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type JsonObject, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { objectsAt, objectsOf, only, textsAt } from '../overlays/read.ts';
import { built } from './built.ts';

jest.setTimeout(900_000);

const SETS = ['platform', 'weir', 'teams'];
const GRADES = ['dev', 'staging', 'prod', 'edge'];
const ENVIRONMENTS = ['dev', 'staging', 'prod'];

let objects: JsonObject[];
const folders: string[] = [];

beforeAll(async () => {
  objects = await built('argocd');
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** `apps/Deployment`, of what a project lets through. */
function allowed(project: string): Set<string> {
  const found = only(objects, 'AppProject', project);
  const lists = ['clusterResourceWhitelist', 'namespaceResourceWhitelist'];
  return new Set(lists.flatMap((list) => objectsAt(found, 'spec', list)).map((each) => `${each.group}/${each.kind}`));
}

function kindOf(object: JsonObject): string {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  return `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${object.kind}`;
}

describe('the repository', () => {
  it('is named once: everything else follows repository.yaml', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'weir-argocd-'));
    folders.push(folder);
    cpSync('argocd', folder, { recursive: true });
    const file = path.join(folder, 'repository.yaml');
    const own = readFileSync(file, 'utf8')
      .replace(/repoURL: .*/, 'repoURL: https://example.org/ours')
      .replace(/revision: .*/, 'revision: live');
    writeFileSync(file, own);
    const text = JSON.stringify(await built(folder));
    expect(text).not.toContain('git.example.com');
    expect(text).not.toMatch(/"main\\?"/);
    // two projects; three sources and one generator
    expect(text.match(/https:\/\/example\.org\/ours/g)).toHaveLength(6);
    expect(text.match(/"live\\?"/g)).toHaveLength(4);
  });

  it('names no certificate', () => {
    for (const grade of GRADES.slice(0, 3)) {
      expect(readFileSync(`overlays/${grade}/kustomization.yaml`, 'utf8')).not.toContain('caBundle');
    }
    for (const file of readdirSync('overlays/base')) {
      expect(readFileSync(path.join('overlays/base', file), 'utf8')).not.toMatch(/caBundle: *\S/);
    }
  });
});

describe.each(SETS)('the ApplicationSet %s', (name) => {
  it('fails where a value is missing, and compares as the webhooks see it', () => {
    const set = only(objects, 'ApplicationSet', name);
    expect(valueAt(set, 'spec', 'goTemplate')).toBe(true);
    expect(textsAt(set, 'spec', 'goTemplateOptions')).toEqual(['missingkey=error']);
    expect(textsAt(set, 'spec', 'template', 'spec', 'syncPolicy', 'syncOptions')).toContain('ServerSideApply=true');
    const annotations = valueAt(set, 'spec', 'template', 'metadata', 'annotations');
    expect(annotations).toMatchObject({
      'argocd.argoproj.io/compare-options': 'ServerSideDiff=true,IncludeMutationWebhook=true',
    });
  });

  it('writes its project down: nothing in Git chooses it', () => {
    const set = only(objects, 'ApplicationSet', name);
    expect(stringAt(set, 'spec', 'template', 'spec', 'project')).toBe(name === 'teams' ? 'teams' : 'platform');
    expect(stringAt(set, 'spec', 'templatePatch') ?? '').not.toContain('project');
  });

  it('leaves prod alone where it is taken away', () => {
    const set = only(objects, 'ApplicationSet', name);
    expect(valueAt(set, 'spec', 'syncPolicy', 'preserveResourcesOnDeletion')).toBe(true);
  });
});

it.each(['platform', 'weir'])('RollingSync of %s goes through every grade, and is switched on', (name) => {
  const set = only(objects, 'ApplicationSet', name);
  const steps = objectsAt(set, 'spec', 'strategy', 'rollingSync', 'steps');
  const order = steps.flatMap((step) => objectsAt(step, 'matchExpressions').flatMap((each) => textsAt(each, 'values')));
  expect(order).toEqual(GRADES);
  expect(valueAt(set, 'spec', 'template', 'spec', 'syncPolicy', 'automated')).toBeUndefined();
  const settings = only(objectsOf('argocd/settings/argocd-cmd-params-cm.yaml'), 'ConfigMap');
  expect(stringAt(settings, 'data', 'applicationsetcontroller.enable.progressive.syncs')).toBe('true');
});

it.each(['platform', 'weir'])('%s holds a cluster at a revision where its label says so', (name) => {
  const set = only(objects, 'ApplicationSet', name);
  expect(stringAt(set, 'spec', 'template', 'spec', 'source', 'targetRevision')).toBe(
    '{{index .metadata.labels "weir.dev/revision" | default "main"}}',
  );
});

describe('projects', () => {
  it('the default one lets nothing through', () => {
    expect(only(objects, 'AppProject', 'default').spec).toMatchObject({ sourceRepos: [], destinations: [] });
    expect(allowed('default').size).toBe(0);
  });

  it.each(GRADES)('the platform one lets through all that Weir and the platform are made of in %s', async (grade) => {
    for (const folder of [`overlays/${grade}`, `overlays/platform/${grade}`]) {
      const made = await built(folder);
      const missing = made.map(kindOf).filter((kind) => !allowed('platform').has(kind));
      expect([folder, missing]).toEqual([folder, []]);
      const namespaces = new Set(
        made.map((object) => stringAt(object, 'metadata', 'namespace')).filter((each) => each !== undefined),
      );
      const destinations = objectsAt(only(objects, 'AppProject', 'platform'), 'spec', 'destinations');
      expect(destinations.map(({ namespace }) => namespace)).toEqual(expect.arrayContaining([...namespaces]));
    }
  });

  it.each(ENVIRONMENTS)('the one of teams lets through all of examples/shop in %s', async (environment) => {
    const made = await built(`examples/shop/overlays/${environment}`);
    expect(made.length).toBeGreaterThan(5);
    expect(made.map(kindOf).filter((kind) => !allowed('teams').has(kind))).toEqual([]);
  });

  it.each([
    'weir.dev/PolicyException',
    'rbac.authorization.k8s.io/Role',
    'rbac.authorization.k8s.io/RoleBinding',
    '/ResourceQuota',
    '/LimitRange',
    '/Secret',
    'rbac.authorization.k8s.io/ClusterRole',
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  ])('the one of teams lets no %s through', (kind) => {
    expect(allowed('teams').has(kind)).toBe(false);
  });
});

describe('waves', () => {
  it('bring up definitions, rights, pods and then what asks them', async () => {
    const made = await built('overlays/prod');
    const wave = (kind: string) => {
      const waves = made
        .filter((object) => object.kind === kind)
        .map((object) => Number(stringAt(object, 'metadata', 'annotations', 'argocd.argoproj.io/sync-wave') ?? '0'));
      expect(new Set(waves).size).toBe(1);
      return waves[0] ?? 0;
    };
    const kinds = ['CustomResourceDefinition', 'ClusterRole', 'Deployment', 'ValidatingWebhookConfiguration'];
    const waves = kinds.map(wave);
    expect(waves).toEqual([...new Set(waves)].toSorted((left, right) => left - right));
    expect([wave('Namespace'), wave('ConfigMap'), wave('MutatingWebhookConfiguration')]).toEqual([
      waves[0],
      waves[1],
      waves[3],
    ]);
  });
});

describe('settings', () => {
  it('hold the Lua of each kind, and the label by which Argo CD reads them', async () => {
    const made = await built('argocd/settings');
    for (const object of made) {
      expect(stringAt(object, 'metadata', 'labels', 'app.kubernetes.io/part-of')).toBe('argocd');
    }
    const settings = only(made, 'ConfigMap', 'argocd-cm');
    const keys = Object.keys(settings.data ?? {}).filter((key) => key.startsWith('resource.customizations.health.'));
    expect(keys).toContain('resource.customizations.health.serving.knative.dev_Service');
    expect(keys).toContain('resource.customizations.health.weir.dev_ScalingSchedule');
    expect(keys).toContain('resource.customizations.health.weir.dev_TrafficRollout');
    for (const key of keys) expect(stringAt(settings, 'data', key)).toContain('return {status =');
  });
});
