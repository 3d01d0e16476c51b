import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { examineCluster } from '../../src/doctor/cluster/examine.ts';
import type { ClusterFacts } from '../../src/doctor/cluster/facts.ts';
import { ABSENT, type Look, seen } from '../../src/doctor/look.ts';
import type { Verdict } from '../../src/doctor/verdict.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { authority, DAY, NOW } from '../tls/builders.ts';
import {
  aCluster,
  aConfigMap,
  aConfiguration,
  aDefinition,
  aDeployment,
  aNamespace,
  now,
  withEntries,
} from './clusterFacts.ts';

const healthy = aCluster();
const FORBIDDEN: Look<never> = {
  is: 'unseen',
  why: 'the right to list pods is missing',
  right: { verb: 'list', resource: 'pods', namespace: undefined },
};

function told(facts: ClusterFacts, ...states: readonly Verdict['state'][]): string[] {
  return examineCluster(facts)
    .filter(({ state }) => states.includes(state))
    .map(({ state, check, found }) => `${state} ${check}: ${found}`);
}

function definitions(changes: Parameters<typeof withEntries<Look<JsonObject>>>[1]): Partial<ClusterFacts> {
  return { definitions: withEntries(healthy.definitions, changes) };
}

function settings(changes: Readonly<Record<string, JsonObject>>): Partial<ClusterFacts> {
  const looks = Object.entries(changes).map(([name, data]) => [name, aConfigMap(data)] as const);
  return { settings: withEntries(healthy.settings, Object.fromEntries(looks)) };
}

/** The policies, with the gateway in this namespace. */
function behind(gateway: string): ClusterFacts['policies']['byName'] {
  return new Map(
    [...healthy.policies.byName].map(([name, policy]) => {
      return [name, { ...policy, knative: { ...policy.knative, gateways: [gateway] } }];
    }),
  );
}

function bundle(from: number, life: number): Partial<ClusterFacts> {
  const caBundle = Buffer.from(authority({ now: from, life }).certificate).toString('base64');
  const service = { namespace: 'weir-system', name: 'weir-webhook' };
  const change = { clientConfig: { service, caBundle } };
  return {
    mutating: seen([aConfiguration('defaults.weir.dev', 'weir-system/weir-webhook', change)]),
    validating: seen([aConfiguration('policy.weir.dev', 'weir-system/weir-webhook', change)]),
  };
}

function anEvent(reason: string, message: string, at: string, instance = 'weir-webhook-a'): JsonObject {
  return { reason, message, type: 'Normal', lastTimestamp: at, reportingInstance: instance, involvedObject: {} };
}

describe('a cluster in which all is well', () => {
  it('has nothing wrong, nothing unseen and nothing to note', () => {
    expect(told(healthy, 'wrong', 'unseen', 'note')).toEqual([]);
  });

  it('is told in one order, with a command nowhere', () => {
    const verdicts = examineCluster(healthy);
    expect([...new Set(verdicts.map(({ check }) => check.split('/')[0]))]).toEqual(
      [
        'versions',
        'definitions',
        'processes',
        'webhooks',
        'certificates',
        'policies',
        'namespaces',
        'ingress',
        'settings',
        'clock',
        'rights',
      ].filter((family) => family !== 'settings'),
    );
    expect(verdicts.flatMap(({ next }) => next)).toEqual([]);
    expect(examineCluster(healthy)).toEqual(verdicts);
  });
});

