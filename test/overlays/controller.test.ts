/** The controllers in a cluster: what runs, and what its ServiceAccount may do, as the files of overlays/base say it. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { rulesOf } from '../../controllers/manager/rights.ts';
import { define } from '../../src/cli/commands/controller.ts';
import { DEPLOYER_RULES } from '../../src/guardrails/roles.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import {
  clusterWide,
  controllerClusterRole,
  controllerRights,
  controllerRole,
  IN_A_CLUSTER,
  inOwnNamespace,
} from '../../tools/generate/overlays/controllerRights.ts';
import { environmentsOf } from '../../tools/generate/overlays/environments.ts';
import { objectsAt, objectsOf, only, textsAt } from './read.ts';

const ROLE = 'overlays/base/controller-cluster-role.yaml';
const OWN_ROLE = 'overlays/base/controller-role.yaml';

/** `patch revisions.serving.knative.dev`, one for each product of a rule. */
function grants(rules: readonly JsonObject[]): string[] {
  return rules.flatMap((rule) =>
    textsAt(rule, 'verbs').flatMap((verb) =>
      textsAt(rule, 'apiGroups').flatMap((group) =>
        textsAt(rule, 'resources').map((resource) => `${verb} ${resource}.${group}`),
      ),
    ),
  );
}

const deployment = only(objectsOf('overlays/base/controller-deployment.yaml'), 'Deployment');
const template = objectAt(deployment, 'spec', 'template') ?? {};
const pod = objectAt(template, 'spec') ?? {};
const [container = {}] = objectsAt(pod, 'containers');
const labels = valueAt(template, 'metadata', 'labels');

