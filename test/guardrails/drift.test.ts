import { describe, expect, it } from '@jest/globals';
import { drift } from '../../src/guardrails/drift.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';

const NONE: string[] = [];
const deny: JsonObject = {
  kind: 'NetworkPolicy',
  metadata: { labels: { a: '1' } },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [] },
};
const quota: JsonObject = { kind: 'ResourceQuota', spec: { hard: { 'requests.cpu': '1000m', pods: '50' } } };

describe('drift', () => {
  it.each<[what: string, wanted: JsonObject, live: JsonObject, expected: string[]]>([
    ['what is as wanted', deny, deny, NONE],
    [
      "what the server adds and what others add, which is not Weir's",
      deny,
      {
        ...deny,
        metadata: { name: 'x', labels: { a: '1', team: 'shop' }, annotations: { note: '' } },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
        status: {},
      },
      NONE,
    ],
    [
      'a rule in a list that is empty',
      deny,
      { ...deny, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } },
      ['/spec/ingress'],
    ],
    [
      'a selector that selects less',
      deny,
      { ...deny, spec: { podSelector: { matchLabels: { a: 'b' } }, policyTypes: ['Ingress'] } },
      ['/spec/podSelector'],
    ],
    ['a label that is gone', deny, { ...deny, metadata: {} }, ['/metadata/labels/a']],
    ['everything that is gone', deny, {}, ['/kind', '/metadata/labels/a', '/spec/policyTypes']],
    [
      'quantities of one size',
      quota,
      { kind: 'ResourceQuota', spec: { hard: { 'requests.cpu': '1', pods: 50 } } },
      NONE,
    ],
    [
      'another quantity',
      quota,
      { kind: 'ResourceQuota', spec: { hard: { 'requests.cpu': '2', pods: '50', secrets: '1' } } },
      ['/spec/hard/requests.cpu'],
    ],
    [
      'a field more in an item of a list',
      { rules: [{ verbs: ['get'] }] },
      { rules: [{ verbs: ['get'], apiGroups: ['*'] }] },
      ['/rules'],
    ],
  ])('tells of %s', (_, wanted, live, expected) => {
    expect(drift(wanted, live)).toEqual(expected);
  });
});
