/** What one command does to the scale of a Knative Service: `kubectl annotate`, `kubectl patch`, `kn service update`. */
import { isArray, isObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { steps } from '../../../../kubernetes/pointer.ts';
import { programName } from './shell.ts';

export interface ScalingCommand {
  readonly how: 'annotate' | 'patch' | 'update';
  readonly service: string;
  /** Undefined where the command leaves it to the context. */
  readonly namespace: string | undefined;
  readonly minScale: number | undefined;
  readonly maxScale: number | undefined;
}

type Scale = Pick<ScalingCommand, 'minScale' | 'maxScale'>;

const CLIENTS = new Set(['kubectl', 'oc']);
const TYPES = new Set([
  'ksvc',
  'kservice',
  'kservices',
  'service.serving.knative.dev',
  'services.serving.knative.dev',
  'service.v1.serving.knative.dev',
  'services.v1.serving.knative.dev',
  'ksvc.serving.knative.dev',
]);

/** kubectl's flags that take their value as the next word. */
const WITH_VALUE = new Set([
  '-n',
  '--namespace',
  '-p',
  '--patch',
  '--patch-file',
  '--type',
  '-l',
  '--selector',
  '-f',
  '--filename',
  '-o',
  '--output',
  '--field-manager',
  '--field-selector',
  '--context',
  '--kubeconfig',
  '--cluster',
  '--user',
  '--as',
  '-s',
  '--server',
  '--token',
  '--request-timeout',
  '--resource-version',
  '--subresource',
  '--scale',
  '--scale-min',
  '--scale-max',
  '--min-scale',
  '--max-scale',
  '-a',
  '--annotation',
]);

/** Reads the words of one command; undefined where it scales no Knative Service. */
export function scalingCommand(words: readonly string[]): ScalingCommand | undefined {
  const start = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const program = programName(words[start] ?? '');
  const given = readArguments(words.slice(start + 1));
  if (CLIENTS.has(program)) return kubectl(given);
  return program === 'kn' ? kn(given) : undefined;
}

interface Arguments {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

function readArguments(words: readonly string[]): Arguments {
  const plain: string[] = [];
  const flags = new Map<string, string[]>();
  const add = (flag: string, value: string) => {
    const values = flags.get(flag);
    if (values === undefined) flags.set(flag, [value]);
    else values.push(value);
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const equals = word.indexOf('=');
    if (!word.startsWith('-') || word === '-') plain.push(word);
    else if (equals > 0) add(word.slice(0, equals), word.slice(equals + 1));
    else if (WITH_VALUE.has(word)) add(word, words[++index] ?? '');
    else add(word, '');
  }
  return { words: plain, flags };
}

function kubectl({ words, flags }: Arguments): ScalingCommand | undefined {
  const [verb, type = '', ...rest] = words;
  if (verb !== 'annotate' && verb !== 'patch') return undefined;

  const slash = type.indexOf('/');
  const isJoined = slash > 0;
  if (!TYPES.has((isJoined ? type.slice(0, slash) : type).toLowerCase())) return undefined;
  const service = isJoined ? type.slice(slash + 1) : (rest[0] ?? '');
  if (service === '' || service.includes('=')) return undefined;

  const values = isJoined ? rest : rest.slice(1);
  const scale = verb === 'annotate' ? fromAssignments(values) : fromPatch(last(flags, '-p', '--patch') ?? '');
  return scale === undefined
    ? undefined
    : { how: verb, service, namespace: last(flags, '-n', '--namespace'), ...scale };
}

function kn({ words, flags }: Arguments): ScalingCommand | undefined {
  const [noun, verb, service] = words;
  if ((noun !== 'service' && noun !== 'ksvc') || (verb !== 'update' && verb !== 'apply')) return undefined;
  if (service === undefined) return undefined;

  const [low, high] = (last(flags, '--scale') ?? '').split('..');
  const scale = fromAssignments([...(flags.get('-a') ?? []), ...(flags.get('--annotation') ?? [])]);
  const minScale = scale?.minScale ?? wholeNumber(last(flags, '--scale-min', '--min-scale') ?? low);
  const maxScale = scale?.maxScale ?? wholeNumber(last(flags, '--scale-max', '--max-scale') ?? high ?? low);
  if (minScale === undefined && maxScale === undefined) return undefined;
  return { how: 'update', service, namespace: last(flags, '-n', '--namespace'), minScale, maxScale };
}

function last(flags: Arguments['flags'], ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = flags.get(name)?.at(-1);
    if (value !== undefined) return value;
  }
  return undefined;
}

function fromAssignments(words: readonly string[]): Scale | undefined {
  const found = new ScaleReader();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) found.add(word.slice(0, equals), word.slice(equals + 1));
  }
  return found.scale;
}

/** A merge patch or a JSON patch; one in YAML, or from a file, is not read. */
function fromPatch(text: string): Scale | undefined {
  let patch: JsonValue;
  try {
    patch = JSON.parse(text);
  } catch {
    return undefined;
  }
  const found = new ScaleReader();
  if (isArray(patch)) {
    for (const operation of patch) {
      if (!isObject(operation) || typeof operation.path !== 'string') continue;
      found.add(steps(operation.path).at(-1) ?? '', operation.value);
      found.search(operation.value);
    }
  } else {
    found.search(patch);
  }
  return found.scale;
}

const PREFIX = 'autoscaling.knative.dev/';
const DEEPEST = 32;

class ScaleReader {
  #minScale: number | undefined;
  #maxScale: number | undefined;

  get scale(): Scale | undefined {
    if (this.#minScale === undefined && this.#maxScale === undefined) return undefined;
    return { minScale: this.#minScale, maxScale: this.#maxScale };
  }

  add(key: string, value: JsonValue | undefined): void {
    if (key === `${PREFIX}min-scale` || key === `${PREFIX}minScale`) this.#minScale = wholeNumber(value);
    if (key === `${PREFIX}max-scale` || key === `${PREFIX}maxScale`) this.#maxScale = wholeNumber(value);
  }

  search(value: JsonValue | undefined, depth = 0): void {
    if (!isObject(value) || depth > DEEPEST) return;
    for (const [key, inner] of Object.entries(value)) {
      this.add(key, inner);
      this.search(inner, depth + 1);
    }
  }
}

function wholeNumber(value: JsonValue | undefined): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
