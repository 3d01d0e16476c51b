import { describe, expect, it } from '@jest/globals';
import { validate } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aService } from './builders.ts';

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
});
