import { base } from './jest.base.js';

/** `npm run test:gitops`: a real Argo CD that syncs a real Git repository, one suite after another. */
// biome-ignore lint/style/noDefaultExport: jest asks for it
export default {
  ...base,
  roots: ['<rootDir>/test/gitops'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/gitops/harness/globalSetup.ts',
  globalTeardown: '<rootDir>/test/gitops/harness/globalTeardown.ts',
  maxWorkers: 1,
  testTimeout: 300_000,
};
