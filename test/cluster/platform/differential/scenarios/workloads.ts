/** Kinds with defaults, generations and subresources. */
import type { JsonObject, JsonValue } from '../../../../../src/kubernetes/json.ts';
import { get, JSON_PATCH, MERGE, patch, post, put, remove, type Scenario, STRATEGIC } from '../scenario.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/:ns/deployments';
const WEB = `${DEPLOYMENTS}/web`;

function deployment(spec: object = {}, container: object = {}): JsonObject {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1.0.0', ...container }] },
      },
      ...spec,
    },
  } as JsonObject;
}

/** A scheduler and a controller write into the real one; what counts is what the API server itself answers. */
function own(body: JsonValue) {
  return body;
}

export const workloads: readonly Scenario[] = [
  {
    name: 'deployments',
    steps: [
      post(`${DEPLOYMENTS}?dryRun=All`, deployment()),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ replicas: 0, strategy: { type: 'Recreate' } })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ replicas: -1 })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ replicas: 'two' })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ selector: { matchLabels: { app: 'other' } } })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ selector: undefined })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ template: { spec: { containers: [] } } })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({ strategy: { type: 'Wrong' } })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { image: undefined })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { name: 'Web' })),
      post(
        `${DEPLOYMENTS}?dryRun=All`,
        deployment({}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      ),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { resources: { requests: { cpu: 'x' } } })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { resources: { limits: { memory: '1Gi', cpu: '0.5' } } })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { ports: [{ containerPort: 0 }] })),
      post(
        `${DEPLOYMENTS}?dryRun=All`,
        deployment({}, { ports: [{ containerPort: 8080 }, { containerPort: 8081, name: 'http' }] }),
      ),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { env: [{ name: '' }] })),
      post(
        `${DEPLOYMENTS}?dryRun=All`,
        deployment({}, { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      ),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { imagePullPolicy: 'Sometimes' })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { image: 'registry.example.com/web' })),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { readinessProbe: { httpGet: { path: '/', port: 8080 } } })),
      post(
        `${DEPLOYMENTS}?dryRun=All`,
        deployment({}, { livenessProbe: { tcpSocket: { port: 'http' }, successThreshold: 2 } }),
      ),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment({}, { volumeMounts: [{ name: 'none', mountPath: '/x' }] })),
      post(
        `${DEPLOYMENTS}?dryRun=All`,
        deployment({}, { securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } } }),
      ),
    ],
  },
  {
    name: 'updates of a deployment',
    steps: [
      post(DEPLOYMENTS, deployment({ replicas: 0, paused: true })),
      patch(
        WEB,
        STRATEGIC,
        { spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }] } } } },
        { only: specAndGeneration },
      ),
      patch(
        WEB,
        STRATEGIC,
        { spec: { template: { spec: { containers: [{ name: 'side', image: 'registry.example.com/side:1' }] } } } },
        { only: specAndGeneration },
      ),
      patch(
        WEB,
        STRATEGIC,
        { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } },
        { only: specAndGeneration },
      ),
      patch(WEB, MERGE, { spec: { replicas: null } }, { only: specAndGeneration }),
      patch(WEB, JSON_PATCH, [{ op: 'replace', path: '/spec/selector/matchLabels/app', value: 'x' }]),
      patch(WEB, MERGE, { metadata: { labels: { a: 'b' } } }, { only: specAndGeneration }),
      get(`${WEB}/scale`, { only: specAndGeneration }),
      patch(`${WEB}/scale`, MERGE, { spec: { replicas: 0 } }, { only: specAndGeneration }),
      patch(`${WEB}/scale`, MERGE, { spec: { replicas: -1 } }),
      put(
        `${WEB}/scale`,
        { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 1 } },
        { only: specAndGeneration },
      ),
      patch(
        `${WEB}/status`,
        MERGE,
        { spec: { replicas: 5 }, status: { observedGeneration: 1, replicas: 3 } },
        { only: specAndGeneration },
      ),
      patch(WEB, MERGE, { status: { replicas: 9 } }, { only: specAndGeneration }),
      get(`${DEPLOYMENTS}?fieldSelector=spec.replicas=1`),
      remove(WEB, { propagationPolicy: 'Wrong' }),
      remove(WEB, { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'services and secrets',
    steps: [
      ...[
        { ports: [{ port: 80 }], selector: { app: 'web' } },
        {
          ports: [
            { port: 80, targetPort: 'http', name: 'http' },
            { port: 443, name: 'https' },
          ],
        },
        { ports: [{ port: 80 }, { port: 443 }] },
        { ports: [{ port: 0 }] },
        { ports: [{ port: 70000 }] },
        {},
        { type: 'ExternalName', externalName: 'example.com' },
        { type: 'ExternalName' },
        { type: 'Wrong', ports: [{ port: 80 }] },
        { clusterIP: 'None', ports: [{ port: 80 }] },
        { clusterIP: 'x', ports: [{ port: 80 }] },
        { type: 'ClusterIP', ports: [{ port: 80, protocol: 'HTTP' }] },
      ].map((spec) =>
        post('/api/v1/namespaces/:ns/services?dryRun=All', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec,
        }),
      ),
      ...[
        { stringData: { a: 'b' } },
        { data: { a: 'Yg==' }, type: 'Opaque' },
        { data: { a: 'not base64' } },
        { type: 'kubernetes.io/tls', data: {} },
        { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } },
        { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{' } },
        { type: 'kubernetes.io/basic-auth', stringData: {} },
        { type: 'kubernetes.io/service-account-token' },
      ].map((fields) =>
        post('/api/v1/namespaces/:ns/secrets?dryRun=All', {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'one' },
          ...fields,
        }),
      ),
      post('/api/v1/namespaces/:ns/secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'one' },
        stringData: { a: 'b' },
      }),
      patch('/api/v1/namespaces/:ns/secrets/one', MERGE, { type: 'kubernetes.io/tls' }),
      patch('/api/v1/namespaces/:ns/secrets/one', MERGE, { immutable: true }),
      patch('/api/v1/namespaces/:ns/secrets/one', MERGE, { stringData: { a: 'c' } }),
      patch('/api/v1/namespaces/:ns/secrets/one', MERGE, { immutable: false }),
    ],
  },
];

function specAndGeneration(body: JsonValue) {
  if (typeof body !== 'object' || body === null || !('spec' in body)) return own(body);
  const { metadata, spec } = body as { metadata?: { generation?: number }; spec: JsonValue };
  return { generation: metadata?.generation ?? null, spec };
}
