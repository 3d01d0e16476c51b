import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobs } from '../../../controllers/jobs/resources.ts';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../platform/processes/kit.ts';
import { imagesFrom, NAMESPACE, type RealNode, startRealNode } from '../pods/real.ts';

jest.setTimeout(180_000);

let real: RealNode;

beforeAll(async () => {
  const programs = {
    index: 'console.log("part " + process.env.JOB_COMPLETION_INDEX)',
    fails: 'process.exit(1)',
    stays: 'setInterval(() => {}, 1e6)',
  };
  real = await startRealNode(imagesFrom(programs));
});

afterAll(() => real.stop());

function aJob(name: string, image: string, spec: JsonObject): JsonObject {
  const template = {
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'x', image: `prog/${image}` }],
    },
  };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: NAMESPACE }, spec: { template, ...spec } };
}

async function untilJob(name: string, type: string): Promise<JsonObject> {
  let job: JsonObject = {};
  let isSo = false;
  for (let tries = 0; !isSo && tries < 3_000; tries++) {
    job = await real.client.get(jobs, { namespace: NAMESPACE, name });
    isSo = arrayAt(job, 'status', 'conditions').some((each) => stringAt(each, 'type') === type);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (!isSo) throw new Error(`${name} is not ${type}: ${JSON.stringify(job.status)}`);
  return job;
}

describe('Jobs whose images are mapped', () => {
  it('run to their end, each part once', async () => {
    await real.client.create(
      jobs,
      aJob('parts', 'index', { completionMode: 'Indexed', completions: 3, parallelism: 2 }),
    );
    const job = await untilJob('parts', 'Complete');
    expect(job).toMatchObject({
      status: {
        succeeded: 3,
        completedIndexes: '0-2',
        startTime: expect.anything(),
        completionTime: expect.anything(),
      },
    });
    const { items } = await real.client.list(pods, { namespace: NAMESPACE, labelSelector: 'job-name=parts' });
    const said = await Promise.all(items.map((pod) => real.log(stringAt(pod, 'metadata', 'name') ?? '')));
    expect(said.sort()).toEqual(['part 0\n', 'part 1\n', 'part 2\n']);
  });

  it('fail after as many tries as they may', async () => {
    await real.client.create(jobs, aJob('hopeless', 'fails', { backoffLimit: 0 }));
    expect(await untilJob('hopeless', 'Failed')).toMatchObject({ status: { failed: 1 } });
  });

  it('are ended at their deadline, and go after a while', async () => {
    await real.client.create(jobs, aJob('late', 'stays', { activeDeadlineSeconds: 1, ttlSecondsAfterFinished: 0 }));
    let isGone = false;
    await until(() => {
      void real.client.get(jobs, { namespace: NAMESPACE, name: 'late' }).catch(() => {
        isGone = true;
      });
      return isGone;
    }, 'the Job is gone');
  });
});
