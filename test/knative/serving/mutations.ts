/** What can be done to an object that Knative accepts. */
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { image } from './cases.ts';

export interface Mutation {
  readonly path: string;
  /** Undefined takes the value away. */
  readonly value: JsonValue | undefined;
}

const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;
const probe: JsonObject = { httpGet: { port: 'http' }, periodSeconds: 1 };
const probes: JsonValue[] = [
  probe,
  {},
  { periodSeconds: 3 },
  { tcpSocket: {}, httpGet: { port: 'web' } },
  { httpGet: { port: 'web' }, tcpSocket: { port: 'h2c' }, exec: { command: ['a'] } },
  { grpc: { port: 5 } },
  { exec: { command: ['true'] }, failureThreshold: 3 },
  { tcpSocket: { port: 8080 }, periodSeconds: 5, timeoutSeconds: -1, failureThreshold: -1 },
  { tcpSocket: { port: 'other' }, periodSeconds: -1, initialDelaySeconds: -1, successThreshold: -2 },
  { httpGet: { path: '/x' }, timeoutSeconds: 2 },
];
const securityContexts: JsonValue[] = [
  {},
  { privileged: true },
  { privileged: false, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
  { runAsUser: -1, runAsGroup: 3000000000 },
  { capabilities: { add: ['NET_BIND_SERVICE'] } },
  { capabilities: { add: ['SYS_ADMIN'], drop: ['all'] } },
  { seccompProfile: { type: 'Localhost', localhostProfile: 'x' }, procMount: 'Default' },
  { seLinuxOptions: {}, appArmorProfile: { type: 'Unconfined' }, windowsOptions: {} },
];
const volumeTypes: JsonValue[] = [
  { name: 'v' },
  { name: 'v', emptyDir: {} },
  { name: 'v', emptyDir: { medium: 'Disk', sizeLimit: '-1Gi' } },
  { name: 'v', persistentVolumeClaim: { claimName: 'c' } },
  { name: 'v', persistentVolumeClaim: { claimName: 'c', readOnly: true } },
  { name: 'Bad_Name', hostPath: { path: '/x' } },
  { name: 'v', hostPath: { path: '/x' } },
  { persistentVolumeClaim: { claimName: 'c' } },
  { name: 'v', csi: { driver: 'd' }, secret: {} },
  { name: 'v', ephemeral: {} },
  { name: 'v', image: { pullPolicy: 'Sometimes' } },
  { name: 'v', image: { reference: 'x' } },
  { name: 'v', nfs: { server: 's', path: '/' } },
  { name: 'config', secret: { secretName: 's', items: [{ key: 'k' }, { path: 'p' }] } },
  { name: 'v', projected: {} },
  { name: 'v', projected: { sources: [{}, { secret: {}, configMap: { items: [{}] } }] } },
  { name: 'v', projected: { sources: [{ serviceAccountToken: {} }, { clusterTrustBundle: { path: 'x' } }] } },
  {
    name: 'v',
    projected: {
      sources: [
        {
          downwardAPI: {
            items: [{}, { path: 'x', fieldRef: { fieldPath: 'a' }, resourceFieldRef: { resource: 'limits.cpu' } }],
          },
        },
      ],
    },
  },
];
const mounts: JsonValue[] = [
  { name: 'v', mountPath: '/v' },
  { name: 'none', mountPath: '/config/' },
  { name: 'v' },
  { mountPath: '//dev/./log/' },
  { name: 'v', mountPath: 'relative/../path' },
  { name: 'v', mountPath: '/v', mountPropagation: 'HostToContainer' },
  { name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional', readOnly: true },
  { name: 'v', mountPath: '/v', subPathExpr: 'x', recursiveReadOnly: 'Enabled' },
];
const traffics: JsonValue[] = [
  [],
  [{ percent: 100 }],
  [
    { latestRevision: true, percent: 50 },
    { revisionName: 'hello-1', percent: 40 },
  ],
  [{ latestRevision: true, revisionName: 'hello-1', percent: 100 }],
  [{ latestRevision: false, percent: 100 }],
  [
    { percent: 101, tag: 'a' },
    { percent: -1, tag: 'a' },
    { tag: 'a', revisionName: 'x' },
  ],
  [{ percent: 100, tag: 'Upper', url: 'http://x' }],
  [{ percent: 100, tag: '1a' }, { tag: 'a'.repeat(64) }],
  [{ percent: 100, configurationName: 'hello' }],
  [{ percent: 100, configurationName: 'a b' }],
  [{ percent: 100, revisionName: 'hello/1/2' }],
  [{ percent: 100, revisionName: '-x', configurationName: 'y' }],
  [{ percent: 100, revisionName: '/x' }],
  [{ percent: 100, revisionName: 'Example.com/x_' }],
];

/** Places, and the values that are put there; undefined takes away what is there. */
const table: readonly (readonly [string, readonly (JsonValue | undefined)[]])[] = [
  [
    '/metadata/name',
    [
      undefined,
      'UPPER',
      'a.b',
      '-x',
      'x-',
      'a'.repeat(64),
      'x.svc.cluster.local',
      'example.com.',
      'foo',
      'a..b.c',
      `${'a'.repeat(64)}.com`,
      'é.com',
      '9lives',
    ],
  ],
  ['/metadata/generateName', ['x-', 'X-', '-', 'a', 'x.']],
  ['/metadata/namespace', [undefined, 'other']],
  [
    '/metadata/labels',
    [{ 'serving.knative.dev/service': 'hello' }, { 'networking.knative.dev/visibility': 'nobody' }, {}],
  ],
  [
    '/metadata/ownerReferences',
    [[{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: '1' }], []],
  ],
  [
    '/metadata/annotations',
    [{ 'autoscaling.knative.dev/min-scale': '1' }, { 'serving.knative.dev/rollout-duration': '1m' }, { a: 'b' }],
  ],
  ...['', '10', '1.5s', '-3s', '1h2m', 'x'].map(
    (value) =>
      [
        '/metadata/annotations',
        [{ 'serving.knative.dev/rollout-duration': value }, { 'serving.knative.dev/rolloutDuration': value }],
      ] as const,
  ),
  ['/spec/template/metadata/name', ['hello-v1', 'other-v1', 'hello-V1', 'hello', '']],
  ['/spec/template/metadata/generateName', ['hello-', 'Hello-']],
  ['/spec/template/metadata/labels', [{ a: 'b' }]],
  [
    '/spec/template/metadata/annotations',
    [
      { 'autoscaling.knative.dev/min-scale': '5', 'autoscaling.knative.dev/max-scale': '3' },
      { 'autoscaling.knative.dev/minScale': '-1', 'autoscaling.knative.dev/target': '0' },
      { 'autoscaling.knative.dev/max-scale': '50', 'autoscaling.knative.dev/initial-scale': '0' },
      { 'networking.knative.dev/ingress.class': 'x', 'networking.knative.dev/bad': 'y' },
      { 'queue.sidecar.serving.knative.dev/resource-percentage': '101' },
      { 'queue.sidecar.serving.knative.dev/resourcePercentage': 'x' },
      {
        'queue.sidecar.serving.knative.dev/resource-percentage': '0.05',
        'queue.sidecar.serving.knative.dev/cpu-resource-request': '1cpu',
      },
      {
        'queue.sidecar.serving.knative.dev/memory-resource-limit': '1Gi',
        'queue.sidecar.serving.knative.dev/ephemeral-storage-resource-limit': '',
      },
      { 'serving.knative.dev/progress-deadline': '500ms' },
      { 'serving.knative.dev/progress-deadline': '-5s' },
      { 'serving.knative.dev/progress-deadline': 'soon' },
      { 'serving.knative.dev/progress-deadline': '90s' },
    ],
  ],
  ['/spec', [undefined, {}]],
  ['/spec/template', [undefined, {}]],
  [POD, [undefined, {}]],
  ['/spec/traffic', traffics],
  ['/spec/ref', [undefined, {}]],
  ['/spec/ref/namespace', ['shop', 'other', '']],
  ['/spec/ref/group', ['serving.knative.dev']],
  ['/spec/ref/name', [undefined, '']],
  ['/spec/ref/kind', [undefined]],
  ['/spec/ref/apiVersion', [undefined]],
  ['/spec/tls', [{ secretName: 's' }]],
  [`${POD}/containers`, [undefined, [], [{}]]],
  [
    `${POD}/containers/1`,
    [{ image }, { image, name: 'app' }, { image, ports: [{ containerPort: 1 }] }, {}, { image, livenessProbe: probe }],
  ],
  [`${POD}/containers/1/readinessProbe`, probes],
  [
    `${POD}/initContainers`,
    [
      [{ image, name: 'app' }],
      [{ image, ports: [{ containerPort: 8012 }, { containerPort: -1 }], env: [{ name: 'K_REVISION' }] }],
      [{ image, livenessProbe: probe, lifecycle: {} }, {}],
      [{ image }, { image, securityContext: {} }],
    ],
  ],
  [`${POD}/volumes/0`, volumeTypes],
  [`${POD}/volumes/1`, volumeTypes],
  [`${POD}/volumes`, [undefined, ...volumeTypes.map((volume) => [volume])]],
  [`${POD}/timeoutSeconds`, [0, 1, -1, 600, 601, 30]],
  [`${POD}/responseStartTimeoutSeconds`, [0, 5, 700]],
  [`${POD}/idleTimeoutSeconds`, [0, 5]],
  [`${POD}/containerConcurrency`, [0, 1, -1, 1000, 1001]],
  [`${POD}/serviceAccountName`, ['', 'Bad', 'a.b', 'a'.repeat(254)]],
  [`${POD}/enableServiceLinks`, [true]],
  [`${POD}/automountServiceAccountToken`, [true, false]],
  [`${POD}/affinity`, [{}, { podAffinity: {} }]],
  [`${POD}/nodeSelector`, [{}, { a: 'b' }]],
  [`${POD}/tolerations`, [[], [{ key: 'a' }]]],
  [`${POD}/topologySpreadConstraints`, [[{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }]]],
  [`${POD}/hostAliases`, [[{ ip: '1.2.3.4' }]]],
  [`${POD}/runtimeClassName`, ['x', '']],
  [`${POD}/priorityClassName`, ['x', '']],
  [`${POD}/schedulerName`, ['x']],
  [`${POD}/dnsPolicy`, ['Default']],
  [`${POD}/dnsConfig`, [{ nameservers: ['1.1.1.1'] }]],
  [`${POD}/hostNetwork`, [true, false]],
  [`${POD}/hostPID`, [true]],
  [`${POD}/hostIPC`, [true]],
  [`${POD}/shareProcessNamespace`, [true, false]],
  [
    `${POD}/securityContext`,
    [
      {},
      { runAsUser: 1, fsGroup: -1, supplementalGroups: [1, -2] },
      { seccompProfile: { type: 'RuntimeDefault' } },
      { seccompProfile: { type: 'Localhost', localhostProfile: 'p' } },
      { runAsNonRoot: false, sysctls: [{ name: 'a', value: 'b' }] },
      { seccompProfile: {} },
    ],
  ],
  ...['restartPolicy', 'nodeName', 'hostname', 'subdomain', 'serviceAccount'].map(
    (field) => [`${POD}/${field}`, ['x']] as const,
  ),
  ...['terminationGracePeriodSeconds', 'activeDeadlineSeconds', 'priority'].map(
    (field) => [`${POD}/${field}`, [0, 5]] as const,
  ),
  [`${CONTAINER}/name`, [undefined, 'queue-proxy', 'user-container', 'user-container-0', '']],
  [
    `${CONTAINER}/image`,
    [
      undefined,
      '',
      'a',
      'ab',
      'UPPER/case',
      'x:y:z',
      `host:5000/a/b@sha256:${'a'.repeat(64)}`,
      'ab@sha256:zz',
      `ab@md5:${'a'.repeat(32)}`,
      'reg.io/ab:',
      `reg.io/ab:${'t'.repeat(129)}`,
      'reg.io:port/ab',
      'user@reg.io/ab',
      ' ab',
      `ab:tag@sha256:${'b'.repeat(64)}`,
      'reg.io//ab',
      '[::1]:80/ab',
      'a b.io/ab',
      'http://x.io/ab',
    ],
  ],
  [`${CONTAINER}/imagePullPolicy`, ['Sometimes']],
  [
    `${CONTAINER}/ports`,
    [
      [],
      [{}],
      [{ containerPort: 8012 }],
      [{ containerPort: 65536, protocol: 'UDP' }],
      [{ containerPort: 80, name: 'web', hostPort: 1, hostIP: 'x' }],
      [{ containerPort: 80 }, { containerPort: 81 }],
      [{ name: 'http1', containerPort: -5 }],
    ],
  ],
  [
    `${CONTAINER}/env`,
    [
      [{ name: 'PORT', value: '1' }],
      [{ value: 'x' }],
      [{ name: 'K_SERVICE' }],
      [{ name: '1 x=' }],
      [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'a' } } }],
      [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
      [{ name: 'A', valueFrom: { fileKeyRef: { key: 'a', path: 'b', volumeName: 'c' } } }],
      [{ name: 'A', valueFrom: {} }],
    ],
  ],
  [
    `${CONTAINER}/envFrom`,
    [[{}], [{ prefix: 'x', secretRef: { name: 'a' }, configMapRef: { name: 'b' } }, {}], [{ secretRef: {} }]],
  ],
  [
    `${CONTAINER}/resources`,
    [
      { limits: { cpu: 1, memory: '1000Mi' } },
      { requests: { cpu: '0.5' } },
      { claims: [{ name: 'x' }] },
      { requests: {} },
    ],
  ],
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((field) => [`${CONTAINER}/${field}`, probes] as const),
  [`${CONTAINER}/securityContext`, securityContexts],
  [`${CONTAINER}/terminationMessagePolicy`, ['File', 'Never']],
  [`${CONTAINER}/volumeMounts`, [undefined, ...mounts.map((mount) => [mount])]],
  [`${CONTAINER}/volumeMounts/1`, mounts],
  [`${CONTAINER}/lifecycle`, [{}]],
  [`${CONTAINER}/stdin`, [true, false]],
  [`${CONTAINER}/tty`, [true]],
  [`${CONTAINER}/volumeDevices`, [[{ name: 'a', devicePath: 'b' }]]],
  [`${CONTAINER}/restartPolicy`, ['Always']],
  [`${CONTAINER}/bogusField`, [1]],
  [`${POD}/bogusField`, [{ a: 1 }]],
  ['/spec/bogusField', ['x']],
  // What Go reads as if it were not there.
  ...[
    '/spec/traffic',
    '/spec/template/metadata',
    `${POD}/timeoutSeconds`,
    `${POD}/volumes`,
    `${POD}/securityContext`,
  ].map((path) => [path, [null]] as const),
  ...['name', 'image', 'env', 'resources', 'readinessProbe', 'ports', 'securityContext', 'volumeMounts'].map(
    (field) => [`${CONTAINER}/${field}`, [null]] as const,
  ),
  [`${CONTAINER}/resources`, [{ limits: { cpu: null } }, { limits: null }]],
  [`${CONTAINER}/env`, [[{ name: 'A', value: null, valueFrom: null }]]],
  [`${CONTAINER}/readinessProbe`, [{ httpGet: null, tcpSocket: { port: null }, periodSeconds: null }]],
  [`${CONTAINER}/securityContext`, [{ capabilities: null, seccompProfile: null, privileged: null }]],
  [`${POD}/automountServiceAccountToken`, [null]],
  // What does not decode.
  [`${POD}/containers`, ['x', { image }, [3]]],
  [`${POD}/timeoutSeconds`, ['30', 1.5]],
  [`${CONTAINER}/image`, [5]],
  [`${CONTAINER}/env`, [[{ name: 'A', value: 8080 }], [{ name: 'A', value: true }]]],
  [`${CONTAINER}/args`, ['x', [1]]],
  [`${CONTAINER}/ports`, [[{ containerPort: '8080' }], [{ containerPort: 2147483648 }]]],
  [`${CONTAINER}/resources`, [{ limits: { cpu: 'lots' } }, { limits: { cpu: true } }, { limits: 'x' }]],
  [`${CONTAINER}/readinessProbe`, [{ httpGet: { port: true } }, { periodSeconds: '5' }, 'x']],
  ['/spec/template/metadata/annotations', [{ 'autoscaling.knative.dev/min-scale': 1 }, 'x', []]],
  ['/metadata/labels', [{ a: true }]],
  ['/spec/traffic', [{}, [{ percent: '100' }], [{ latestRevision: 'true', percent: 100 }]]],
];

export const mutations: readonly Mutation[] = table.flatMap(([path, values]) =>
  values.map((value) => ({ path, value })),
);
