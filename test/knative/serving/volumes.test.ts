import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aService, CONTAINER, errorsOf, withFeatures } from './builders.ts';

const VOLUME = '/spec/template/spec/volumes/0';

/** A Service that mounts the volume, which is called "v" unless it says otherwise. */
function mounting(volume: JsonObject, mount: JsonObject = {}): JsonObject {
  const named = { name: 'v', ...volume };
  return aService({
    spec: { volumes: [named] },
    container: { volumeMounts: [{ name: named.name, mountPath: '/v', ...mount }] },
  });
}

describe('checkVolumes', () => {
  it.each<{ volume: JsonObject; expected: readonly string[] }>`
    volume                                                                       | expected
    ${{ secret: { secretName: 's' } }}                                           | ${[]}
    ${{ emptyDir: {} }}                                                          | ${[]}
    ${{ configMap: { name: 'c', items: [{ key: 'k' }] } }}                       | ${['/configMap/items/0/path: missing field(s)']}
    ${{}}                                                                        | ${[': expected exactly one, got neither: secret, configMap, projected, emptyDir']}
    ${{ secret: {}, emptyDir: {} }}                                              | ${[': expected exactly one, got both: secret, emptyDir']}
    ${{ emptyDir: { medium: 'Disk' } }}                                          | ${['/emptyDir/medium: invalid value: Disk']}
    ${{ emptyDir: { sizeLimit: '-1Gi' } }}                                       | ${['/emptyDir/sizeLimit: invalid value: -1Gi']}
    ${{ nfs: {} }}                                                               | ${['/nfs: must not set the field(s)', ': expected exactly one, got neither: secret, configMap, projected, emptyDir']}
    ${{ hostPath: { path: '/' } }}                                               | ${['/hostPath: HostPath volume support is disabled, but found HostPath volume v', '/hostPath: must not set the field(s)']}
    ${{ persistentVolumeClaim: { claimName: 'c', readOnly: true } }}             | ${['/persistentVolumeClaim: Persistent volume claim support is disabled, but found persistent volume claim c', '/persistentVolumeClaim: must not set the field(s)']}
    ${{ projected: { sources: [{}] } }}                                          | ${['/projected/sources/0: expected exactly one, got neither: secret, configMap, serviceAccountToken, downwardAPI']}
    ${{ projected: { sources: [{ secret: {} }] } }}                              | ${['/projected/sources/0/secret/name: missing field(s)']}
    ${{ projected: { sources: [{ serviceAccountToken: {} }] } }}                 | ${['/projected/sources/0/serviceAccountToken/path: missing field(s)']}
    ${{ projected: { sources: [{ downwardAPI: { items: [{ path: 'p' }] } }] } }} | ${['/projected/sources/0/downwardAPI/items/0: expected exactly one, got neither: fieldRef, resourceFieldRef']}
    ${{ name: 'Bad_name', secret: {} }}                                          | ${['/name: invalid value: Bad_name']}
  `('says $expected of $volume', ({ volume, expected }) => {
    const errors = errorsOf(mounting(volume)).filter((error) => !error.includes('volume is readOnly but'));
    expect(errors).toEqual(expected.map((error) => VOLUME + error));
  });

  it('takes a claim with its features, to be read or written', () => {
    const claim = { persistentVolumeClaim: { claimName: 'c' } };
    const read = 'kubernetes.podspec-persistent-volume-claim';
    const write = 'kubernetes.podspec-persistent-volume-write';
    expect(errorsOf(mounting(claim), withFeatures({ [read]: 'enabled' }))).toEqual([
      `${VOLUME}/persistentVolumeClaim: Persistent volume write support is disabled, but found persistent volume claim c that is not read-only`,
    ]);
    expect(errorsOf(mounting(claim), withFeatures({ [read]: 'enabled', [write]: 'enabled' }))).toEqual([]);
  });

  it('wants each volume mounted and each name once', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'a', emptyDir: {} },
    ];
    expect(errorsOf(aService({ spec: { volumes } }))).toEqual([
      `${VOLUME}/name: volume with name "a" not mounted`,
      '/spec/template/spec/volumes/1/name: duplicate volume name "a"',
      '/spec/template/spec/volumes/1/name: volume with name "a" not mounted',
    ]);
  });

  it('wants read-only mounts where the volume is, and each path once', () => {
    const features = withFeatures({ 'kubernetes.podspec-persistent-volume-claim': 'enabled' });
    const claim = { persistentVolumeClaim: { claimName: 'c', readOnly: true } };
    expect(errorsOf(mounting(claim), features)).toEqual([
      `${CONTAINER}/volumeMounts/0/readOnly: volume is readOnly but volume mount is not`,
    ]);

    const mount = { name: 'v', mountPath: '/a' };
    const twice = { volumeMounts: [mount, { ...mount, mountPath: '/a/' }] };
    expect(errorsOf(aService({ spec: { volumes: [{ name: 'v', emptyDir: {} }] }, container: twice }))).toEqual([
      `${CONTAINER}/volumeMounts/1/mountPath: invalid value: "/a/" must be unique`,
    ]);
  });

  it('takes mount propagation with its feature', () => {
    const service = mounting({ emptyDir: {} }, { mountPropagation: 'Bidirectional' });
    const place = `${CONTAINER}/volumeMounts/0/mountPropagation`;
    expect(errorsOf(service, withFeatures({ 'kubernetes.podspec-volumes-mount-propagation': 'enabled' }))).toEqual([
      `${place}: mount propagation should be set to None or HostToContainer`,
    ]);
    expect(errorsOf(service)).toContain(
      `${place}: Volume Mount Propagation support is disabled, but found volume mount v with mount propagation`,
    );
  });
});