/** What is broken, and the first verdict that is no longer well. */
const BROKEN: readonly (readonly [what: string, changes: Partial<ClusterFacts>, expected: string])[] = [
  [
    'an old Kubernetes',
    { gitVersion: 'v1.29.4' },
    'wrong versions/kubernetes: Kubernetes is v1.29.4, and Weir needs 1.30',
  ],
  ['a version that says nothing', { gitVersion: '' }, 'note versions/kubernetes'],
  [
    'an old Knative',
    definitions({ 'revisions.serving.knative.dev': aDefinition('1.12.3') }),
    'wrong versions/knative-serving: Knative Serving is 1.12.3, and Weir knows 1.15 to 1.23',
  ],
  [
    'a newer Knative',
    definitions({ 'revisions.serving.knative.dev': aDefinition('1.99.0') }),
    'note versions/knative-serving: Knative Serving is 1.99.0, newer',
  ],
  [
    'a Knative other than the policy says',
    definitions({ 'revisions.serving.knative.dev': aDefinition('v1.18.1') }),
    'wrong versions/policy: the policy dev, edge, prod, staging says spec.knative.version 1.23, and the cluster has 1.18',
  ],
  [
    'a Knative of no release',
    definitions({ 'revisions.serving.knative.dev': aDefinition('devel') }),
    "note versions/knative-serving: Knative Serving's definitions name no release (devel)",
  ],
  [
    'half of Knative',
    definitions({ 'routes.serving.knative.dev': ABSENT }),
    'wrong definitions/serving: Knative Serving is there in part: the cluster has no routes.serving.knative.dev',
  ],
  [
    "Weir's kinds are missing",
    definitions({
      'policyexceptions.weir.dev': ABSENT,
      'scalingschedules.weir.dev': ABSENT,
      'trafficrollouts.weir.dev': ABSENT,
    }),
    'wrong definitions/weir: Weir is not installed',
  ],
  [
    'a kind is not served',
    definitions({ 'scalingschedules.weir.dev': aDefinition('0.1.0', 'False') }),
    'wrong definitions/weir: the definition scalingschedules.weir.dev is there and not served: NotAccepted: it is odd',
  ],
  ['kinds may not be seen', definitions({ 'services.serving.knative.dev': FORBIDDEN }), 'unseen definitions/serving'],
  [
    "the webhook's pods are not ready",
    { deployments: withEntries(healthy.deployments, { 'weir-system/weir-webhook': aDeployment(0, 3) }) },
    'wrong processes/weir-webhook: weir-webhook: 0 of 3 replicas are ready, so that changes are judged by nobody',
  ],
  [
    'the controller is scaled to zero',
    { deployments: withEntries(healthy.deployments, { 'weir-system/weir-controller': aDeployment(0, 0) }) },
    'wrong processes/weir-controller: Deployment weir-controller is scaled to zero: schedules',
  ],
  [
    'the activator is gone',
    { deployments: withEntries(healthy.deployments, { 'knative-serving/activator': ABSENT }) },
    "wrong processes/knative-activator: Knative's activator is not in knative-serving: nothing starts from zero",
  ],
  [
    'the autoscaler is not ready',
    { deployments: withEntries(healthy.deployments, { 'knative-serving/autoscaler': aDeployment(0, 1) }) },
    "wrong processes/knative-autoscaler: no replica of Knative's autoscaler is ready: nothing scales",
  ],
  [
    'one configuration is gone',
    { validating: seen([]) },
    'wrong webhooks/weir: the cluster has no ValidatingWebhookConfiguration policy.weir.dev: Weir judges nothing',
  ],
  [
    'both configurations are gone',
    { validating: seen([]), mutating: seen([]) },
    'wrong webhooks/weir: the cluster has no MutatingWebhookConfiguration defaults.weir.dev and no ValidatingWebhookConfiguration policy.weir.dev: Weir judges and fills in nothing',
  ],
  [
    'nobody stands behind the Service',
    {
      answers: [],
      backends: withEntries(healthy.backends, {
        'weir-system/weir-webhook': {
          service: seen({}),
          slices: seen([{ endpoints: [{ conditions: { ready: false } }] }]),
        },
      }),
    },
    'wrong webhooks/weir-service: no pod behind Service weir-system/weir-webhook is ready',
  ],
  [
    'the Service is gone',
    {
      answers: [],
      backends: withEntries(healthy.backends, { 'weir-system/weir-webhook': { service: ABSENT, slices: ABSENT } }),
    },
    'wrong webhooks/weir-service: there is no Service weir-system/weir-webhook, which defaults.weir.dev and policy.weir.dev name: every change that prod.defaults.weir.dev and prod.policy.weir.dev are asked about is refused',
  ],
  [
    'what stands behind the Service may not be seen',
    {
      answers: [],
      backends: withEntries(healthy.backends, {
        'weir-system/weir-webhook': { service: seen({}), slices: FORBIDDEN },
      }),
    },
    'unseen webhooks/weir-service: what stands behind Service weir-system/weir-webhook cannot be looked at',
  ],
  [
    "Eventing's webhook is dead, whatever Serving's says",
    {
      validating: seen([
        aConfiguration('policy.weir.dev', 'weir-system/weir-webhook'),
        aConfiguration('validation.webhook.eventing.knative.dev', 'knative-eventing/eventing-webhook'),
      ]),
      backends: withEntries(healthy.backends, {
        'knative-eventing/eventing-webhook': { service: ABSENT, slices: ABSENT },
      }),
    },
    'wrong webhooks/knative-service: there is no Service knative-eventing/eventing-webhook, which validation.webhook.eventing.knative.dev names: every change',
  ],
  [
    'the webhook does not answer',
    { answers: [{ of: 'weir', outcome: 'failed', words: 'failed calling webhook "x": context deadline exceeded' }] },
    'wrong webhooks/answers: Weir\'s webhook does not answer: failed calling webhook "x": context deadline exceeded. The API server does not reach its pods',
  ],
  [
    'the webhook is not trusted',
    { answers: [{ of: 'weir', outcome: 'failed', words: 'tls: x509: certificate signed by unknown authority' }] },
    "wrong webhooks/answers: Weir's webhook does not answer: tls: x509: certificate signed by unknown authority. The caBundle",
  ],
  [
    'the webhook lets everything in',
    { answers: [{ of: 'weir', outcome: 'let-in', words: '' }] },
    "wrong webhooks/answers: Weir's webhook does not judge",
  ],
  [
    "Knative's webhook lets everything in",
    { answers: [{ of: 'knative', outcome: 'let-in', words: '' }] },
    "wrong webhooks/knative-answers: Knative's webhook does not judge",
  ],
  [
    'nobody may ask',
    { answers: [], notAsked: 'these credentials may not' },
    'note webhooks/answers: whether the webhooks answer was not tried: these credentials may not',
  ],
  [
    'somebody else’s webhook is dead',
    {
      mutating: seen([
        aConfiguration('defaults.weir.dev', 'weir-system/weir-webhook'),
        aConfiguration('others.example.org', 'others/hook'),
      ]),
      backends: withEntries(healthy.backends, { 'others/hook': { service: ABSENT, slices: ABSENT } }),
    },
    'note webhooks/others: there is no Service others/hook, which others.example.org names: every change that prod.others.example.org is asked about is refused',
  ],
  [
    'an expired authority',
    bundle(NOW - 10 * DAY, 5 * DAY),
    'wrong certificates/weir: the certificate authority in the caBundle of prod.defaults.weir.dev and prod.policy.weir.dev expired at',
  ],
  [
    'an authority of tomorrow',
    bundle(NOW + 9 * DAY, 50 * DAY),
    'wrong certificates/weir: the certificate authority in the caBundle of prod.defaults.weir.dev and prod.policy.weir.dev is not valid before',
  ],
  [
    'an authority near its end',
    bundle(NOW, 3 * DAY),
    "note certificates/weir: the certificate authority of Weir's webhook ends at 2026-01-04T00:00:00.000Z, in 2 days, and should have been renewed",
  ],
  [
    'no caBundle',
    {
      validating: seen([
        aConfiguration('policy.weir.dev', 'weir-system/weir-webhook', {
          clientConfig: { service: { namespace: 'weir-system', name: 'weir-webhook' } },
        }),
      ]),
    },
    'wrong certificates/weir: no caBundle stands in prod.policy.weir.dev',
  ],
  [
    'a caBundle of nonsense',
    {
      validating: seen([
        aConfiguration('policy.weir.dev', 'weir-system/weir-webhook', {
          clientConfig: { service: { namespace: 'weir-system', name: 'weir-webhook' }, caBundle: 'bm8=' },
        }),
      ]),
    },
    'wrong certificates/weir: the caBundle of prod.policy.weir.dev holds no certificate that can be read',
  ],
  [
    'policies that cannot be used',
    { policies: { ...healthy.policies, errors: ['prod.yaml:3:1: unknown field'] } },
    'wrong policies/loaded: ConfigMap weir-policies-abc has policies that cannot be used: the last good ones stay in force until a pod starts anew, and then none are. prod.yaml:3:1: unknown field',
  ],
  [
    'no policies',
    { policies: { ...healthy.policies, configMap: { name: 'gone', look: ABSENT } } },
    'wrong policies/loaded: Deployment weir-webhook mounts the ConfigMap gone, which is not in weir-system',
  ],
  [
    'policies of elsewhere',
    { policies: { ...healthy.policies, areClusters: false, shownAs: 'policies of weir', configMap: undefined } },
    'note policies/loaded: by which policies the cluster judges cannot be read from it',
  ],
  [
    'a replica that refused the newest policies',
    {
      events: seen([
        anEvent('PoliciesAccepted', 'the policies 0123456789ab judge', '2026-01-01T10:00:00Z'),
        anEvent('PoliciesRefused', 'prod.yaml:3', '2026-01-01T11:00:00Z'),
      ]),
    },
    'wrong policies/judging: weir-webhook-a refused the policies that it read last: prod.yaml:3',
  ],
  [
    'a replica behind',
    { events: seen([anEvent('PoliciesAccepted', 'the policies aaaaaaaaaaaa judge', '2026-01-01T10:00:00Z')]) },
    'note policies/judging: weir-webhook-a judges by the policies aaaaaaaaaaaa, and the ConfigMap holds 0123456789ab',
  ],
  [
    'a namespace without a policy',
    { namespaces: seen([aNamespace('shop', 'prd')]) },
    'wrong namespaces/policy: namespace shop is in the environment "prd", which has no policy; did you mean "prod"?',
  ],
  [
    'a namespace without an entry',
    {
      namespaces: seen([aNamespace('shop', 'prod')]),
      validating: seen([
        aConfiguration('policy.weir.dev', 'weir-system/weir-webhook', {
          namespaceSelector: { matchExpressions: [{ key: 'weir.dev/environment', operator: 'In', values: ['dev'] }] },
        }),
      ]),
    },
    'wrong namespaces/entry: a namespace is in an environment that no entry of policy.weir.dev selects, so that nobody judges what is in it: shop (prod)',
  ],
  [
    'services in no environment',
    { services: seen(new Map([['kitchen', 2]])) },
    'note namespaces/label: a namespace holds Knative Services and is in no environment, so that nobody judges them: kitchen',
  ],
  ['namespaces may not be seen', { namespaces: FORBIDDEN }, 'unseen namespaces/environment'],
  [
    'no ingress class',
    settings({ 'config-network': {} }),
    'wrong ingress/class: no ingress class is set, and Knative takes istio.ingress.networking.knative.dev, and its controller net-istio-controller is not in knative-serving: no Route becomes ready. net-kourier-controller is there: name its class',
  ],
  [
    'an ingress nobody knows',
    settings({ 'config-network': { 'ingress-class': 'mine' } }),
    'note ingress/class: the ingress class is mine',
  ],
  [
    'an ingress that is not ready',
    { deployments: withEntries(healthy.deployments, { 'knative-serving/net-kourier-controller': aDeployment(0, 1) }) },
    'wrong ingress/class: the ingress class is kourier.ingress.networking.knative.dev, and no replica of its controller',
  ],
  [
    'a gateway that the policies do not name',
    {
      namespaces: seen([aNamespace('contour-external'), aNamespace('shop', 'prod')]),
      deployments: withEntries(healthy.deployments, { 'knative-serving/net-contour-controller': aDeployment(1) }),
      ...settings({ 'config-network': { 'ingress-class': 'contour.ingress.networking.knative.dev' } }),
    },
    'wrong ingress/gateways: the gateway stands in contour-external, which spec.knative.gateways of dev, edge, prod and staging does not name',
  ],
  [
    "the operator's Kourier, whose gateway beside Knative the policies do not name",
    {
      namespaces: seen([aNamespace('knative-serving'), aNamespace('shop', 'prod')]),
      policies: { ...healthy.policies, byName: behind('kourier-system') },
    },
    'wrong ingress/gateways: the gateway stands in knative-serving, which spec.knative.gateways of dev, edge, prod and staging does not name',
  ],
  [
    "Kourier's own, where the policies know of the operator's alone",
    { policies: { ...healthy.policies, byName: behind('knative-serving') } },
    'wrong ingress/gateways: the gateway stands in kourier-system, which spec.knative.gateways of dev, edge, prod and staging does not name',
  ],
  [
    'no domain',
    settings({ 'config-domain': { _example: 'x' } }),
    'note ingress/domain: config-domain names no domain for all services',
  ],
  [
    'the placeholder',
    settings({ 'config-domain': { 'example.com': '' } }),
    'note ingress/domain: config-domain holds the placeholder',
  ],
  [
    'a setting that Knative refuses',
    settings({ 'config-autoscaler': { 'stable-window': '2s' } }),
    'wrong settings/autoscaler-values: Knative refuses config-autoscaler and keeps what it had before: stable-window = 2s',
  ],
  [
    'a setting that Knative does not know',
    settings({ 'config-autoscaler': { 'max-scale-limits': '50' } }),
    'note settings/autoscaler-values: config-autoscaler sets max-scale-limits, which Knative does not know and ignores; did you mean "max-scale-limit"?',
  ],
  [
    'a limit below the policy',
    settings({ 'config-autoscaler': { 'max-scale-limit': '10', 'max-scale': '10' } }),
    'wrong settings/bounds: prod fills in max-scale 20, and Knative refuses every Service above max-scale-limit 10',
  ],
  [
    'a feature that no policy knows of',
    settings({ 'config-features': { 'kubernetes.podspec-affinity': 'enabled' } }),
    'note settings/features: config-features sets what spec.knative.features of no policy says, so that weir check does not know of it: kubernetes.podspec-affinity: "enabled"',
  ],
  [
    'no scale to zero',
    settings({ 'config-autoscaler': { 'enable-scale-to-zero': 'false' } }),
    'note settings/bounds: dev lets services go to zero',
  ],
  [
    'a clock that is ahead',
    { serverTime: { date: new Date(now.getTime() + 20_000), tookMs: 2 } },
    "note clock/skew: the API server's clock is 20 s ahead of this machine's",
  ],
  [
    'a clock that is far behind',
    { serverTime: { date: new Date(now.getTime() - 300_000), tookMs: 2 } },
    "wrong clock/skew: the API server's clock is 300 s behind this machine's",
  ],
  [
    'a right is missing',
    { missingRights: [{ verb: 'list', resource: 'pods', namespace: 'weir-system' }] },
    'unseen rights/read: these credentials lack rights, so that not everything was looked at: list pods in weir-system',
  ],
];

