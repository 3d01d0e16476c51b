import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../controllers/jobs/job/decide.ts';
import { podFor, standingOf } from '../../../controllers/jobs/job/pods.ts';
import { statusOf } from '../../../controllers/jobs/job/status.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';

const NOW = new Date('2026-05-04T08:00:00Z');

function aJob(spec: JsonObject, status: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'import', namespace: 'shop', uid: 'u-1' },
    spec: { parallelism: 1, completions: 1, backoffLimit: 6, template: { spec: { restartPolicy: 'Never' } }, ...spec },
    status,
  };
}

/** @param secondsAgo when it ended */
function aPod(phase: string, secondsAgo = 0, index?: number, restartCount = 0): JsonObject {
  const finishedAt = new Date(NOW.getTime() - secondsAgo * 1000).toISOString();
  const state = phase === 'Running' ? { running: {} } : { terminated: { finishedAt } };
  const annotations = index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) };
  return {
    metadata: { name: `pod-${phase}`, annotations },
    status: { phase, containerStatuses: [{ state, restartCount }] },
  };
}

const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 2 };

describe('a Job', () => {
  it.each<[title: string, job: JsonObject, pods: JsonObject[], expected: object]>([
    ['begins with one Pod', aJob({}), [], { create: [undefined] }],
    [
      'begins with as many as may run',
      aJob({ parallelism: 3, completions: 5 }),
      [],
      { create: [undefined, undefined, undefined] },
    ],
    [
      'makes no more than are missing',
      aJob({ parallelism: 3, completions: 2 }),
      [aPod('Succeeded')],
      { create: [undefined] },
    ],
    ['waits for what runs', aJob({}), [aPod('Running')], { create: [], remove: [] }],
    [
      'ends with the last success',
      aJob({}),
      [aPod('Succeeded')],
      { end: { type: 'Complete', reason: 'CompletionsReached' } },
    ],
    [
      'without a number ends with the first success',
      aJob({ completions: null }),
      [aPod('Succeeded')],
      { end: { type: 'Complete' } },
    ],
    [
      'without a number lets the others finish',
      aJob({ completions: null, parallelism: 2 }),
      [aPod('Succeeded'), aPod('Running')],
      { create: [], remove: [] },
    ],
    [
      'waits ten seconds after a failure',
      aJob({}),
      [aPod('Failed', 3)],
      { create: [], again: new Date(NOW.getTime() + 7_000) },
    ],
    [
      'waits twice as long after two',
      aJob({}),
      [aPod('Failed', 30), aPod('Failed', 3)],
      { create: [], again: new Date(NOW.getTime() + 17_000) },
    ],
    ['tries again', aJob({}), [aPod('Failed', 11)], { create: [undefined] }],
    [
      'fails after too many',
      aJob({ backoffLimit: 1 }),
      [aPod('Failed', 60), aPod('Failed', 30)],
      { end: { type: 'Failed', reason: 'BackoffLimitExceeded' } },
    ],
    [
      'counts restarts, too',
      aJob({ backoffLimit: 2, template: { spec: { restartPolicy: 'OnFailure' } } }),
      [aPod('Running', 0, undefined, 3)],
      { end: { type: 'Failed' }, remove: [expect.anything()] },
    ],
    [
      'fails at its deadline',
      aJob({ activeDeadlineSeconds: 60 }),
      [aPod('Running')],
      { end: { type: 'Failed', reason: 'DeadlineExceeded' }, remove: [expect.anything()] },
    ],
    [
      'looks again at its deadline',
      aJob({ activeDeadlineSeconds: 90 }),
      [aPod('Running')],
      { again: new Date(NOW.getTime() + 30_000) },
    ],
    [
      'that is suspended stops',
      aJob({ suspend: true }),
      [aPod('Running')],
      { isSuspended: true, remove: [expect.anything()] },
    ],
    [
      'with fewer at once removes some',
      aJob({ completions: 4 }),
      [aPod('Running'), aPod('Running')],
      { remove: [expect.anything()] },
    ],
    [
      'with indexes takes the first that are free',
      aJob(indexed),
      [aPod('Succeeded', 60, 0), aPod('Running', 0, 2)],
      { create: [1] },
    ],
    [
      'with indexes counts each once',
      aJob(indexed),
      [0, 0, 1, 2].map((index) => aPod('Succeeded', 60, index)),
      { create: [3] },
    ],
  ])('%s', (_, job, pods, expected) => {
    const startedAt = new Date(NOW.getTime() - 60_000);
    expect(decide(job, standingOf(pods), startedAt, NOW)).toMatchObject(expected);
  });

  it('tells of its end', () => {
    const job = aJob(indexed, { startTime: '2026-05-04T07:00:00Z' });
    const standing = standingOf([0, 1, 2, 3].map((index) => aPod('Succeeded', 60, index)));
    const status = statusOf(job, standing, decide(job, standing, NOW, NOW), NOW);
    expect(status).toMatchObject({
      succeeded: 4,
      active: null,
      completedIndexes: '0-3',
      completionTime: '2026-05-04T08:00:00Z',
    });
    expect(arrayAt(status, 'conditions').map((each) => stringAt(each, 'type'))).toEqual([
      'SuccessCriteriaMet',
      'Complete',
    ]);
  });

  it('makes Pods that are its own, and tells each its index', () => {
    const job = aJob({
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', env: [{ name: 'A' }] }] } },
    });
    expect(podFor(job, 2, () => 0)).toMatchObject({
      metadata: {
        name: 'import-2-bbbbb',
        namespace: 'shop',
        labels: { a: 'b', 'job-name': 'import', 'batch.kubernetes.io/job-completion-index': '2' },
        ownerReferences: [{ kind: 'Job', name: 'import', uid: 'u-1', controller: true }],
      },
      spec: { nodeName: 'weir', containers: [{ env: [{ name: 'A' }, { name: 'JOB_COMPLETION_INDEX' }] }] },
    });
  });
});
