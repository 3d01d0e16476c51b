/** HorizontalPodAutoscalers in the two versions of their group. */
import type { JsonValue } from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  cells,
  get,
  JSON_PATCH,
  MERGE,
  namesOrStatus,
  patch,
  post,
  put,
  remove,
  type Scenario,
  STRATEGIC,
  type Step,
} from '../scenario.ts';

const V1 = '/apis/autoscaling/v1/namespaces/:ns/horizontalpodautoscalers';
const V2 = '/apis/autoscaling/v2/namespaces/:ns/horizontalpodautoscalers';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const METADATA_LIST = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
const MOMENT = '2026-01-02T03:04:05Z';
const ALPHA = 'autoscaling.alpha.kubernetes.io/';
/** No controller writes the status of one whose target is of no kind that there is. */
const TARGET = { apiVersion: 'story.weir.dev/v1', kind: 'Nothing', name: 'web' };

function autoscaler(version: string, name: string, spec: object = {}, metadata: object = {}): JsonValue {
  return {
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, ...metadata },
    spec: { maxReplicas: 3, scaleTargetRef: TARGET, ...spec },
  } as JsonValue;
}

const v1 = (name: string, spec?: object, metadata?: object) => autoscaler('v1', name, spec, metadata);
const v2 = (name: string, spec?: object, metadata?: object) => autoscaler('v2', name, spec, metadata);
const annotated = (key: string, value: unknown) => ({
  annotations: { [`${ALPHA}${key}`]: typeof value === 'string' ? value : JSON.stringify(value), other: 'kept' },
});
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const selector = { matchLabels: { b: 'c', a: 'b' }, matchExpressions: [{ operator: 'Exists', key: '<x>' }] };
const describedObject = { name: 'it', kind: 'Thing', apiVersion: 'a/v1' };

const METRICS = [
  { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '0.5Gi' } } },
  {
    type: 'Pods',
    pods: { metric: { name: 'packets', selector }, target: { type: 'AverageValue', averageValue: '1k' } },
  },
  { type: 'Object', object: { metric: { name: 'hits' }, describedObject, target: { type: 'Value', value: '10' } } },
  {
    type: 'Object',
    object: {
      metric: { name: 'hits', selector },
      describedObject,
      target: { type: 'AverageValue', averageValue: '10' },
    },
  },
  cpu(70),
  { type: 'External', external: { metric: { name: 'queue', selector }, target: { type: 'Value', value: '30' } } },
  { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } },
  {
    type: 'ContainerResource',
    containerResource: { name: 'cpu', container: 'web', target: { type: 'Utilization', averageUtilization: 60 } },
  },
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '200m' } } },
];
const target = { type: 'Value', value: '1' };
const WRONG_METRICS = [
  {},
  { type: 'Odd' },
  { type: 'Odd', pods: { metric: {}, target: {} } },
  { type: 'Pods' },
  { type: 'Pods', pods: { metric: { name: 'a/b' }, target } },
  { type: 'Pods', pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '0' } } },
  { type: 'Pods', external: { metric: { name: 'a' }, target } },
  {
    type: 'Object',
    object: { metric: { name: 'a' }, describedObject: { kind: 'A', name: 'b' }, target: { type: 'Value' } },
  },
  { type: 'Object', object: { metric: {}, describedObject: { kind: 'A/B', name: '..', apiVersion: 'a/b/c' }, target } },
  { type: 'External', external: { metric: { name: 'a' }, target: { type: 'Half' } } },
  { type: 'External', external: { metric: { name: 'a' }, target: { ...target, averageValue: '-1' } } },
  { type: 'Resource', resource: { name: '', target: {} } },
  {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0, averageValue: '1' } },
  },
  { type: 'ContainerResource', containerResource: { name: 'odd', container: 'A', target: { type: 'Utilization' } } },
  { type: 'ContainerResource', containerResource: { name: 'cpu', container: '', target } },
];
const BEHAVIOR = {
  scaleUp: { stabilizationWindowSeconds: 5, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
  scaleDown: { selectPolicy: 'Disabled', tolerance: '0.05' },
};
const STATUS = {
  observedGeneration: 2,
  lastScaleTime: MOMENT,
  currentReplicas: 1,
  desiredReplicas: 2,
  conditions: [
    { type: 'AbleToScale', status: 'True', lastTransitionTime: MOMENT, reason: 'Ready', message: 'a < b & c' },
    { type: 'ScalingActive', status: 'False' },
  ],
  currentMetrics: [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40, averageValue: '100m' } } },
    { type: 'Pods', pods: { metric: { name: 'packets' }, current: { averageValue: '1' } } },
    { type: 'Object', object: { metric: { name: 'hits' }, describedObject, current: { value: '9' } } },
    { type: 'External', external: { metric: { name: 'queue' }, current: { averageValue: '2' } } },
    {
      type: 'ContainerResource',
      containerResource: { name: 'cpu', container: 'a', current: { averageUtilization: 1 } },
    },
  ],
};

