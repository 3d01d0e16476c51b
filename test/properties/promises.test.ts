/** What the shipped policies promise to the people who write manifests. */
import { describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { aService } from '../policy/builders.ts';
import { ENVIRONMENTS, type Environment, policyOf, told, verdictOn } from './judging.ts';
import { bareService } from './objects.ts';

const PREFIX = 'autoscaling.knative.dev/';
const ACCEPTED_IMAGES = ['registry.example.com/shop/cart:1.4.2', 'ghcr.io/knative/helloworld-go:v1.20'];

/** What the cluster would read of the first container and of the autoscaler once the defaults are in. */
function filledValues(object: JsonObject): Record<string, JsonValue | undefined> {
  const [container] = arrayAt(object, 'spec', 'template', 'spec', 'containers');
  const annotation = (key: string) => stringAt(object, 'spec', 'template', 'metadata', 'annotations', PREFIX + key);
  return {
    'min-scale': annotation('min-scale'),
    'max-scale': annotation('max-scale'),
    target: annotation('target'),
    'scale-down-delay': annotation('scale-down-delay'),
    cpu: [
      stringAt(container, 'resources', 'requests', 'cpu') ?? null,
      stringAt(container, 'resources', 'limits', 'cpu') ?? null,
    ],
    memory: [
      stringAt(container, 'resources', 'requests', 'memory') ?? null,
      stringAt(container, 'resources', 'limits', 'memory') ?? null,
    ],
  };
}

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  it.each(ACCEPTED_IMAGES)('a Service that names nothing but %s is accepted', (image) => {
    const service = aService({ image });
    expect(told(verdictOn(environment, service), 'deny')).toEqual([]);
    const without = { ...service, spec: { template: { spec: { containers: [{ image }] } } } };
    expect(told(verdictOn(environment, without), 'deny')).toEqual([]);
    expect(told(verdictOn(environment, { ...without, metadata: { name: 'cart' } }), 'deny')).toEqual([]);
  });

  it('it is accepted with the defaults written down, too, and nothing more is filled in', () => {
    const { object } = verdictOn(environment, bareService);
    const verdict = verdictOn(environment, object);
    expect(told(verdict, 'deny')).toEqual([]);
    expect(verdict.defaults).toEqual([]);
  });

  it.each([
    ['nginx', 'images/registry'],
    ['docker.io/library/nginx:1.27', 'images/registry'],
    ['registry.example.com.evil.io/shop/cart:1.4.2', 'images/registry'],
    ['registry.example.com/shop/cart:latest', 'images/tag'],
    ['registry.example.com/shop/cart', 'images/tag'],
  ])('the image %s is denied', (image, rule) => {
    expect(told(verdictOn(environment, aService({ image })), 'deny')).toContainEqual(expect.stringContaining(rule));
  });

  it.each<[what: string, resources: JsonObject]>([
    ['limits of 64 CPU and 512Gi', { limits: { cpu: '64', memory: '512Gi' } }],
    ['limits of 64 CPU', { limits: { cpu: 64 } }],
    ['a limit of 512Gi', { limits: { memory: '512Gi' } }],
    ['a request of 64 CPU', { requests: { cpu: '64000m' } }],
    ['a request of 512Gi', { requests: { memory: 549755813888 } }],
  ])('a container with %s is denied', (_, resources) => {
    const verdict = verdictOn(environment, aService({ container: { resources } }));
    expect(told(verdict, 'deny')).toContainEqual(expect.stringMatching(/^resources\/(limits|requests) at /));
  });

  it.each(['max-scale', 'maxScale'])('an unlimited %s is denied, written as "0"', (key) => {
    const verdict = verdictOn(environment, aService({ annotations: { [key]: '0' } }));
    expect(told(verdict, 'deny')).toContainEqual(expect.stringMatching(/^autoscaling\/max-scale at .* unlimited/));
  });

  it('an absent max-scale is filled in, whatever the cluster would make of none', () => {
    const cluster: JsonObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config-autoscaler', namespace: 'knative-serving' },
      data: { 'max-scale': '0' },
    };
    const verdict = verdictOn(environment, bareService, [cluster]);
    expect(told(verdict, 'deny')).toEqual([]);
    expect(Number(filledValues(verdict.object)['max-scale'])).toBeGreaterThan(0);
  });

  it('a max-scale that leaves out what the class cannot have is bounded for HPA services, too', () => {
    const annotations = { class: 'hpa.autoscaling.knative.dev', metric: 'cpu' };
    const { object } = verdictOn(environment, aService({ annotations }));
    const filled = filledValues(object);
    expect(Number(filled['max-scale'])).toBeGreaterThan(0);
    expect([filled.target, filled['scale-down-delay']]).toEqual([undefined, undefined]);
  });

  it.each<[what: string, object: JsonObject, rule: string]>([
    ['min-scale above max-scale', aService({ annotations: { 'min-scale': '3', 'max-scale': '2' } }), 'autoscaling'],
    ['min-scale as a number', aService({ annotations: { 'min-scale': 1 } }), 'schema'],
    ['traffic of 90 percent', aService({ traffic: [{ latestRevision: true, percent: 90 }] }), 'traffic'],
    ['a host network', aService({ podSpec: { hostNetwork: true } }), 'containers'],
    ['a timeout of an hour', aService({ podSpec: { timeoutSeconds: 3600 } }), 'timeouts'],
    ['a field that is none', aService({ podSpec: { timeoutSecond: 30 } }), 'unknown-field'],
    ['a name in capitals', aService({ name: 'Cart' }), 'metadata'],
  ])('what Knative refuses is denied with every rule off and under enforcement: warn: %s', (_, object, rule) => {
    const policy = policyOf(environment);
    const actions = { ...policy.actions };
    for (const family of FAMILIES) actions[`${family}/*`] = 'off';
    const verdict = verdictOn({ ...policy, actions, enforcement: 'warn' }, object);
    expect(new Set(verdict.findings.map(({ rule: id, action }) => `${action} ${id}`))).toEqual(
      new Set([`deny knative/${rule}`]),
    );
  });

  it('enforcement: warn leaves no denial but those of Knative', () => {
    const careless = aService({
      image: 'nginx',
      annotations: { 'min-scale': '900', 'max-scale': '900', window: 'soon' },
      container: {
        resources: { limits: { cpu: '64', memory: '512Gi' } },
        env: [{ name: 'API_TOKEN', value: 'ghp_0123456789abcdefghijABCDEFGHIJ456789' }],
        securityContext: { allowPrivilegeEscalation: true },
      },
    });
    const denied = verdictOn(environment, careless).findings;
    const warned = verdictOn({ ...policyOf(environment), enforcement: 'warn' }, careless).findings;
    expect(denied.filter(({ action }) => action === 'deny').length).toBeGreaterThan(4);
    expect(warned).toEqual(
      denied.map((finding) => {
        const isKnatives = finding.rule.startsWith('knative/');
        return { ...finding, action: finding.action === 'deny' && !isKnatives ? 'warn' : finding.action };
      }),
    );
    expect(told({ ...verdictOn(environment, careless), findings: warned }, 'deny')).toEqual([
      expect.stringMatching(/^knative\/autoscaling at /),
    ]);
  });
});

