/** A cluster in which all is well, to be broken in one place by each test. */
import path from 'node:path';
import type { ClusterFacts } from '../../src/doctor/cluster/facts.ts';
import { DEFINITIONS, SETTINGS } from '../../src/doctor/cluster/facts.ts';
import { ABSENT, type ObjectLook, seen } from '../../src/doctor/look.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { authority, DAY, NOW } from '../tls/builders.ts';

export const now = new Date(NOW + DAY);

const { policies: shipped } = await loadPolicies(path.resolve('policies'), 'policies');

export const caBundle = Buffer.from(authority().certificate).toString('base64');

export function aConfiguration(name: string, service: string, changes: JsonObject = {}): JsonObject {
  const [namespace = '', of = ''] = service.split('/');
  return {
    metadata: { name },
    webhooks: [
      {
        name: `prod.${name}`,
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace, name: of }, caBundle },
        namespaceSelector: {
          matchExpressions: [
            { key: 'weir.dev/environment', operator: 'In', values: ['dev', 'edge', 'prod', 'staging'] },
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['weir-system'] },
          ],
        },
        ...changes,
      },
    ],
  };
}

export function aDefinition(version: string, established = 'True'): ObjectLook {
  return seen({
    metadata: { labels: { 'app.kubernetes.io/version': version } },
    status: { conditions: [{ type: 'Established', status: established, reason: 'NotAccepted', message: 'it is odd' }] },
  });
}

export function aDeployment(available: number, wanted = available): ObjectLook {
  return seen({ spec: { replicas: wanted }, status: { availableReplicas: available } });
}

export function aNamespace(name: string, environment?: string): JsonObject {
  return { metadata: { name, labels: environment === undefined ? {} : { 'weir.dev/environment': environment } } };
}

export function aConfigMap(data: JsonObject): ObjectLook {
  return seen({ data });
}

const READY = seen([{ endpoints: [{ conditions: { ready: true } }] }]);

export function aCluster(changes: Partial<ClusterFacts> = {}): ClusterFacts {
  const knative = ['controller', 'webhook', 'autoscaler', 'activator', 'net-kourier-controller'];
  return {
    now,
    serverTime: { date: new Date(now.getTime() - 400), tookMs: 3 },
    gitVersion: 'v1.36.3',
    definitions: new Map(DEFINITIONS.map(({ name, of }) => [name, aDefinition(of === 'weir' ? '0.1.0' : '1.23.0')])),
    mutating: seen([
      aConfiguration('defaults.weir.dev', 'weir-system/weir-webhook'),
      aConfiguration('webhook.serving.knative.dev', 'knative-serving/webhook'),
    ]),
    validating: seen([aConfiguration('policy.weir.dev', 'weir-system/weir-webhook')]),
    backends: new Map([
      ['weir-system/weir-webhook', { service: seen({}), slices: READY }],
      ['knative-serving/webhook', { service: seen({}), slices: READY }],
    ]),
    deployments: new Map([
      ['weir-system/weir-webhook', aDeployment(3)],
      ['weir-system/weir-controller', aDeployment(2)],
      ...knative.map((name) => [`knative-serving/${name}`, aDeployment(1)] as const),
    ]),
    pods: seen([]),
    events: seen([]),
    answers: [
      { of: 'weir', outcome: 'denied', words: '' },
      { of: 'knative', outcome: 'denied', words: '' },
    ],
    notAsked: undefined,
    policies: {
      shownAs: 'ConfigMap weir-policies-abc',
      areClusters: true,
      byName: shipped,
      errors: [],
      hash: '0123456789ab',
      configMap: { name: 'weir-policies-abc', look: seen({}) },
    },
    settings: new Map<string, ObjectLook>([
      ...SETTINGS.map((name) => [name, ABSENT] as const),
      ['config-network', aConfigMap({ 'ingress-class': 'kourier.ingress.networking.knative.dev' })],
      ['config-domain', aConfigMap({ 'apps.example.org': '' })],
    ]),
    namespaces: seen([
      aNamespace('shop', 'prod'),
      aNamespace('kitchen'),
      aNamespace('kourier-system'),
      aNamespace('weir-system', 'prod'),
    ]),
    services: seen(new Map([['shop', 3]])),
    missingRights: [],
    user: undefined,
    ...changes,
  };
}

/** A copy of a map with some entries other. */
export function withEntries<Value>(
  map: ReadonlyMap<string, Value>,
  changes: Readonly<Record<string, Value>>,
): Map<string, Value> {
  return new Map([...map, ...Object.entries(changes)]);
}
