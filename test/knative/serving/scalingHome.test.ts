import { describe, expect, it } from '@jest/globals';
import { scalingHome } from '../../../src/knative/serving/scalingHome.ts';

describe('where scaling is changed', () => {
  it.each`
    version         | home
    ${'1.23.0'}     | ${'revision'}
    ${'v1.21.0'}    | ${'revision'}
    ${'1.21'}       | ${'revision'}
    ${'1.21.0-rc1'} | ${'revision'}
    ${'1.100.2'}    | ${'revision'}
    ${'1.20.5'}     | ${'podAutoscaler'}
    ${'1.9'}        | ${'podAutoscaler'}
    ${'devel'}      | ${undefined}
    ${'2.0.0'}      | ${undefined}
    ${'0.26.0'}     | ${undefined}
    ${'1.'}         | ${undefined}
    ${'1.21beta'}   | ${undefined}
    ${''}           | ${undefined}
    ${undefined}    | ${undefined}
  `('by $version is $home', ({ version, home }) => {
    expect(scalingHome(version)).toBe(home);
  });
});
