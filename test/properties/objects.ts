/** One sound object of every kind that Weir judges, and some more where a kind has several faces: what mutation starts from. */
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';

export const IMAGE = 'registry.example.com/shop/cart:1.4.2';
const UNTAGGED = 'docker.io/library/nginx:latest';

function object(apiVersion: string, kind: string, name: string, rest: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest };
}

function clusterWide(apiVersion: string, kind: string, name: string, rest: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name }, ...rest };
}

function reference(apiVersion: string, kind: string, name: string): JsonObject {
  return { ref: { apiVersion, kind, name } };
}

const toCart = reference('serving.knative.dev/v1', 'Service', 'cart');
const toBroker = reference('eventing.knative.dev/v1', 'Broker', 'default');
const delivery: JsonObject = {
  retry: 5,
  backoffPolicy: 'exponential',
  backoffDelay: 'PT1S',
  timeout: 'PT30S',
  deadLetterSink: toCart,
};
const probes: JsonObject = {
  readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
  livenessProbe: { httpGet: { path: '/live', port: 8080 } },
};

/** A Service that names nothing but an image. */
export const bareService = object('serving.knative.dev/v1', 'Service', 'cart', {
  spec: { template: { spec: { containers: [{ image: IMAGE }] } } },
});

const services: readonly JsonObject[] = [
  bareService,
  {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: 'orders',
      namespace: 'shop',
      labels: { app: 'orders', 'networking.knative.dev/visibility': 'cluster-local' },
      annotations: { 'serving.knative.dev/rollout-duration': '60s' },
    },
    spec: {
      template: {
        metadata: {
          name: 'orders-v2',
          labels: { app: 'orders' },
          annotations: {
            'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
            'autoscaling.knative.dev/metric': 'concurrency',
            'autoscaling.knative.dev/min-scale': '2',
            'autoscaling.knative.dev/maxScale': '10',
            'autoscaling.knative.dev/target': '80',
            'autoscaling.knative.dev/window': '60s',
            'autoscaling.knative.dev/scale-down-delay': '30s',
          },
        },
        spec: {
          serviceAccountName: 'orders',
          containerConcurrency: 100,
          timeoutSeconds: 60,
          imagePullSecrets: [{ name: 'regcred' }],
          containers: [
            {
              name: 'orders',
              image: `${IMAGE}@sha256:${'a'.repeat(64)}`,
              ports: [{ containerPort: 8080 }],
              env: [
                { name: 'LOG_LEVEL', value: 'info' },
                { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'orders', key: 'password' } } },
              ],
              resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/orders' }],
              ...probes,
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'orders' } }],
        },
      },
      traffic: [
        { revisionName: 'orders-v1', percent: 80 },
        { latestRevision: true, percent: 20, tag: 'next' },
      ],
    },
  },
  object('serving.knative.dev/v1', 'Service', 'careless', {
    metadata: {
      name: 'careless',
      namespace: 'shop',
      annotations: { 'autoscaling.knative.dev/min-scale': '3', 'autoscaling.knative.dev/maxscale': '7' },
    },
    spec: {
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/max-scale': '500',
            'autoscaling.knative.dev/maxScale': '400',
            'autoscaling.knative.dev/min-scale': 0,
            'autoscaling.knative.dev/target-utilisation-percentage': '95',
            'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev',
          },
        },
        timeoutSeconds: 900,
        spec: {
          containerConcurrency: '10',
          containers: [
            {
              image: UNTAGGED,
              imagePullSecrets: [{ name: 'regcred' }],
              env: [
                { name: 'API_TOKEN', value: 'ghp_0123456789abcdefghijABCDEFGHIJ456789' },
                { name: 'DATABASE_URL', value: 'postgres://shop:correct-horse@db.shop:5432/orders' },
                { name: 'PORTS', value: 8080 },
                { name: 'DB_PASSWORD', value: 4815162342 },
              ],
              args: ['--password=battery-staple-47', '--verbose'],
              resources: { requests: { cpu: '8', memory: '64Gi' }, limits: { cpu: 4, memory: '1Gi' } },
              securityContext: { privileged: true, runAsUser: 0, capabilities: { add: ['SYS_ADMIN'] } },
              readinessProbe: { tcpSocket: { port: 0 }, successThreshold: 1 },
            },
            { image: 'ghcr.io/knative/helper', ports: [] },
          ],
        },
      },
      traffic: [{ percent: 90, revisionName: '' }],
    },
  }),
];

