/** Finds the Service that is simulated, and what its environment and its cluster say of it. */
import {
  type AutoscalerConfig,
  autoscalerConfigOf,
  DEFAULT_AUTOSCALER_CONFIG,
} from '../../knative/autoscaling/config.ts';
import { type JsonObject, numberAt, objectAt } from '../../kubernetes/json.ts';
import { keyOf, knativeService } from '../../kubernetes/kinds.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { catalogue } from '../../policy/catalogue.ts';
import { judge } from '../../policy/engine/judge.ts';
import { describePlace } from '../../report/result.ts';
import { oneLine } from '../../report/safeText.ts';
import { didYouMean } from '../../text/nearest.ts';
import { contextFor } from '../check/context.ts';
import { Session } from '../check/session.ts';
import { Failure } from '../failure.ts';
import { loadInput, STDIN } from '../input/load.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';

export interface ServiceOptions {
  readonly name?: string;
  readonly env?: string;
  readonly policies?: string;
}

export interface FoundService {
  /** With the environment's defaults, where an environment is named. */
  readonly object: JsonObject;
  /** The template's annotations. */
  readonly annotations: JsonObject;
  readonly containerConcurrency: number;
  readonly config: AutoscalerConfig;
}

/** @throws Failure that says what is not there, or cannot be read */
export async function findService(file: string, options: ServiceOptions, io: Io): Promise<FoundService> {
  const progress = progressOn(io);
  const { resources, problems } = await loadInput([file], { io, cwd: io.cwd, progress, isExcluded: () => false });
  const [problem] = problems;
  if (problem !== undefined) throw new Failure(`${describePlace(problem)}: ${problem.message}`);
  const objects = resources.map(({ object }) => object);
  const written = choose(file, options.name, objects);

  const { object, config } = await inEnvironment(written, objects, options, io);
  const template = objectAt(object, 'spec', 'template');
  return {
    object,
    annotations: objectAt(template, 'metadata', 'annotations') ?? {},
    containerConcurrency: numberAt(objectAt(template, 'spec'), 'containerConcurrency') ?? 0,
    config,
  };
}

function choose(file: string, name: string | undefined, objects: readonly JsonObject[]): JsonObject {
  const services = objects.filter((object) => keyOf(object) === knativeService.key);
  const names = services.map((object) => oneLine(nameOf(object)));
  const input = file === STDIN ? 'standard input' : file;
  if (services.length === 0)
    throw new Failure(`${input} has no Service of Knative (apiVersion: serving.knative.dev/v1)`);
  const meant = name === undefined ? services : services.filter((object) => nameOf(object) === name);
  const [found, ...others] = meant;
  if (found === undefined) {
    throw new Failure(
      `${input} has no Service ${oneLine(name ?? '')}${didYouMean(name ?? '', names)} (it has ${names.join(', ')})`,
    );
  }
  if (others.length > 0) {
    throw new Failure(`${input} has ${meant.length} Services (${names.join(', ')}); say which with --name`);
  }
  return found;
}

async function inEnvironment(
  written: JsonObject,
  objects: readonly JsonObject[],
  { env, policies }: ServiceOptions,
  io: Io,
): Promise<{ object: JsonObject; config: AutoscalerConfig }> {
  if (env === undefined) return { object: written, config: DEFAULT_AUTOSCALER_CONFIG };
  const session = await Session.open({ paths: [], environment: env, policies }, io, progressOn(io));
  const policy = session.policies.byName.get(env);
  if (policy === undefined) return { object: written, config: DEFAULT_AUTOSCALER_CONFIG };
  const context = contextFor(policy, objects, io.now());
  const { object } = judge(written, context, catalogue);
  return { object, config: autoscalerConfigOf(context.policy.knative.autoscaler) };
}
