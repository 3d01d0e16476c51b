/** What a container's program is started with: command, environment, folders. */
import path from 'node:path';
import { arrayAt, isObject, type JsonObject, stringAt, textsAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { parseQuantity } from '../../../src/kubernetes/quantity.ts';
import type { Program } from '../../../src/platform/processes/images.ts';
import type { ProcessOptions } from '../../../src/platform/processes/processes.ts';
import type { PodFolder } from '../surroundings/disk.ts';
import { environmentOf } from '../surroundings/environment.ts';
import { expand } from '../surroundings/expand.ts';
import { mountsOf, onThisMachine } from '../surroundings/paths.ts';
import { ConfigProblem } from '../surroundings/problem.ts';
import { contentOf } from '../surroundings/volumes.ts';
import type { PodTools } from './tools.ts';

export type Prepared = Omit<ProcessOptions, 'output'>;

/** No program stands for what the manifest names. */
export class Missing extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.name = 'Missing';
    this.reason = reason;
  }
}

const NANO = 1_000_000_000n;

/**
 * @param port that PORT says; undefined for a container that serves nobody
 * @throws Missing, ConfigProblem
 */
export function prepare(pod: JsonObject, container: JsonObject, port: number | undefined, tools: PodTools): Prepared {
  const program = programOf(container, tools);
  const { sources, machine } = tools;
  const before = { HOSTNAME: nameOf(pod), ...tools.environment(), ...program.env };
  const { all, own } = environmentOf({ pod, container, sources, machine, before });

  const mounts = mountsOf(container, all);
  writeVolumes(pod, container, tools);
  const root = mounts.length === 0 ? '' : folderOfPod(pod, tools).mount(nameIn(container), mounts);
  const here = (text: string): string => onThisMachine(text, mounts, root);

  const env: [string, string][] = [...all].map(([name, value]) => [name, own.has(name) ? here(value) : value]);
  if (root !== '') env.push(['WEIR_ROOT', root]);
  if (port !== undefined) env.push(['PORT', String(port)]);

  const words = commandOf(container, program).map((word) => here(expand(word, (name) => all.get(name))));
  const [first, ...rest] = program.command;
  const isOwn = words[0] === undefined || !isReplaced(container, program);
  const command: Prepared['command'] = isOwn ? [first, ...rest, ...words] : [words[0] ?? first, ...words.slice(1)];

  const memoryLimit = memoryLimitOf(container);
  return {
    command,
    cwd: folderOf(container, program, here),
    env: Object.fromEntries(env),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  };
}

/** The volumes that the container mounts, as they are to be now. @throws ConfigProblem */
export function writeVolumes(pod: JsonObject, container: JsonObject, tools: PodTools): void {
  const names = new Set(arrayAt(container, 'volumeMounts').map((mount) => stringAt(mount, 'name') ?? ''));
  for (const name of names) {
    const volume = arrayAt(pod, 'spec', 'volumes').find((each) => stringAt(each, 'name') === name);
    if (!isObject(volume)) {
      throw new ConfigProblem(`a volumeMount names volume ${JSON.stringify(name)}, which the Pod has not`);
    }
    folderOfPod(pod, tools).writeVolume(name, contentOf(volume, pod, tools.sources, tools.machine));
  }
}

function folderOfPod(pod: JsonObject, tools: PodTools): PodFolder {
  return tools.folderOf(stringAt(pod, 'metadata', 'uid') ?? '');
}

/** @throws Missing */
function programOf(container: JsonObject, { images }: Pick<PodTools, 'images'>): Program {
  const { program, missing } = images.programFor(stringAt(container, 'image') ?? '');
  if (program !== undefined) return program;
  throw new Missing(missing.reason, missing.message);
}

/**
 * The manifest's words: its args behind the program that weir.yaml names; or a command of its own with its args, where
 * weir.yaml allows just that.
 */
function commandOf(container: JsonObject, program: Program): string[] {
  const command = textsAt(container, 'command');
  const args = textsAt(container, 'args');
  if (!isReplaced(container, program)) return args;
  const words = [...command, ...args];
  if (isAllowed(words, program)) return words;
  throw new Missing(
    'CommandNotMapped',
    `container ${nameIn(container)} brings a command of its own, which weir.yaml does not name; add under images."${program.pattern}": exec: [${JSON.stringify(words)}], or leave command out`,
  );
}

function isReplaced(container: JsonObject, { command }: Program): boolean {
  const own = textsAt(container, 'command');
  return own.length > 0 && JSON.stringify(own) !== JSON.stringify(command);
}

/** True where weir.yaml names these very words as something that manifests may run. */
export function isAllowed(words: readonly string[], { exec }: Program): boolean {
  return exec.some((each) => JSON.stringify(each) === JSON.stringify(words));
}

/** The folder that weir.yaml names; a workingDir counts where it is a mount, for no other of it is on this machine. */
function folderOf(container: JsonObject, { cwd }: Program, here: (text: string) => string): string {
  const wanted = stringAt(container, 'workingDir') ?? '';
  const found = wanted === '' ? '' : here(path.posix.normalize(wanted));
  return found === '' || found === path.posix.normalize(wanted) ? cwd : found;
}

/** What is to be told where it runs in another folder than the manifest says. */
export function folderNote(container: JsonObject, { cwd, env }: Prepared): string | undefined {
  const wanted = stringAt(container, 'workingDir') ?? '';
  const here = path.posix.normalize(wanted);
  if (wanted === '' || here === cwd || `${env.WEIR_ROOT}${here}` === cwd) return undefined;
  return `container ${nameIn(container)} runs in ${cwd}, as weir.yaml says: its workingDir ${wanted} is in no mount, and what else is in its image is not on this machine`;
}

function memoryLimitOf(container: JsonObject): number | undefined {
  const limits = container.resources;
  const nanos = isObject(limits) && isObject(limits.limits) ? parseQuantity(limits.limits.memory) : undefined;
  return nanos === undefined || nanos <= 0n ? undefined : Number(nanos / NANO);
}

export function nameIn(container: JsonObject): string {
  return stringAt(container, 'name') ?? '';
}
