import type { Resource } from '../../src/kubernetes/client/resource.ts';

export const jobs: Resource = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', isNamespaced: true };
export const cronJobs: Resource = {
  group: 'batch',
  version: 'v1',
  plural: 'cronjobs',
  kind: 'CronJob',
  isNamespaced: true,
};
