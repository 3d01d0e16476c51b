import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyKnativeDefaults, validate } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aService, CONTAINER, errorsOf, image } from './builders.ts';

const DNS_1035 =
  "[a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')]";

describe('validate', () => {
  it.each<{ object: JsonObject }>`
    object
    ${{}}
    ${{ apiVersion: 'v1', kind: 'Service' }}
    ${{ apiVersion: 'serving.knative.dev/v1', kind: 'PodAutoscaler' }}
    ${{ apiVersion: 'serving.knative.dev/v1', kind: 'constructor' }}
    ${{ apiVersion: 1, kind: null }}
  `('leaves $object alone', ({ object }) => {
    expect(validate(object, DEFAULT_SETTINGS)).toEqual([]);
  });

  it('knows which version of a kind is served', () => {
    expect(validate({ ...aService(), apiVersion: 'serving.knative.dev/v1alpha1' }, DEFAULT_SETTINGS)).toEqual([
      {
        path: '/apiVersion',
        message: 'no matches for kind "Service" in version "serving.knative.dev/v1alpha1"',
        details: 'Knative serves serving.knative.dev/v1',
      },
    ]);
  });

  it.each<{ metadata: JsonObject; expected: readonly string[] }>`
    metadata                                                               | expected
    ${{ name: 'Hello' }}                                                   | ${[`name: not a DNS 1035 label: ${DNS_1035}`]}
    ${{ name: '' }}                                                        | ${['name: name or generateName is required']}
    ${{ name: '', generateName: 'hello-' }}                                | ${[]}
    ${{ generateName: 'Hello-' }}                                          | ${[`generateName: not a DNS 1035 label prefix: ${DNS_1035}`]}
    ${{ annotations: { 'autoscaling.knative.dev/min-scale': '1' } }}       | ${['annotations/autoscaling.knative.dev~1min-scale: invalid key name "autoscaling.knative.dev/min-scale"']}
    ${{ annotations: { 'serving.knative.dev/rollout-duration': '1.5s' } }} | ${['annotations/serving.knative.dev~1rollout-duration: rollout-duration=1.5s is not at second precision']}
    ${{ annotations: { 'serving.knative.dev/rolloutDuration': '-1s' } }}   | ${['annotations/serving.knative.dev~1rolloutDuration: rollout-duration=-1s must be positive']}
    ${{ annotations: { 'serving.knative.dev/rollout-duration': '60' } }}   | ${['annotations/serving.knative.dev~1rollout-duration: invalid value: 60']}
    ${{ owner: 'x' }}                                                      | ${['owner: unknown field "metadata.owner"']}
  `('says $expected of the metadata $metadata', ({ metadata, expected }) => {
    expect(errorsOf(aService({ metadata }))).toEqual(expected.map((error) => `/metadata/${error}`));
  });

  it.each<{ template: JsonObject; expected: readonly string[] }>`
    template                                                                               | expected
    ${{ name: 'hello-v1' }}                                                                | ${[]}
    ${{ name: 'v1' }}                                                                      | ${['name: invalid value: "v1" must have prefix "hello-"']}
    ${{ name: 'hello-V1' }}                                                                | ${[`name: invalid value: not a DNS 1035 label: ${DNS_1035}`]}
    ${{ anything: 1 }}                                                                     | ${[]}
    ${{ annotations: { 'networking.knative.dev/x': 'y' } }}                                | ${['annotations/networking.knative.dev~1x: invalid key name "networking.knative.dev/x"']}
    ${{ annotations: { 'autoscaling.knative.dev/min-scale': '-1' } }}                      | ${['annotations/autoscaling.knative.dev~1min-scale: expected 0 <= -1 <= 2147483647']}
    ${{ annotations: { 'serving.knative.dev/progress-deadline': '1ms' } }}                 | ${['annotations/serving.knative.dev~1progress-deadline: progress-deadline=1ms is not at second precision']}
    ${{ annotations: { 'queue.sidecar.serving.knative.dev/resource-percentage': '101' } }} | ${['annotations/queue.sidecar.serving.knative.dev~1resource-percentage: expected 0.1 <= 101 <= 100']}
    ${{ annotations: { 'queue.sidecar.serving.knative.dev/cpu-resource-limit': '1cpu' } }} | ${['annotations/queue.sidecar.serving.knative.dev~1cpu-resource-limit: invalid value: 1cpu']}
  `('says $expected of the template $template', ({ template, expected }) => {
    expect(errorsOf(aService({ template }))).toEqual(expected.map((error) => `/spec/template/metadata/${error}`));
  });

  it('finds unknown fields where the API server does, and not where the schema keeps them', () => {
    const container = { image: 'ab', env: [{ name: 'A', vaule: 'x' }] };
    const features = { ...DEFAULT_SETTINGS, features: { 'kubernetes.podspec-init-containers': 'enabled' } };
    const service = aService({ spec: { initContainers: [container], containers: [container] }, template: { x: 1 } });
    expect(errorsOf(service, features)).toEqual([
      `${CONTAINER}/env/0/vaule: unknown field "spec.template.spec.containers[0].env[0].vaule"`,
    ]);
  });

  it('does not let a template name its Revision where the Service has no name yet', () => {
    const service = aService({ metadata: { name: '', generateName: 'hello-' }, template: { name: 'hello-v1' } });
    expect(errorsOf(service)).toEqual(['/spec/template/metadata/name: must not set the field(s)']);
  });

  it.each<{ service: JsonObject; expected: string }>`
    service                                                                | expected
    ${aService({ container: { env: [{ name: 'A', value: 8080 }] } })}      | ${`${CONTAINER}/env/0/value: cannot decode incoming new object: expected a text, got a number; put quotes around it`}
    ${aService({ container: { resources: { limits: { cpu: 'lots' } } } })} | ${`${CONTAINER}/resources/limits/cpu: cannot decode incoming new object: expected a quantity such as 250m or 512Mi, got the text "lots"`}
    ${aService({ spec: { containers: 'x' } })}                             | ${'/spec/template/spec/containers: cannot decode incoming new object: expected a list, got a text'}
    ${aService({ spec: { timeoutSeconds: '30' } })}                        | ${'/spec/template/spec/timeoutSeconds: cannot decode incoming new object: expected a whole number, got the text "30"'}
    ${aService({ spec: { timeoutSeconds: 1.5 } })}                         | ${'/spec/template/spec/timeoutSeconds: cannot decode incoming new object: expected a whole number, got 1.5'}
    ${aService({ template: { annotations: { a: true } } })}                | ${'/spec/template/metadata/annotations/a: cannot decode incoming new object: expected a text, got true; write "true"'}
    ${aService({ spec: { enableServiceLinks: 'no' } })}                    | ${'/spec/template/spec/enableServiceLinks: cannot decode incoming new object: expected true or false, got the text "no"'}
  `('says $expected', ({ service, expected }) => {
    expect(errorsOf(service)).toEqual([expected]);
  });

  const shape = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, '', 'x', 0, -1, 1.5, true, 1e300),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(
        fc.constantFrom(
          'spec',
          'template',
          'containers',
          'metadata',
          'annotations',
          'env',
          'ports',
          'traffic',
          '__proto__',
          'ref',
          'a.b/c',
          'volumes',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;

  it('crashes on no shape, changes no input, and fills in nothing twice', () => {
    const kinds = fc.constantFrom('Service', 'Configuration', 'Route', 'Revision', 'DomainMapping');
    fc.assert(
      fc.property(kinds, shape, shape, fc.option(shape), (kind, spec, metadata, old) => {
        const apiVersion = kind === 'DomainMapping' ? 'serving.knative.dev/v1beta1' : 'serving.knative.dev/v1';
        const object = { apiVersion, kind, metadata, spec } as JsonObject;
        const before = JSON.stringify(object);
        validate(object, DEFAULT_SETTINGS, old === null ? {} : { old: old as JsonObject });
        const once = applyKnativeDefaults(object, DEFAULT_SETTINGS).object;
        expect(applyKnativeDefaults(once, DEFAULT_SETTINGS)).toEqual({ object: once, added: [] });
        expect(JSON.stringify(object)).toBe(before);
      }),
      { numRuns: 2000, seed: 20260728 },
    );
  });
});

describe('validate with the old object', () => {
  const creator = (name: string) => ({ annotations: { 'serving.knative.dev/creator': name } });

  it('keeps the creator', () => {
    const place = '/metadata/annotations/serving.knative.dev~1creator';
    const old = aService({ metadata: creator('ann') });
    expect(errorsOf(aService({ metadata: creator('bob') }), DEFAULT_SETTINGS, old)).toEqual([
      `${place}: annotation value is immutable`,
    ]);
    expect(errorsOf(aService(), DEFAULT_SETTINGS, old)).toEqual([`${place}: annotation value is immutable`]);
    expect(errorsOf(aService({ metadata: creator('ann') }), DEFAULT_SETTINGS, old)).toEqual([]);
  });

  it('refuses another content under the name of a Revision', () => {
    const named = (value: string) =>
      applyKnativeDefaults(
        aService({ template: { name: 'hello-v1' }, container: { env: [{ name: 'A', value }] } }),
        DEFAULT_SETTINGS,
      ).object;
    expect(errorsOf(named('x'), DEFAULT_SETTINGS, named('x'))).toEqual([]);
    expect(validate(named('y'), DEFAULT_SETTINGS, { old: named('x') })).toEqual([
      {
        path: '/spec/template/metadata/name',
        message: 'Saw the following changes without a name change (-old +new)',
        details: `${CONTAINER}/env/0/value`,
      },
    ]);
  });
});

describe('validate a Revision that somebody writes by hand', () => {
  const aRevision = (metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject => ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { name: 'hello-1', namespace: 'shop', ...metadata },
    spec: { containers: [{ image }], ...spec },
  });

  it.each<{ object: JsonObject; expected: readonly string[] }>`
    object                                                                       | expected
    ${aRevision()}                                                               | ${[]}
    ${aRevision({ annotations: { 'autoscaling.knative.dev/min-scale': '2' } })}  | ${[]}
    ${aRevision({ annotations: { 'autoscaling.knative.dev/min-scale': '-1' } })} | ${['/metadata/annotations/autoscaling.knative.dev~1min-scale: expected 0 <= -1 <= 2147483647']}
    ${aRevision({ labels: { 'serving.knative.dev/configuration': 'hello' } })}   | ${['/metadata/labels/serving.knative.dev~1configuration: missing field(s)']}
    ${aRevision({}, { timeoutSeconds: 1200 })}                                   | ${['/spec/timeoutSeconds: expected 0 <= 1200 <= 600']}
    ${aRevision({}, { hostNetwork: true })}                                      | ${['/spec/hostNetwork: must not set the field(s)']}
    ${aRevision({}, { template: {} })}                                           | ${['/spec/template: unknown field "spec.template"']}
  `('says $expected of $object', ({ object, expected }) => {
    expect(errorsOf(object)).toEqual(expected);
  });

  it('refuses another spec once it is there, and then does not judge the spec again', () => {
    const old = aRevision({}, { hostNetwork: true });
    expect(errorsOf(aRevision({ labels: { team: 'shop' } }, { hostNetwork: true }), DEFAULT_SETTINGS, old)).toEqual([]);
    expect(errorsOf(aRevision(), DEFAULT_SETTINGS, old)).toEqual(['/spec: Immutable fields changed (-old +new)']);
  });
});