describe('the Deployment of the controllers', () => {
  it('is called with options that weir controller has', () => {
    const command = new Command('controller');
    define(command, () => {});
    const known = command.options.map(({ long }) => long);
    const [name, ...options] = textsAt(container, 'args');
    expect(name).toBe('controller');
    for (const option of options) expect(known).toContain(option.split('=')[0]);
  });

  it('runs the controllers whose rights it has', () => {
    expect(textsAt(container, 'args')).toContain(`--controllers=${IN_A_CLUSTER.join(',')}`);
  });

  it('is probed and scraped at the port at which it listens', () => {
    const port = numberAt(container, 'ports', 0, 'containerPort');
    expect(textsAt(container, 'args')).toContain(`--metrics-port=${port}`);
    for (const [probe, path] of [
      ['startupProbe', '/healthz'],
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(objectAt(container, probe, 'httpGet')).toEqual({ path, port: 'metrics' });
    }
    const policy = only(objectsOf('overlays/base/controller-network-policy.yaml'), 'NetworkPolicy');
    expect(numberAt(policy, 'spec', 'ingress', 0, 'ports', 0, 'port')).toBe(port);
    expect(valueAt(policy, 'spec', 'podSelector', 'matchLabels')).toEqual(labels);
    expect(valueAt(deployment, 'spec', 'selector', 'matchLabels')).toEqual(labels);
  });

  it('is the same image, user and mount as the webhook', () => {
    const webhook = only(objectsOf('overlays/base/deployment.yaml'), 'Deployment');
    const its = objectAt(webhook, 'spec', 'template', 'spec') ?? {};
    const [other = {}] = objectsAt(its, 'containers');
    for (const field of ['image', 'securityContext', 'volumeMounts'] as const) {
      expect(container[field]).toEqual(other[field]);
    }
    for (const field of ['securityContext', 'volumes', 'imagePullSecrets', 'priorityClassName'] as const) {
      expect(pod[field]).toEqual(its[field]);
    }
  });

  it.each(['staging', 'prod'])('is spread in %s by the labels of its pods', (grade) => {
    const patch = only(objectsOf(`overlays/${grade}/controller-deployment.yaml`), 'Deployment');
    const [constraint = {}] = objectsAt(patch, 'spec', 'template', 'spec', 'topologySpreadConstraints');
    expect(valueAt(constraint, 'labelSelector', 'matchLabels')).toEqual(labels);
  });
});

describe('the rights of the controllers', () => {
  const role = only(objectsOf(ROLE), 'ClusterRole');
  let rights: Awaited<ReturnType<typeof controllerRights>>;
  const own = only(objectsOf(OWN_ROLE), 'Role');
  let current = '';
  let currentRole = '';
  beforeAll(async () => {
    const policies = await environmentsOf();
    rights = controllerRights(policies);
    current = controllerClusterRole(policies);
    currentRole = controllerRole(policies);
  });

  it('are current; npm run generate writes them anew', () => {
    expect(readFileSync(ROLE, 'utf8')).toBe(current);
    expect(readFileSync(OWN_ROLE, 'utf8')).toBe(currentRole);
  });

  it('are those that the controllers say, in the file as in the code', () => {
    expect(arrayAt(role, 'rules')).toEqual(rulesOf(clusterWide(rights)));
    expect(arrayAt(own, 'rules')).toEqual(rulesOf(inOwnNamespace(rights)));
  });

  it('have no wildcard, no way into pods, and of Secrets and ConfigMaps those alone that are named', () => {
    const rules = objectsAt(role, 'rules');
    expect(JSON.stringify(rules)).not.toContain('*');
    const resources = rules.flatMap((rule) => textsAt(rule, 'resources'));
    expect(resources.filter((resource) => /^nodes|^pods\/(exec|attach|portforward)/.test(resource))).toEqual([]);
    for (const rule of rules.filter((each) =>
      textsAt(each, 'resources').some((name) => /^(secrets|configmaps)$/.test(name)),
    )) {
      expect(textsAt(rule, 'resourceNames')).not.toEqual([]);
    }
  });

  it('hand out no more than they have: neither escalate nor bind', () => {
    expect(objectsAt(role, 'rules').flatMap((rule) => textsAt(rule, 'verbs'))).not.toContain('escalate');
    expect(objectsAt(role, 'rules').flatMap((rule) => textsAt(rule, 'verbs'))).not.toContain('bind');
    const granted = new Set(grants(objectsAt(role, 'rules')));
    expect(grants(DEPLOYER_RULES).filter((grant) => !granted.has(grant))).toEqual([]);
  });

  it('change of what people own nothing but what they hand out', () => {
    const handedOut = new Set(grants(DEPLOYER_RULES));
    const changes = grants(objectsAt(role, 'rules')).filter((grant) => !/^(get|list|watch) /.test(grant));
    const theirs = changes.filter((grant) =>
      / (services|routes|configurations|deployments|brokers|triggers)\./.test(grant),
    );
    expect(theirs.filter((grant) => !handedOut.has(grant))).toEqual([]);
  });

  it('write in their own namespace what is named alone, delete no claim, and write none of it elsewhere', () => {
    const rules = objectsAt(own, 'rules');
    const writing = rules.filter((rule) => textsAt(rule, 'verbs').some((verb) => !/^(get|list|watch)$/.test(verb)));
    expect(writing.length).toBeGreaterThan(0);
    for (const rule of writing) {
      expect(textsAt(rule, 'resourceNames').filter((name) => !name.startsWith('dead-letters-'))).toEqual([]);
      expect(textsAt(rule, 'resourceNames')).not.toEqual([]);
    }
    expect(grants(rules)).not.toContain('delete persistentvolumeclaims.');
    expect(grants(rules)).toContain('create persistentvolumeclaims.');
    const handedOut = new Set(grants(DEPLOYER_RULES));
    const everywhere = grants(objectsAt(role, 'rules')).filter((grant) => !handedOut.has(grant));
    const elsewhere = everywhere.filter((grant) => /^(create|patch|delete) (deployments|persistentvolume)/.test(grant));
    expect(elsewhere).toEqual([]);
  });

  it('hold the Lease to its name, but for the creation', () => {
    const rules = objectsAt(only(objectsOf('overlays/base/controller-lease-role.yaml'), 'Role'), 'rules');
    expect(rules.map(({ resourceNames, verbs }) => [resourceNames, verbs])).toEqual([
      [['weir-controller'], ['get', 'update']],
      [undefined, ['create']],
    ]);
  });

  it.each([ROLE, OWN_ROLE, 'overlays/base/controller-lease-role.yaml'])(
    'of %s are the ServiceAccount\u2019s that runs',
    (file) => {
      const account = only(objectsOf('overlays/base/controller-service-account.yaml'), 'ServiceAccount');
      expect(stringAt(pod, 'serviceAccountName')).toBe(stringAt(account, 'metadata', 'name'));
      const binding = objectsOf(file).find(({ kind }) => String(kind).endsWith('Binding')) ?? {};
      expect(arrayAt(binding, 'subjects')).toEqual([
        { kind: 'ServiceAccount', name: 'weir-controller', namespace: 'weir-system' },
      ]);
    },
  );
});

describe('rulesOf', () => {
  const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', isNamespaced: true };
  const rule = (names: string[] | undefined, ...verbs: string[]): JsonObject => ({
    apiGroups: [''],
    resources: ['secrets'],
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs,
  });

  it.each([
    ['no name at all as no right', [{ resource: secrets, verbs: ['get' as const], names: [] }], []],
    [
      'names with the same verbs as one rule',
      [
        { resource: secrets, verbs: ['get' as const], names: ['b'] },
        { resource: secrets, verbs: ['get' as const], names: ['a'] },
      ],
      [rule(['a', 'b'], 'get')],
    ],
    [
      'a name beside every name by what it has more',
      [
        { resource: secrets, verbs: ['get' as const, 'list' as const] },
        { resource: secrets, verbs: ['get' as const, 'patch' as const], names: ['a'] },
      ],
      [rule(undefined, 'get', 'list'), rule(['a'], 'patch')],
    ],
  ])('reads %s', (_, rights, rules) => expect(rulesOf(rights)).toEqual(rules));
});
