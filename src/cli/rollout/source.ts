/** Where `weir rollout plan` finds its TrafficRollout: in a file, or in a cluster. */
import { namespaces } from '../../kubernetes/client/resources.ts';
import { type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { keyOf, knativeService, trafficRollout } from '../../kubernetes/kinds.ts';
import { nameOf, referenceTo } from '../../kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';
import { describePlace } from '../../report/result.ts';
import { oneLine } from '../../report/safeText.ts';
import type { TrafficRollout } from '../../rollout/model.ts';
import { readRollout } from '../../rollout/read.ts';
import { readStatus } from '../../rollout/status.ts';
import type { Problem } from '../../schedule/model.ts';
import { didYouMean } from '../../text/nearest.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import { Failure } from '../failure.ts';
import { loadInput, STDIN } from '../input/load.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';
import { isFile } from '../schedule/source.ts';
import { lookAt, orUndefined } from './look.ts';

export interface SourceOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly name?: string;
}

export interface Source {
  readonly object: JsonObject;
  readonly rollout: TrafficRollout;
  readonly service: JsonObject | undefined;
  /** Stable's ready ones, where a cluster says it. */
  readonly pods: number | undefined;
  /** Undefined where nothing says it. */
  readonly environment: string | undefined;
  readonly isFile: boolean;
}

/** @throws Failure that says what is not there, or cannot be read */
export async function findRollout(subject: string, options: SourceOptions, io: Io): Promise<Source> {
  if (isFile(subject, io)) return fromFile(subject, options, io);
  if (/[/\\]|\.ya?ml$|\.json$/.test(subject)) throw new Failure(`${subject}: there is no such file`);
  return withCluster(
    options,
    io,
    async (client, usual) => {
      const namespace = options.namespace ?? usual;
      const { object, service, pods } = await lookAt(client, namespace, subject);
      const home = await orUndefined(client.get(namespaces, { name: namespace }));
      const status = readStatus(object);
      return {
        object,
        rollout: readable(object, ({ path }) => path),
        service,
        pods: status?.stablePods ?? (status?.stable === undefined ? undefined : pods?.get(status.stable)),
        environment: stringAt(objectAt(home, 'metadata', 'labels'), ENVIRONMENT_LABEL),
        isFile: false,
      };
    },
    `${subject} is no file, and `,
  );
}

async function fromFile(file: string, { namespace, name }: SourceOptions, io: Io): Promise<Source> {
  const options = { io, cwd: io.cwd, progress: progressOn(io), isExcluded: () => false };
  const { resources, problems } = await loadInput([file], options);
  const [problem] = problems;
  if (problem !== undefined) throw new Failure(`${describePlace(problem)}: ${problem.message}`);

  const all = resources.filter(({ object }) => keyOf(object) === trafficRollout.key);
  const meant = all.filter(({ object }) => {
    const reference = referenceTo(object);
    return (name ?? reference.name) === reference.name && (namespace ?? reference.namespace) === reference.namespace;
  });
  const [found, ...others] = meant;
  if (found === undefined) {
    const names = all.map(({ object }) => oneLine(nameOf(object)));
    throw new Failure(notInFile(file, name, names));
  }
  if (others.length > 0) {
    const names = meant.map(({ object }) => oneLine(nameOf(object))).join(', ');
    throw new Failure(`${file} has ${meant.length} TrafficRollouts (${names}); say which with --name`);
  }
  const rollout = readable(found.object, ({ path }) => describePlace(found.locate(path)));
  const service = resources.find(
    ({ object }) => keyOf(object) === knativeService.key && nameOf(object) === rollout.service,
  );
  return {
    object: found.object,
    rollout,
    service: service?.object,
    pods: undefined,
    environment: undefined,
    isFile: true,
  };
}

function notInFile(file: string, name: string | undefined, names: readonly string[]): string {
  const input = file === STDIN ? 'standard input' : file;
  if (names.length === 0) return `${input} has no TrafficRollout (apiVersion: weir.dev/v1alpha1)`;
  const hint = didYouMean(name ?? '', names);
  return `${input} has no such TrafficRollout${hint === '' ? '; it' : `${hint} It`} has ${names.join(', ')}`;
}

function readable(object: JsonObject, placeOf: (problem: Problem) => string): TrafficRollout {
  const { rollout, problems } = readRollout(object);
  if (problems === undefined) return rollout;
  const lines = problems.map((problem) => `  ${placeOf(problem)}: ${oneLine(problem.message)}`);
  throw new Failure(`TrafficRollout ${oneLine(nameOf(object))} cannot be read\n${lines.join('\n')}`);
}
