import { base } from './jest.base.js';
import { embedded } from './test/embedded/config.js';

/** `npm test`: what runs in one process, and the suites of a cluster on the embedded API server. */
export default {
  // Modules of a suite are never quite given back, and one process for all of them grows to Node's limit of 4 GB: workers
  // that are left behind with more than this are replaced.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // Against what hangs, and no measure: a machine may be ten times slower than the one that a test was written on.
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/cluster/',
        '<rootDir>/test/monitoring/prometheus/',
        '<rootDir>/test/examples/redis/',
        '<rootDir>/test/gitops/',
        '<rootDir>/test/kafka/',
      ],
    },
    embedded,
  ],
};
