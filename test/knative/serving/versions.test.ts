import { describe, expect, it } from '@jest/globals';
import { applyKnativeDefaults, validate } from '../../../src/knative/serving/index.ts';
import { KNOWN_VERSIONS } from '../../../src/knative/serving/versions.ts';
import { DEFAULT_SETTINGS, type KnativeSettings } from '../../../src/knative/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { addedTo, aService, CONTAINER, image } from './builders.ts';

function at(version: string): KnativeSettings {
  return { ...DEFAULT_SETTINGS, version };
}

function withVolume(source: JsonObject, mount: JsonObject = {}): JsonObject {
  return aService({
    spec: { volumes: [{ name: 'v', ...source }] },
    container: { volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, ...mount }] },
  });
}

const AT_VOLUME = '/spec/template/spec/volumes/0';
const ON = { 'kubernetes.podspec-volumes-mount-propagation': 'enabled' };

describe('an older Knative', () => {
  it.each<[string, string, string, JsonObject, Record<string, string>, string]>([
    ['1.15', '1.16', 'hostIPC', aService({ spec: { hostIPC: true } }), { 'kubernetes.podspec-hostipc': 'enabled' }, ''],
    ['1.15', '1.16', 'hostPID', aService({ spec: { hostPID: true } }), { 'kubernetes.podspec-hostpid': 'enabled' }, ''],
    [
      '1.15',
      '1.16',
      'hostNetwork',
      aService({ spec: { hostNetwork: true } }),
      { 'kubernetes.podspec-hostnetwork': 'enabled' },
      '',
    ],
    [
      '1.16',
      '1.17',
      'hostPath',
      withVolume({ hostPath: { path: '/a' } }),
      { 'kubernetes.podspec-volumes-hostpath': 'enabled' },
      AT_VOLUME,
    ],
    [
      '1.17',
      '1.18',
      'csi',
      withVolume({ csi: { driver: 'x', readOnly: true } }),
      { 'kubernetes.podspec-volumes-csi': 'enabled' },
      AT_VOLUME,
    ],
    [
      '1.17',
      '1.18',
      'mountPropagation',
      withVolume({ secret: { secretName: 's' } }, { mountPropagation: 'None' }),
      ON,
      '/spec/template/spec/containers/0/volumeMounts/0',
    ],
    [
      '1.18',
      '1.19',
      'image',
      withVolume({ image: { reference: 'a' } }),
      { 'kubernetes.podspec-volumes-image': 'enabled' },
      AT_VOLUME,
    ],
    [
      '1.22',
      '1.23',
      'ephemeral',
      withVolume({ ephemeral: { volumeClaimTemplate: { spec: {} } } }, { readOnly: false }),
      { 'kubernetes.podspec-volumes-ephemeral': 'enabled' },
      AT_VOLUME,
    ],
  ])('%s has not what %s has: %s', (before, since, field, object, features, place) => {
    const errors = validate(object, { ...DEFAULT_SETTINGS, version: before, features });
    expect(errors).toContainEqual({
      path: `${place === '' ? '/spec/template/spec' : place}/${field}`,
      message: expect.any(String),
      details: `Knative ${before}, which spec.knative.version names, has no ${field}; ${since} does`,
    });
    expect(validate(object, { ...DEFAULT_SETTINGS, version: since, features })).toEqual([]);
  });

  it('says nothing of the version where the feature is only off', () => {
    const errors = validate(aService({ spec: { hostPID: true } }), { ...DEFAULT_SETTINGS, version: '1.16' });
    expect(errors).toEqual([{ path: '/spec/template/spec/hostPID', message: 'must not set the field(s)' }]);
  });

  it.each([
    ['1.19', true],
    ['1.20', false],
  ])('%s takes AllowRootBounded for nothing before 1.20', (version, isRefused) => {
    const object = aService({ spec: { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } } });
    const settings = { ...DEFAULT_SETTINGS, version, features: { 'secure-pod-defaults': 'AllowRootBounded' } };
    expect(validate(object, settings).length > 0).toBe(isRefused);
  });

  it.each([
    ['1.20', 0],
    ['1.21', 1],
  ])('%s looks at networking annotations of templates since 1.21', (version, count) => {
    const object = aService({ template: { annotations: { 'networking.knative.dev/nonsense': 'true' } } });
    expect(validate(object, { ...DEFAULT_SETTINGS, version })).toHaveLength(count);
  });

  it('takes privileged: false since 1.17, and privileged: true in no version', () => {
    const context = (privileged: boolean) => aService({ container: { securityContext: { privileged } } });
    const path = `${CONTAINER}/securityContext/privileged`;
    const message = 'must not set the field(s)';
    const details = 'Knative 1.16, which spec.knative.version names, has no privileged: false; 1.17 does';
    expect(validate(context(false), at('1.16'))).toEqual([{ path, message, details }]);
    expect(validate(context(false), at('1.17'))).toEqual([]);
    for (const version of KNOWN_VERSIONS) expect(validate(context(true), at(version))).toEqual([{ path, message }]);
  });

  it.each<[string, JsonObject, string]>([
    ['without a handler', aService({ container: { startupProbe: {} } }), `${CONTAINER}/startupProbe`],
    [
      'of another port',
      aService({ container: { startupProbe: { httpGet: { port: 'admin' } } } }),
      `${CONTAINER}/startupProbe/httpGet/port`,
    ],
    [
      'of a sidecar',
      aService({
        spec: {
          containers: [
            { image, ports: [{ containerPort: 8080 }] },
            { image, startupProbe: { tcpSocket: { port: 9000 } } },
          ],
        },
      }),
      '/spec/template/spec/containers/1/startupProbe',
    ],
  ])('looks at a startup probe %s since 1.23', (_, object, path) => {
    expect(validate(object, at('1.22'))).toEqual([]);
    expect(validate(object, at('1.23'))).toEqual([expect.objectContaining({ path })]);
  });

  it.each(KNOWN_VERSIONS)("%s has no schema for a probe's terminationGracePeriodSeconds", (version) => {
    const object = aService({ container: { livenessProbe: { exec: {}, terminationGracePeriodSeconds: 5 } } });
    const path = `${CONTAINER}/livenessProbe/terminationGracePeriodSeconds`;
    expect(validate(object, at(version))).toEqual([expect.objectContaining({ path })]);
  });

  it.each([
    ['1.19', { [`${CONTAINER}/securityContext/runAsNonRoot`]: true }],
    ['1.20', {}],
  ])("%s writes over a container's own runAsNonRoot: %j", (version, expected) => {
    const settings = { ...at(version), features: { 'secure-pod-defaults': 'enabled' } };
    const securityContext = {
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'] },
    };
    const object = aService({ container: { securityContext } });
    const { added } = applyKnativeDefaults(object, settings);
    const inContext = added.filter(({ path }) => path.includes('securityContext'));
    expect(Object.fromEntries(inContext.map(({ path, value }) => [path, value]))).toEqual(expected);
    const again = aService({ container: { securityContext: { ...securityContext, runAsNonRoot: true } } });
    expect(addedTo(again, settings)).not.toHaveProperty([`${CONTAINER}/securityContext/runAsNonRoot`]);
  });
});