const both = (name: string): Step[] => [get(`${V1}/${name}`), get(`${V2}/${name}`)];

export const autoscalers: readonly Scenario[] = [
  {
    name: 'autoscalers in both versions',
    steps: [
      post(V1, v1('bare')),
      ...both('bare'),
      post(V1, v1('cpu', { targetCPUUtilizationPercentage: 50, minReplicas: 2 }, { labels: { a: 'b' } })),
      ...both('cpu'),
      post(V2, v2('many', { metrics: METRICS, behavior: BEHAVIOR })),
      ...both('many'),
      post(V2, v2('plain')),
      ...both('plain'),
      post(V2, v2('slow', { behavior: { scaleDown: {} } })),
      ...both('slow'),
      patch(`${V2}/many/status`, MERGE, { status: STATUS }),
      ...both('many'),
      patch(`${V1}/cpu/status`, MERGE, { status: { currentReplicas: 1, currentCPUUtilizationPercentage: 9 } }),
      ...both('cpu'),
      patch(`${V1}/many/status`, MERGE, { spec: { maxReplicas: 9 }, status: { currentReplicas: 7 } }),
      ...both('many'),
      patch(`${V1}/many`, MERGE, { spec: { targetCPUUtilizationPercentage: 33 }, status: { currentReplicas: 8 } }),
      patch(`${V1}/many`, MERGE, { spec: { targetCPUUtilizationPercentage: null } }),
      ...both('many'),
      patch(`${V1}/many`, MERGE, { metadata: { annotations: { [`${ALPHA}metrics`]: null } } }),
      patch(`${V1}/many`, MERGE, {
        metadata: { annotations: { [`${ALPHA}behavior`]: null, [`${ALPHA}conditions`]: null } },
      }),
      ...both('many'),
      patch(`${V2}/plain`, STRATEGIC, { spec: { metrics: [cpu(10), cpu(20)] } }),
      ...both('plain'),
      patch(`${V1}/plain`, JSON_PATCH, [{ op: 'replace', path: '/spec/targetCPUUtilizationPercentage', value: 11 }]),
      ...both('plain'),
      put(`${V1}/plain`, v1('plain', { maxReplicas: 4 })),
      put(`${V1}/plain`, v1('plain', { maxReplicas: 4 })),
      put(`${V2}/plain`, v2('plain', { maxReplicas: 5 })),
      ...[V1, V2].flatMap((path) => [
        get(path),
        get(path, { headers: TABLE, only: cells }),
        get(path, { headers: TABLE }),
        get(`${path}?includeObject=Object`, { headers: TABLE }),
        get(path, { headers: METADATA_LIST }),
        get(`${path}?fieldSelector=metadata.name%3Dcpu`, { only: namesOrStatus }),
        get(`${path}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dmany`),
      ]),
      remove(`${V1}/cpu`),
      get(`${V2}/cpu`),
    ],
  },
  {
    name: 'annotations of autoscalers',
    steps: [
      ...[
        annotated('metrics', [{ type: 'Pods', pods: { metricName: 'a', targetAverageValue: '3' } }]),
        annotated('metrics', [{ type: 'Pods', pods: { metricName: 'a' } }]),
        annotated('metrics', [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 5 } }]),
        annotated('metrics', [
          { type: 'Object', object: { target: {}, metricName: 'a', targetValue: '0', averageValue: '1' } },
        ]),
        annotated('metrics', [
          { type: 'External', external: { metricName: 'a', targetValue: '1', targetAverageValue: '2' } },
        ]),
        annotated('metrics', [{ type: 'Pods', pods: { metricName: 'a', targetAverageValue: 'much' } }]),
        annotated('metrics', 'no JSON'),
        annotated('metrics', 'null'),
        annotated('metrics', '{}'),
        annotated('metrics', [{}]),
        annotated('behavior', { ScaleUp: { StabilizationWindowSeconds: 7 } }),
        annotated('behavior', {
          scaleDown: { selectpolicy: 'Min', policies: [{ type: 'Pods', value: 1, periodSeconds: 2 }] },
        }),
        annotated('behavior', { ScaleUp: { StabilizationWindowSeconds: 'x' } }),
        annotated('behavior', {}),
        annotated('behavior', { ScaleUp: { SelectPolicy: 'Never' } }),
        annotated('conditions', [{ type: 'A', status: 'True' }]),
        annotated('current-metrics', [{ type: 'Pods', pods: { metricName: 'a', currentAverageValue: '3' } }]),
        annotated('scale-up-tolerance', '1'),
      ].flatMap((metadata) => [
        post(`${V1}?dryRun=All`, v1('one', {}, metadata)),
        post(`${V2}?dryRun=All`, v2('one', {}, metadata)),
      ]),
      post(
        V1,
        v1('one', {}, annotated('metrics', [{ type: 'Pods', pods: { metricName: 'a', targetAverageValue: '3' } }])),
      ),
      ...both('one'),
    ],
  },
  {
    name: 'autoscalers that are refused',
    steps: [
      { minReplicas: 0 },
      { maxReplicas: 0 },
      { maxReplicas: undefined },
      { minReplicas: 5 },
      { scaleTargetRef: {} },
      { scaleTargetRef: { ...TARGET, apiVersion: 'v1' } },
      { targetCPUUtilizationPercentage: 0 },
      { targetCPUUtilizationPercentage: 'x' },
    ]
      .map((spec) => post(`${V1}?dryRun=All`, v1('one', spec)))
      .concat(WRONG_METRICS.map((metric) => post(`${V2}?dryRun=All`, v2('one', { metrics: [metric] }))))
      .concat([
        post(`${V2}?dryRun=All`, v2('one', { scaleTargetRef: { ...TARGET, apiVersion: 'a/b/c' } })),
        post(V2, v2('one', { scaleTargetRef: { kind: 'ReplicationController', apiVersion: 'v1', name: 'web' } })),
        patch(`${V2}/one?dryRun=All`, MERGE, { spec: { scaleTargetRef: { kind: 'Pod' } } }),
        post(`${V2}?dryRun=All`, v2('two', { behavior: { scaleUp: { tolerance: '-1', policies: [] } } })),
        patch(`${V2}/one/status`, MERGE, { status: { currentReplicas: -1, desiredReplicas: -2 } }),
        patch(`${V1}/one/status`, MERGE, { status: { currentReplicas: -1 } }),
      ]),
  },
  {
    name: 'who owns the fields of autoscalers',
    steps: [
      patch(`${V1}/one?fieldManager=a`, APPLY, v1('one', { targetCPUUtilizationPercentage: 50 })),
      patch(`${V2}/one?fieldManager=b`, APPLY, v2('one', { metrics: [cpu(50)] })),
      patch(`${V2}/one?fieldManager=b`, APPLY, v2('one', { metrics: [cpu(60)] })),
      patch(`${V2}/one?fieldManager=b&force=true`, APPLY, v2('one', { metrics: [cpu(60)] })),
      ...both('one'),
      patch(`${V1}/one?fieldManager=a`, APPLY, v1('one', { minReplicas: 2 })),
      patch(`${V1}/one?fieldManager=c`, MERGE, { spec: { targetCPUUtilizationPercentage: 70 } }),
      ...both('one'),
      patch(`${V2}/one?fieldManager=a`, APPLY, v2('one', { minReplicas: 2 })),
      patch(`${V1}/one?fieldManager=b`, APPLY, v1('one')),
      patch(`${V2}/one?fieldManager=d`, MERGE, { spec: { behavior: BEHAVIOR } }),
      patch(`${V1}/one?fieldManager=e`, MERGE, { metadata: { labels: { a: 'b' } } }),
      patch(`${V1}/one?fieldManager=f`, APPLY, v1('one', { maxReplicas: 3 }, { labels: { c: 'd' } })),
      patch(`${V2}/one?fieldManager=f`, APPLY, v2('one', { maxReplicas: 3 })),
      ...both('one'),
      post(V1, v1('two')),
      put(`${V2}/two`, v2('two', { maxReplicas: 6 })),
      put(`${V1}/two`, v1('two', { maxReplicas: 7 })),
      ...both('two'),
    ],
  },
];
