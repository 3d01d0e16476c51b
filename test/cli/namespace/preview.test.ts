/** `weir namespace preview`, with and without a cluster. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardRailsOf } from '../../../src/guardrails/guardRails.ts';
import { asOurs } from '../../../src/guardrails/owner.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { connect } from '../../../src/kubernetes/client/connection.ts';
import { networkPolicies, resourceQuotas } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { type ApiServer, startApiServer } from '../../../src/platform/apiserver/start.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { folderWith, weir } from '../harness.ts';

const POLICY = `apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec:
  namespace:
    networkPolicies:
      ingress: {default: deny}
    roles:
      knative-deployer: {groups: [developers]}
    pullSecrets: {from: weir-system, names: [regcred], serviceAccounts: [default]}
    quota:
      hard: {pods: 50}
    optOut: {allowed: [quota]}
`;
const BASE = `apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: base}
spec: {abstract: true}
`;

const cwd = folderWith({ 'policies/prod.yaml': POLICY, 'policies/base.yaml': BASE });

describe('without a cluster', () => {
  it('shows the guard rails, and where the policy says so', async () => {
    const { code, stdout } = await weir(['namespace', 'preview', 'shop', '--env', 'prod'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe(`shop as a namespace of prod

Network policies
  policies/prod.yaml:6
  NetworkPolicy weir-knative-ingress  the ways into Knative's pods
      8012, 8013, 8112 from  kourier-system (app=3scale-kourier-gateway)
                             knative-serving (app=3scale-kourier-gateway)
                             knative-serving (app=activator)
                             knative-serving (app=autoscaler)
      9090 from              knative-serving (app=autoscaler)
  NetworkPolicy weir-default-deny  closes every other way into every pod

Roles
  policies/prod.yaml:8
  Role knative-deployer
      write         services, configurations, routes, domainmappings of serving.knative.dev
      read, delete  revisions of serving.knative.dev
      write         brokers, triggers of eventing.knative.dev
      write         channels, subscriptions of messaging.knative.dev
      write         sequences, parallels of flows.knative.dev
      write         apiserversources, containersources, kafkasources, pingsources, sinkbindings of sources.knative.dev
      write         scalingschedules, trafficrollouts of weir.dev
      read          pods, pods/log, events
      read          events of events.k8s.io
  RoleBinding knative-deployer
      groups  developers

Quota of the namespace
  policies/prod.yaml:11
  ResourceQuota weir-quota
      at most  pods 50

Pull secrets
  policies/prod.yaml:10
  Secret regcred
      equal to  weir-system/regcred
      named by  ServiceAccount default
`);
  });

  it('names the pull secrets whose copies go, but where their source is', async () => {
    const spec = 'spec: {namespace: {pullSecrets: {from: vault, retired: {names: [regcred, old]}}}}';
    const file = `apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: prod}\n${spec}\n`;
    const retiring = folderWith({ 'policies/prod.yaml': file });
    const args = ['namespace', 'preview', 'shop', '--env', 'prod'];
    const { stdout } = await weir(args, { cwd: retiring });
    expect(stdout).toContain(`
Handed out no more
  Secret regcred, Secret old: a copy that Weir made goes, and its name in ServiceAccounts
`);
    const source = await weir(['namespace', 'preview', 'vault', '--env', 'prod'], { cwd: retiring });
    expect(source.stdout).not.toContain('Handed out no more');
  });

  it("says of Argo CD's own namespace that its label does nothing", async () => {
    const { stdout } = await weir(['namespace', 'preview', 'argocd', '--env', 'prod'], { cwd });
    expect(stdout).toContain(
      "argocd is Argo CD's own namespace, and gets no guard rails, although its label says prod",
    );
  });

  it('gives objects as YAML that Kubernetes reads as they are', async () => {
    const { stdout } = await weir(['namespace', 'preview', 'shop', '--env', 'prod', '-o', 'yaml'], { cwd });
    const policy = (await loadPolicies(path.join(cwd, 'policies'))).policies.get('prod');
    if (policy === undefined) throw new Error('no prod');
    const objects = guardRailsOf({ metadata: { name: 'shop' } }, policy).objects.map(({ object }) => object);
    expect(readManifests(stdout, 'preview').documents.map(({ object }) => object)).toEqual(objects);
    expect(stdout).toContain('# Secret regcred, equal to weir-system/regcred\n');
  });

  it('gives them as JSON', async () => {
    const { stdout } = await weir(['namespace', 'preview', 'shop', '-e', 'prod', '-o', 'json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      namespace: 'shop',
      environment: 'prod',
      pullSecrets: { from: 'weir-system', names: ['regcred'], serviceAccounts: ['default'] },
      optOut: { taken: [], refused: [] },
    });
    expect(JSON.parse(stdout).objects).toHaveLength(5);
  });

  it.each<[args: string[], sentence: string]>([
    [['shop', '--env', 'pord'], 'weir: no policy "pord"; did you mean "prod"? policies has base, prod\n'],
    [
      ['shop', '--env', 'base'],
      'weir: the policy base is for others to extend, and no namespace is in it; there are prod\n',
    ],
    [['shop', '--env', 'prod', '-o', 'xml'], 'weir: unknown output "xml" (one of text, yaml, json)\n'],
    [
      ['Shop', '--env', 'prod'],
      'weir: "Shop" is no name of a namespace; names have up to 63 lower-case letters, digits and dashes\n',
    ],
    [['shop', '--kubeconfig', 'none'], 'weir: the cluster cannot be read: '],
  ])('says what is wrong with %j', async (args, sentence) => {
    const { code, stdout, stderr } = await weir(['namespace', 'preview', ...args], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.slice(0, sentence.length)).toBe(sentence);
  });
});

describe('with a cluster', () => {
  let folder: string;
  let server: ApiServer;
  let client: Client;
  let close: () => void;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'weir-preview-'));
    server = await startApiServer({ folder, port: 0 });
    const connection = await connect({ kubeconfig: server.kubeconfig, environment: {}, clock: systemClock });
    close = () => connection.close();
    client = clientOver(connection);
    for (const [name, labels, annotations] of [
      ['shop', { 'weir.dev/environment': 'prod' }, { 'weir.dev/guard-rails-opt-out': 'quota' }],
      ['cart', { 'weir.dev/environment': 'prod' }, {}],
      ['plain', {}, {}],
    ] as const) {
      await client.create(
        { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false },
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } },
      );
    }
  }, 60_000);
  afterAll(async () => {
    close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function preview(...args: string[]) {
    return weir(['namespace', 'preview', ...args], { cwd, env: { KUBECONFIG: server.kubeconfig } });
  }

  async function apply(object: JsonObject, isQuota: boolean): Promise<void> {
    const resource = isQuota ? resourceQuotas : networkPolicies;
    await client.patch(resource, { namespace: 'cart', name: nameOf(object) }, { type: 'apply', body: object });
  }

  it('takes the environment from the label, and counts the annotation', async () => {
    const { code, stdout } = await preview('shop');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(
      /^shop as a namespace of prod at https:.*: 4 of its guard rails would change$/,
    );
    expect(stdout).toContain(
      '  + NetworkPolicy weir-default-deny  would be made  closes every other way into every pod\n',
    );
    expect(stdout).not.toContain('ResourceQuota');
    expect(stdout).toContain('left out by its annotation: quota');
  });

  it('says what would be made, changed and removed, and what is left alone', async () => {
    const policy = (await loadPolicies(path.join(cwd, 'policies'))).policies.get('prod');
    if (policy === undefined) throw new Error('no prod');
    const { objects } = guardRailsOf({ metadata: { name: 'cart' } }, policy);
    const [ingress, deny] = objects.map(({ object }) => asOurs(object, object));
    if (ingress === undefined || deny === undefined) throw new Error('no policies');
    await apply(ingress, false);
    await apply({ ...deny, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } }, false);
    await apply({ ...deny, metadata: { ...objectAt(deny, 'metadata'), name: 'weir-from-old' } }, false);
    await apply(
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { namespace: 'cart', name: 'weir-quota' },
        spec: { hard: { pods: '7' } },
      },
      true,
    );

    const { stdout } = await preview('cart', '-o', 'json');
    expect(JSON.parse(stdout).cluster.changes).toEqual([
      { change: 'keep', object: 'NetworkPolicy weir-knative-ingress', fields: [] },
      { change: 'change', object: 'NetworkPolicy weir-default-deny', fields: ['/spec/ingress'] },
      { change: 'make', object: 'Role knative-deployer', fields: [] },
      { change: 'make', object: 'RoleBinding knative-deployer', fields: [] },
      { change: 'overridden', object: 'ResourceQuota weir-quota', fields: ['/spec/hard/pods'] },
      { change: 'remove', object: 'NetworkPolicy weir-from-old', fields: [] },
    ]);
    const text = (await preview('cart')).stdout;
    expect(text).toContain(
      "  ! ResourceQuota weir-quota  is not Weir's, says something else, and stands at /spec/hard/pods\n",
    );
    expect(text).toContain('Not wanted any more\n  - NetworkPolicy weir-from-old  would be removed\n');
  });

  it('says what is missing for an answer', async () => {
    expect((await preview('plain')).stderr).toMatch(
      /the namespace plain has no label weir\.dev\/environment at https:/,
    );
    expect((await preview('nowhere')).stderr).toMatch(/has no namespace nowhere; --env names the environment/);
    const { stdout } = await preview('nowhere', '--env', 'prod', '--kubeconfig', server.kubeconfig);
    expect(stdout.split('\n')[0]).toMatch(/, which has no namespace of that name yet$/);
  });
});
