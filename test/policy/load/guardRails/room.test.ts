/** Quotas and limits under which no pod of Knative would start, refused where the policy is read. */
import { describe, expect, it } from '@jest/globals';
import { aPolicyFile, errorsOf } from '../files.ts';

/** The messages about a policy whose `namespace` is this, without their places. */
function messagesFor(namespace: object, rest: object = {}): string[] {
  const spec = JSON.stringify({ namespace, ...rest });
  return errorsOf({ prod: aPolicyFile('prod', `  ${spec.slice(1, -1)}`.replace(/^ {2}/, '  {').concat('}')) }).map(
    (error) => error.replace(/^policies\/prod\.yaml:\d+:\d+: /, ''),
  );
}

const NONE: string[] = [];

describe('a quota and queue-proxy', () => {
  it.each<[what: string, namespace: object, expected: string[]]>([
    ['CPU requests alone', { quota: { hard: { 'requests.cpu': '20', pods: 50 } } }, NONE],
    [
      'limits without a default',
      { quota: { hard: { 'limits.cpu': '20' } } },
      [
        'namespace.quota.hard.limits.cpu is a quota of limits of cpu, and queue-proxy, in every pod of Knative, has no limit for cpu, so that no pod would start; give it one by namespace.limitRange.default.cpu',
      ],
    ],
    ['limits with a default', { quota: { hard: { 'limits.cpu': 20 } }, limitRange: { default: { cpu: 1 } } }, NONE],
    ['limits with a max', { quota: { hard: { 'limits.cpu': '20' } }, limitRange: { max: { cpu: '4' } } }, NONE],
    [
      'memory requests without a default',
      { quota: { hard: { 'requests.memory': '20Gi' } } },
      [
        'namespace.quota.hard.requests.memory is a quota of requests of memory, and queue-proxy, in every pod of Knative, has no request for memory, so that no pod would start; give it one by namespace.limitRange.defaultRequest.memory',
      ],
    ],
    [
      'the same by its short name',
      { quota: { hard: { memory: '20Gi' } }, limitRange: { default: { cpu: '1' } } },
      [
        'namespace.quota.hard.memory is a quota of requests of memory, and queue-proxy, in every pod of Knative, has no request for memory, so that no pod would start; give it one by namespace.limitRange.defaultRequest.memory',
      ],
    ],
    [
      'ephemeral storage, which a quota demands of nobody',
      { quota: { hard: { 'limits.ephemeral-storage': '9Gi' } } },
      NONE,
    ],
    [
      'memory requests with a min alone',
      { quota: { hard: { 'requests.memory': '20Gi' } }, limitRange: { min: { memory: '16Mi' } } },
      NONE,
    ],
  ])('%s', (_, namespace, expected) => {
    expect(messagesFor(namespace)).toEqual(expected);
  });

  it('counts what queue-proxy says for itself where the feature is on', () => {
    const namespace = { quota: { hard: { 'limits.memory': '20Gi', 'requests.memory': '20Gi' } } };
    const knative = { features: { 'queueproxy.resource-defaults': 'Enabled' } };
    expect(messagesFor(namespace, { knative })).toEqual([]);
    expect(
      messagesFor(namespace, { knative: { features: { 'queueproxy.resource-defaults': 'allowed' } } }),
    ).toHaveLength(2);
  });

  it('has room for one service at its full scale, queue-proxy included', () => {
    const rest = {
      autoscaling: { maxScale: { default: 10 } },
      resources: { requests: { cpu: { default: '100m' } } },
    };
    expect(messagesFor({ quota: { hard: { 'requests.cpu': '1250m' } } }, rest)).toEqual([]);
    expect(messagesFor({ quota: { hard: { 'requests.cpu': '1249m' } } }, rest)).toEqual([
      'namespace.quota.hard.requests.cpu is "1249m", too little for one service at its full scale: 10 pods of 100m and of 25m for queue-proxy need 1250m',
    ]);
    expect(messagesFor({ quota: { hard: { pods: 9 } } }, rest)).toEqual([
      'namespace.quota.hard.pods is 9, below autoscaling.maxScale.default 10: one service at its full scale does not fit',
    ]);
  });
});

