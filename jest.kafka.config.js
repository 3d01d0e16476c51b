import { base } from './jest.base.js';

/** `npm run test:kafka`: what needs a Kafka. */
// biome-ignore lint/style/noDefaultExport: jest asks for it
export default {
  ...base,
  roots: ['<rootDir>/test/kafka'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 300_000,
};