const serving: readonly JsonObject[] = [
  ...services,
  object('serving.knative.dev/v1', 'Configuration', 'batch', {
    spec: {
      template: {
        metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '0' } },
        spec: { containers: [{ name: 'batch', image: 'registry.example.com/shop/batch:2', ...probes }] },
      },
    },
  }),
  object('serving.knative.dev/v1', 'Route', 'front', {
    spec: {
      traffic: [
        { configurationName: 'batch', percent: 60 },
        { revisionName: 'batch-00001', percent: 40, tag: 'old' },
      ],
    },
  }),
  object('serving.knative.dev/v1beta1', 'DomainMapping', 'shop.example.com', {
    spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart', namespace: 'shop' } },
  }),
];

const channelTemplate: JsonObject = { apiVersion: 'messaging.knative.dev/v1', kind: 'KafkaChannel', spec: {} };

const eventing: readonly JsonObject[] = [
  {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Broker',
    metadata: {
      name: 'default',
      namespace: 'shop',
      annotations: { 'eventing.knative.dev/broker.class': 'MTChannelBasedBroker' },
    },
    spec: { config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel' }, delivery },
  },
  object('eventing.knative.dev/v1', 'Broker', 'plain', { spec: {} }),
  object('eventing.knative.dev/v1', 'Trigger', 'on-order', {
    spec: {
      broker: 'default',
      filter: { attributes: { type: 'order.created.v1', source: '/orders' } },
      subscriber: toCart,
      delivery,
    },
  }),
  object('eventing.knative.dev/v1', 'Trigger', 'on-all', {
    spec: {
      broker: 'default',
      filters: [{ any: [{ exact: { type: 'a.b' } }, { cesql: "type LIKE 'a%'" }] }, { not: { prefix: { type: 'x' } } }],
      subscriber: { uri: 'http://careless.shop.svc.cluster.local' },
    },
  }),
  object('messaging.knative.dev/v1', 'Channel', 'orders', {
    spec: { channelTemplate, delivery },
  }),
  object('messaging.knative.dev/v1', 'InMemoryChannel', 'tmp', { spec: {} }),
  object('messaging.knative.dev/v1beta1', 'KafkaChannel', 'log', { spec: { numPartitions: 3, replicationFactor: 3 } }),
  object('messaging.knative.dev/v1', 'Subscription', 'to-cart', {
    spec: {
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'orders' },
      subscriber: toCart,
      reply: toBroker,
      delivery: { retry: 1, backoffPolicy: 'linear', backoffDelay: 'PT10M' },
    },
  }),
  object('flows.knative.dev/v1', 'Sequence', 'steps', {
    spec: { channelTemplate, steps: [{ ...toCart, delivery }, { uri: 'http://next.shop' }], reply: toBroker },
  }),
  object('flows.knative.dev/v1', 'Parallel', 'ways', {
    spec: {
      channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
      branches: [{ filter: toCart, subscriber: toCart, reply: toBroker, delivery }, { subscriber: toCart }],
      reply: toBroker,
    },
  }),
];

