/** What `weir up` brings and says, without starting anything. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { banner } from '../../../src/cli/up/banner.ts';
import { kinds, namespaces } from '../../../src/cli/up/contents.ts';
import { leadingTo } from '../../../src/cli/up/kubernetes.ts';
import type { Platform } from '../../../src/cli/up/platform.ts';
import { weirsObjects } from '../../../src/cli/up/weir.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { folderWith, weir } from '../harness.ts';

const kindsOf = (objects: readonly JsonObject[]) => new Set(objects.map((object) => stringAt(object, 'kind')));
const named = (objects: readonly JsonObject[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && stringAt(object, 'metadata', 'name') === name);

describe('the options', () => {
  it.each<[args: string[], sentence: string]>([
    [['--port', '80x'], '--port is "80x", and must be a number from 0 to 65535; 0 takes any port that is free'],
    [['--port', '70000'], '--port is "70000", and must be a number from 0 to 65535; 0 takes any port that is free'],
    [
      ['--folder', 'a/b/c'],
      "/a/b/c cannot hold the platform's state: a part of the path is not a folder; choose another",
    ],
  ])('%j is answered with %s', async (args, sentence) => {
    const cwd = folderWith({ a: 'a file', 'empty/README.md': 'no policy' });
    const { code, stdout, stderr } = await weir(['up', ...args], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('mistake of Weir');
  });
});

describe("Weir's objects", () => {
  const objects = weirsObjects();

  it('are those of overlays/dev, but for what only pods need', () => {
    const kept = kindsOf(objects);
    for (const kind of ['Namespace', 'CustomResourceDefinition', 'ServiceAccount', 'ClusterRole', 'Role', 'Service']) {
      expect(kept).toContain(kind);
    }
    for (const kind of ['Deployment', 'PodDisruptionBudget', 'NetworkPolicy', 'ConfigMap']) {
      expect(kept).not.toContain(kind);
    }
    expect(stringAt(named(objects, 'Namespace', 'weir-system'), 'metadata', 'labels', 'weir.dev/environment')).toBe(
      'dev',
    );
  });

  it('are judged at the cluster by the policy of the grade, webhook by webhook', () => {
    const webhooks = arrayAt(named(objects, 'ValidatingWebhookConfiguration', 'policy.weir.dev'), 'webhooks');
    const cluster = webhooks.find((webhook) => stringAt(webhook, 'name') === 'cluster.policy.weir.dev');
    expect(objectAt(cluster, 'clientConfig', 'service')).toEqual({
      namespace: 'weir-system',
      name: 'weir-webhook',
      path: '/validate/dev',
      port: 443,
    });
    const prod = webhooks.find((webhook) => stringAt(webhook, 'name') === 'prod.policy.weir.dev');
    expect([stringAt(prod, 'failurePolicy'), stringAt(prod, 'clientConfig', 'service', 'path')]).toEqual([
      'Fail',
      '/validate/prod',
    ]);
  });

  it('lead to a port of this machine where the API server is outside of the cluster', () => {
    const outside = leadingTo(1234, objects);
    expect(named(outside, 'Service', 'weir-webhook')?.spec).toEqual({
      type: 'ExternalName',
      externalName: 'localhost',
    });
    const ports = outside
      .flatMap((object) => arrayAt(object, 'webhooks'))
      .map((webhook) => objectAt(webhook, 'clientConfig', 'service')?.port);
    expect(ports.length).toBeGreaterThan(5);
    expect(new Set(ports)).toEqual(new Set([1234]));
  });
});

it('brings the kinds that a repository of services uses, and a namespace for each environment', async () => {
  const names = (await kinds()).map((definition) => stringAt(definition, 'metadata', 'name'));
  expect(names).toEqual(
    expect.arrayContaining(['services.serving.knative.dev', 'triggers.eventing.knative.dev', 'scaledobjects.keda.sh']),
  );
  expect(namespaces().map((namespace) => objectAt(namespace, 'metadata'))).toEqual([
    { name: 'shop-dev', labels: { 'weir.dev/environment': 'dev' } },
    { name: 'shop-staging', labels: { 'weir.dev/environment': 'staging' } },
    { name: 'shop-prod', labels: { 'weir.dev/environment': 'prod' } },
  ]);
});

describe('the banner', () => {
  const platform: Platform = {
    server: 'https://127.0.0.1:7443',
    ca: '',
    kind: 'embedded',
    kubeconfig: path.resolve('.weir/kubeconfig'),
    keepsState: true,
    leadingTo: (_, objects) => objects,
    stop: async () => {},
  };
  const standing = {
    platform,
    webhookPort: 9443,
    metricsPort: 9090,
    ingressPort: 8080,
    policies: 'policies',
    log: path.resolve('.weir/webhook.log'),
    controllerLog: path.resolve('.weir/controller.log'),
    milliseconds: 1940,
  };

  it('names files as they are reached from where the lines are typed, and each of them is there', () => {
    const text = banner(standing, process.cwd());
    expect(text).toContain('after 1.9 s');
    expect(text).toContain('kubeconfig .weir/kubeconfig');
    expect(text).toContain('judges by policies;');
    expect(text).toContain('http://hello.shop-dev.localhost:8080');
    expect(text).toContain('https://127.0.0.1:9443/metrics, http://127.0.0.1:9090/metrics');
    const files = [...text.matchAll(/apply -n shop-\w+ -f (\S+)/g)].map(([, file = '']) => file);
    expect(files).toHaveLength(3);
    for (const file of files) expect(readFileSync(file, 'utf8')).toContain('kind: Service');
  });

  it.each([
    [true, 'state stays in .weir'],
    [false, 'what was applied goes with it'],
  ])('keepsState %s: %s', (keepsState, words) => {
    expect(banner({ ...standing, platform: { ...platform, keepsState } }, process.cwd())).toContain(words);
  });
});

it.each<[file: string, environment: string, denied: string[], warned: boolean]>([
  ['hello.yaml', 'dev', [], false],
  ['hello.yaml', 'prod', [], true],
  ['greedy.yaml', 'prod', ['autoscaling/max-scale', 'images/registry', 'images/tag'], true],
])('examples/first-look/%s in %s is denied for %j', async (file, environment, denied, warned) => {
  const example = path.resolve('examples/first-look', file);
  const { stdout } = await weir(['check', example, '--env', environment, '-o', 'json'], { cwd: process.cwd() });
  const findings: { rule: string; action: string }[] = JSON.parse(stdout).findings;
  const deniedBy = findings.filter(({ action }) => action === 'deny').map(({ rule }) => rule);
  expect(deniedBy.sort()).toEqual(denied);
  expect(findings.some(({ action }) => action === 'warn')).toBe(warned);
});
