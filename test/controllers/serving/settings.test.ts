import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../controllers/serving/settings.ts';

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