describe('a LimitRange and queue-proxy', () => {
  it.each<[what: string, limitRange: object, expected: string[]]>([
    ['a minimum that it meets', { min: { cpu: '25m' } }, NONE],
    [
      'a minimum above its request',
      { min: { cpu: '50m' } },
      [
        'namespace.limitRange.min.cpu is "50m", above the 25m that queue-proxy requests in every pod of Knative, so that no pod would start',
      ],
    ],
    [
      'a default limit below its request',
      { default: { cpu: '20m' } },
      [
        'namespace.limitRange.default.cpu is "20m", which queue-proxy gets as its limit, below the 25m that it requests, so that no pod would start',
      ],
    ],
    [
      'a max below its request, which is the default limit too',
      { max: { cpu: '20m' } },
      [
        'namespace.limitRange.max.cpu is "20m", which queue-proxy gets as its limit, below the 25m that it requests, so that no pod would start',
      ],
    ],
    ['a ratio that it meets', { default: { cpu: '250m' }, maxLimitRequestRatio: { cpu: 10 } }, NONE],
    [
      'a ratio that it breaks',
      { default: { cpu: '500m' }, maxLimitRequestRatio: { cpu: 10 } },
      [
        'namespace.limitRange.maxLimitRequestRatio.cpu is 10, and queue-proxy, with 25m requested and 500m as its limit, has 20, so that no pod would start',
      ],
    ],
    [
      'a ratio, and no limit',
      { maxLimitRequestRatio: { cpu: 10 } },
      [
        'namespace.limitRange.maxLimitRequestRatio.cpu is 10, and queue-proxy has no limit for cpu, so that no pod would start; give namespace.limitRange.default.cpu',
      ],
    ],
    [
      'fields out of order',
      { defaultRequest: { memory: '1Gi' }, default: { memory: '512Mi' } },
      ['namespace.limitRange.defaultRequest.memory is "1Gi", above namespace.limitRange.default.memory "512Mi"'],
    ],
  ])('%s', (_, limitRange, expected) => {
    expect(messagesFor({ limitRange })).toEqual(expected);
  });

  it('is no narrower than what the policy lets through', () => {
    const resources = { limits: { cpu: { max: '4' } }, requests: { memory: { min: '32Mi' } } };
    expect(messagesFor({ limitRange: { max: { cpu: '2' }, min: { memory: '64Mi' } } }, { resources })).toEqual([
      'namespace.limitRange.max.cpu is "2", below resources.limits.cpu.max "4": a service that the policy allows would not start',
      'namespace.limitRange.min.memory is "64Mi", above resources.requests.memory.min "32Mi": a service that the policy allows would not start',
    ]);
  });
});

describe('across extends', () => {
  const QUOTA = '  namespace: {quota: {hard: {limits.memory: 20Gi}}}';
  const RANGE = '  extends: base\n  namespace: {limitRange: {default: {memory: 64Mi}}}';

  it("is content where the parent's quota has the child's limits", () => {
    expect(
      errorsOf({ base: aPolicyFile('base', `  abstract: true\n${QUOTA}`), prod: aPolicyFile('prod', RANGE) }),
    ).toEqual([]);
  });

  it('says where the quota stands that the child leaves without limits', () => {
    const errors = errorsOf({
      base: aPolicyFile('base', `  abstract: true\n${QUOTA}`),
      prod: aPolicyFile('prod', '  extends: base\n  namespace: {limitRange: {default: {cpu: 1}}}'),
    });
    expect(errors).toEqual([
      'policies/prod.yaml:6:14: namespace.quota.hard.limits.memory is a quota of limits of memory, and queue-proxy, in every pod of Knative, has no limit for memory, so that no pod would start; give it one by namespace.limitRange.default.memory (policies/base.yaml:6)',
    ]);
  });
});