describe('a cluster with', () => {
  it.each(BROKEN)('%s', (_, changes, expected) => {
    const found = told(aCluster(changes), 'wrong', 'unseen', 'note');
    expect(found.map((line) => line.slice(0, expected.length))).toContain(expected);
  });

  it.each(BROKEN)('%s says what to do next, wherever something is wrong', (_, changes) => {
    for (const { state, next, check } of examineCluster(aCluster(changes))) {
      if (state === 'wrong') expect([check, next]).not.toEqual([check, []]);
    }
  });

  it('a policy that says what the cluster has not set', () => {
    const [[name, policy] = ['', undefined]] = [...healthy.policies.byName];
    if (policy === undefined) throw new Error('no policy is shipped');
    const knative = { ...policy.knative, autoscaler: { 'max-scale-limit': '100' } };
    const byName = new Map([[name, { ...policy, knative }]]);
    const facts = aCluster({
      policies: { ...healthy.policies, byName },
      ...settings({ 'config-autoscaler': { 'max-scale': '5' } }),
    });
    expect(told(facts, 'wrong')).toContainEqual(
      expect.stringContaining(`${name} says: max-scale-limit is "100" there and not set here`),
    );
  });

  it('pods that cannot start, whose cause it tells', () => {
    const pods = seen([
      {
        metadata: { name: 'weir-webhook-abc', labels: { 'app.kubernetes.io/name': 'weir-webhook' } },
        status: {
          containerStatuses: [
            {
              name: 'webhook',
              image: 'ghcr.io/acme/weir:9',
              state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } },
            },
          ],
        },
      },
    ]);
    const facts = aCluster({
      pods,
      deployments: withEntries(healthy.deployments, { 'weir-system/weir-webhook': aDeployment(0, 1) }),
    });
    expect(told(facts, 'wrong')[0]).toContain(
      'container webhook of pod weir-webhook-abc has no image (ErrImagePull): the registry has no such image or tag',
    );
  });
});

