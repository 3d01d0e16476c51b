import { describe, expect, it } from '@jest/globals';
import { bindingPatch, isSubject, subjectOf } from '../../../../src/knative/eventing/sources/binding.ts';
import type { JsonValue } from '../../../../src/kubernetes/json.ts';

const ENV = '/spec/template/spec/containers/0/env';
const OWN = { name: 'PORT', value: '1' };
const SINK = { name: 'K_SINK', value: 'http://a' };
const NONE = { name: 'K_CE_OVERRIDES' };
const BOUND = { sink: 'http://a', caCerts: '', overrides: '' };

describe('what a binding changes', () => {
  it.each<[title: string, env: JsonValue | undefined, wanted: typeof BOUND | undefined, patch: JsonValue]>([
    ['puts it into a container without any', undefined, BOUND, [{ op: 'add', path: ENV, value: [SINK, NONE] }]],
    ['puts it behind the own', [OWN], BOUND, [{ op: 'add', path: ENV, value: [OWN, SINK, NONE] }]],
    ['nothing where it is there', [OWN, SINK, NONE], BOUND, []],
    [
      'the sink where it is another',
      [{ name: 'K_SINK', value: 'http://b' }, OWN],
      BOUND,
      [{ op: 'add', path: ENV, value: [OWN, SINK, NONE] }],
    ],
    ['takes it out', [OWN, SINK, NONE], undefined, [{ op: 'add', path: ENV, value: [OWN] }]],
    ['takes all out', [SINK, NONE], undefined, [{ op: 'remove', path: ENV }]],
    ['nothing where there is none', [OWN], undefined, []],
    [
      'certificates and overrides',
      [],
      { sink: 'https://a', caCerts: 'PEM', overrides: '{}' },
      [
        {
          op: 'add',
          path: ENV,
          value: [
            { name: 'K_SINK', value: 'https://a' },
            { name: 'K_CA_CERTS', value: 'PEM' },
            { name: 'K_CE_OVERRIDES', value: '{}' },
          ],
        },
      ],
    ],
  ])('%s', (_, env, wanted, patch) => {
    const containers = [{ name: 'x', ...(env === undefined ? {} : { env }) }];
    expect(bindingPatch({ spec: { template: { spec: { containers } } } }, wanted)).toEqual(patch);
  });
});

describe('the subject of a binding', () => {
  const web = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web', labels: { a: 'b' } },
  };
  it.each`
    subject                                      | namespace | expected
    ${{ name: 'web' }}                           | ${'shop'} | ${true}
    ${{ name: 'api' }}                           | ${'shop'} | ${false}
    ${{ name: 'web' }}                           | ${'dev'}  | ${false}
    ${{ selector: { matchLabels: { a: 'b' } } }} | ${'shop'} | ${true}
    ${{ selector: { matchLabels: { a: 'c' } } }} | ${'shop'} | ${false}
    ${{ selector: {} }}                          | ${'shop'} | ${true}
    ${{}}                                        | ${'shop'} | ${false}
  `('$subject in $namespace is web: $expected', ({ subject, namespace, expected }) => {
    const binding = { metadata: { namespace, name: 'x' }, spec: { subject } };
    expect(isSubject(subjectOf(binding), web)).toBe(expected);
  });
});
