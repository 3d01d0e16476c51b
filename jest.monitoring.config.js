import { base } from './jest.base.js';

/** `npm run test:monitoring`: what needs a Prometheus. */
// biome-ignore lint/style/noDefaultExport: jest asks for it
export default {
  ...base,
  roots: ['<rootDir>/test/monitoring/prometheus'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 120_000,
};
