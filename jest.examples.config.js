import { base } from './jest.base.js';

/** `npm run test:examples`: those examples that need a Redis. */
// biome-ignore lint/style/noDefaultExport: jest asks for it
export default {
  ...base,
  roots: ['<rootDir>/test/examples/redis'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 300_000,
};