const sources: readonly JsonObject[] = [
  object('sources.knative.dev/v1', 'PingSource', 'tick', {
    spec: {
      schedule: '*/5 * * * *',
      timezone: 'Europe/Zurich',
      contentType: 'application/json',
      data: '{}',
      sink: toBroker,
    },
  }),
  object('sources.eventing.knative.dev/v1alpha1', 'CronJobSource', 'older', {
    spec: { schedule: '* * * * *', data: 'x', sink: toCart },
  }),
  object('sources.knative.dev/v1beta1', 'CronJobSource', 'old', {
    spec: { schedule: '* * * * *', data: '{"a":1}', sink: toCart },
  }),
  object('sources.knative.dev/v1', 'KafkaSource', 'orders', {
    spec: {
      consumers: 3,
      consumerGroup: 'shop',
      bootstrapServers: ['kafka.shop:9092'],
      topics: ['orders'],
      sink: toBroker,
      delivery,
      ceOverrides: { extensions: { team: 'shop' } },
    },
  }),
  object('sources.knative.dev/v1', 'ApiServerSource', 'watch', {
    spec: {
      serviceAccountName: 'watcher',
      mode: 'Resource',
      resources: [{ apiVersion: 'v1', kind: 'Event' }],
      sink: toBroker,
    },
  }),
  object('sources.knative.dev/v1', 'ContainerSource', 'beat', {
    spec: {
      template: {
        spec: {
          containers: [{ name: 'beat', image: 'ghcr.io/knative/heartbeats:v1', env: [{ name: 'P', value: '1' }] }],
        },
      },
      sink: toBroker,
    },
  }),
  object('sources.knative.dev/v1', 'SinkBinding', 'bind', {
    spec: {
      subject: { apiVersion: 'apps/v1', kind: 'Deployment', selector: { matchLabels: { app: 'beat' } } },
      sink: toBroker,
    },
  }),
];

const network: readonly JsonObject[] = [
  object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', {
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'open', {
    spec: {
      podSelector: { matchLabels: { app: 'orders' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'knative-serving' } } }],
          ports: [
            { port: 8012, protocol: 'TCP' },
            { port: 'http', endPort: 9000 },
          ],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }, {}],
    },
  }),
];

