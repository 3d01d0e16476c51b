/** What Kustomize builds. The same overlays are applied to an API server in test/cluster/overlays.test.ts. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { numberAt, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { openReports, openReportsFile } from '../../tools/overlays/openReports.ts';
import { check, folderWith } from '../cli/harness.ts';
import { withKustomize } from '../cli/withKustomize.ts';
import { built, over, withComponents } from './kustomize.ts';
import { entriesOf, objectsAt, only, textsAt } from './read.ts';

jest.setTimeout(60_000);

const GRADES = ['dev', 'staging', 'prod', 'edge'];
const REPLICAS: Readonly<Record<string, readonly [webhook: number, controllers: number]>> = {
  dev: [1, 1],
  staging: [2, 2],
  prod: [3, 2],
  edge: [1, 1],
};
/** Where nobody waits for Weir to make a namespace. */
const OPEN = ['dev', 'edge'];

describe.each(GRADES)('overlays/%s', (grade) => {
  withKustomize('builds without a warning, with the replicas of its grade', async () => {
    const objects = built(`overlays/${grade}`);
    const controllers = only(objects, 'Deployment', 'weir-controller');
    const replicas = [only(objects, 'Deployment', 'weir-webhook'), controllers].map((each) =>
      numberAt(each, 'spec', 'replicas'),
    );
    expect(replicas).toEqual(REPLICAS[grade]);
    const [container = {}] = objectsAt(controllers, 'spec', 'template', 'spec', 'containers');
    expect(textsAt(container, 'args').at(-1)).toBe(`--grade=${grade}`);
    for (const object of objects)
      expect(stringAt(object, 'metadata', 'labels', 'app.kubernetes.io/part-of')).toBe('weir');
  });

  withKustomize('mounts the policies that it brings', async () => {
    const objects = built(`overlays/${grade}`);
    const name = stringAt(only(objects, 'ConfigMap'), 'metadata', 'name') ?? '';
    expect(name).toMatch(/^weir-policies-[a-z0-9]{10}$/);
    for (const deployment of ['weir-webhook', 'weir-controller']) {
      const volumes = objectsAt(only(objects, 'Deployment', deployment), 'spec', 'template', 'spec', 'volumes');
      expect(volumes).toEqual([{ name: 'policies', configMap: { name } }]);
    }
    expect(Object.keys(objectAt(only(objects, 'ConfigMap'), 'data') ?? {})).toEqual(
      expect.arrayContaining(['base.yaml', `${grade}.yaml`]),
    );
  });

  withKustomize('judges what is in no namespace by its grade', async () => {
    const entries = entriesOf(only(built(`overlays/${grade}`), 'ValidatingWebhookConfiguration'));
    const cluster = entries.get('cluster.policy.weir.dev');
    expect(valueAt(cluster, 'clientConfig', 'service')).toEqual({
      namespace: 'weir-system',
      name: 'weir-webhook',
      path: `/validate/${grade}`,
      port: 443,
    });
    expect(stringAt(entries.get('namespaces.policy.weir.dev'), 'failurePolicy')).toBe(
      OPEN.includes(grade) ? 'Ignore' : 'Fail',
    );
    expect(stringAt(entries.get(`${grade}.policy.weir.dev`), 'failurePolicy')).toBe(
      OPEN.includes(grade) ? 'Ignore' : 'Fail',
    );
  });

  withKustomize('keeps its own policy', async () => {
    const { code, result } = await check([`overlays/${grade}`, '--env', grade], { cwd: process.cwd() });
    // the image is a placeholder, whose digest and pull secret are its user's
    const known = ['images/digest', 'images/pull-secret-missing'];
    expect(result.findings.filter(({ rule }) => !known.includes(rule))).toEqual([]);
    expect([code, result.summary.deny, result.errors]).toEqual([0, 0, []]);
  });
});

const blocks = [...readFileSync('docs/install.md', 'utf8').matchAll(/^ *```yaml\n([\s\S]*?)```/gm)].map(
  ([, text = '']) => {
    return text.replaceAll(new RegExp(`^${/^ */.exec(text)?.[0] ?? ''}`, 'gm'), '');
  },
);
/** The block of the guide that has the text, with the checkout where it is. */
const shown = (text: string) => (at: (name: string) => string) => {
  const block = blocks.find((each) => each.includes(text));
  if (block === undefined) throw new Error(`no block of docs/install.md has ${text}`);
  return block.replaceAll('../weir/overlays', at('overlays'));
};

describe('the component cert-manager', () => {
  withKustomize('brings its certificate, and takes away what Weir’s own needed', async () => {
    const objects = over(shown('components/cert-manager'));
    for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
      expect(valueAt(only(objects, kind), 'metadata', 'annotations')).toMatchObject({
        'cert-manager.io/inject-ca-from': 'weir-system/weir-webhook',
      });
    }
    expect(JSON.stringify(objects)).not.toContain('weir-webhook-certificate');
    const roles = objects.filter(({ kind }) => kind === 'Role');
    expect(roles.map((role) => stringAt(role, 'metadata', 'name')).sort()).toEqual([
      'weir-controller',
      'weir-controller-dead-letters',
      'weir-webhook',
    ]);
    expect(JSON.stringify(roles)).not.toContain('secrets');
    const volumes = objectsAt(only(objects, 'Deployment', 'weir-webhook'), 'spec', 'template', 'spec', 'volumes');
    expect(volumes.map(({ name }) => name)).toEqual(['tls', 'policies']);
    only(objects, 'Certificate', 'weir-webhook');
  });
});

