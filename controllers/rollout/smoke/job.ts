/** The smoke test by a Job of a CronJob's template: an object like any other, so that it outlives whoever began it. */
import { createHash } from 'node:crypto';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf, referenceTo, uidOf } from '../../../src/kubernetes/object.ts';
import type { SmokeResult } from '../../../src/rollout/observed.ts';

export const SMOKE_LABEL = 'weir.dev/smoke-test-of';

const LONGEST_NAME = 63;
const HASH = 8;

/** One for each time that the Revision was tried. */
export function jobName(rollout: JsonObject, revision: string, since: string): string {
  const hash = createHash('sha256')
    .update(`${uidOf(rollout)} ${revision} ${since}`)
    .digest('hex')
    .slice(0, HASH);
  const readable = `${nameOf(rollout)}-smoke`.slice(0, LONGEST_NAME - HASH - 1).replace(/[.-]+$/, '');
  return `${readable}-${hash}`;
}

export interface SmokeJob {
  readonly name: string;
  readonly rollout: JsonObject;
  readonly cronJob: JsonObject;
  readonly url: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The template's Job with the preview's address in PREVIEW_URL; it goes with the rollout. */
export function makeJob({ name, rollout, cronJob, url, timeout }: SmokeJob): JsonObject {
  const template = objectAt(cronJob, 'spec', 'jobTemplate');
  // without its result it would be begun anew: a Job that is cleared away at once, or that nobody lets run, has none
  const { ttlSecondsAfterFinished: _, suspend: __, ...spec } = objectAt(template, 'spec') ?? {};
  const pod = objectAt(template, 'spec', 'template') ?? {};
  const podSpec = objectAt(pod, 'spec') ?? {};
  const { namespace } = referenceTo(rollout);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      labels: { ...objectAt(template, 'metadata', 'labels'), [SMOKE_LABEL]: uidOf(rollout) },
      annotations: objectAt(template, 'metadata', 'annotations') ?? {},
      ownerReferences: [
        { apiVersion: 'weir.dev/v1alpha1', kind: 'TrafficRollout', name: nameOf(rollout), uid: uidOf(rollout) },
      ],
    },
    spec: {
      ...spec,
      activeDeadlineSeconds: Math.max(1, Math.ceil(timeout / 1000)),
      template: {
        ...pod,
        spec: {
          ...podSpec,
          containers: arrayAt(podSpec, 'containers')
            .filter(isObject)
            .map((container) => ({ ...container, env: [...others(container), { name: 'PREVIEW_URL', value: url }] })),
        },
      },
    },
  };
}

function others(container: JsonObject): JsonObject[] {
  return arrayAt(container, 'env')
    .filter(isObject)
    .filter((each) => stringAt(each, 'name') !== 'PREVIEW_URL');
}

export function resultOf(job: JsonObject, revision: string): SmokeResult {
  const about = `the smoke test of ${revision}, Job ${nameOf(job)},`;
  for (const condition of arrayAt(job, 'status', 'conditions')) {
    if (stringAt(condition, 'status') !== 'True') continue;
    const type = stringAt(condition, 'type');
    if (type === 'Complete') return { revision, outcome: 'passed', message: `${about} is done` };
    if (type === 'Failed') {
      const why = stringAt(condition, 'message') || stringAt(condition, 'reason') || 'it says nothing';
      return { revision, outcome: 'failed', message: `${about} has failed: ${why}` };
    }
  }
  return { revision, outcome: 'running', message: `${about} runs` };
}
