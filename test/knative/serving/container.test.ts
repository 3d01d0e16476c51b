import { describe, expect, it } from '@jest/globals';
import { validate } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aService, CONTAINER, errorsOf, withFeatures } from './builders.ts';

describe('checkContainer', () => {
  it.each<{ container: JsonObject; expected: readonly string[] }>`
    container                                                            | expected
    ${{ image: '' }}                                                     | ${['image: missing field(s)']}
    ${{ image: 'UPPER/case' }}                                           | ${['image: Failed to parse image reference']}
    ${{ name: 'queue-proxy' }}                                           | ${['name: "queue-proxy" is a reserved container name']}
    ${{ lifecycle: {} }}                                                 | ${['lifecycle: must not set the field(s)']}
    ${{ stdin: true, tty: false }}                                       | ${['stdin: must not set the field(s)']}
    ${{ ports: [{ containerPort: 8012 }] }}                              | ${['ports/0/containerPort: invalid value: 8012 is a reserved port']}
    ${{ ports: [{ containerPort: 65536 }] }}                             | ${['ports/0/containerPort: expected 0 <= 65536 <= 65535']}
    ${{ ports: [{ containerPort: 80, name: 'web' }] }}                   | ${['ports/0/name: Port name web is not allowed']}
    ${{ ports: [{ containerPort: 80, name: 'h2c' }] }}                   | ${[]}
    ${{ ports: [{ containerPort: 80, protocol: 'UDP' }] }}               | ${['ports/0/protocol: invalid value: UDP']}
    ${{ ports: [{ containerPort: 80, hostPort: 80 }] }}                  | ${['ports/0/hostPort: must not set the field(s)']}
    ${{ env: [{ value: 'x' }] }}                                         | ${['env/0/name: missing field(s)']}
    ${{ env: [{ name: 'K_SERVICE' }] }}                                  | ${['env/0/name: "K_SERVICE" is a reserved environment variable']}
    ${{ env: [{ name: 'A', valueFrom: { fieldRef: {} } }] }}             | ${['env/0/valueFrom/fieldRef: must not set the field(s)']}
    ${{ env: [{ name: 'A' }, { name: 'A' }] }}                           | ${['env/1: Duplicate value: {"name":"A"}']}
    ${{ envFrom: [{ prefix: 'x' }] }}                                    | ${['envFrom/0: expected exactly one, got neither: configMapRef, secretRef']}
    ${{ resources: { claims: [{ name: 'x' }] } }}                        | ${['resources/claims: must not set the field(s)']}
    ${{ terminationMessagePolicy: 'Never' }}                             | ${['terminationMessagePolicy: invalid value: Never']}
    ${{ securityContext: { privileged: true } }}                         | ${['securityContext/privileged: must not set the field(s)']}
    ${{ securityContext: { privileged: false } }}                        | ${[]}
    ${{ securityContext: { runAsUser: -1 } }}                            | ${['securityContext/runAsUser: expected 0 <= -1 <= 2147483647']}
    ${{ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }}     | ${['securityContext/capabilities/add: must not set the field(s)']}
    ${{ volumeMounts: [{ name: 'v', mountPath: '/dev/' }] }}             | ${['volumeMounts/0/name: volumeMount has no matching volume', 'volumeMounts/0/mountPath: mountPath "/dev" is a reserved path']}
    ${{ volumeMounts: [{ name: 'v', mountPath: 'v' }] }}                 | ${['volumeMounts/0/name: volumeMount has no matching volume', 'volumeMounts/0/mountPath: invalid value: v']}
    ${{ imagePullSecrets: [{ name: 'a' }] }}                             | ${['imagePullSecrets: unknown field "spec.template.spec.containers[0].imagePullSecrets"']}
    ${{ livenessProbe: { terminationGracePeriodSeconds: 1, exec: {} } }} | ${['livenessProbe/terminationGracePeriodSeconds: unknown field "spec.template.spec.containers[0].livenessProbe.terminationGracePeriodSeconds"']}
  `('says $expected of $container', ({ container, expected }) => {
    expect(errorsOf(aService({ container }))).toEqual(expected.map((error) => `${CONTAINER}/${error}`));
  });

  it.each<{ probe: JsonObject; expected: readonly string[] }>`
    probe                                                      | expected
    ${{ httpGet: { path: '/' } }}                              | ${[]}
    ${{ httpGet: { port: 'http' }, periodSeconds: 5 }}         | ${[]}
    ${{ httpGet: { port: 'web' } }}                            | ${['/httpGet/port: invalid value: web']}
    ${{ httpGet: {}, exec: {} }}                               | ${[': expected exactly one, got both: httpGet, exec']}
    ${{ tcpSocket: {}, periodSeconds: -1 }}                    | ${['/periodSeconds: expected 0 <= -1 <= 2147483647']}
    ${{ tcpSocket: {}, successThreshold: -1 }}                 | ${['/successThreshold: expected 1 <= -1 <= 2147483647']}
    ${{ tcpSocket: {}, failureThreshold: 3 }}                  | ${['/failureThreshold: failureThreshold is disallowed when periodSeconds is zero']}
    ${{ tcpSocket: {}, timeoutSeconds: 3 }}                    | ${['/timeoutSeconds: timeoutSeconds is disallowed when periodSeconds is zero']}
    ${{ tcpSocket: {}, periodSeconds: 1, timeoutSeconds: -1 }} | ${['/timeoutSeconds: expected 1 <= -1 <= 2147483647']}
  `('says $expected of the readiness probe $probe', ({ probe, expected }) => {
    expect(errorsOf(aService({ container: { readinessProbe: probe } }))).toEqual(
      expected.map((error) => `${CONTAINER}/readinessProbe${error}`),
    );
  });

  it('wants a handler in a liveness probe, which Knative does not fill in', () => {
    expect(errorsOf(aService({ container: { livenessProbe: { periodSeconds: 1 } } }))).toEqual([
      `${CONTAINER}/livenessProbe: expected exactly one, got neither: httpGet, tcpSocket, exec, grpc`,
    ]);
  });

  it('gives the reason with the image and with the port', () => {
    const [error] = validate(aService({ container: { image: 'a b' } }), DEFAULT_SETTINGS);
    expect(error?.details).toBe('image: "a b", error: could not parse reference: a b');
  });

  it.each<{ feature: string; container: JsonObject }>`
    feature                                       | container
    ${'kubernetes.podspec-fieldref'}              | ${{ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }}
    ${'kubernetes.containerspec-addcapabilities'} | ${{ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }}
  `('takes $container with $feature', ({ feature, container }) => {
    const service = aService({ container });
    expect(errorsOf(service)).toHaveLength(1);
    expect(errorsOf(service, withFeatures({ [feature]: 'enabled' }))).toEqual([]);
  });
});
