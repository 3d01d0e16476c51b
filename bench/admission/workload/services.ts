/** Knative Services as their authors write them and as a cluster stores them. */
import { applyKnativeDefaults } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';

export const NAMESPACE = 'shop';

/** What the policy of prod, and each peer's, denies; the Services between them are in order. */
const BREACHES = ['max-scale', 'latest', 'registry', 'cpu', 'timeout', 'escalation'] as const;
export type Breach = (typeof BREACHES)[number];

/** One Service in five breaks something, each thing in its turn. */
export function breachOf(index: number): Breach | undefined {
  return index % 5 === 3 ? BREACHES[Math.floor(index / 5) % BREACHES.length] : undefined;
}

/**
 * As it stands in Git, about 1.5 kB. Every other one leaves to the policy what it does not care about: scale, memory,
 * who it runs as. Names, images and variables are each Service's own; settings are chosen from a few, as in a company
 * where most start from a template, and make some hundred kinds; one in three reads a Secret of its own.
 *
 * @param version of its image
 */
export function authored(index: number, version: number, breach?: Breach): JsonObject {
  const name = `service-${String(index).padStart(4, '0')}`;
  const team = `team-${index % 40}`;
  const isTerse = index % 2 === 1;
  const registry = breach === 'registry' ? 'docker.io/somebody' : 'registry.example.com';
  const tag = breach === 'latest' ? 'latest' : `1.${version}.0`;
  const annotations = {
    'autoscaling.knative.dev/target': one(['80', '80', '50'], index, 2),
    ...(isTerse
      ? {}
      : {
          'autoscaling.knative.dev/min-scale': '2',
          'autoscaling.knative.dev/max-scale': one(['12', '6', '20'], index, 3),
        }),
    ...(breach === 'max-scale' ? { 'autoscaling.knative.dev/max-scale': '500' } : {}),
  };
  const port = one([8080, 3000], index, 5);
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': team, team },
    },
    spec: {
      template: {
        metadata: { labels: { team }, annotations },
        spec: {
          ...(breach === 'timeout' ? { timeoutSeconds: 540 } : {}),
          ...(isTerse ? {} : { containerConcurrency: 100 }),
          imagePullSecrets: [{ name: 'regcred' }],
          containers: [
            {
              image: `${registry}/${team}/${name}:${tag}`,
              ports: [{ containerPort: port }],
              env: environment(index, name),
              resources: resources(index, isTerse, breach),
              readinessProbe: { httpGet: { path: one(['/healthz', '/ready'], index, 7), port }, periodSeconds: 5 },
              livenessProbe: { httpGet: { path: '/livez', port } },
              ...(isTerse && breach !== 'escalation' ? {} : { securityContext: securityContext(breach) }),
            },
          ],
        },
      },
    },
  };
}

/** How many kinds of settings so many Services have, their names, images and variables apart. */
export function kindsOfSettings(services: number): number {
  const kinds = new Set<string>();
  for (let index = 0; index < services; index++) {
    const { metadata, spec } = authored(index, 0, breachOf(index));
    const name = String(objectAt(metadata)?.name);
    kinds.add(
      JSON.stringify(spec)
        .replaceAll(name, 'name')
        .replaceAll(/team-\d+|"\d+s"/g, ''),
    );
  }
  return kinds.size;
}

/** One of the choices, each as often; choices with other strides are made independently. */
function one<Choice>(choices: readonly [Choice, ...Choice[]], index: number, stride: number): Choice {
  return choices[Math.floor(index / (2 * stride)) % choices.length] ?? choices[0];
}

function environment(index: number, name: string): JsonValue {
  const set = [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector.observability.svc.cluster.local:4318' },
    { name: 'CACHE_TTL', value: `${30 + (index % 30)}s` },
  ];
  const from = index % 3 === 0 ? `${name}-database` : 'database';
  const secret = { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: from, key: 'password' } } };
  return [...set, secret];
}

function resources(index: number, isTerse: boolean, breach: Breach | undefined): JsonObject {
  const cpu = breach === 'cpu' ? '8' : '1';
  const asked = one(['200m', '100m', '250m', '500m'], index, 11);
  if (isTerse) return { requests: { cpu: breach === 'cpu' ? '1' : asked }, limits: { cpu } };
  const memory = one(['256Mi', '128Mi'], index, 13);
  return { requests: { cpu: asked, memory }, limits: { cpu, memory: '512Mi' } };
}

function securityContext(breach: Breach | undefined): JsonObject {
  return {
    allowPrivilegeEscalation: breach === 'escalation',
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** With what Knative's webhook and the schemas of its CRDs write, since a validating webhook sees that. */
export function defaultedByKnative(service: JsonObject): JsonObject {
  const { object } = applyKnativeDefaults(service, DEFAULT_SETTINGS);
  return {
    ...object,
    metadata: {
      ...objectAt(object, 'metadata'),
      annotations: {
        ...objectAt(object, 'metadata', 'annotations'),
        'serving.knative.dev/creator': 'system:serviceaccount:argocd:argocd-application-controller',
        'serving.knative.dev/lastModifier': 'system:serviceaccount:argocd:argocd-application-controller',
      },
    },
  };
}

/** What the API server keeps beside it: about as much again. */
export function stored(service: JsonObject, generation: number): JsonObject {
  const name = objectAt(service, 'metadata')?.name ?? '';
  const annotations = objectAt(service, 'metadata', 'annotations') ?? {};
  const revision = `${name}-${String(generation).padStart(5, '0')}`;
  const url = `https://${name}.${NAMESPACE}.example.com`;
  const lastTransitionTime = '2026-11-20T08:00:00Z';
  return {
    ...service,
    metadata: {
      ...objectAt(service, 'metadata'),
      annotations,
      uid: `5e0b4c9e-7a43-4d1c-9f5e-${String(name).slice(-4).padStart(12, '0')}`,
      resourceVersion: '183652',
      generation,
      creationTimestamp: '2026-11-20T08:00:00Z',
      managedFields: [
        managed('argocd-controller', { 'f:metadata': fieldsOf(annotations), 'f:spec': { 'f:template': {} } }),
        managed('webhook', { 'f:metadata': { 'f:annotations': { '.': {} } }, 'f:spec': { 'f:traffic': {} } }),
      ],
    },
    status: {
      address: { url: `http://${name}.${NAMESPACE}.svc.cluster.local` },
      conditions: ['ConfigurationsReady', 'Ready', 'RoutesReady'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime,
      })),
      latestCreatedRevisionName: revision,
      latestReadyRevisionName: revision,
      observedGeneration: generation,
      traffic: [{ latestRevision: true, percent: 100, revisionName: revision }],
      url,
    },
  };
}

function managed(manager: string, fieldsV1: JsonObject): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    fieldsType: 'FieldsV1',
    fieldsV1,
    manager,
    operation: 'Apply',
    time: '2026-11-20T08:00:00Z',
  };
}

function fieldsOf(annotations: JsonObject): JsonObject {
  return { 'f:annotations': Object.fromEntries(Object.keys(annotations).map((key) => [`f:${key}`, {}])) };
}
