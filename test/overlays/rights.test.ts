/** What the webhook's ServiceAccount may do, as the files say it; test/cluster asks an API server the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { clusterRole } from '../../tools/generate/overlays/rights.ts';
import { FOLLOWED } from '../../webhooks/cluster/kinds.ts';
import { objectsAt, objectsOf, only, textsAt } from './read.ts';

const FILE = 'overlays/base/cluster-role.yaml';

/** `get secrets weir-webhook-certificate`, one for each product of a rule. */
function grantsOf(role: JsonObject): string[] {
  return objectsAt(role, 'rules').flatMap((rule) => {
    const names = textsAt(rule, 'resourceNames');
    return textsAt(rule, 'verbs').flatMap((verb) =>
      textsAt(rule, 'apiGroups').flatMap((group) =>
        textsAt(rule, 'resources').flatMap((resource) => {
          const called = `${verb} ${group === '' ? resource : `${resource}.${group}`}`;
          return names.length === 0 ? [called] : names.map((name) => `${called} ${name}`);
        }),
      ),
    );
  });
}

describe('the ClusterRole', () => {
  const grants = grantsOf(only(objectsOf(FILE), 'ClusterRole'));

  it('is current; npm run generate writes it anew', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(clusterRole());
  });

  it('reads each kind that the caches follow, and nothing else', () => {
    const followed = FOLLOWED.map(({ kind, plural }) => (kind.group === '' ? plural : `${plural}.${kind.group}`));
    for (const verb of ['get', 'list', 'watch']) {
      const readable = grants
        .filter((grant) => grant.startsWith(`${verb} `) && !grant.includes('admissionregistration'))
        .map((grant) => grant.slice(verb.length + 1));
      expect(readable.sort()).toEqual([...followed].sort());
    }
  });

  it('reads its own validating configuration, and no other', () => {
    const configurations = grants.filter((grant) => grant.includes('admissionregistration'));
    const own = 'validatingwebhookconfigurations.admissionregistration.k8s.io policy.weir.dev';
    expect(configurations).toEqual(['get', 'list', 'watch'].map((verb) => `${verb} ${own}`));
  });

  it('writes Events and the status of exceptions', () => {
    expect(grants.filter((grant) => !/^(get|list|watch) /.test(grant))).toEqual([
      'patch policyexceptions/status.weir.dev',
      'create events.events.k8s.io',
      'patch events.events.k8s.io',
    ]);
  });

  it('has no wildcard, no Secret and no ConfigMap', () => {
    expect(grants.filter((grant) => /\*|secrets|configmaps/.test(grant))).toEqual([]);
  });
});

describe('what is needed in the own namespace, and of the own configurations', () => {
  it.each([
    ['overlays/base/certificate-roles.yaml', 'secrets', 'weir-webhook-certificate'],
    ['overlays/base/lease-role.yaml', 'leases.coordination.k8s.io', 'weir-webhook'],
  ])('%s is held to the name, but for the creation', (file, resource, name) => {
    const [creation, ...rest] = grantsOf(only(objectsOf(file), 'Role')).sort();
    expect(creation).toBe(`create ${resource}`);
    for (const grant of rest) expect(grant.endsWith(` ${resource} ${name}`)).toBe(true);
  });

  it('changes no configuration but its own two', () => {
    const [mutating, validating] = ['mutating', 'validating'].map(
      (kind) => `${kind}webhookconfigurations.admissionregistration.k8s.io`,
    );
    const grants = grantsOf(only(objectsOf('overlays/base/certificate-roles.yaml'), 'ClusterRole'));
    expect(new Set(grants.map((grant) => grant.split(' ').slice(1).join(' ')))).toEqual(
      new Set([`${mutating} defaults.weir.dev`, `${validating} policy.weir.dev`]),
    );
  });
});

describe('PolicyExceptions', () => {
  const roles = objectsOf('overlays/base/policyexception-roles.yaml');

  it('are read by whoever views a namespace, and written by nobody by default', () => {
    for (const role of roles.filter(({ kind }) => kind === 'ClusterRole')) {
      const writes = grantsOf(role).some((grant) => !/^(get|list|watch) /.test(grant));
      const isAggregated = Object.keys(role.metadata ?? {}).includes('labels');
      expect([stringAt(role, 'metadata', 'name'), isAggregated]).toEqual([stringAt(role, 'metadata', 'name'), !writes]);
    }
    expect(roles.filter(({ kind }) => kind === 'ClusterRole')).toHaveLength(2);
  });

  it('are written by the group that the policies reserve them for', () => {
    const binding = only(roles, 'ClusterRoleBinding');
    const reserved = readFileSync('policies/base.yaml', 'utf8');
    for (const subject of objectsAt(binding, 'subjects')) {
      expect(reserved).toContain(`"${stringAt(subject, 'kind')}:${stringAt(subject, 'name')}"`);
    }
  });
});
