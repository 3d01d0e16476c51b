/** The pod that keeps an environment's letters: `weir events serve`, one at a time. */
import { deployments } from '../../../src/kubernetes/client/resources.ts';
import { isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { sinkName } from '../../../src/policy/model/deadLetters.ts';
import { labelsFor, selectorOf, sinkObject } from './labels.ts';

/** What runs the controllers: its image is the sink's, and what its pods need in this cluster, the sink's need, too. */
export interface Program {
  readonly image: string;
  /** Of the pod: pull secrets, priority, on which nodes. */
  readonly pod: JsonObject;
}

export interface Bounds {
  /** All letters together. */
  readonly bytes: number;
  /** `720h`: older ones go. */
  readonly age: string;
}

/** The container of overlays/base/controller-deployment.yaml. */
const CONTAINER = 'controller';
const SHARED = ['imagePullSecrets', 'priorityClassName', 'nodeSelector', 'tolerations'] as const;

/** @returns undefined where nothing of that name runs, or it has no such container */
export function programOf(controller: JsonObject | undefined): Program | undefined {
  const pod = objectAt(controller, 'spec', 'template', 'spec');
  const containers = isArray(pod?.containers) ? pod.containers : [];
  const container = containers.find((each) => isObject(each) && each.name === CONTAINER);
  const image = isObject(container) ? container.image : undefined;
  if (pod === undefined || typeof image !== 'string' || image === '') return undefined;
  const shared: Record<string, JsonValue> = {};
  for (const field of SHARED) if (pod[field] !== undefined) shared[field] = pod[field];
  return { image, pod: shared };
}

/** One pod at a time: one process holds the file, and the volume is on one node. Meanwhile Brokers send again. */
export function deploymentOf(environment: string, { image, pod }: Program, bounds: Bounds): JsonObject {
  const name = sinkName(environment);
  return sinkObject(deployments, environment, {
    spec: {
      replicas: 1,
      revisionHistoryLimit: 5,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorOf(environment) },
      template: {
        metadata: { labels: labelsFor(environment) },
        spec: {
          ...pod,
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            runAsGroup: 65_532,
            fsGroup: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container(image, bounds)],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
        },
      },
    },
  });
}

function container(image: string, { bytes, age }: Bounds): JsonObject {
  return {
    name: 'dead-letters',
    image,
    args: ['events', 'serve', '--file=/data/letters.db', '--bind=0.0.0.0', `--bytes=${bytes}`, `--age=${age}`],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    resources: { requests: { cpu: '10m', memory: '96Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    startupProbe: { ...ask('/healthz'), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...ask('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...ask('/readyz'), periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
}

function ask(path: string): JsonObject {
  return { httpGet: { path, port: 'http' } };
}
