/** Fields of `spec.namespace`: their places, nearest names, and what the schema alone cannot say. */
import { describe, expect, it } from '@jest/globals';
import { errorsOfSpec } from '../files.ts';

describe('spec.namespace', () => {
  it.each<[spec: string, expected: string[]]>([
    ['  namespace: {quotas: {}}', ['policies/prod.yaml:5:15: unknown field "quotas"; did you mean "quota"?']],
    [
      '  namespace: {networkPolicies: {ingress: {default: denied}}}',
      [
        'policies/prod.yaml:5:52: namespace.networkPolicies.ingress.default is "denied", and should be one of deny, allow',
      ],
    ],
    [
      '  namespace: {quota: {hard: {request.cpu: 4}}}',
      [
        'policies/prod.yaml:5:43: namespace.quota.hard.request.cpu: no quota counts "request.cpu"; did you mean "requests.cpu"?',
      ],
    ],
    ['  namespace: {quota: {hard: {count/jobs.batch: 4, requests.nvidia.com/gpu: 1, pods: 10}}}', []],
    [
      '  namespace: {quota: {hard: {pods: many}}}',
      [
        'policies/prod.yaml:5:36: namespace.quota.hard.pods is "many", which is no quantity; write one such as 250m, 2, 512Mi or 1.5Gi',
      ],
    ],
    [
      '  namespace: {roles: {knative-deployer: {groups: ["system:authenticated"]}}}',
      [
        'policies/prod.yaml:5:51: namespace.roles.knative-deployer.groups[0] is "system:authenticated", which is no group of a few: name one that only those are in who are meant',
      ],
    ],
    [
      '  namespace: {optOut: {allowed: [quotas]}}',
      [
        'policies/prod.yaml:5:34: namespace.optOut.allowed[0] is "quotas", and should be one of networkPolicies, roles, pullSecrets, limitRange, quota; did you mean quota?',
      ],
    ],
    [
      '  namespace: {networkPolicies: {egress: {others: [{name: a, to: [{cidr: 10.0.0.0/33}]}]}}}',
      [
        'policies/prod.yaml:5:73: namespace.networkPolicies.egress.others[0].to[0].cidr is "10.0.0.0/33", which is no range of addresses; write one such as 10.1.0.0/16 or fd00:1::/32',
      ],
    ],
    ['  namespace: {networkPolicies: {egress: {others: [{name: a, to: [{cidr: "fd00::/8"}]}]}}}', []],
    [
      '  namespace: {networkPolicies: {ingress: {others: [{name: a, from: [{}]}]}}}',
      [
        'policies/prod.yaml:5:69: namespace.networkPolicies.ingress.others[0].from[0] names nobody; give it a namespace, namespaceLabels, pods or a cidr',
      ],
    ],
    [
      '  namespace: {networkPolicies: {ingress: {others: [{name: a, from: [{namespace: b, cidr: 10.0.0.0/8}]}]}}}',
      [
        'policies/prod.yaml:5:69: namespace.networkPolicies.ingress.others[0].from[0] names both a cidr and pods; make two of them',
      ],
    ],
    [
      '  namespace: {networkPolicies: {ingress: {others: [{name: a, from: [{namespace: b}]}, {name: a, from: [{namespace: c}]}]}}}',
      [
        'policies/prod.yaml:5:94: namespace.networkPolicies.ingress.others[1].name is "a", as namespace.networkPolicies.ingress.others[0].name is; each path needs a name of its own',
      ],
    ],
    [
      '  namespace: {networkPolicies: {ingress: {others: [{name: a, from: [{namespace: b}], ports: [{port: 90, endPort: 80}]}]}}}',
      [
        'policies/prod.yaml:5:114: namespace.networkPolicies.ingress.others[0].ports[0].endPort is 80, below its own port 90',
      ],
    ],
    [
      '  namespace: {networkPolicies: {ingress: {others: [{from: [{namespace: b}]}]}}}',
      ['policies/prod.yaml:5:52: namespace.networkPolicies.ingress.others[0] lacks "name"'],
    ],
  ])('%s', (spec, expected) => {
    expect(errorsOfSpec(spec)).toEqual(expected);
  });
});
