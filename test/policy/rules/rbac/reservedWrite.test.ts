import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { servedAs } from '../../../../src/kubernetes/served.ts';
import { readManifests } from '../../../../src/kubernetes/yaml/read.ts';
import { rbacReservedWrite } from '../../../../src/policy/rules/rbac/reservedWrite.ts';
import { reviewed } from '../../../webhooks/review/builders.ts';
import { aPolicy } from '../../builders.ts';

function reserving(apiGroup: string, resource: string) {
  return aPolicy({ rbac: { reserved: [{ apiGroup, resources: [resource], subjects: ['Group:platform'] }] } });
}

function anObject(apiVersion: string, kind: string): JsonObject {
  return { apiVersion, kind, metadata: { name: 'any', namespace: 'shop' } };
}

const JANE = { name: 'jane', groups: ['team-shop'] };
const JOE = { name: 'joe', groups: ['platform'] };

/** What is said of who writes, whatever else is wrong with so bare an object. */
function said(asked: Parameters<typeof reviewed>[1], apiGroup: string, resource: string): string[] {
  const { findings } = reviewed('validate', asked, reserving(apiGroup, resource)).facts;
  return findings.filter(({ rule }) => rule === 'rbac/reserved-write').map(({ message }) => message);
}

describe('rbac/reserved-write', () => {
  it.each([
    ['weir.dev/v1alpha1', 'ScalingSchedule', 'scalingschedules'],
    ['weir.dev/v1alpha1', 'TrafficRollout', 'trafficrollouts'],
    ['keda.sh/v1alpha1', 'ScaledObject', 'scaledobjects'],
    ['sources.knative.dev/v1', 'PingSource', 'pingsources'],
    ['serving.knative.dev/v1beta1', 'DomainMapping', 'domainmappings'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'],
    ['v1', 'ConfigMap', 'configmaps'],
  ])('asks who writes a %s %s', (apiVersion, kind, resource) => {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    const object = anObject(apiVersion, kind);
    const told = [`jane may not write ${resource}: prod keeps that for Group:platform`];
    expect(said({ object, user: JANE }, group, resource)).toEqual(told);
    expect(said({ object, oldObject: object, user: JANE }, group, resource)).toEqual(told);
    expect(said({ object, user: JOE }, group, resource)).toEqual([]);
    expect(said({ object, user: JANE }, 'example.com', resource)).toEqual([]);
  });

  it('asks who takes a Broker away, for whose DELETE the webhook is called anyway', () => {
    const oldObject = anObject('eventing.knative.dev/v1', 'Broker');
    expect(said({ oldObject, user: JANE }, 'eventing.knative.dev', 'brokers')).toHaveLength(1);
    expect(said({ oldObject, user: JOE }, 'eventing.knative.dev', 'brokers')).toEqual([]);
  });

  it('knows every namespaced resource that the shipped configuration calls the webhook for', () => {
    const known = new Set(
      rbacReservedWrite.kinds.map((kind) => [servedAs(kind)?.group, servedAs(kind)?.plural].join('/')),
    );
    const file = 'overlays/base/validating-webhooks.yaml';
    const { documents } = readManifests(readFileSync(file, 'utf8'), file);
    const called = documents
      .flatMap(({ object }) => arrayAt(object, 'webhooks'))
      .flatMap((webhook) => arrayAt(webhook, 'rules'))
      .filter((rule) => isObject(rule) && stringAt(rule, 'scope') === 'Namespaced')
      .flatMap((rule) =>
        arrayAt(rule, 'apiGroups').flatMap((group) =>
          arrayAt(rule, 'resources').map((resource) => `${String(group)}/${String(resource)}`),
        ),
      );
    expect(called.length).toBeGreaterThan(100);
    expect([...new Set(called)].filter((resource) => !known.has(resource))).toEqual([]);
  });
});
