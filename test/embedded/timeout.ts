import { jest } from '@jest/globals';

/** As in jest.cluster.config.js; jest takes no limit of a project's own. */
jest.setTimeout(60_000);
