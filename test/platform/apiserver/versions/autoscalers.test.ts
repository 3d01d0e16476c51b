/** HorizontalPodAutoscalers, which autoscaling/v1 and v2 serve in two shapes; v1 keeps in annotations what it has no field for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { autoscalerConversion } from '../../../../src/platform/apiserver/resources/conversions/autoscalers.ts';
import { aServer, type Server } from '../servers.ts';

const V1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
const V2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const ALPHA = 'autoscaling.alpha.kubernetes.io/';
const TARGET = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } };
const PODS = { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '1k' } } };

let server: Server;
beforeAll(async () => {
  server = await aServer();
}, 60_000);
afterAll(() => server.close());

async function made(path: string, name: string, spec: object = {}, metadata: object = {}): Promise<JsonObject> {
  const body = { metadata: { name, ...metadata }, spec: { maxReplicas: 3, scaleTargetRef: TARGET, ...spec } };
  const { code, body: answer } = await server.ask('POST', path, { body });
  expect([code, answer.message]).toEqual([201, undefined]);
  return answer;
}

async function got(path: string): Promise<JsonObject> {
  return (await server.ask('GET', path)).body;
}

function annotation(object: JsonObject, key: string): unknown {
  const text = stringAt(object, 'metadata', 'annotations', `${ALPHA}${key}`);
  return text === undefined ? undefined : JSON.parse(text);
}

describe('an autoscaler of v1', () => {
  it('is one of v2, with its only metric', async () => {
    await made(V1, 'cpu', { targetCPUUtilizationPercentage: 50 });
    expect(await got(`${V2}/cpu`)).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        minReplicas: 1,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }],
      },
    });
  });

  it('is judged as one of v2', async () => {
    const spec = { maxReplicas: 3, minReplicas: 4, scaleTargetRef: { ...TARGET, apiVersion: 'v1' } };
    const { body } = await server.ask('POST', V1, { body: { metadata: { name: 'wrong' }, spec } });
    expect(body.message).toBe(
      'HorizontalPodAutoscaler.autoscaling "wrong" is invalid: [spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`, spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group]',
    );
  });

  it.each`
    what                            | text                                                                                                         | metrics
    ${'is read'}                    | ${'[{"type":"Pods","pods":{"metricName":"a","targetAverageValue":"2"}}]'}                                    | ${['Pods']}
    ${'is no JSON'}                 | ${'{'}                                                                                                       | ${['Resource']}
    ${'is no list'}                 | ${'{"type":"Pods"}'}                                                                                         | ${['Resource']}
    ${'holds no quantity'}          | ${'[{"type":"Pods","pods":{"targetAverageValue":"much"}}]'}                                                  | ${['Resource']}
    ${'holds what is no object'}    | ${'[7]'}                                                                                                     | ${['Resource']}
    ${'is the prototype of others'} | ${'[{"__proto__":{"type":"Pods"},"type":"Resource","resource":{"name":"memory","targetAverageValue":"1"}}]'} | ${['Resource']}
  `('whose annotation of metrics $what has the metrics $metrics', async ({ what, text, metrics }) => {
    const name = String(what).replaceAll(' ', '-').toLowerCase();
    await made(V1, name, {}, { annotations: { [`${ALPHA}metrics`]: text } });
    const stored = await got(`${V2}/${name}`);
    expect(arrayAt(stored, 'spec', 'metrics').map((metric) => stringAt(metric, 'type'))).toEqual(metrics);
    expect(objectAt(stored, 'metadata')).not.toHaveProperty('annotations');
  });
});

describe('an autoscaler of v2', () => {
  const behavior = { scaleDown: { selectPolicy: 'Disabled' } };

  it('tells v1 in annotations what that has no field for', async () => {
    await made(V2, 'many', { metrics: [PODS, CPU], behavior });
    const old = await got(`${V1}/many`);
    expect(old).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 70 } });
    expect(old.spec).not.toHaveProperty('metrics');
    expect(annotation(old, 'metrics')).toEqual([
      { type: 'Pods', pods: { metricName: 'hits', targetAverageValue: '1k' } },
    ]);
    expect(annotation(old, 'behavior')).toMatchObject({ ScaleDown: { SelectPolicy: 'Disabled', Tolerance: null } });
  });

  it('keeps all of it where v1 changes something else', async () => {
    await made(V2, 'kept', { metrics: [CPU, PODS], behavior });
    const before = await got(`${V2}/kept`);
    const status = {
      status: { conditions: [{ type: 'Able', status: 'True' }], currentReplicas: 1, desiredReplicas: 2 },
    };
    await server.ask('PATCH', `${V2}/kept/status`, { body: status, headers: MERGE });
    await server.ask('PATCH', `${V1}/kept/status`, { body: { status: { currentReplicas: 2 } }, headers: MERGE });
    const after = await got(`${V2}/kept`);
    expect(after.spec).toEqual(before.spec);
    expect(after.status).toMatchObject({ conditions: [{ type: 'Able' }], currentReplicas: 2 });

    await server.ask('PATCH', `${V1}/kept`, { body: { spec: { maxReplicas: 9 } }, headers: MERGE });
    const last = await got(`${V2}/kept`);
    expect(last.spec).toMatchObject({ maxReplicas: 9, behavior: objectAt(before.spec, 'behavior') });
    // v1 cannot tell where its metric stood
    expect(arrayAt(last, 'spec', 'metrics').map((metric) => stringAt(metric, 'type'))).toEqual(['Pods', 'Resource']);
    expect(last.status).toEqual(after.status);
  });

  it('is told to who watches the other version, and printed there with all its metrics', async () => {
    const since = stringAt(await got(V1), 'metadata', 'resourceVersion');
    const watch = server.watch(`${V1}?watch=true&resourceVersion=${since}`);
    await made(V2, 'seen', { metrics: [PODS] });
    const event = await watch.next();
    watch.stop();
    expect(event).toMatchObject({ type: 'ADDED', object: { apiVersion: 'autoscaling/v1' } });
    expect(annotation(objectAt(event, 'object') ?? {}, 'metrics')).toHaveLength(1);

    const table = await server.ask('GET', `${V1}/seen`, { headers: TABLE });
    expect(arrayAt(objectAt(arrayAt(table.body, 'rows')[0]), 'cells')).toEqual(
      expect.arrayContaining(['Deployment/web', '<unknown>/1k']),
    );
  });
});

it('an object that is no autoscaler at all is turned into one without a crash', () => {
  for (const odd of [
    {},
    { spec: [], status: 7, metadata: null },
    { spec: { metrics: [null, [], 'x'], behavior: 3 } },
  ]) {
    expect(autoscalerConversion.fromStored(autoscalerConversion.toStored(odd))).toMatchObject({
      apiVersion: 'autoscaling/v1',
    });
    expect(autoscalerConversion.fromStored(odd)).toMatchObject({ kind: 'HorizontalPodAutoscaler' });
  }
});
