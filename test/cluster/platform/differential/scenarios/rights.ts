/** Who may do what. */
import { CONFIG_MAPS, configMap, get, post, type Scenario } from '../scenario.ts';

const as = (user: string, ...groups: string[]) => ({
  'impersonate-user': user,
  ...(groups.length > 0 && { 'impersonate-group': groups.join(',') }),
});
const review = (attributes: object, user = 'alice') =>
  post(
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes: { namespace: ':ns', ...attributes } },
    },
    { only: (body) => (body as { status?: { allowed?: boolean } })?.status?.allowed ?? body },
  );

export const rights: readonly Scenario[] = [
  {
    name: 'rights',
    steps: [
      get(CONFIG_MAPS, { headers: { authorization: 'Bearer wrong' } }),
      get(CONFIG_MAPS, { headers: as('alice') }),
      post(CONFIG_MAPS, configMap('one'), { headers: as('alice') }),
      get('/api/v1/nodes', { headers: as('alice') }),
      get('/apis', { headers: as('alice'), only: () => null }),
      get('/metrics', { headers: as('alice') }),
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/roles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'reader' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }],
      }),
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/rolebindings', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [
          { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' },
          { kind: 'Group', name: 'readers', apiGroup: 'rbac.authorization.k8s.io' },
        ],
      }),
      get(`${CONFIG_MAPS}?labelSelector=none`, { headers: as('alice'), until: 200, only: () => null }),
      get(`${CONFIG_MAPS}?labelSelector=none`, { headers: as('bob', 'readers'), only: () => null }),
      post(CONFIG_MAPS, configMap('one'), { headers: as('alice') }),
      post(
        '/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/roles',
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'one-secret' },
          rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get', 'list', 'watch'] }],
        },
        { only: () => null },
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/rolebindings',
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'one-secret' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one-secret' },
          subjects: [{ kind: 'User', name: 'carol', apiGroup: 'rbac.authorization.k8s.io' }],
        },
        { only: () => null },
      ),
      get('/api/v1/namespaces/:ns/secrets?fieldSelector=metadata.name%3Done', { headers: as('carol'), until: 200 }),
      get('/api/v1/namespaces/:ns/secrets?fieldSelector=metadata.name%3Dtwo', { headers: as('carol') }),
      get('/api/v1/namespaces/:ns/secrets', { headers: as('carol') }),
      review({ verb: 'get', resource: 'configmaps' }),
      review({ verb: 'delete', resource: 'configmaps' }),
      review({ verb: 'get', resource: 'configmaps', namespace: 'default' }),
      review({ verb: 'get', resource: 'configmaps', subresource: 'status' }),
      review({ verb: 'get', group: 'apps', resource: 'configmaps' }),
      post(
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { verb: '*', resource: '*', group: '*' } },
        },
        { only: (body) => (body as { status?: { allowed?: boolean } })?.status?.allowed ?? body },
      ),
      post(
        '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
        { headers: as('alice', 'a', 'b') },
      ),
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/roles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'wrong' },
        rules: [{ apiGroups: [''], resources: ['pods'] }],
      }),
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/rolebindings', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'wrong' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Thing', name: 'reader' },
      }),
    ],
  },
];
