import { describe, expect, it } from '@jest/globals';
import {
  apiServerAttributes,
  guessedPlural,
  watchedKinds,
} from '../../../../src/knative/eventing/sources/apiServer.ts';

it.each<[kind: string, plural: string]>([
  ['Pod', 'pods'],
  ['Ingress', 'ingresses'],
  ['NetworkPolicy', 'networkpolicies'],
  ['Endpoints', 'endpoints'],
  ['Gateway', 'gatewaies'],
  ['', ''],
])('the plural of %s is %s, as Knative has it', (kind, plural) => {
  expect(guessedPlural(kind)).toBe(plural);
});

describe('the subject of an event', () => {
  it.each`
    apiVersion        | namespace | subject
    ${'v1'}           | ${'shop'} | ${'/apis/v1/namespaces/shop/things/x'}
    ${'apps/v1'}      | ${'shop'} | ${'/apis/apps/v1/namespaces/shop/things/x'}
    ${'v1'}           | ${''}     | ${'/apis/v1/namespaces//things/x'}
    ${'feeds.kn.dev'} | ${'shop'} | ${'/apis/feeds.kn.dev/versionUnknown/namespaces/shop/things/x'}
  `('of $apiVersion in "$namespace" is $subject', ({ apiVersion, namespace, subject }) => {
    const object = { apiVersion, kind: 'Thing', metadata: { name: 'x', ...(namespace === '' ? {} : { namespace }) } };
    const attributes = apiServerAttributes(object, { happened: 'add', mode: 'Reference', server: 'https://x' });
    expect(attributes.get('subject')).toBe(subject);
    expect(attributes.get('namespace')).toBe(namespace);
  });
});

it('selectors become texts as requests have them', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['b', 'a'] },
    { key: 'old', operator: 'DoesNotExist' },
  ];
  const selector = { matchLabels: { app: 'shop' }, matchExpressions };
  const [watched] = watchedKinds({ spec: { resources: [{ apiVersion: 'v1', kind: 'Pod', selector }] } });
  expect(watched).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    plural: 'pods',
    labelSelector: '!old,app=shop,tier in (a,b)',
  });
});