const RBAC = 'rbac.authorization.k8s.io/v1';
const roleRef: JsonObject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
const subjects: JsonValue = [
  { kind: 'ServiceAccount', name: 'default', namespace: 'shop' },
  { kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' },
];
const grants: JsonValue = [
  { apiGroups: ['serving.knative.dev'], resources: ['services'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { apiGroups: [''], resources: ['secrets', 'serviceaccounts'], verbs: ['get', 'list', 'impersonate', 'create'] },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['bind', 'escalate', 'patch'] },
  { apiGroups: ['weir.dev'], resources: ['policyexceptions'], verbs: ['create'] },
  { nonResourceURLs: ['*'], verbs: ['get'] },
];

const rbac: readonly JsonObject[] = [
  object(RBAC, 'Role', 'deployer', { rules: grants }),
  clusterWide(RBAC, 'ClusterRole', 'viewer', {
    rules: grants,
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
  }),
  object(RBAC, 'RoleBinding', 'deployer', { roleRef, subjects }),
  clusterWide(RBAC, 'ClusterRoleBinding', 'admins', { roleRef, subjects }),
];

const plain: readonly JsonObject[] = [
  object('v1', 'Secret', 'regcred', {
    type: 'kubernetes.io/dockerconfigjson',
    data: {
      '.dockerconfigjson': Buffer.from(
        JSON.stringify({ auths: { 'registry.example.com': { username: 'puller', password: 'tr0ub4dor-and-3' } } }),
      ).toString('base64'),
    },
  }),
  object('v1', 'Secret', 'orders', { type: 'Opaque', stringData: { password: 'purple-monkey-dishwasher' } }),
  clusterWide('v1', 'Namespace', 'shop', {
    metadata: {
      name: 'shop',
      labels: { 'weir.dev/environment': 'prod', 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  }),
  object('v1', 'ConfigMap', 'orders', { data: { password: 'hunter2-hunter2', 'app.conf': 'token=abcdef0123456789' } }),
  clusterWide('v1', 'ConfigMap', 'config-autoscaler', {
    metadata: { name: 'config-autoscaler', namespace: 'knative-serving' },
    data: { 'max-scale-limit': '30', 'max-scale': '10', 'allow-zero-initial-scale': 'false' },
  }),
  clusterWide('v1', 'ConfigMap', 'config-defaults', {
    metadata: { name: 'config-defaults', namespace: 'knative-serving' },
    data: { 'max-revision-timeout-seconds': '600', 'container-concurrency': '0' },
  }),
];

const pods: JsonObject = {
  metadata: { labels: { app: 'worker' } },
  spec: {
    containers: [
      { name: 'worker', image: IMAGE, env: [{ name: 'REDIS_URL', value: 'redis://:s3cr3t-p4ss@redis:6379' }] },
    ],
    initContainers: [{ name: 'init', image: 'registry.example.com/shop/init:1' }],
  },
};

const workloads: readonly JsonObject[] = [
  object('apps/v1', 'Deployment', 'worker', {
    spec: { replicas: 2, selector: { matchLabels: { app: 'worker' } }, template: pods },
  }),
  object('apps/v1', 'StatefulSet', 'store', {
    spec: { serviceName: 'store', selector: { matchLabels: { app: 'worker' } }, template: pods },
  }),
  object('batch/v1', 'Job', 'once', { spec: { template: pods } }),
  object('batch/v1', 'CronJob', 'scale-up', {
    spec: {
      schedule: '0 8 * * 1-5',
      timeZone: 'Europe/Zurich',
      jobTemplate: {
        spec: {
          template: {
            spec: {
              serviceAccountName: 'scaler',
              restartPolicy: 'OnFailure',
              containers: [
                {
                  name: 'kubectl',
                  image: 'docker.io/bitnami/kubectl:latest',
                  command: ['/bin/sh', '-c'],
                  args: [
                    'kubectl annotate ksvc cart -n shop autoscaling.knative.dev/min-scale=10 --overwrite && echo done',
                  ],
                },
              ],
            },
          },
        },
      },
    },
  }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'worker', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' },
      minReplicas: 1,
      maxReplicas: 90,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  }),
  object('keda.sh/v1alpha1', 'ScaledObject', 'worker', {
    spec: {
      scaleTargetRef: { name: 'worker' },
      pollingInterval: 1,
      cooldownPeriod: 10,
      minReplicaCount: 0,
      maxReplicaCount: 100,
      triggers: [{ type: 'kafka', metadata: { topic: 'orders', lagThreshold: '5' } }],
    },
  }),
  object('keda.sh/v1alpha1', 'ScaledJob', 'burst', {
    spec: {
      jobTargetRef: { template: pods },
      maxReplicaCount: 500,
      triggers: [{ type: 'rabbitmq', metadata: { queueName: 'q' } }],
    },
  }),
];

const own: readonly JsonObject[] = [
  object('weir.dev/v1alpha1', 'PolicyException', 'black-friday', {
    spec: {
      rules: ['autoscaling/max-scale', 'images/*'],
      match: { kinds: ['serving.knative.dev/Service'], names: ['cart'] },
      reason: 'the sale',
      owner: 'team-shop',
      until: '2026-12-01',
    },
  }),
];

/** Every one of them; each kind at least once. */
export const objects: readonly JsonObject[] = [
  ...serving,
  ...eventing,
  ...sources,
  ...network,
  ...rbac,
  ...plain,
  ...workloads,
  ...own,
];

/** What stands in the objects above and no message, no place and no default may ever repeat. */
export const SECRETS: readonly string[] = [
  'ghp_0123456789abcdefghijABCDEFGHIJ456789',
  'correct-horse',
  'battery-staple-47',
  'tr0ub4dor-and-3',
  'purple-monkey-dishwasher',
  'hunter2-hunter2',
  's3cr3t-p4ss',
  'abcdef0123456789',
  '4815162342',
];
