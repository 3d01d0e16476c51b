import { base } from './jest.base.js';

/** `npm run test:cluster`: what runs on a real Kubernetes, one suite after another on one control plane. */
// biome-ignore lint/style/noDefaultExport: jest asks for it
export default {
  ...base,
  roots: ['<rootDir>/test/cluster'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/cluster/harness/globalSetup.ts',
  globalTeardown: '<rootDir>/test/cluster/harness/globalTeardown.ts',
  maxWorkers: 1,
  testTimeout: 60_000,
};
