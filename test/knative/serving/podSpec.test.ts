import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { aService, CONTAINER, errorsOf, image, withDefaults, withFeatures } from './builders.ts';

const POD = '/spec/template/spec';

describe('checkPodSpec', () => {
  it('accepts a Service that names nothing but an image', () => {
    expect(errorsOf(aService())).toEqual([]);
  });

  it.each<{ field: string; value: JsonValue; feature: string }>`
    field                          | value                  | feature
    ${'affinity'}                  | ${{}}                  | ${'kubernetes.podspec-affinity'}
    ${'topologySpreadConstraints'} | ${[{}]}                | ${'kubernetes.podspec-topologyspreadconstraints'}
    ${'hostAliases'}               | ${[{ ip: '1.2.3.4' }]} | ${'kubernetes.podspec-hostaliases'}
    ${'nodeSelector'}              | ${{ a: 'b' }}          | ${'kubernetes.podspec-nodeselector'}
    ${'runtimeClassName'}          | ${'x'}                 | ${'kubernetes.podspec-runtimeclassname'}
    ${'tolerations'}               | ${[{ key: 'a' }]}      | ${'kubernetes.podspec-tolerations'}
    ${'shareProcessNamespace'}     | ${false}               | ${'kubernetes.podspec-shareprocessnamespace'}
    ${'priorityClassName'}         | ${'x'}                 | ${'kubernetes.podspec-priorityclassname'}
    ${'schedulerName'}             | ${'x'}                 | ${'kubernetes.podspec-schedulername'}
    ${'dnsPolicy'}                 | ${'Default'}           | ${'kubernetes.podspec-dnspolicy'}
    ${'dnsConfig'}                 | ${{}}                  | ${'kubernetes.podspec-dnsconfig'}
    ${'hostIPC'}                   | ${true}                | ${'kubernetes.podspec-hostipc'}
    ${'hostPID'}                   | ${true}                | ${'kubernetes.podspec-hostpid'}
    ${'hostNetwork'}               | ${true}                | ${'kubernetes.podspec-hostnetwork'}
    ${'securityContext'}           | ${{ fsGroup: 1 }}      | ${'kubernetes.podspec-securitycontext'}
  `('takes $field only with $feature', ({ field, value, feature }) => {
    const service = aService({ spec: { [field]: value } });
    const refused = `${POD}/${field}: must not set the field(s)`;
    expect(errorsOf(service)).toContain(refused);
    expect(errorsOf(service, withFeatures({ [feature]: 'disabled' }))).toContain(refused);
    expect(errorsOf(service, withFeatures({ [feature]: 'Enabled' }))).toEqual([]);
    expect(errorsOf(service, withFeatures({ [feature]: 'allowed' }))).toEqual([]);
  });

  it.each<{ field: string; value: JsonValue }>`
    field                              | value
    ${'restartPolicy'}                 | ${'Never'}
    ${'terminationGracePeriodSeconds'} | ${0}
    ${'nodeName'}                      | ${'x'}
    ${'serviceAccount'}                | ${'x'}
    ${'automountServiceAccountToken'}  | ${true}
    ${'hostUsers'}                     | ${true}
  `('never takes $field $value', ({ field, value }) => {
    expect(errorsOf(aService({ spec: { [field]: value } }))).toEqual([`${POD}/${field}: must not set the field(s)`]);
  });

  it.each<{ field: string; value: JsonValue }>`
    field                             | value
    ${'automountServiceAccountToken'} | ${false}
    ${'hostNetwork'}                  | ${false}
    ${'nodeName'}                     | ${''}
    ${'tolerations'}                  | ${[]}
    ${'nodeSelector'}                 | ${{}}
    ${'affinity'}                     | ${null}
    ${'imagePullSecrets'}             | ${[{ name: 'a' }]}
  `('takes $field $value', ({ field, value }) => {
    expect(errorsOf(aService({ spec: { [field]: value } }))).toEqual([]);
  });

  it.each<{ spec: JsonObject; defaults: Record<string, string>; message: string | undefined }>`
    spec                              | defaults                                           | message
    ${{ timeoutSeconds: 600 }}        | ${{}}                                              | ${undefined}
    ${{ timeoutSeconds: 601 }}        | ${{}}                                              | ${'timeoutSeconds: expected 0 <= 601 <= 600'}
    ${{ timeoutSeconds: 601 }}        | ${{ 'max-revision-timeout-seconds': '900' }}       | ${undefined}
    ${{ timeoutSeconds: -1 }}         | ${{}}                                              | ${'timeoutSeconds: expected 0 <= -1 <= 600'}
    ${{ containerConcurrency: 1000 }} | ${{}}                                              | ${undefined}
    ${{ containerConcurrency: 1001 }} | ${{}}                                              | ${'containerConcurrency: expected 0 <= 1001 <= 1000'}
    ${{ containerConcurrency: 51 }}   | ${{ 'container-concurrency-max-limit': '50' }}     | ${'containerConcurrency: expected 0 <= 51 <= 50'}
    ${{ containerConcurrency: 0 }}    | ${{ 'allow-container-concurrency-zero': 'false' }} | ${'containerConcurrency: expected 1 <= 0 <= 1000'}
    ${{ timeoutSeconds: 601 }}        | ${{ 'max-revision-timeout-seconds': 'nine' }}      | ${'timeoutSeconds: expected 0 <= 601 <= 600'}
  `('with $spec under $defaults says $message', ({ spec, defaults, message }) => {
    expect(errorsOf(aService({ spec }), withDefaults(defaults))).toEqual(message ? [`${POD}/${message}`] : []);
  });

  const port = [{ containerPort: 8080 }];
  it.each<{ containers: JsonValue; expected: readonly string[] }>`
    containers                                                          | expected
    ${[]}                                                               | ${[`${POD}/containers: missing field(s)`]}
    ${[{ image, ports: port }, { image }]}                              | ${[]}
    ${[{ image }, { image }]}                                           | ${[`${POD}/containers/0/ports: missing field(s)`]}
    ${[{ image, ports: port }, { image, ports: port }]}                 | ${[`${POD}/containers/1/ports/0: more than one container port is set`]}
    ${[{ image, ports: [...port, ...port] }]}                           | ${[`${CONTAINER}/ports/1: more than one container port is set`]}
    ${[{ image, name: 'a', ports: port }, { image, name: 'a' }]}        | ${[`${POD}/containers/1/name: duplicate container name "a"`]}
    ${[{ image, ports: port }, { image, env: [{ name: 'PORT' }] }]}     | ${[]}
    ${[{ image, env: [{ name: 'PORT' }] }]}                             | ${[`${CONTAINER}/env/0/name: "PORT" is a reserved environment variable`]}
    ${[{ image, ports: port }, { image, livenessProbe: { exec: {} } }]} | ${[`${POD}/containers/1/livenessProbe: must not set the field(s)`]}
  `('says $expected of the containers $containers', ({ containers, expected }) => {
    expect(errorsOf(aService({ spec: { containers } }))).toEqual(expected);
  });

  it('knows the features of several containers', () => {
    const two = aService({
      spec: {
        containers: [
          { image, ports: port },
          { image, livenessProbe: { tcpSocket: {} } },
        ],
      },
    });
    expect(errorsOf(two, withFeatures({ 'multi-container': 'disabled' }))).toEqual([
      `${POD}/containers: multi-container is off, but found 2 containers`,
    ]);
    expect(errorsOf(two, withFeatures({ 'multi-container-probing': 'enabled' }))).toEqual([
      `${POD}/containers/1/livenessProbe/tcpSocket/port: invalid value: 0`,
    ]);
  });

  it('takes init containers with their feature', () => {
    const service = aService({ spec: { initContainers: [{ image, livenessProbe: {}, name: 'user-container' }] } });
    expect(errorsOf(service)).toEqual([
      `${POD}/initContainers: must not set the field(s)`,
      `${POD}/initContainers: pod spec support for init-containers is off, but found 1 init containers`,
    ]);
    expect(errorsOf(service, withFeatures({ 'kubernetes.podspec-init-containers': 'enabled' }))).toEqual([
      `${POD}/initContainers/0/livenessProbe: field not allowed in an init container`,
    ]);
  });

  it('names what is wrong with a service account', () => {
    expect(errorsOf(aService({ spec: { serviceAccountName: 'Bad' } }))).toEqual([
      `${POD}/serviceAccountName: invalid value: Bad`,
    ]);
  });
});
