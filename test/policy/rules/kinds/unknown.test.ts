import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { catalogue } from '../../../../src/policy/catalogue.ts';
import { coreServiceWithPods } from '../../../../src/policy/rules/kinds/coreService.ts';
import { KNOWN_KINDS } from '../../../../src/policy/rules/kinds/known.ts';
import { unknownKind } from '../../../../src/policy/rules/kinds/unknown.ts';
import { aPolicy, aService, judgeBy, messages, verdictOf } from '../../builders.ts';

function anObject(apiVersion: unknown, kind: unknown): JsonObject {
  return { apiVersion: String(apiVersion), kind: String(kind), metadata: { name: 'cart' } };
}

describe('kinds/unknown', () => {
  it.each`
    apiVersion                                        | kind                 | expected
    ${'serving.knative.dev/v1'}                       | ${'Servce'}          | ${['serving.knative.dev has no kind Servce; did you mean "Service"?']}
    ${'serving.knative.dev/v1'}                       | ${'service'}         | ${['serving.knative.dev has no kind service; did you mean "Service"?']}
    ${'eventing.knative.dev/v1'}                      | ${'Triger'}          | ${['eventing.knative.dev has no kind Triger; did you mean "Trigger"?']}
    ${'eventing.knative.dev/v1'}                      | ${'PingSource'}      | ${['eventing.knative.dev has no kind PingSource; it is of sources.knative.dev, so write apiVersion sources.knative.dev/v1']}
    ${'serving.knative.dev/v1'}                       | ${'Deployment'}      | ${['serving.knative.dev has no kind Deployment; it has Service, Configuration, Route, Revision, DomainMapping']}
    ${'weir.dev/v1alpha1'}                            | ${'PolicyExeption'}  | ${['weir.dev has no kind PolicyExeption; did you mean "PolicyException"?']}
    ${'keda.sh/v1alpha1'}                             | ${'ScaledObjekt'}    | ${['keda.sh has no kind ScaledObjekt; did you mean "ScaledObject"?']}
    ${'serving.knativ.dev/v1'}                        | ${'Service'}         | ${['there is no group serving.knativ.dev; did you mean "serving.knative.dev/v1"?']}
    ${'serving.knative.io/v1'}                        | ${'Service'}         | ${['there is no group serving.knative.io; did you mean "serving.knative.dev/v1"?']}
    ${'Serving.knative.dev/v1'}                       | ${'Service'}         | ${['there is no group Serving.knative.dev; did you mean "serving.knative.dev/v1"?']}
    ${'serving.knative.dev'}                          | ${'Service'}         | ${['apiVersion serving.knative.dev has no version; write serving.knative.dev/v1']}
    ${'serving.knativ.dev'}                           | ${'Service'}         | ${['there is no group serving.knativ.dev; did you mean "serving.knative.dev/v1"?']}
    ${'serving.knative.dev/v1'}                       | ${'ServiceList'}     | ${[]}
    ${'sources.knative.dev/v1'}                       | ${'SomebodysSource'} | ${[]}
    ${'example.com/v1'}                               | ${'Servce'}          | ${[]}
    ${'internal.kafka.eventing.knative.dev/v1alpha1'} | ${'ConsumerGroup'}   | ${[]}
    ${'v1'}                                           | ${'ConfigMap'}       | ${[]}
    ${'sources.knative.dev/v1'}                       | ${'constructor'}     | ${[]}
  `('$apiVersion $kind gives $expected', ({ apiVersion, kind, expected }) => {
    expect(messages(judgeBy(unknownKind, anObject(apiVersion, kind)))).toEqual(expected);
  });

  it.each(
    Object.entries(KNOWN_KINDS).flatMap(([group, kinds]) =>
      Object.entries(kinds).map(([kind, version]) => [`${group}/${version}`, kind]),
    ),
  )('knows %s %s', (apiVersion = '', kind = '') => {
    expect(judgeBy(unknownKind, anObject(apiVersion, kind))).toEqual([]);
  });

  it.each`
    apiVersion                   | kind              | fix
    ${'serving.knative.dev/v1'}  | ${'Servce'}       | ${{ op: 'replace', path: '/kind', value: 'Service' }}
    ${'sources.knativ.dev/v1'}   | ${'PingSource'}   | ${{ op: 'replace', path: '/apiVersion', value: 'sources.knative.dev/v1' }}
    ${'serving.knative.dev'}     | ${'Service'}      | ${{ op: 'replace', path: '/apiVersion', value: 'serving.knative.dev/v1' }}
    ${'eventing.knative.dev/v1'} | ${'Subscription'} | ${{ op: 'replace', path: '/apiVersion', value: 'messaging.knative.dev/v1' }}
  `('$apiVersion $kind has a fix', ({ apiVersion, kind, fix }) => {
    expect(judgeBy(unknownKind, anObject(apiVersion, kind))[0]?.fix).toEqual([fix]);
  });

  it.each(['serving.knative.dev', 'serving.knativ.dev/v1'])('judges %s by the whole catalogue', (apiVersion) => {
    const verdict = verdictOf(catalogue, { ...aService(), apiVersion });
    expect(verdict.judged).toBe(true);
    expect(verdict.findings.map(({ rule, action }) => [rule, action])).toEqual([['kinds/unknown', 'deny']]);
  });

  it('leaves what it has nothing against unjudged', () => {
    expect(verdictOf(catalogue, anObject('example.com/v1', 'Thing')).judged).toBe(false);
  });

  it('can be turned off', () => {
    const policy = aPolicy({ actions: { 'kinds/unknown': 'off' } });
    expect(verdictOf(catalogue, anObject('serving.knative.dev/v1', 'Servce'), policy).judged).toBe(false);
  });
});

describe('kinds/core-service-with-pods', () => {
  it.each`
    spec                                | expected
    ${{ template: { spec: {} } }}       | ${['Service cart describes pods, which the Service of apiVersion v1 cannot; write apiVersion serving.knative.dev/v1']}
    ${{ containers: [{ image: 'a' }] }} | ${['Service cart describes pods, which the Service of apiVersion v1 cannot; write apiVersion serving.knative.dev/v1']}
    ${{ selector: { app: 'cart' } }}    | ${[]}
    ${'text'}                           | ${[]}
  `('$spec gives $expected', ({ spec, expected }) => {
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'cart' }, spec };
    expect(messages(judgeBy(coreServiceWithPods, object))).toEqual(expected);
  });
});
