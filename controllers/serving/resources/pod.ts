/**
 * A Pod of a Revision: what Knative's Deployment of it would make (knative/serving
 * pkg/reconciler/revision/resources/{deploy,meta,env_var}.go), without queue-proxy, whose duties the Plane has. PORT is
 * filled in where it is run.
 */
import { AUTOSCALING_GROUP } from '../../../src/knative/autoscaling/annotations.ts';
import { revisions } from '../../../src/knative/resources.ts';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import { annotationsOf, nameOf } from '../../../src/kubernetes/object.ts';
import { CONFIGURATION_LABEL, SERVICE_LABEL } from '../keys.ts';
import { deploymentName } from '../names.ts';
import { labelOf, namespaceOf } from '../read.ts';
import { controllerReference } from './owner.ts';
import { labelsFor, NOT_COPIED, protocolOf } from './podAutoscaler.ts';
import { without } from './without.ts';

const DEFAULT_PORT = 8080;
const DEFAULT_NAME = 'user-container';
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';
/** Fields of a Revision's spec that are not a Pod's. */
const REVISIONS_OWN = new Set([
  'containerConcurrency',
  'timeoutSeconds',
  'responseStartTimeoutSeconds',
  'idleTimeoutSeconds',
  'containers',
]);

export interface PodOptions {
  /** Characters that no other Pod of the Revision has. */
  readonly suffix: string;
  /** Where it runs; undefined leaves that to whoever binds it. */
  readonly nodeName: string | undefined;
}

export function makePod(revision: JsonObject, { suffix, nodeName }: PodOptions): JsonObject {
  const spec = objectAt(revision, 'spec') ?? {};
  const containers = arrayAt(spec, 'containers').filter(isObject);
  const serving = servingContainer(containers);
  const made = containers.map((each, index) => ({
    // one of a Service has its name filled in; a Configuration may stand alone
    name: containers.length === 1 ? DEFAULT_NAME : `${DEFAULT_NAME}-${index}`,
    ...(each === serving ? makeServing(each, revision) : each),
    env: [...arrayAt(each, 'env'), ...knativesOwn(revision)],
    // else what a program said before it ended would not stand in the Revision's condition
    terminationMessagePolicy: stringAt(each, 'terminationMessagePolicy') || 'FallbackToLogsOnError',
  }));
  const timeoutSeconds = numberAt(spec, 'timeoutSeconds');
  const name = serving?.name;
  return {
    apiVersion: 'v1',
    kind: pods.kind,
    metadata: {
      name: `${deploymentName(nameOf(revision))}-${suffix}`,
      namespace: namespaceOf(revision),
      ownerReferences: [controllerReference(revision, revisions)],
      labels: labelsFor(revision),
      annotations: {
        ...without(annotationsOf(revision), (key) => NOT_COPIED.has(key) || key.startsWith(AUTOSCALING_GROUP)),
        ...(typeof name === 'string' && name !== '' ? { [DEFAULT_CONTAINER]: name } : {}),
      },
    },
    spec: {
      ...Object.fromEntries(Object.entries(spec).filter(([key]) => !REVISIONS_OWN.has(key))),
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: made,
      ...(timeoutSeconds === undefined ? {} : { terminationGracePeriodSeconds: timeoutSeconds }),
    },
  };
}

/** What Knative tells every container of itself. */
function knativesOwn(revision: JsonObject): JsonObject[] {
  return [
    { name: 'K_REVISION', value: nameOf(revision) },
    { name: 'K_CONFIGURATION', value: labelOf(revision, CONFIGURATION_LABEL) ?? '' },
    { name: 'K_SERVICE', value: labelOf(revision, SERVICE_LABEL) ?? '' },
  ];
}

/** The only one, or the one with a port. */
function servingContainer(containers: readonly JsonObject[]): JsonObject | undefined {
  return containers.length === 1 ? containers[0] : containers.find((each) => arrayAt(each, 'ports').length > 0);
}

function makeServing(container: JsonObject, revision: JsonObject): JsonObject {
  const port = numberAt(container, 'ports', 0, 'containerPort') ?? 0;
  const containerPort = port === 0 ? DEFAULT_PORT : port;
  const name = protocolOf(revision) === 'h2c' ? 'h2c' : 'user-port';
  const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'].flatMap((key): [string, JsonValue][] => {
    const probe = objectAt(container, key);
    return probe === undefined ? [] : [[key, withPort(probe, containerPort)]];
  });
  return {
    ...container,
    ...Object.fromEntries(probes),
    ports: [{ name, containerPort, protocol: 'TCP' }],
  };
}

/** A Revision's probe may leave its port out, or name it 0: that is where requests go. */
function withPort(probe: JsonObject, containerPort: number): JsonObject {
  const changed = ['httpGet', 'tcpSocket', 'grpc'].flatMap((key): [string, JsonValue][] => {
    const action = objectAt(probe, key);
    const port = action?.port;
    if (action === undefined || (port !== undefined && port !== 0 && port !== '')) return [];
    return [[key, { ...action, port: containerPort }]];
  });
  return { ...probe, ...Object.fromEntries(changed) };
}
