import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyKnativeDefaults } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { addedTo, aService, CONTAINER, image, withDefaults, withFeatures } from './builders.ts';
import { bases, settings } from './cases.ts';
import { mutations } from './mutations.ts';

const POD = '/spec/template/spec';
const port = [{ containerPort: 8080 }];

describe('applyKnativeDefaults', () => {
  it('fills in what the webhook would', () => {
    expect(addedTo(aService())).toEqual({
      '/spec/template/spec/timeoutSeconds': 300,
      '/spec/template/spec/containerConcurrency': 0,
      '/spec/template/spec/enableServiceLinks': false,
      [`${CONTAINER}/name`]: 'user-container',
      [`${CONTAINER}/resources`]: {},
      [`${CONTAINER}/readinessProbe`]: { successThreshold: 1, tcpSocket: { port: 0 } },
      '/spec/traffic': [{ latestRevision: true, percent: 100 }],
    });
  });

  it.each<{ containers: JsonValue; names: readonly string[] }>`
    containers                                                       | names
    ${[{ image }]}                                                   | ${['user-container']}
    ${[{ image, ports: port }, { image }]}                           | ${['user-container-0', 'user-container-1']}
    ${[{ image, ports: port }, { image, name: 'user-container-0' }]} | ${['user-container-1']}
    ${[{ image, name: 'a' }]}                                        | ${[]}
  `('names $containers $names', ({ containers, names }) => {
    const added = addedTo(aService({ spec: { containers } }));
    const found = Object.keys(added).filter((path) => path.endsWith('/name'));
    expect(found.map((path) => added[path])).toEqual(names);
  });

  it('names containers by the template of config-defaults, shortened as Knative does', () => {
    const template = '{{.Name}}-in-{{ .Namespace }}';
    const config = withDefaults({ 'container-name-template': template });
    expect(addedTo(aService(), config)[`${CONTAINER}/name`]).toBe('hello-in-shop');

    const two = aService({
      metadata: { name: 'a'.repeat(60) },
      spec: { containers: [{ image, ports: port }, { image }] },
    });
    expect(addedTo(two, config)[`${CONTAINER}/name`]).toMatch(/^a{29}[0-9a-f]{32}-0$/);
  });

  it.each<{ readinessProbe: JsonObject; expected: JsonObject }>`
    readinessProbe                       | expected
    ${{ httpGet: { path: '/' } }}        | ${{ '/successThreshold': 1, '/httpGet/port': 0 }}
    ${{ grpc: {}, successThreshold: 2 }} | ${{ '/grpc/port': 0, '/grpc/service': '' }}
    ${{ exec: {}, periodSeconds: 5 }}    | ${{ '/successThreshold': 1, '/failureThreshold': 3, '/timeoutSeconds': 1 }}
    ${{}}                                | ${{ '/tcpSocket': { port: 0 }, '/successThreshold': 1 }}
  `('fills $expected into the probe $readinessProbe', ({ readinessProbe, expected }) => {
    const prefix = `${CONTAINER}/readinessProbe`;
    const added = Object.entries(addedTo(aService({ container: { readinessProbe } })));
    const inside = added
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, value]) => [path.slice(prefix.length), value]);
    expect(Object.fromEntries(inside)).toEqual(expected);
  });

  it('takes timeouts, concurrency and resources from config-defaults', () => {
    const config = withDefaults({
      'revision-timeout-seconds': '200',
      'revision-idle-timeout-seconds': '50',
      'revision-response-start-timeout-seconds': '100',
      'container-concurrency': '5',
      'enable-service-links': 'default',
      'revision-cpu-request': '400m',
      'revision-memory-limit': '200Mi',
    });
    const added = addedTo(aService({ container: { resources: { limits: { cpu: '1' } } } }), config);
    expect(added).toMatchObject({
      [`${POD}/timeoutSeconds`]: 200,
      [`${POD}/idleTimeoutSeconds`]: 50,
      [`${POD}/responseStartTimeoutSeconds`]: 100,
      [`${POD}/containerConcurrency`]: 5,
      [`${CONTAINER}/resources/requests`]: { cpu: '400m' },
      [`${CONTAINER}/resources/limits/memory`]: '200Mi',
    });
    expect(added).not.toHaveProperty([`${POD}/enableServiceLinks`]);
  });

  it.each<{ data: Record<string, string>; why: string }>`
    data                                                                             | why
    ${{ 'revision-timeout-seconds': '900' }}                                         | ${'above the maximum'}
    ${{ 'revision-timeout-seconds': 'x' }}                                           | ${'no number'}
    ${{ 'revision-timeout-seconds': '100', 'revision-cpu-request': 'x' }}            | ${'another key is no quantity'}
    ${{ 'revision-timeout-seconds': '100', 'revision-idle-timeout-seconds': '200' }} | ${'idle longer than the request'}
    ${{ 'revision-timeout-seconds': '100', 'container-concurrency': '-1' }}          | ${'concurrency below zero'}
    ${{ 'revision-timeout-seconds': '100', 'container-concurrency-max-limit': '0' }} | ${'no concurrency at all'}
  `('keeps the built-in defaults where config-defaults is bad: $why', ({ data }) => {
    expect(addedTo(aService(), withDefaults(data))[`${POD}/timeoutSeconds`]).toBe(300);
  });

  it('makes mounts of what cannot be written read-only', () => {
    const service = aService({
      spec: {
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'b', secret: {} },
        ],
      },
      container: {
        volumeMounts: [
          { name: 'a', mountPath: '/a' },
          { name: 'b', mountPath: '/b', readOnly: false },
        ],
      },
    });
    const mounts = Object.entries(addedTo(service)).filter(([path]) => path.includes('volumeMounts'));
    expect(mounts).toEqual([[`${CONTAINER}/volumeMounts/1/readOnly`, true]]);
  });

  it.each<{ flag: string; container: JsonObject; expected: JsonObject | undefined }>`
    flag                  | container                             | expected
    ${'enabled'}          | ${{}}                                 | ${{ allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] }, runAsNonRoot: true }}
    ${'allowrootbounded'} | ${{ ports: [{ containerPort: 80 }] }} | ${{ allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }}
    ${'disabled'}         | ${{}}                                 | ${undefined}
  `('secures the container under secure-pod-defaults $flag', ({ flag, container, expected }) => {
    const { object } = applyKnativeDefaults(aService({ container }), withFeatures({ 'secure-pod-defaults': flag }));
    expect(containerOf(object).securityContext).toEqual(expected);
  });

  it('fills in what the schema and the round trip write', () => {
    const env = [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }];
    expect(addedTo(aService({ container: { ports: port, env } }))).toMatchObject({
      [`${CONTAINER}/ports/0/protocol`]: 'TCP',
      [`${CONTAINER}/env/0/valueFrom/resourceFieldRef/divisor`]: '0',
    });
  });

  it('does not touch a Revision that keeps its name on an update', () => {
    const service = aService({ template: { name: 'hello-v1' } });
    const { added } = applyKnativeDefaults(service, DEFAULT_SETTINGS, { old: service });
    expect(added.map(({ path }) => path)).toEqual([`${CONTAINER}/resources`, '/spec/traffic']);
  });

  it('shares what it does not change, and gives the object itself where there is nothing to fill in', () => {
    const service = aService();
    const { object } = applyKnativeDefaults(service, DEFAULT_SETTINGS);
    expect(object.metadata).toBe(service.metadata);
    expect(applyKnativeDefaults(object, DEFAULT_SETTINGS).object).toBe(object);
  });

  it('says everything that it added: the additions, put into the input, give the output', () => {
    const cases = fc.record({
      base: fc.constantFrom(...bases),
      one: fc.constantFrom(...settings),
      change: fc.constantFrom(...mutations),
    });
    fc.assert(
      fc.property(cases, ({ base, one, change }) => {
        const input = put(base, change.path, change.value);
        const { object, added } = applyKnativeDefaults(input, one);
        let patched = input;
        for (const { path, value } of added) patched = put(patched, path, value);
        expect(patched).toEqual(object);
        expect(applyKnativeDefaults(object, one).added).toEqual([]);
      }),
      { numRuns: 1500, seed: 20260728 },
    );
  });
});

function containerOf(object: JsonObject): JsonObject {
  const spec = object.spec as { template: { spec: { containers: JsonObject[] } } };
  return spec.template.spec.containers[0] ?? {};
}

/** A copy with the value at the pointer; none where the way there is missing. */
function put(object: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(object);
  const way = path.slice(1).split('/');
  const last = way.pop() ?? '';
  let place: unknown = copy;
  for (const step of way)
    place = typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[step] : undefined;
  if (typeof place === 'object' && place !== null) (place as Record<string, unknown>)[last] = structuredClone(value);
  return copy;
}
