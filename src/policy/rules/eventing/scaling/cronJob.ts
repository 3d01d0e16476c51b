/** CronJobs that scale a Knative Service by the clock, and the ScalingSchedule that says the same. */

import { parseCron } from '../../../../knative/eventing/cron.ts';
import { isArray, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { cronJob } from '../../../../kubernetes/kinds.ts';
import { type ObjectReference, referenceTo } from '../../../../kubernetes/object.ts';
import { podTemplateOf } from '../../../../kubernetes/podTemplate.ts';
import { type Inventory, sameNamespace } from '../../../engine/inventory.ts';
import { isSuspended } from '../inSight.ts';
import { type ScalingCommand, scalingCommand } from './command.ts';
import { commandsOf, programName } from './shell.ts';

export interface ScalingCronJob {
  readonly object: JsonObject;
  readonly reference: ObjectReference;
  readonly command: ScalingCommand;
  /** Pointer of the words: `/spec/jobTemplate/…/containers/0/command`. */
  readonly path: string;
  /** False where the CronJob does more than this one thing, or what it does is not plain to read. */
  readonly doesNothingElse: boolean;
}

/** Programs beside the scaling that change nothing. */
const HARMLESS = new Set(['set', 'echo', 'sleep', 'true', 'date', 'exit', ':']);

/** A CronJob is read once, though its counterparts look at it too. */
const read = new WeakMap<JsonObject, ScalingCronJob | null>();

/** Reads a CronJob; undefined where it scales no Knative Service. */
export function scalingCronJob(object: JsonObject): ScalingCronJob | undefined {
  const known = read.get(object);
  if (known !== undefined) return known ?? undefined;
  const found = readCronJob(object);
  read.set(object, found ?? null);
  return found;
}

function readCronJob(object: JsonObject): ScalingCronJob | undefined {
  const containers = podTemplateOf(object)?.containers ?? [];
  let found: { command: ScalingCommand; path: string } | undefined;
  let doesNothingElse = true;

  for (const { value, path } of containers) {
    const script = commandsOf([...textsIn(value.command), ...textsIn(value.args)]);
    doesNothingElse &&= script.isPlain && script.commands.length > 0;
    for (const words of script.commands) {
      const command = scalingCommand(words);
      if (command === undefined) doesNothingElse &&= HARMLESS.has(programName(words[0] ?? ''));
      else if (found === undefined) found = { command, path: `${path}/${isArray(value.command) ? 'command' : 'args'}` };
      else doesNothingElse = false;
    }
  }
  return found === undefined ? undefined : { object, reference: referenceTo(object), ...found, doesNothingElse };
}

function textsIn(value: JsonValue | undefined): string[] {
  return isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export interface Replacement {
  /** The CronJob in whose place the schedule stands; the others go. */
  readonly first: ScalingCronJob;
  readonly schedule: JsonObject;
  readonly windows: number;
}

/** A Service with more of them than this has no schedule that a reader would recognise. */
const MOST_CRON_JOBS = 32;

/** The ScalingSchedule that does what the CronJobs in sight do to the same Service; undefined where that is not plain. */
export function replacementFor(one: ScalingCronJob, inventory: Inventory): Replacement | undefined {
  const group = cronJobsFor(one, inventory);
  const [first] = group;
  if (first === undefined || group.length > MOST_CRON_JOBS || !group.every((item) => item.doesNothingElse))
    return undefined;

  const moments = group.map(momentOf).filter((moment) => moment !== undefined);
  const [zone] = new Set(moments.map((moment) => moment.timeZone));
  if (moments.length !== group.length || zone === undefined || moments.some((moment) => moment.timeZone !== zone)) {
    return undefined;
  }

  const lowest = Math.min(...moments.map((moment) => moment.minScale));
  const starts = moments.filter((moment) => moment.minScale > lowest);
  const ends = moments.filter((moment) => moment.minScale === lowest);
  const windows = windowsOf(starts, ends);
  if (windows === undefined) return undefined;
  return { first, schedule: scheduleOf(first, zone, windows, ends[0]), windows: windows.length };
}

/** The CronJobs in sight that scale the same Service, in the order of the input. */
function cronJobsFor({ reference, command }: ScalingCronJob, inventory: Inventory): ScalingCronJob[] {
  const home = command.namespace ?? reference.namespace;
  const group = byService(inventory.all(cronJob)).get(command.service) ?? [];
  return group.filter((other) => sameNamespace(other.command.namespace ?? other.reference.namespace, home));
}

type ByService = ReadonlyMap<string, readonly ScalingCronJob[]>;

/** Worked out once for one list of CronJobs, so that thousands of them are not each compared with all the others. */
const indexes = new WeakMap<readonly JsonObject[], ByService>();

function byService(cronJobs: readonly JsonObject[]): ByService {
  const known = indexes.get(cronJobs);
  if (known !== undefined) return known;

  const index = new Map<string, ScalingCronJob[]>();
  for (const object of cronJobs) {
    const found = isSuspended(object) ? undefined : scalingCronJob(object);
    if (found === undefined) continue;
    const group = index.get(found.command.service);
    if (group === undefined) index.set(found.command.service, [found]);
    else if (group.length > MOST_CRON_JOBS || !group.some((other) => isSameObject(other.reference, found.reference))) {
      group.push(found);
    }
  }
  indexes.set(cronJobs, index);
  return index;
}

/** The same manifest may be in the input twice, in a base and in an overlay. */
function isSameObject(left: ObjectReference, right: ObjectReference): boolean {
  return left.name === right.name && sameNamespace(left.namespace, right.namespace);
}

/** When a CronJob acts, and what it sets. */
interface Moment {
  readonly name: string;
  readonly cron: string;
  readonly days: string;
  readonly timeZone: string;
  readonly minScale: number;
  readonly maxScale: number | undefined;
}

function momentOf({ object, reference, command }: ScalingCronJob): Moment | undefined {
  const { minScale, maxScale } = command;
  const written = stringAt(object, 'spec', 'schedule') ?? '';
  const parsed = parseCron(written);
  if (minScale === undefined || !parsed.ok || parsed.times === undefined || written.startsWith('@')) return undefined;

  const cron = parsed.zone === undefined ? written.trim() : written.slice(written.indexOf(' ')).trim();
  const [, , ...days] = cron.split(/\s+/);
  // The controller manager's own zone holds where a CronJob names none; clusters run on UTC.
  const timeZone = stringAt(object, 'spec', 'timeZone') ?? parsed.zone ?? 'Etc/UTC';
  return { name: reference.name, cron, days: days.join(' '), timeZone, minScale, maxScale };
}

/** Each start with the end that belongs to it: the only one there is, or the one on the same days. */
function windowsOf(starts: readonly Moment[], ends: readonly Moment[]): JsonObject[] | undefined {
  if (starts.length === 0 || starts.length !== ends.length) return undefined;
  const free = [...ends];
  const windows: JsonObject[] = [];
  for (const start of starts) {
    const candidates = starts.length === 1 ? free : free.filter((end) => end.days === start.days);
    const [end] = candidates;
    if (end === undefined || candidates.length > 1) return undefined;
    free.splice(free.indexOf(end), 1);
    windows.push({
      name: windowName(start.name),
      start: start.cron,
      end: end.cron,
      minScale: start.minScale,
      ...(start.maxScale === undefined ? {} : { maxScale: start.maxScale }),
    });
  }
  return windows;
}

const DIRECTION = /(^|-)(scale|scaling|scaler|up|down|start|stop|warm|cronjob|cron)(?=-|$)/g;

/** `business-hours` of `scale-up-business-hours`. */
function windowName(cronJobName: string): string {
  const name = cronJobName.replaceAll(DIRECTION, '').replace(/^-+/, '').replace(/-+$/, '');
  return name === '' ? 'up' : name;
}

const LONGEST_NAME = 63;

function scheduleOf(
  first: ScalingCronJob,
  timeZone: string,
  windows: readonly JsonObject[],
  end: Moment | undefined,
): JsonObject {
  const { service, namespace: named } = first.command;
  const namespace = named ?? first.reference.namespace;
  const labels = objectAt(first.object, 'metadata', 'labels');
  const [only] = windows;
  const suffix = windows.length === 1 && typeof only?.name === 'string' ? only.name : 'hours';
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: {
      name: `${service}-${suffix}`.slice(0, LONGEST_NAME).replace(/-+$/, ''),
      ...(namespace === '' ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: {
      scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: service },
      timeZone,
      windows,
      default: {
        minScale: end?.minScale ?? 0,
        ...(end?.maxScale === undefined ? {} : { maxScale: end.maxScale }),
      },
    },
  };
}
