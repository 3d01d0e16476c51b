/** Objects that Knative accepts, and the settings that it may have. */

import { DEFAULT_SETTINGS, type KnativeSettings } from '../../../src/knative/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const FEATURES = [
  'multi-container-probing',
  'kubernetes.containerspec-addcapabilities',
  ...['affinity', 'dnsconfig', 'dnspolicy', 'fieldref', 'hostaliases', 'hostipc', 'hostnetwork', 'hostpid'],
  ...['init-containers', 'nodeselector', 'persistent-volume-claim', 'persistent-volume-write', 'priorityclassname'],
  ...['runtimeclassname', 'schedulername', 'securitycontext', 'shareprocessnamespace', 'tolerations'],
  ...['topologyspreadconstraints', 'volumes-csi', 'volumes-ephemeral', 'volumes-hostpath', 'volumes-image'],
  ...['volumes-mount-propagation', 'volumes-emptydir'],
].map((name) => (name.includes('.') || name.startsWith('multi') ? name : `kubernetes.podspec-${name}`));

function everyFeature(flag: string): Record<string, string> {
  return Object.fromEntries(FEATURES.map((name) => [name, flag]));
}

export const settings: readonly KnativeSettings[] = [
  DEFAULT_SETTINGS,
  DEFAULT_SETTINGS,
  { ...DEFAULT_SETTINGS, features: everyFeature('enabled') },
  { ...DEFAULT_SETTINGS, features: everyFeature('Allowed') },
  { ...DEFAULT_SETTINGS, features: { ...everyFeature('disabled'), 'multi-container': 'disabled' } },
  { ...DEFAULT_SETTINGS, features: { ...everyFeature('enabled'), 'secure-pod-defaults': 'enabled' } },
  {
    ...DEFAULT_SETTINGS,
    features: { 'secure-pod-defaults': 'allowrootbounded', 'kubernetes.podspec-init-containers': 'enabled' },
  },
  {
    ...DEFAULT_SETTINGS,
    features: { 'kubernetes.podspec-init-containers': 'enabled' },
    defaults: {
      'revision-timeout-seconds': '200',
      'max-revision-timeout-seconds': '400',
      'revision-idle-timeout-seconds': '50',
      'revision-response-start-timeout-seconds': '100',
      'container-concurrency': '5',
      'container-concurrency-max-limit': '50',
      'allow-container-concurrency-zero': 'false',
      'enable-service-links': 'default',
      'revision-cpu-request': '400m',
      'revision-memory-limit': '200Mi',
      'container-name-template': '{{.Name}}-in-{{ .Namespace }}-with-a-long-tail-of-words-behind-it',
      'init-container-name-template': 'init-{{.Name}}',
    },
    autoscaler: { 'max-scale-limit': '10', 'max-scale': '5' },
  },
];

export const image = 'ghcr.io/knative/helloworld-go:v1';

function aService(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'hello', namespace: 'shop', ...metadata },
    spec: { template: { metadata: { annotations: {} }, spec } },
  };
}

const rich = {
  serviceAccountName: 'hello',
  imagePullSecrets: [{ name: 'regcred' }],
  containers: [
    {
      image,
      name: 'app',
      ports: [{ containerPort: 8080, name: 'h2c' }],
      env: [
        { name: 'A', value: 'b' },
        { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      ],
      envFrom: [{ secretRef: { name: 's' } }, { configMapRef: { name: 'c' } }],
      resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } },
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: {}, initialDelaySeconds: 3 },
      securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
      volumeMounts: [
        { name: 'config', mountPath: '/config' },
        { name: 'scratch', mountPath: '/tmp/scratch' },
        { name: 'both', mountPath: '/both', readOnly: true },
      ],
    },
  ],
  volumes: [
    { name: 'config', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } },
    { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
    {
      name: 'both',
      projected: {
        sources: [
          { secret: { name: 's', items: [{ key: 'k', path: 'p' }] } },
          { serviceAccountToken: { path: 'token' } },
          { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        ],
      },
    },
  ],
};

/** Each accepted by Knative, the one with init containers where the feature is on. */
export const bases: readonly JsonObject[] = [
  aService({ containers: [{ image }] }),
  aService(rich),
  aService({
    containers: [
      { image, ports: [{ containerPort: 8888 }] },
      { image },
      { image, name: 'user-container-1', env: [{ name: 'PORT', value: '1' }] },
    ],
  }),
  aService({
    initContainers: [{ image, volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] }],
    containers: [{ image }],
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
  }),
  { ...aService({ containers: [{ image }] }), kind: 'Configuration' },
  {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { name: 'hello-1', namespace: 'shop' },
    spec: { containers: [{ image }] },
  },
  {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Route',
    metadata: { name: 'hello', namespace: 'shop' },
    spec: {
      traffic: [
        { configurationName: 'hello', percent: 90 },
        { revisionName: 'hello-1', percent: 10, tag: 'old' },
      ],
    },
  },
  {
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name: 'hello.example.com', namespace: 'shop' },
    spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' } },
  },
];
