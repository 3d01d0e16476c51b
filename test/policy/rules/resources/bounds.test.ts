import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { ResourcesPolicy } from '../../../../src/policy/model/resources.ts';
import { limits } from '../../../../src/policy/rules/resources/limits.ts';
import { limitToRequest } from '../../../../src/policy/rules/resources/limitToRequest.ts';
import { requestAboveLimit } from '../../../../src/policy/rules/resources/requestAboveLimit.ts';
import { requests } from '../../../../src/policy/rules/resources/requests.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';

const policy = aPolicy({
  resources: {
    requests: { cpu: { min: '10m', max: '2', default: '200m' }, memory: { min: '32Mi', max: '4Gi' } },
    limits: { cpu: { max: 4 }, memory: { min: '32Mi', max: '8Gi' } },
    limitToRequest: { memory: 4 },
  } satisfies ResourcesPolicy,
});

const RESOURCES = '/spec/template/spec/containers/0/resources';

function withResources(resources: JsonObject): JsonObject {
  return aService({ container: { name: 'cart', resources } });
}

function aDeployment(resources: JsonObject): JsonObject {
  const container = { name: 'cart', image: 'cart:1', resources };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart' },
    spec: { template: { spec: { containers: [container] } } },
  };
}

describe('resources/requests', () => {
  it.each<[JsonObject, string[]]>([
    [{ requests: { cpu: '10m', memory: '32Mi' } }, []],
    [{ requests: { cpu: '2000m', memory: '4096Mi' } }, []],
    [{ requests: { cpu: '2.001', memory: '1Gi' } }, ['cpu request of cart is 2.001, and prod allows at most 2']],
    [{ requests: { cpu: 3, memory: '1Gi' } }, ['cpu request of cart is 3, and prod allows at most 2']],
    [
      { requests: { cpu: '9.9m', memory: '31Mi' } },
      [
        'cpu request of cart is 9.9m, and prod requires at least 10m',
        'memory request of cart is 31Mi, and prod requires at least 32Mi',
      ],
    ],
    // A limit without a request is the request too.
    [{ limits: { cpu: '1', memory: '1Gi' } }, []],
    [
      { limits: { cpu: '3', memory: '1Gi' } },
      ['cpu request of cart is 3 (its limit, since no request is written), and prod allows at most 2'],
    ],
    // …but over its own bound it is the limit's mistake.
    [{ limits: { cpu: '5', memory: '1Gi' } }, []],
    [{}, ['cart has no cpu and no memory request, and prod requires one: cpu from 10m to 2, memory from 32Mi to 4Gi']],
    [{ requests: { cpu: '1' } }, ['cart has no memory request, and prod requires one: memory from 32Mi to 4Gi']],
    [{ requests: { cpu: 'much', memory: '1Gi' } }, []], // Knative's own refusal
  ])('%j gives %j', (resources, expected) => {
    expect(messages(judgeBy(requests, withResources(resources), policy))).toEqual(expected);
  });

  it('says of a bad quantity what Kubernetes would say at the sync, where no webhook of Knative does', () => {
    const deployment = aDeployment({ requests: { cpu: 'much', memory: '1Gi' } });
    expect(messages(judgeBy(requests, deployment, policy))).toEqual([
      'cpu request of cart is much, which is no quantity; write it as 250m or 2',
    ]);
  });

  it.each<[string, JsonObject]>([
    [
      'CronJob',
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'cart' }] } } } } },
      },
    ],
    [
      'ScaledJob',
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledJob',
        spec: { jobTargetRef: { template: { spec: { containers: [{ name: 'cart' }] } } } },
      },
    ],
    [
      'ContainerSource',
      {
        apiVersion: 'sources.knative.dev/v1',
        kind: 'ContainerSource',
        spec: { template: { spec: { containers: [{ name: 'cart' }] } } },
      },
    ],
    [
      'Deployment',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec: { template: { spec: { initContainers: [{ name: 'cart' }] } } },
      },
    ],
  ])('looks into a %s', (_, object) => {
    expect(judgeBy(requests, object, policy)).toHaveLength(1);
  });

  it('offers the default of the policy where nothing fills it in', () => {
    const cpu = aPolicy({ resources: { requests: { cpu: { default: '200m', max: '2' } } } });
    expect(judgeBy(requests, aDeployment({}), cpu)).toMatchObject([
      { fix: [{ op: 'add', path: `${RESOURCES}/requests`, value: { cpu: '200m' } }] },
    ]);
  });

  it.each<[JsonObject, Record<string, string>]>([
    [{ requests: { cpu: '3' }, limits: { cpu: '4' } }, { requests: '2' }],
    [
      { requests: { cpu: '5m' }, limits: { cpu: '5m' } },
      { limits: '10m', requests: '10m' },
    ],
    [{ limits: { cpu: '3' } }, { requests: '2' }],
  ])('%j is put right by %j', (resources, expected) => {
    const cpu = aPolicy({ resources: { requests: { cpu: { min: '10m', max: '2' } } } });
    const [finding] = judgeBy(requests, withResources(resources), cpu);
    const set = finding?.fix?.map((operation) => [
      operation.path.replace(`${RESOURCES}/`, '').replace('/cpu', ''),
      'value' in operation && typeof operation.value === 'object'
        ? Object.values(operation.value ?? {})[0]
        : 'value' in operation
          ? operation.value
          : undefined,
    ]);
    expect(Object.fromEntries(set ?? [])).toEqual(expected);
  });
});

