import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../controllers/serving/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Reader } from '../../../src/platform/apiserver/store/store.ts';
import { platformSettings } from '../../../src/platform/knative/settings.ts';

const HOUR_MS = 3_600_000;

function gc(data: Readonly<Record<string, string>>) {
  return readSettings([{ metadata: { name: 'config-gc' }, data }], 'localhost').gc;
}

describe("Knative's ConfigMaps", () => {
  it('have defaults', () => {
    expect(readSettings([], 'localhost')).toMatchObject({
      domains: [{ domain: 'localhost', labels: {} }],
      network: { defaultExternalScheme: 'http', isClaimAutocreated: false },
      autoscaler: { minScale: 0, initialScale: 1 },
      gc: {
        retainSinceCreateMs: 48 * HOUR_MS,
        retainSinceLastActiveMs: 15 * HOUR_MS,
        minNonActive: 20,
        maxNonActive: 1000,
      },
    });
  });

  it.each<[of: string, data: JsonObject]>([
    ['nothing', {}],
    ['a feature, a comment and what is no text', { 'multi-container': 'disabled', _example: 'a: b', odd: 7 }],
    ['a claim that is off', { 'kubernetes.podspec-persistent-volume-claim': 'disabled' }],
  ])('say of %s what they say to what refuses writes', (_, data) => {
    const object = { metadata: { name: 'config-features' }, data };
    const stored = { uid: '', revision: 1, labels: {}, json: '', object: () => object };
    const get: Reader['get'] = (key) =>
      key.namespace === 'knative-serving' && key.name === 'config-features' ? { ...stored, key } : undefined;
    const { serving } = platformSettings({ get })();
    expect(readSettings([object], 'localhost').knative).toEqual(serving);
  });

  it.each([
    [{ 'retain-since-create-time': '1h' }, { retainSinceCreateMs: HOUR_MS }],
    [{ 'retain-since-create-time': 'Disabled' }, { retainSinceCreateMs: undefined }],
    [{ 'retain-since-last-active-time': '-1h' }, { retainSinceLastActiveMs: 15 * HOUR_MS }],
    [{ 'max-non-active-revisions': 'disabled' }, { maxNonActive: undefined }],
    [
      { 'max-non-active-revisions': '3', 'min-non-active-revisions': '2' },
      { maxNonActive: 3, minNonActive: 2 },
    ],
    [{ 'min-non-active-revisions': 'many' }, { minNonActive: 20 }],
  ])('config-gc %j gives %j', (data, expected) => {
    expect(gc(data)).toMatchObject(expected);
  });
});
