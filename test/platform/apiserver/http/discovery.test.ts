import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject } from '../../../../src/kubernetes/json.ts';
import {
  aggregated,
  groupList,
  groupVersions,
  legacyVersions,
  oneGroup,
  resourceList,
} from '../../../../src/platform/apiserver/http/discovery.ts';
import { builtinResources } from '../../../../src/platform/apiserver/resources/builtin.ts';
import { customResources } from '../../../../src/platform/apiserver/resources/custom/resources.ts';
import { WIDGETS } from './widgets.ts';

const all = groupVersions([...builtinResources(), ...customResources(WIDGETS)]);

describe('groups', () => {
  it('come in the order of their priority, custom ones last', () => {
    const names = arrayAt(groupList(all), 'groups').map((group) => (isObject(group) ? group.name : undefined));
    const inOrder = [
      'apps',
      'events.k8s.io',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'autoscaling',
      'batch',
      'networking.k8s.io',
      'policy',
      'rbac.authorization.k8s.io',
      'storage.k8s.io',
      'admissionregistration.k8s.io',
      'apiextensions.k8s.io',
      'scheduling.k8s.io',
      'coordination.k8s.io',
      'discovery.k8s.io',
      'gold.example.com',
    ];
    expect(names).toEqual(inOrder.filter((name) => names.includes(name)));
    expect(names).toEqual(expect.arrayContaining(['apps', 'rbac.authorization.k8s.io', 'apiextensions.k8s.io']));
  });

  it('name their versions, the preferred one first', () => {
    expect(oneGroup('gold.example.com', all)).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'gold.example.com',
      versions: [
        { groupVersion: 'gold.example.com/v1', version: 'v1' },
        { groupVersion: 'gold.example.com/v1beta1', version: 'v1beta1' },
      ],
      preferredVersion: { groupVersion: 'gold.example.com/v1', version: 'v1' },
    });
    expect(oneGroup('nobody.example.com', all)).toBeUndefined();
  });

  it('of old are one version', () => {
    expect(legacyVersions('127.0.0.1:6443')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  });
});

/** As kube-apiserver 1.36.3 answered. */
describe('a version', () => {
  it.each([
    ['apiextensions.k8s.io', 'customresourcedefinitions', 'jfWCUB31mvA='],
    ['events.k8s.io', 'events', 'r2yiGXH7wu8='],
  ])('tells by a hash how Kubernetes stores %s %s', (group, plural, storageVersionHash) => {
    expect(entry(resourceList(find(group, 'v1')), plural)).toMatchObject({ storageVersionHash });
  });

  it('lists built-in resources and their subresources', () => {
    const list = resourceList(find('apps', 'v1'));
    expect(entry(list, 'deployments')).toEqual({
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
      storageVersionHash: '8aSe+NMegvE=',
    });
    expect(entry(list, 'deployments/scale')).toEqual({
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    });
    expect(list).toMatchObject({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'apps/v1' });
    expect(resourceList(find('', 'v1')).apiVersion).toBeUndefined();
  });

  it('lists custom resources', () => {
    expect(resourceList(find('gold.example.com', 'v1')).resources).toEqual([
      {
        name: 'widgets',
        singularName: 'widget',
        namespaced: true,
        kind: 'Widget',
        verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
        shortNames: ['wd'],
        categories: ['all', 'gold'],
        storageVersionHash: 'Bz7KzYyN7po=',
      },
      { name: 'widgets/status', singularName: '', namespaced: true, kind: 'Widget', verbs: ['get', 'patch', 'update'] },
      {
        name: 'widgets/scale',
        singularName: '',
        namespaced: true,
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
        verbs: ['get', 'patch', 'update'],
      },
    ]);
  });
});

describe('aggregated discovery', () => {
  it('tells all at once', () => {
    const groups = arrayAt(aggregated(all, 'others'), 'items').filter(isObject);
    const gold = groups.at(-1);
    expect(gold?.metadata).toEqual({ name: 'gold.example.com' });
    expect(arrayAt(gold, 'versions')[0]).toEqual({
      version: 'v1',
      resources: [
        {
          resource: 'widgets',
          responseKind: { group: 'gold.example.com', version: 'v1', kind: 'Widget' },
          scope: 'Namespaced',
          singularResource: 'widget',
          verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
          shortNames: ['wd'],
          categories: ['all', 'gold'],
          subresources: [
            {
              subresource: 'status',
              responseKind: { group: 'gold.example.com', version: 'v1', kind: 'Widget' },
              verbs: ['get', 'patch', 'update'],
            },
            {
              subresource: 'scale',
              responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
              verbs: ['get', 'patch', 'update'],
            },
          ],
        },
      ],
      freshness: 'Current',
    });
  });

  it('leaves the versions of built-in kinds empty, as Kubernetes does', () => {
    const [core] = arrayAt(aggregated(all, 'core'), 'items').filter(isObject);
    const resources = arrayAt(core, 'versions', 0, 'resources').filter(isObject);
    const namespaces = resources.find(({ resource }) => resource === 'namespaces');
    expect(namespaces).toMatchObject({
      responseKind: { group: '', version: '', kind: 'Namespace' },
      scope: 'Cluster',
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      subresources: [{ subresource: 'finalize' }, { subresource: 'status' }],
    });
  });
});

function find(group: string, version: string) {
  const found = all.find((each) => each.group === group && each.version === version);
  if (found === undefined) throw new Error(`${group}/${version} is not served`);
  return found;
}

function entry(list: JsonObject, name: string): JsonObject | undefined {
  return arrayAt(list, 'resources')
    .filter(isObject)
    .find((each) => each.name === name);
}
