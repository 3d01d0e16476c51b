/**
 * The shapes of what Knative Serving decodes: k8s.io/api core/v1 types.go (v0.35.7, which Serving v0.50.0 is built with),
 * knative.dev/serving pkg/apis/serving/v1 and v1beta1 types, held against the schemas in config/core/300-resources.
 *
 * A field that stands here and that no mask allows is answered by Knative's webhook. A field that Go knows and the mask
 * allows, but the schema does not keep (a probe's terminationGracePeriodSeconds), is left out: to the API server it is
 * an unknown field. An 'object' is what no error of Knative's can lie in.
 */
import { dictionary, list, openStruct, pointer, type Struct, struct, type Type } from './shape.ts';
import { volume } from './volumeShapes.ts';

const metaFields = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'int64',
  creationTimestamp: 'string',
  deletionTimestamp: 'string',
  deletionGracePeriodSeconds: pointer('int64'),
  labels: dictionary('string'),
  annotations: dictionary('string'),
  ownerReferences: list('object'),
  finalizers: list('string'),
  managedFields: list('object'),
} satisfies Record<string, Type>;

const localReference = struct({ name: 'string' });
const keySelector = struct({ name: 'string', key: 'string', optional: pointer('boolean') });
const environmentSource = struct({ name: 'string', optional: pointer('boolean') });
const seccompProfile = struct({ type: 'string', localhostProfile: pointer('string') });

export const environmentVariableSource = struct({
  configMapKeyRef: pointer(keySelector),
  secretKeyRef: pointer(keySelector),
  fieldRef: pointer(openStruct({ apiVersion: 'string', fieldPath: 'string' })),
  resourceFieldRef: pointer(openStruct({ containerName: 'string', resource: 'string', divisor: 'quantity' })),
  fileKeyRef: pointer('object'),
});

const probe = struct({
  exec: pointer(struct({ command: list('string') })),
  grpc: pointer(struct({ port: 'int32', service: pointer('string') })),
  httpGet: pointer(
    struct({
      host: 'string',
      httpHeaders: list(struct({ name: 'string', value: 'string' })),
      path: 'string',
      port: 'intOrString',
      scheme: 'string',
    }),
  ),
  tcpSocket: pointer(struct({ host: 'string', port: 'intOrString' })),
  initialDelaySeconds: 'int32',
  timeoutSeconds: 'int32',
  periodSeconds: 'int32',
  successThreshold: 'int32',
  failureThreshold: 'int32',
});

export const containerPort = struct({
  name: 'string',
  containerPort: 'int32',
  protocol: 'string',
  hostPort: 'int32',
  hostIP: 'string',
});

export const volumeMount = struct({
  name: 'string',
  mountPath: 'string',
  readOnly: 'boolean',
  subPath: 'string',
  mountPropagation: pointer('string'),
  recursiveReadOnly: pointer('string'),
  subPathExpr: 'string',
});

export const resourceRequirements = struct({
  limits: dictionary('quantity'),
  requests: dictionary('quantity'),
  claims: list('object'),
});

export const capabilities = struct({ add: list('string'), drop: list('string') });

export const securityContext = struct({
  allowPrivilegeEscalation: pointer('boolean'),
  capabilities: pointer(capabilities),
  privileged: pointer('boolean'),
  readOnlyRootFilesystem: pointer('boolean'),
  runAsGroup: pointer('int64'),
  runAsNonRoot: pointer('boolean'),
  runAsUser: pointer('int64'),
  seccompProfile: pointer(seccompProfile),
  seLinuxOptions: pointer('object'),
  windowsOptions: pointer('object'),
  procMount: pointer('string'),
  appArmorProfile: pointer('object'),
});

export const podSecurityContext = openStruct({
  runAsGroup: pointer('int64'),
  runAsNonRoot: pointer('boolean'),
  runAsUser: pointer('int64'),
  fsGroup: pointer('int64'),
  supplementalGroups: list('int64'),
  seccompProfile: pointer(seccompProfile),
  seLinuxOptions: pointer('object'),
  windowsOptions: pointer('object'),
  supplementalGroupsPolicy: pointer('string'),
  sysctls: list('object'),
  fsGroupChangePolicy: pointer('string'),
  appArmorProfile: pointer('object'),
  seLinuxChangePolicy: pointer('string'),
});