describe('resources/limits', () => {
  it.each<[JsonObject, string[]]>([
    [{ limits: { cpu: '4', memory: '8Gi' } }, []],
    [
      { limits: { cpu: '64', memory: '512Gi' } },
      [
        'cpu limit of cart is 64, and prod allows at most 4',
        'memory limit of cart is 512Gi, and prod allows at most 8Gi',
      ],
    ],
    [{ limits: { memory: '16Mi', cpu: 1 } }, ['memory limit of cart is 16Mi, and prod requires at least 32Mi']],
    [{}, ['cart has no cpu and no memory limit, and prod requires one: cpu up to 4, memory from 32Mi to 8Gi']],
  ])('%j gives %j', (resources, expected) => {
    expect(messages(judgeBy(limits, withResources(resources), policy))).toEqual(expected);
  });

  it('lowers the request with the limit', () => {
    const [finding] = judgeBy(
      limits,
      withResources({ requests: { cpu: '6' }, limits: { cpu: '8', memory: '1Gi' } }),
      policy,
    );
    expect(finding?.fix).toEqual([
      { op: 'replace', path: `${RESOURCES}/limits/cpu`, value: '4' },
      { op: 'replace', path: `${RESOURCES}/requests/cpu`, value: '4' },
    ]);
  });

  it('leaves text where an object should be to others', () => {
    expect(judgeBy(limits, aService({ container: { resources: 'large' } }), policy)).toEqual([]);
    expect(judgeBy(limits, aService({ container: { resources: { limits: ['1'] } } }), policy)).toEqual([]);
  });
});

describe('resources/request-above-limit', () => {
  it.each<[JsonObject, string[]]>([
    [{ requests: { cpu: '1' }, limits: { cpu: '1000m' } }, []],
    [
      { requests: { cpu: '1001m' }, limits: { cpu: '1' } },
      ['cpu request of cart is 1001m, above its own limit 1; no pod can be made of it'],
    ],
    [
      { requests: { 'ephemeral-storage': '2Gi' }, limits: { 'ephemeral-storage': '1Gi' } },
      ['ephemeral storage request of cart is 2Gi, above its own limit 1Gi; no pod can be made of it'],
    ],
  ])('%j gives %j', (resources, expected) => {
    expect(messages(judgeBy(requestAboveLimit, withResources(resources)))).toEqual(expected);
  });

  it('lowers the request, but not below what a container must request', () => {
    const fixOf = (limit: string) =>
      judgeBy(requestAboveLimit, withResources({ requests: { cpu: '1' }, limits: { cpu: limit } }), policy)[0]?.fix;
    expect(fixOf('500m')).toEqual([{ op: 'replace', path: `${RESOURCES}/requests/cpu`, value: '500m' }]);
    expect(fixOf('5m')).toEqual([{ op: 'replace', path: `${RESOURCES}/limits/cpu`, value: '1' }]);
  });
});

describe('resources/limit-to-request', () => {
  it.each<[string, string, string[], object[] | undefined]>([
    ['256Mi', '1Gi', [], undefined],
    ['-1Gi', '-1Gi', [], undefined],
    ['-1Gi', '1Gi', [], undefined],
    [
      '255Mi',
      '1Gi',
      ['memory limit of cart is 1Gi, more than 4 times its request 255Mi; prod allows at most 4 times'],
      [{ op: 'replace', path: `${RESOURCES}/requests/memory`, value: '256Mi' }],
    ],
    // The request can rise to its own bound, and the limit comes down to meet it.
    [
      '1Gi',
      '20Gi',
      ['memory limit of cart is 20Gi, more than 4 times its request 1Gi; prod allows at most 4 times'],
      [
        { op: 'replace', path: `${RESOURCES}/limits/memory`, value: '16Gi' },
        { op: 'replace', path: `${RESOURCES}/requests/memory`, value: '4Gi' },
      ],
    ],
  ])('request %s and limit %s', (request, limit, expected, fix) => {
    const findings = judgeBy(
      limitToRequest,
      withResources({ requests: { memory: request }, limits: { memory: limit } }),
      policy,
    );
    expect(messages(findings)).toEqual(expected);
    expect(findings[0]?.fix).toEqual(fix);
  });
});
