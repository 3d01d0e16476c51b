import { describe, expect, it } from '@jest/globals';
import { freezesOf } from '../../../src/policy/freezes.ts';
import { frozenAt } from '../../../src/rollout/freeze.ts';
import { aPolicyFile, errorsOfSpec, resolveFiles } from './files.ts';

const WINDOW = '{name: weekend, start: "0 12 * * 5", end: "0 6 * * 1"}';
const freeze = (inner: string) => `  serving: {progressive: {freeze: {${inner}}}}`;

describe('the freeze of a policy', () => {
  it.each<[string, string[]]>([
    [freeze(`timeZone: Europe/Lisbon, windows: [${WINDOW}]`), []],
    [
      freeze(`timeZone: Europe/Lisboa, windows: [${WINDOW}]`),
      [
        'policies/prod.yaml:5:46: serving.progressive.freeze.timeZone: the tz database has no time zone "Europe/Lisboa"; did you mean "Europe/Lisbon"?',
      ],
    ],
    [
      freeze('timeZone: UTC, windows: [{name: w, start: "0 12 30 2 *", duration: 1h}]'),
      [
        'policies/prod.yaml:5:89: serving.progressive.freeze.windows.0.start: "0 12 30 2 *" never comes: no month that it names has such a day',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(errorsOfSpec(spec).map(withoutColumn)).toEqual(expected.map(withoutColumn));
  });

  it.each([
    freeze('timeZone: UTC, windows: []'),
    freeze(`windows: [${WINDOW}]`),
    freeze(`timeZone: UTC, windows: [${WINDOW}], minScale: 3`),
    '  serving: {progressive: {required: true}}',
    '  serving: {progressive: {largestFirstStep: 0}}',
    '  serving: {progressive: {promoters: {groups: ["system:authenticated"]}}}',
  ])('%s is refused', (spec) => {
    expect(errorsOfSpec(spec)).toHaveLength(1);
  });

  it('is read once, and named by its environment', () => {
    const { policies } = resolveFiles({ prod: aPolicyFile('prod', freeze(`timeZone: UTC, windows: [${WINDOW}]`)) });
    const policy = policies.get('prod');
    if (policy === undefined) throw new Error('no policy');
    const freezes = freezesOf(policy);
    expect(freezesOf(policy)).toBe(freezes);
    expect(frozenAt(freezes, new Date('2026-11-28T12:00:00Z'))).toEqual({
      name: 'the freeze of prod (weekend)',
      until: new Date('2026-11-30T06:00:00Z'),
    });
    expect(frozenAt(freezes, new Date('2026-11-27T11:59:00Z'))).toBeUndefined();
  });

  it('is none where the policy says nothing', () => {
    const policy = resolveFiles({ prod: aPolicyFile('prod') }).policies.get('prod');
    expect(policy === undefined ? undefined : freezesOf(policy)).toEqual([]);
  });
});

function withoutColumn(error: string): string {
  return error.replace(/:\d+: /, ': ');
}