export const container = struct({
  name: 'string',
  image: 'string',
  imagePullPolicy: 'string',
  command: list('string'),
  args: list('string'),
  workingDir: 'string',
  ports: list(containerPort),
  env: list(struct({ name: 'string', value: 'string', valueFrom: pointer(environmentVariableSource) })),
  envFrom: list(
    struct({ prefix: 'string', configMapRef: pointer(environmentSource), secretRef: pointer(environmentSource) }),
  ),
  resources: resourceRequirements,
  volumeMounts: list(volumeMount),
  livenessProbe: pointer(probe),
  readinessProbe: pointer(probe),
  startupProbe: pointer(probe),
  securityContext: pointer(securityContext),
  terminationMessagePath: 'string',
  terminationMessagePolicy: 'string',
  lifecycle: pointer('object'),
  stdin: 'boolean',
  stdinOnce: 'boolean',
  tty: 'boolean',
  volumeDevices: list('object'),
  resizePolicy: list('object'),
  restartPolicy: pointer('string'),
  restartPolicyRules: list('object'),
});

/** An init container's schema keeps unknown fields, also further down; its own fields are a container's. */
const initContainer: Struct = { type: 'struct', fields: container.fields, open: true };

export const podSpec = struct({
  containers: list(container),
  initContainers: list(initContainer),
  volumes: list(volume),
  serviceAccountName: 'string',
  imagePullSecrets: list(localReference),
  enableServiceLinks: pointer('boolean'),
  automountServiceAccountToken: pointer('boolean'),
  containerConcurrency: pointer('int64'),
  timeoutSeconds: pointer('int64'),
  responseStartTimeoutSeconds: pointer('int64'),
  idleTimeoutSeconds: pointer('int64'),
  affinity: pointer('object'),
  topologySpreadConstraints: list('object'),
  hostAliases: list('object'),
  nodeSelector: dictionary('string'),
  runtimeClassName: pointer('string'),
  tolerations: list('object'),
  securityContext: pointer(podSecurityContext),
  shareProcessNamespace: pointer('boolean'),
  priorityClassName: 'string',
  schedulerName: 'string',
  dnsPolicy: 'string',
  dnsConfig: pointer('object'),
  hostIPC: 'boolean',
  hostPID: 'boolean',
  hostNetwork: 'boolean',
  ephemeralContainers: list('object'),
  restartPolicy: 'string',
  terminationGracePeriodSeconds: pointer('int64'),
  activeDeadlineSeconds: pointer('int64'),
  serviceAccount: 'string',
  nodeName: 'string',
  hostname: 'string',
  subdomain: 'string',
  priority: pointer('int32'),
  readinessGates: list('object'),
  preemptionPolicy: pointer('string'),
  overhead: dictionary('quantity'),
  setHostnameAsFQDN: pointer('boolean'),
  os: pointer('object'),
  hostUsers: pointer('boolean'),
  schedulingGates: list('object'),
  resourceClaims: list('object'),
  resources: pointer('object'),
  hostnameOverride: pointer('string'),
  workloadRef: pointer('object'),
});

export const template = struct({ metadata: openStruct(metaFields), spec: podSpec });

const traffic = list(
  struct({
    tag: 'string',
    revisionName: 'string',
    configurationName: 'string',
    latestRevision: pointer('boolean'),
    percent: pointer('int64'),
    url: 'string',
  }),
);

/** The spec of each kind, by the kind's name. */
export const specs = {
  Service: struct({ template, traffic }),
  Configuration: struct({ template }),
  Route: struct({ traffic }),
  Revision: podSpec,
  DomainMapping: struct({
    ref: struct({
      kind: 'string',
      name: 'string',
      namespace: 'string',
      apiVersion: 'string',
      group: 'string',
      address: pointer('string'),
    }),
    tls: pointer(struct({ secretName: 'string' })),
  }),
} satisfies Record<string, Struct>;

export type ServingKind = keyof typeof specs;

/** The whole object of each kind. A status is the controller's and not looked at. */
export const objects = {
  Service: objectOf(specs.Service),
  Configuration: objectOf(specs.Configuration),
  Route: objectOf(specs.Route),
  Revision: objectOf(specs.Revision),
  DomainMapping: objectOf(specs.DomainMapping),
} satisfies Record<ServingKind, Struct>;

function objectOf(spec: Struct): Struct {
  return struct({ apiVersion: 'string', kind: 'string', metadata: struct(metaFields), spec, status: 'anything' });
}
