import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../../src/kubernetes/json.ts';
import { rbacEscalation } from '../../../../src/policy/rules/rbac/escalation.ts';
import { rbacSecrets } from '../../../../src/policy/rules/rbac/secrets.ts';
import { rbacWildcards } from '../../../../src/policy/rules/rbac/wildcards.ts';
import { aPolicy, judgeBy, messages, paths } from '../../builders.ts';
import { aClusterRole, aRole } from './builders.ts';

const roles = 'rbac.authorization.k8s.io';

describe('rbac/wildcards', () => {
  const every = (what: string) => `rule 1 of deployer grants every one of its ${what}; name those that are needed`;

  it.each<[JsonValue, string[], string[]]>([
    [{ apiGroups: ['serving.knative.dev'], resources: ['services'], verbs: ['get', 'create'] }, [], []],
    [{ apiGroups: [''], resources: ['pods'], verbs: ['get', '*'] }, [every('verbs')], ['/rules/0/verbs/1']],
    [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }, [every('resources')], ['/rules/0/resources/0']],
    [{ apiGroups: [''], resources: ['pods/*'], verbs: ['get'] }, [every('resources')], ['/rules/0/resources/0']],
    [{ apiGroups: ['apps'], resources: ['*/scale'], verbs: ['get'] }, [], []],
    [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      [every('verbs, resources and apiGroups')],
      ['/rules/0/verbs/0'],
    ],
    [{ nonResourceURLs: ['*'], verbs: ['get'] }, [every('nonResourceURLs')], ['/rules/0/nonResourceURLs/0']],
    ['*', [], []],
    [{ verbs: '*', resources: null }, [], []],
  ])('%j', (rule, expected, where) => {
    const findings = judgeBy(rbacWildcards, aRole(rule));
    expect(messages(findings)).toEqual(expected);
    expect(paths(findings)).toEqual(where);
  });

  it('judges ClusterRoles, and survives rules that are no list', () => {
    expect(judgeBy(rbacWildcards, aClusterRole({}, { verbs: ['*'] }))).toHaveLength(1);
    expect(judgeBy(rbacWildcards, { ...aRole(), rules: 'all' })).toEqual([]);
  });
});