describe('the component break-glass', () => {
  const file = 'overlays/components/break-glass/roles.yaml';

  withKustomize('lets platform act as the group of the policies, which may then do what admins do', async () => {
    const objects = withComponents('overlays/prod', path.dirname(file));
    const [grant] = objectsAt(only(objects, 'ClusterRole', 'weir-break-glass-impersonate'), 'rules');
    expect(readFileSync('policies/base.yaml', 'utf8')).toContain(
      `breakGlass: {groups: [${stringAt(grant, 'resourceNames', 0)}]}`,
    );
    const bound = (name: string) => {
      const binding = only(objects, 'ClusterRoleBinding', name);
      return [stringAt(binding, 'subjects', 0, 'name'), stringAt(binding, 'roleRef', 'name')];
    };
    expect(bound('weir-break-glass-impersonate')).toEqual(['platform', 'weir-break-glass-impersonate']);
    expect(bound('weir-break-glass')).toEqual(['weir-break-glass', 'admin']);
    // docs/install.md takes Weir away by it
    const inNoNamespace = objects.filter((object) => stringAt(object, 'metadata', 'namespace') === undefined);
    for (const object of inNoNamespace)
      expect(stringAt(object, 'metadata', 'labels', 'app.kubernetes.io/part-of')).toBe('weir');
  });

  it.each(GRADES)('keeps the policy of %s', async (grade) => {
    const { code, result } = await check([file, '--env', grade], { cwd: process.cwd() });
    expect([code, result.findings, result.summary.resources]).toEqual([0, [], 3]);
  });
});

describe('the component openreports', () => {
  withKustomize('brings what the audit writes, for whoever may view a namespace to read', async () => {
    const objects = withComponents('overlays/prod', 'overlays/components/openreports');
    for (const plural of ['reports', 'clusterreports']) {
      const crd = only(objects, 'CustomResourceDefinition', `${plural}.openreports.io`);
      expect(stringAt(crd, 'spec', 'group')).toBe('openreports.io');
    }
    const role = only(objects, 'ClusterRole', 'weir-reports-view');
    expect(valueAt(role, 'metadata', 'labels')).toMatchObject({
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    });
  });

  it('is current; npm run generate writes it anew', () => {
    expect(readFileSync(openReportsFile, 'utf8')).toBe(openReports());
  });
});

describe('docs/install.md', () => {
  withKustomize('shows how image, policies and pull secret become one’s own', async () => {
    const objects = over(shown('kind: Kustomization'), {
      'policies/base.yaml': 'mine\n',
      'policies/prod.yaml': 'mine\n',
    });
    const pod = objectAt(only(objects, 'Deployment', 'weir-webhook'), 'spec', 'template', 'spec') ?? {};
    expect(stringAt(pod, 'containers', 0, 'image')).toBe('ghcr.io/acme/weir:0.1.0');
    expect(pod).not.toHaveProperty('imagePullSecrets');

    const policies = only(objects, 'ConfigMap');
    expect(stringAt(policies, 'data', 'prod.yaml')).toBe('mine\n');
    expect(stringAt(policies, 'data', 'dev.yaml')).toContain('EnvironmentPolicy');
    expect(stringAt(pod, 'volumes', 0, 'configMap', 'name')).toBe(stringAt(policies, 'metadata', 'name'));
  });

  withKustomize('shows how an environment of one’s own comes in', async () => {
    const perf =
      'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: perf}\nspec: {extends: base}\n';
    const folder = folderWith({ 'base.yaml': readFileSync('policies/base.yaml', 'utf8'), 'perf.yaml': perf });
    const printed = spawnSync('npm', ['run', '--silent', 'environment', 'perf', folder], { encoding: 'utf8' });
    const [before, after] = [
      over((at) => `resources: [${at('overlays/prod')}]\n`),
      over((at) => `resources: [${at('overlays/prod')}]\n${shown('path: perf.yaml')(at)}`, {
        'perf.yaml': printed.stdout,
        'policies/perf.yaml': perf,
      }),
    ].map((objects) => ({
      mutating: [...entriesOf(only(objects, 'MutatingWebhookConfiguration')).keys()],
      validating: [...entriesOf(only(objects, 'ValidatingWebhookConfiguration')).keys()],
      policies: Object.keys(objectAt(only(objects, 'ConfigMap'), 'data') ?? {}),
      cluster: valueAt(
        entriesOf(only(objects, 'ValidatingWebhookConfiguration')).get('cluster.policy.weir.dev'),
        'clientConfig',
      ),
    }));
    expect(after).toEqual({
      mutating: expect.arrayContaining([...(before?.mutating ?? []), 'perf.defaults.weir.dev']),
      validating: expect.arrayContaining([...(before?.validating ?? []), 'perf.policy.weir.dev']),
      policies: expect.arrayContaining([...(before?.policies ?? []), 'perf.yaml']),
      cluster: before?.cluster,
    });
  });
});