describe("Weir's own API server", () => {
  it('needs no Deployment, no endpoints and no ingress', () => {
    const nobody = { service: seen({}), slices: seen([]) };
    const facts = aCluster({
      gitVersion: 'v1.36.3+weir',
      deployments: new Map([...healthy.deployments.keys()].map((place) => [place, ABSENT])),
      backends: new Map([['weir-system/weir-webhook', nobody]]),
      answers: [],
      notAsked: '--no-dry-run says so',
      settings: new Map(),
    });
    expect(told(facts, 'wrong')).toEqual([]);
  });

  it('has a webhook that must answer all the same', () => {
    const answers = [{ of: 'weir', outcome: 'failed', words: 'connection refused' }] as const;
    expect(told(aCluster({ gitVersion: 'v1.36.3+weir', answers }), 'wrong')).toHaveLength(1);
  });
});

describe('docs/doctor.md', () => {
  it('names every check', () => {
    const page = readFileSync('docs/doctor.md', 'utf8');
    const all = BROKEN.flatMap(([, changes]) => examineCluster(aCluster(changes))).map(({ check }) => check);
    // those of Knative's processes share a prefix there
    const unnamed = [...new Set(all)].filter((check) => !page.includes(check.replace(/^processes\/knative-/, '-')));
    expect(unnamed).toEqual([]);
  });
});

describe('objects of any shape', () => {
  it.each([
    null,
    'text',
    7,
    [],
    { webhooks: 7 },
    { webhooks: [null, {}, { clientConfig: [] }] },
    { metadata: { name: 'policy.weir.dev' }, webhooks: [{ namespaceSelector: { matchExpressions: 3 } }] },
  ])('a configuration %j is survived', (configuration) => {
    const objects = [configuration as JsonObject];
    const facts = aCluster({
      mutating: seen(objects),
      validating: seen(objects),
      namespaces: seen([{}, { metadata: null }]),
      events: seen(objects),
      pods: seen(objects),
    });
    expect(examineCluster(facts).length).toBeGreaterThan(3);
  });
});
