/** Jobs and CronJobs: k8s.io/kubernetes pkg/apis/batch/validation/validation.go. */
import { equals, type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { immutable, nonNegative, oneOf, textOf } from './common.ts';
import { scheduleFault } from './cron.ts';
import { checkSelector, finds } from './selectors.ts';
import { checkTemplate } from './template.ts';

const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];

export function checkJob(job: JsonObject, problems: Problems, old?: JsonObject): void {
  const spec = objectAt(job, 'spec') ?? {};
  const selector = objectAt(spec, 'selector');
  if (selector === undefined) problems.required('spec.selector');
  else checkSelector(selector, 'spec.selector', problems);
  const labels = objectAt(spec, 'template', 'metadata', 'labels');
  if (selector !== undefined && !finds(selector, labels)) {
    problems.invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`');
  }
  if (old === undefined && spec.manualSelector !== true) checkGenerated(job, problems);
  checkJobSpec(spec, 'spec', problems);
}

/** Who writes the labels that the server would write must write the same. */
function checkGenerated(job: JsonObject, problems: Problems): void {
  const labels = objectAt(job, 'spec', 'template', 'metadata', 'labels');
  const expected = {
    'controller-uid': stringAt(job, 'metadata', 'uid'),
    'job-name': stringAt(job, 'metadata', 'name'),
  };
  for (const [key, value] of Object.entries(expected)) {
    for (const label of [key, `batch.kubernetes.io/${key}`]) {
      const own = labels?.[label];
      if (own === value) continue;
      problems.invalid('spec.template.metadata.labels', labels ?? null, `must be '${value}'`);
    }
  }
}

function checkJobSpec(spec: JsonObject, path: string, problems: Problems): void {
  for (const field of COUNTS) nonNegative(problems, `${path}.${field}`, spec[field]);
  oneOf(problems, `${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']);
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
    problems.required(`${path}.completions`, 'when completion mode is Indexed');
  }
  if (spec.backoffLimitPerIndex !== undefined && spec.completionMode !== 'Indexed') {
    problems.invalid(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, 'requires indexed completion mode');
  }
  checkTemplate(objectAt(spec, 'template'), `${path}.template`, problems);
  const policy = objectAt(spec, 'template', 'spec')?.restartPolicy;
  const at = `${path}.template.spec.restartPolicy`;
  if (policy === undefined || policy === '' || policy === 'Always') {
    problems.required(at, 'valid values: "OnFailure", "Never"');
  } else if (policy !== 'OnFailure' && policy !== 'Never') problems.notSupported(at, policy, ['OnFailure', 'Never']);
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    problems.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

export function checkJobUpdate(job: JsonObject, old: JsonObject, problems: Problems): void {
  const next = objectAt(job, 'spec') ?? {};
  const before = objectAt(old, 'spec') ?? {};
  const isIndexed = next.completionMode === 'Indexed';
  if (!isIndexed || next.completions !== next.parallelism) {
    immutable(problems, 'spec.completions', next.completions, before.completions);
  }
  immutable(problems, 'spec.selector', next.selector, before.selector);
  const isWaiting = before.suspend === true && stringAt(old, 'status', 'startTime') === undefined;
  if (!isWaiting || !equals(withoutDirectives(next), withoutDirectives(before))) {
    immutable(problems, 'spec.template', next.template, before.template);
  }
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']) {
    immutable(problems, `spec.${field}`, next[field], before[field]);
  }
}

/** Where its pods run may change until a suspended Job starts. */
function withoutDirectives(spec: JsonObject): JsonObject {
  const template = objectAt(spec, 'template') ?? {};
  const {
    nodeSelector: _n,
    tolerations: _t,
    affinity: _a,
    schedulingGates: _g,
    ...pod
  } = objectAt(template, 'spec') ?? {};
  return pod;
}

const LONGEST_NAME = 52;

export function checkCronJob(cronJob: JsonObject, problems: Problems, old?: JsonObject): void {
  const spec = objectAt(cronJob, 'spec') ?? {};
  const schedule = textOf(spec, 'schedule');
  if (schedule === '') problems.required('spec.schedule');
  else {
    const fault = scheduleFault(schedule);
    if (fault !== undefined) problems.invalid('spec.schedule', schedule, fault);
    if (schedule.includes('TZ') && !textOf(objectAt(old, 'spec'), 'schedule').includes('TZ')) {
      problems.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
    }
  }
  nonNegative(problems, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  checkZone(stringAt(spec, 'timeZone'), problems);
  oneOf(problems, 'spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'required');
  const job = objectAt(spec, 'jobTemplate', 'spec') ?? {};
  checkJobSpec(job, 'spec.jobTemplate.spec', problems);
  if (job.manualSelector === true) {
    problems.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']);
  }
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) {
    nonNegative(problems, `spec.${field}`, spec[field]);
  }
  const name = stringAt(cronJob, 'metadata', 'name') ?? '';
  if (old === undefined && name.length > LONGEST_NAME) {
    problems.invalid('metadata.name', name, `must be no more than ${LONGEST_NAME} characters`);
  }
}

function checkZone(zone: string | undefined, problems: Problems): void {
  if (zone === undefined) return;
  if (zone === '') problems.invalid('spec.timeZone', zone, 'timeZone must be nil or non-empty string');
  else if (zone.toLowerCase() === 'local') {
    const why = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    problems.invalid('spec.timeZone', zone, why);
  } else if (!isZone(zone)) problems.invalid('spec.timeZone', zone, `unknown time zone ${zone}`);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}