const FAMILIES = [
  ...['autoscaling', 'resources', 'images', 'serving', 'network', 'security', 'rbac', 'eventing', 'keda'],
  ...['exceptions', 'yaml', 'custom'],
];

describe('the defaults', () => {
  it.each<[Environment, Record<string, JsonValue>]>([
    [
      'dev',
      {
        'min-scale': '0',
        'max-scale': '3',
        target: '50',
        'scale-down-delay': '15s',
        cpu: ['50m', '500m'],
        memory: ['128Mi', '512Mi'],
      },
    ],
    [
      'staging',
      {
        'min-scale': '1',
        'max-scale': '5',
        target: '80',
        'scale-down-delay': '30s',
        cpu: ['100m', '750m'],
        memory: ['256Mi', '768Mi'],
      },
    ],
    [
      'prod',
      {
        'min-scale': '2',
        'max-scale': '20',
        target: '100',
        'scale-down-delay': '60s',
        cpu: ['200m', '2'],
        memory: ['512Mi', '2Gi'],
      },
    ],
  ])('of %s are those of the table', (environment, values) => {
    expect(filledValues(verdictOn(environment, bareService).object)).toEqual(values);
  });

  it('of edge keep one pod of a small container', () => {
    expect(filledValues(verdictOn('edge', bareService).object)).toMatchObject({ 'min-scale': '1' });
  });
});

describe('prod', () => {
  const KPA = 'kpa.autoscaling.knative.dev';
  const HPA = 'hpa.autoscaling.knative.dev';
  const written: JsonObject[] = [];
  for (const zero of ['0', '00', '+0', '-0', '', ' 0', 0, -1, null, false, [], {}]) {
    for (const key of ['min-scale', 'minScale']) {
      for (const scaleClass of [undefined, KPA, HPA, 'somebody.example.com']) {
        const annotations = { [key]: zero, ...(scaleClass === undefined ? {} : { class: scaleClass }) };
        written.push(aService({ annotations }), { ...aService({ annotations }), kind: 'Configuration' });
      }
    }
  }
  written.push(aService({ annotations: { 'min-scale': '0', minScale: '5' } }));
  written.push(aService({ annotations: { 'max-scale': '1', 'initial-scale': '0' } }));
  written.push(aService({ annotations: { 'initial-scale': '0', 'scale-to-zero-pod-retention-period': '10m' } }));

  it.each<[string, JsonObject]>(
    written.map((object) => [JSON.stringify(objectAt(object, 'spec', 'template', 'metadata')), object]),
  )('never scales to zero, with %s', (_, object) => {
    const verdict = verdictOn('prod', object);
    if (told(verdict, 'deny').length > 0) return;
    const annotations = objectAt(verdict.object, 'spec', 'template', 'metadata', 'annotations') ?? {};
    // A HorizontalPodAutoscaler keeps a pod: Knative hands it a min-scale above 0 only (pkg/reconciler/autoscaling/hpa/resources/hpa.go).
    if (annotations[`${PREFIX}class`] === HPA) return;
    const least = annotations[`${PREFIX}min-scale`] ?? annotations[`${PREFIX}minScale`];
    expect(Number(least)).toBeGreaterThan(0);
  });

  it.each(['min-scale', 'minScale'])('denies a %s of 0', (key) => {
    expect(told(verdictOn('prod', aService({ annotations: { [key]: '0' } })), 'deny')).toEqual([
      expect.stringMatching(/^autoscaling\/min-scale at .*: min-scale is 0, and prod requires at least 1$/),
    ]);
  });

  it('says so, too, where the cluster scales to zero and the class takes no defaults', () => {
    const foreign = aService({ annotations: { class: 'somebody.example.com' } });
    expect(told(verdictOn('prod', foreign), 'deny')).not.toEqual([]);
  });
});
