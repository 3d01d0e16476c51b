/** Five years in all zones, as Python's zoneinfo has them on the same tz data (tools/zoneinfo-reference). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { intervals } from '../../src/schedule/state.ts';
import { zoneNamed } from '../../src/schedule/zones.ts';
import { aSchedule } from './builders.ts';

const root = path.resolve(import.meta.dirname, '../..');
const cases = read('tools/zoneinfo-reference/cases.json');
const golden = read('test/schedule/testdata/zoneinfo.json');

const windows = arrayAt(cases, 'windows').filter(isObject);
const from = new Date(stringAt(cases, 'from') ?? '');
const to = new Date(stringAt(cases, 'to') ?? '');

/** Names in the tz database's own files that ICU leaves out: it stands for a machine whose zone nobody set. */
const UNKNOWN_TO_ICU = ['Factory'];

function read(file: string): JsonObject {
  return objectAt(JSON.parse(readFileSync(path.join(root, file), 'utf8'))) ?? {};
}

/**
 * All that a schedule knows of a zone are its transitions: zones that have the same ones are compared by their hashes,
 * and asked for the states once.
 */
const DAY = 86_400_000;
const LOOKED_AT = [from.getTime() - 800 * DAY, to.getTime() + 800 * DAY] as const;

function transitionsOf(timeZone: string): string {
  const zone = zoneNamed(timeZone);
  return JSON.stringify([zone?.offsetAt(LOOKED_AT[0]), zone?.transitions(...LOOKED_AT)]);
}

const known = new Map<string, string>();

function hashOf(window: JsonObject, timeZone: string): string {
  const key = `${stringAt(window, 'name')} ${transitionsOf(timeZone)}`;
  const hash = known.get(key) ?? newHashOf(window, timeZone);
  known.set(key, hash);
  return hash;
}

function newHashOf(window: JsonObject, timeZone: string): string {
  const held = intervals(aSchedule({ timeZone, windows: [window] }), from, to).filter(
    ({ state }) => state.cause === 'window',
  );
  const text = held.map((each) => `${each.from.getTime() / 1000} ${each.to.getTime() / 1000}\n`).join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

const rows = arrayAt(golden, 'rows').map((row) => ({
  hashes: (stringAt(row, 'hashes') ?? '').split(' '),
  zones: (stringAt(row, 'zones') ?? '').split(' '),
}));
const zones = rows.flatMap((row) => row.zones.map((zone) => ({ zone, hashes: row.hashes })));
const compared = zones.filter(({ zone }) => !UNKNOWN_TO_ICU.includes(zone));

describe('transitions over five years', () => {
  it('are compared on the same tz data, in every zone that there is', () => {
    expect(process.versions.tz).toBe(stringAt(golden, 'tz'));
    expect(zones.length).toBeGreaterThan(590);
    expect(compared.filter(({ zone }) => zoneNamed(zone) === undefined)).toEqual([]);
    const names = new Set(compared.map(({ zone }) => zone));
    expect(Intl.supportedValuesOf('timeZone').filter((zone) => !names.has(zone))).toEqual([]);
  });

  it.each(windows.map((window, index) => [stringAt(window, 'name') ?? '', window, index] as const))(
    '%s begins and ends as zoneinfo says, in all zones',
    (_, window, index) => {
      const wrong = compared
        .filter(({ zone, hashes }) => hashOf(window, zone) !== hashes[index])
        .map(({ zone }) => zone);
      expect(wrong).toEqual([]);
    },
    600_000,
  );
});
