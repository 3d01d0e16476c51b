/** What `weir up` brings and says, without starting anything. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { banner } from '../../../src/cli/up/banner.ts';
import { kinds, namespaces } from '../../../src/cli/up/contents.ts';
import { projectImages } from '../../../src/cli/up/images.ts';
import { leadingTo } from '../../../src/cli/up/kubernetes.ts';
import type { Platform } from '../../../src/cli/up/platform.ts';
import { suggestionFor } from '../../../src/cli/up/suggestion.ts';
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

describe('what is suggested', () => {
  const suggested = (project: string) =>
    suggestionFor(
      project,
      projectImages(project, project, () => {}),
    );
  const aService = (image: string, more = '') =>
    `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: cart}\nspec: {template: {spec: {containers: [{image: ${image}}]}}${more}}\n`;
  const weirYaml =
    'apiVersion: weir.dev/v1alpha1\nkind: Configuration\nimages: {"a.io/*": {command: [node, server.js]}, "registry.example.com/*": {command: [any]}}\n';

  it('is the first look where it runs', () => {
    expect(suggested(folderWith({}))).toBe('shipped');
    expect(suggested(path.resolve('examples/first-look'))).toBe('shipped');
  });

  it.each(['hello-world.yaml', 'canary.yaml'])('examples/hello-world/%s runs where no weir.yaml is, too', (name) => {
    const image = /image: (\S+)/.exec(readFileSync(path.resolve('examples/hello-world', name), 'utf8'))?.[1] ?? '';
    const images = projectImages(folderWith({}), process.cwd(), () => undefined);
    expect(images.programFor(image).program?.command).toEqual(['node', 'hello.js']);
  });

  it('is the project’s first Service that does not split its traffic', () => {
    expect(suggested(path.resolve('examples/hello-world'))).toEqual({
      file: path.resolve('examples/hello-world/hello-world.yaml'),
      name: 'hello-world',
      namespace: undefined,
    });
  });

  it.each([
    ['nothing beside weir.yaml', {}],
    ['an image that nothing stands for', { 'a.yaml': aService('b.io/cart') }],
    ['a later step alone', { 'a.yaml': aService('a.io/cart', ', traffic: [{percent: 100, latestRevision: true}]') }],
    ['what is no manifest', { 'a.yaml': 'kind: [', 'b.yaml': '- 7\n', 'c.yaml': 'kind: Service\napiVersion: 7\n' }],
  ])('is nothing where there is %s', (_, files) => {
    expect(suggested(folderWith({ 'weir.yaml': weirYaml, ...files }))).toBe('none');
  });
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
    eventingPort: 8090,
    policies: 'policies',
    log: path.resolve('.weir/webhook.log'),
    controllerLog: path.resolve('.weir/controller.log'),
    suggestion: 'shipped' as const,
    milliseconds: 1940,
  };

  it('names files as they are reached from where the lines are typed, and each of them is there', () => {
    const text = banner(standing, process.cwd());
    expect(text).toContain('after 1.9 s');
    expect(text).toContain('kubeconfig .weir/kubeconfig');
    expect(text).toContain('judges by policies;');
    expect(text).toContain('http://hello.shop-dev.localhost:8080');
    expect(text).toContain('http://127.0.0.1:8090/<namespace>/<name>');
    expect(text).toContain('https://127.0.0.1:9443/metrics, http://127.0.0.1:9090/metrics');
    const files = [...text.matchAll(/apply -n shop-\w+ -f (\S+)/g)].map(([, file = '']) => file);
    expect(files).toHaveLength(3);
    for (const file of files) expect(readFileSync(file, 'utf8')).toContain('kind: Service');
  });

  it('suggests what the project runs, and nothing where that is not known', () => {
    const hello = path.resolve('examples/hello-world/hello-world.yaml');
    const own = banner(
      { ...standing, suggestion: { file: hello, name: 'hello-world', namespace: undefined } },
      process.cwd(),
    );
    expect(own).toContain('such as http://hello-world.default.localhost:8080\n');
    expect(own).toContain(`
  kubectl apply -f examples/hello-world/hello-world.yaml
  kubectl wait --for=condition=Ready ksvc/hello-world
  curl $(kubectl get ksvc hello-world -o jsonpath='{.status.url}')

Ctrl-C`);
    const elsewhere = { ...standing, suggestion: { file: hello, name: 'cart', namespace: 'shop' } };
    expect(banner(elsewhere, process.cwd())).toContain('wait -n shop --for=condition=Ready ksvc/cart');
    const none = banner({ ...standing, suggestion: 'none' }, process.cwd());
    expect(none).toContain('<namespace>.localhost:8080\n');
    expect(none).toContain('apply a Service whose image weir.yaml names');
    expect(none).not.toContain('first-look');
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
