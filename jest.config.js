import { base } from './jest.base.js';
import { embedded } from './test/embedded/config.js';

/** `npm test`: what runs in one process, and the suites of a cluster on the embedded API server. */
export default {
  projects: [
    {
      ...base,
      displayName: 'unit',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/cluster/'],
    },
    embedded,
  ],
};
