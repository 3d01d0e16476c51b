/** The smoke test by a Job: the CronJob that it is made of, and how it ends, which nobody here runs. */
import { jobs } from '../../../controllers/jobs/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';

/** That a Job has it for its template is all that it is there for. */
export function smokeCronJob(namespace: string): JsonObject {
  const containers = [{ name: 'smoke', image: 'shop/smoke' }];
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'smoke', namespace },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
    },
  };
}

/** Every Job of the namespace ends so, as Kubernetes says it. */
export async function endJobs(client: Client, namespace: string, type: 'Complete' | 'Failed'): Promise<void> {
  const at = '2026-05-04T08:00:00Z';
  const condition = { type, status: 'True', reason: 'R', message: 'it says so', lastTransitionTime: at };
  const isDone = type === 'Complete';
  const conditions = [{ ...condition, type: isDone ? 'SuccessCriteriaMet' : 'FailureTarget' }, condition];
  const counted = isDone ? { completionTime: at, succeeded: 1 } : { failed: 1 };
  const body = { status: { conditions, startTime: at, ...counted } };
  for (const job of (await client.list(jobs, { namespace })).items) {
    await client.patch(jobs, { namespace, name: nameOf(job), subresource: 'status' }, { type: 'merge', body });
  }
}