describe('rbac/escalation', () => {
  it.each<[JsonValue, string[]]>([
    [{ apiGroups: [roles], resources: ['roles'], verbs: ['get', 'create', 'update'] }, []],
    [
      { apiGroups: [roles], resources: ['roles'], verbs: ['escalate'] },
      [
        'rule 1 of deployer grants escalate on roles, which lets its holder write roles that grant more than it has; leave it out',
      ],
    ],
    [
      { apiGroups: ['*'], resources: ['clusterroles'], verbs: ['bind'] },
      ['rule 1 of deployer grants bind on clusterroles, which lets its holder give itself any role; leave it out'],
    ],
    [{ apiGroups: ['apis.example.com'], resources: ['exports'], verbs: ['bind'] }, []],
    [
      { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] },
      ['rule 1 of deployer grants impersonate on users, which lets its holder act as somebody else; leave it out'],
    ],
    [
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      [
        'rule 1 of deployer grants create on serviceaccounts/token, which lets its holder act as any account of the namespace; leave it out',
      ],
    ],
    [{ apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['ci'], verbs: ['create'] }, []],
    [
      { apiGroups: ['authentication.k8s.io'], resources: ['users'], verbs: ['impersonate:user-info'] },
      [
        'rule 1 of deployer grants impersonate:user-info on users, which lets its holder act as somebody else; leave it out',
      ],
    ],
    [
      {
        apiGroups: ['authentication.k8s.io'],
        resources: ['serviceaccounts', 'nodes'],
        resourceNames: ['ci'],
        verbs: ['impersonate:serviceaccount', 'impersonate:arbitrary-node', 'impersonate:associated-node'],
      },
      ['serviceaccount', 'arbitrary-node', 'associated-node'].map(
        (mode) =>
          `rule 1 of deployer grants impersonate:${mode} on serviceaccounts, nodes, which lets its holder act as somebody else; leave it out`,
      ),
    ],
    [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'impersonate-on:user-info:create'] },
      [
        'rule 1 of deployer grants impersonate-on:user-info:create on pods, which lets its holder do so as somebody else; leave it out',
      ],
    ],
    [
      { nonResourceURLs: ['/metrics'], verbs: ['impersonate-on:serviceaccount:get'] },
      [
        'rule 1 of deployer grants impersonate-on:serviceaccount:get on /metrics, which lets its holder do so as somebody else; leave it out',
      ],
    ],
    [{ apiGroups: [''], resources: ['users'], verbs: ['impersonates', 'impersonate-only'] }, []],
    [{ apiGroups: [roles], resources: ['roles'], verbs: ['*'] }, []],
  ])('%j', (rule, expected) => {
    expect(messages(judgeBy(rbacEscalation, aRole(rule)))).toEqual(expected);
  });

  it.each<[string[], string[] | undefined, number]>([
    [['groups'], ['fire'], 0],
    [['users', 'groups'], ['fire'], 0],
    [['users'], ['fire', 'fire:ann'], 0],
    [['users'], ['ann'], 1],
    [['users'], ['fireman'], 1],
    [['groups'], ['fire:ann'], 1],
    [['users', 'groups'], ['fire:ann'], 1],
    [['groups'], ['fire', 'platform'], 1],
    [['groups'], ['system:masters'], 1],
    [['groups'], undefined, 1],
    [['groups'], [], 1],
    [['groups', 'serviceaccounts'], ['fire'], 1],
    [['*'], ['fire'], 1],
  ])('of impersonation of %j called %j, beside break-glass groups', (resources, resourceNames, count) => {
    const policy = aPolicy({ admission: { breakGlass: { groups: ['fire', 'system:masters'] } } });
    const rule = { apiGroups: [''], resources, verbs: ['impersonate'], ...(resourceNames && { resourceNames }) };
    expect(judgeBy(rbacEscalation, aClusterRole({}, rule), policy)).toHaveLength(count);
    const without = aPolicy({ admission: { breakGlass: { groups: [] } } });
    expect(judgeBy(rbacEscalation, aClusterRole({}, rule), without)).toHaveLength(1);
  });
});

describe('rbac/escalation by the two halves of impersonation, beside break-glass groups', () => {
  const policy = aPolicy({ admission: { breakGlass: { groups: ['fire'] } } });
  const names = ['fire', 'fire:ann'];

  it.each<[string, JsonValue, number]>([
    ['as the group', { resources: ['groups'], resourceNames: ['fire'], verbs: ['impersonate:user-info'] }, 0],
    ['as who is called like it', { resources: ['users'], resourceNames: names, verbs: ['impersonate:user-info'] }, 0],
    ['as anybody', { resources: ['users'], verbs: ['impersonate:user-info'] }, 1],
    ['as an account', { resources: ['users'], resourceNames: names, verbs: ['impersonate:serviceaccount'] }, 1],
    ['what the group is for', { resources: ['pods'], verbs: ['impersonate-on:user-info:delete'] }, 0],
    ['what no group is for', { resources: ['pods'], verbs: ['impersonate-on:arbitrary-node:delete'] }, 1],
  ])('%s', (_, rule, count) => {
    expect(judgeBy(rbacEscalation, aClusterRole({}, rule), policy)).toHaveLength(count);
  });
});

describe('rbac/secrets', () => {
  const every = (verbs: string) => `rule 1 of deployer grants ${verbs} on every Secret; name them in resourceNames`;

  it.each<[JsonValue, string[]]>([
    [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create'] }, [every('get, list')]],
    [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }, []],
    [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }, []],
    [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }, []],
    [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }, []],
  ])('%j', (rule, expected) => {
    expect(messages(judgeBy(rbacSecrets, aRole(rule)))).toEqual(expected);
  });
});
