/** Where `weir schedule` finds its ScalingSchedule: in a file, or in a cluster. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { configurations, services } from '../../knative/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { ApiError } from '../../kubernetes/client/errors.ts';
import { apiVersionOf } from '../../kubernetes/client/resource.ts';
import { namespaces } from '../../kubernetes/client/resources.ts';
import { type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { keyOf, scalingSchedule } from '../../kubernetes/kinds.ts';
import { nameOf, referenceTo } from '../../kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';
import { policyExceptions } from '../../policy/resource.ts';
import { describePlace } from '../../report/result.ts';
import { oneLine } from '../../report/safeText.ts';
import type { Problem, ScalingSchedule, Target } from '../../schedule/model.ts';
import { readSchedule } from '../../schedule/read.ts';
import { scalingSchedules } from '../../schedule/resource.ts';
import { didYouMean } from '../../text/nearest.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import { Failure } from '../failure.ts';
import { loadInput, STDIN } from '../input/load.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';

export interface SourceOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly name?: string;
}

export interface Source {
  readonly object: JsonObject;
  readonly schedule: ScalingSchedule;
  /** What else is known: the file's other objects, or the target as the cluster has it. */
  readonly beside: readonly JsonObject[];
  /** Undefined where nothing says it. */
  readonly environment: string | undefined;
  /** False for what stands in a cluster, whose status says what came of it. */
  readonly isFile: boolean;
}

/** @throws Failure that says what is not there, or cannot be read */
export async function findSchedule(subject: string, options: SourceOptions, io: Io): Promise<Source> {
  return isFile(subject, io) ? fromFile(subject, options, io) : fromCluster(subject, options, io);
}

export function isFile(subject: string, { cwd }: Io): boolean {
  return subject === STDIN || existsSync(path.resolve(cwd, subject));
}

async function fromFile(file: string, { namespace, name }: SourceOptions, io: Io): Promise<Source> {
  const options = { io, cwd: io.cwd, progress: progressOn(io), isExcluded: () => false };
  const { resources, problems } = await loadInput([file], options);
  const [problem] = problems;
  if (problem !== undefined) throw new Failure(`${describePlace(problem)}: ${problem.message}`);

  const all = resources.filter(({ object }) => keyOf(object) === scalingSchedule.key);
  const meant = all.filter(({ object }) => {
    const reference = referenceTo(object);
    return (name ?? reference.name) === reference.name && (namespace ?? reference.namespace) === reference.namespace;
  });
  const [found, ...others] = meant;
  if (found === undefined)
    throw new Failure(
      notInFile(
        file,
        name,
        all.map(({ object }) => object),
      ),
    );
  if (others.length > 0) {
    const names = meant.map(({ object }) => oneLine(nameOf(object))).join(', ');
    throw new Failure(`${file} has ${meant.length} ScalingSchedules (${names}); say which with --name`);
  }
  const schedule = readable(found.object, ({ path: place }) => describePlace(found.locate(place)));
  const beside = resources.map(({ object }) => object).filter((object) => object !== found.object);
  return { object: found.object, schedule, beside, environment: undefined, isFile: true };
}

function notInFile(file: string, name: string | undefined, all: readonly JsonObject[]): string {
  const input = file === STDIN ? 'standard input' : file;
  if (all.length === 0) return `${input} has no ScalingSchedule (apiVersion: weir.dev/v1alpha1)`;
  const names = all.map((object) => oneLine(nameOf(object)));
  const hint = didYouMean(name ?? '', names);
  return `${input} has no such ScalingSchedule${hint === '' ? '; it' : `${hint} It`} has ${names.join(', ')}`;
}

function readable(object: JsonObject, placeOf: (problem: Problem) => string): ScalingSchedule {
  const { schedule, problems } = readSchedule(object);
  if (problems === undefined) return schedule;
  const lines = problems.map((problem) => `  ${placeOf(problem)}: ${oneLine(problem.message)}`);
  throw new Failure(`ScalingSchedule ${oneLine(nameOf(object))} cannot be read\n${lines.join('\n')}`);
}

async function fromCluster(name: string, options: SourceOptions, io: Io): Promise<Source> {
  if (/[/\\]|\.ya?ml$|\.json$/.test(name)) throw new Failure(`${name}: there is no such file`);
  const work = (client: Client, namespace: string) => read(name, options.namespace ?? namespace, client);
  return withCluster(options, io, work, `${name} is no file, and `);
}

async function read(name: string, namespace: string, client: Client): Promise<Source> {
  const object = await orUndefined(client.get(scalingSchedules, { namespace, name }));
  if (object === undefined) {
    throw new Failure(
      `${name} is no file, and ${client.name} has no ScalingSchedule ${name} in the namespace ${namespace}; -n names another`,
    );
  }
  const schedule = readable(object, ({ path: place }) => place);
  const targets = await targetsIn(client, namespace, schedule.target);
  const home = await orUndefined(client.get(namespaces, { name: namespace }));
  const exceptions = await orUndefined(client.list(policyExceptions, { namespace }));
  return {
    object,
    schedule,
    beside: [...targets, ...(exceptions?.items ?? []).map(asException)],
    environment: stringAt(objectAt(home, 'metadata', 'labels'), ENVIRONMENT_LABEL),
    isFile: false,
  };
}

/** The Service, and the Configuration where the schedule names one: nobody need have made it by a Service. */
async function targetsIn(client: Client, namespace: string, target: Target): Promise<JsonObject[]> {
  if ('selector' in target || target.kind === 'Revision') return [];
  const resources = target.kind === 'Configuration' ? [configurations, services] : [services];
  const place = { namespace, name: target.name };
  const found = await Promise.all(resources.map((resource) => orUndefined(client.get(resource, place))));
  return found.filter((object) => object !== undefined);
}

/** The items of a list need not say what they are. */
function asException(object: JsonObject): JsonObject {
  return { apiVersion: apiVersionOf(policyExceptions), kind: policyExceptions.kind, ...object };
}

/** What is not there, and what one may not read: the rest can still be said. */
async function orUndefined<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}
