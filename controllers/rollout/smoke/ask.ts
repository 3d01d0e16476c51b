/** What the smoke test of a preview says by now; it is begun where that has not happened yet. */
import { ApiError, isAlreadyThere, isNotFound, sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import type { Decision } from '../../../src/rollout/decide.ts';
import type { SmokeResult } from '../../../src/rollout/observed.ts';
import { cronJobs, jobs } from '../../jobs/resources.ts';
import type { Round } from '../../manager/controller.ts';
import type { InBackground } from '../inBackground.ts';
import type { View } from '../view.ts';
import { checkHttp } from './http.ts';
import { jobName, makeJob, resultOf } from './job.ts';
import { urlOfTag } from './url.ts';

export interface SmokeQuestion {
  readonly key: string;
  readonly rollout: JsonObject;
  readonly service: string;
  readonly asked: NonNullable<Decision['smokeTest']>;
  /** Of the candidate. */
  readonly since: string;
}

export interface SmokeDoors {
  readonly view: View;
  readonly background: InBackground<SmokeResult>;
  readonly round: Round;
}

export async function askSmokeTest(question: SmokeQuestion, doors: SmokeDoors): Promise<SmokeResult | undefined> {
  const { key, rollout, service, asked, since } = question;
  const { namespace } = referenceTo(rollout);
  const { revision, test } = asked;
  const url = urlOfTag(doors.view.stores.routes.find(namespace, service), asked.tag);
  if (url === undefined) return undefined;
  if (test.type === 'http') {
    return doors.background.ask(key, `${revision} ${since}`, async (signal) => ({
      revision,
      ...(await checkHttp(url, test, signal)),
    }));
  }

  const name = jobName(rollout, revision, since);
  const known = doors.view.stores.jobs.find(namespace, name);
  if (known !== undefined) return resultOf(known, revision);
  try {
    const cronJob = await doors.round.client.get(cronJobs, { namespace, name: test.cronJob });
    const job = makeJob({ name, rollout, cronJob, url: url.href, timeout: test.timeout });
    return resultOf(await doors.round.client.create(jobs, job), revision);
  } catch (error) {
    // the cache is about to hear of it
    if (isAlreadyThere(error)) return undefined;
    const message = refusalOf(error, test.cronJob);
    if (message === undefined) throw error;
    return { revision, outcome: 'failed', message };
  }
}

/** By admission, a quota, a schema or a role: the same Job would be refused again. */
const REFUSALS = [400, 403, 422];

/** Why there will be no Job; undefined where it may be tried again. */
function refusalOf(error: unknown, cronJob: string): string | undefined {
  if (isNotFound(error)) return `there is no CronJob ${cronJob}, of which the smoke test is to be made`;
  if (!(error instanceof ApiError) || !REFUSALS.includes(error.status)) return undefined;
  return `the smoke test of CronJob ${cronJob} may not be made: ${sentenceOf(error)}`;
}
