/** When a CronJob runs (k8s.io/kubernetes pkg/controller/cronjob/utils.go). */
import { type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { lastMatch, nextMatch } from '../../../src/schedule/calendar.ts';
import { parseCron } from '../../../src/schedule/cron.ts';
import { zoneNamed } from '../../../src/schedule/zones.ts';

export interface Moments {
  /** The last one that is due and was not run; undefined where there is none. */
  readonly due: Date | undefined;
  /** The next one after now. */
  readonly next: Date | undefined;
}

/** @returns a sentence where there is no such schedule or zone */
export function momentsOf(cronJob: JsonObject, now: Date): Moments | string {
  const { cron, problem } = parseCron(stringAt(cronJob, 'spec', 'schedule') ?? '');
  if (cron === undefined) return problem;
  const name = stringAt(cronJob, 'spec', 'timeZone') ?? 'Etc/UTC';
  const zone = zoneNamed(name);
  if (zone === undefined) return `there is no time zone ${name}`;

  const reached = zone.reachedBy(now.getTime());
  const last = lastMatch(cron, reached);
  const following = nextMatch(cron, reached + 1);
  const next = following === undefined ? undefined : new Date(zone.momentOf(following));
  const at = last === undefined ? undefined : zone.momentOf(last);
  return { due: at !== undefined && at > earliestOf(cronJob, now) ? new Date(at) : undefined, next };
}

/** What was run, was before the CronJob, or is too late, is not due. */
function earliestOf(cronJob: JsonObject, now: Date): number {
  const seconds = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  const since =
    stringAt(cronJob, 'status', 'lastScheduleTime') ?? stringAt(cronJob, 'metadata', 'creationTimestamp') ?? '';
  const known = Date.parse(since);
  return Math.max(Number.isNaN(known) ? 0 : known, seconds === undefined ? 0 : now.getTime() - seconds * 1000);
}
