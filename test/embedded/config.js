import { base } from '../../jest.base.js';
import { LEFT_OUT_SUITES } from './leftOut.ts';

/**
 * The suites of test/cluster on the embedded API server, which all of them share: one after another, since what they
 * install is the cluster's. leftOut.ts says which of them need more.
 */
export const embedded = {
  ...base,
  displayName: 'embedded',
  roots: ['<rootDir>/test/cluster'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...LEFT_OUT_SUITES.map(({ path }) => `<rootDir>/test/cluster/${path.replaceAll('.', '\\.')}`),
  ],
  runner: '<rootDir>/test/embedded/runner.js',
  testEnvironment: '<rootDir>/test/embedded/environment.ts',
  globalSetup: '<rootDir>/test/embedded/globalSetup.ts',
  globalTeardown: '<rootDir>/test/embedded/globalTeardown.ts',
};
