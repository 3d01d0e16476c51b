/** The environment of a container, from what its Pod says (k8s.io/kubernetes pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables). */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { expand } from './expand.ts';
import { containerNamed, fieldOf, type Machine, resourceOf } from './fields.ts';
import { ConfigProblem } from './problem.ts';
import { requiredData, type SourceKind, type Sources } from './sources.ts';

export interface EnvironmentOptions {
  readonly pod: JsonObject;
  readonly container: JsonObject;
  readonly sources: Sources;
  readonly machine: Machine;
  /** What is there before the manifest says anything: the platform's and weir.yaml's. */
  readonly before: Readonly<Record<string, string>>;
}

export interface FoundEnvironment {
  /** Everything. */
  readonly all: ReadonlyMap<string, string>;
  /** The names that the manifest set. */
  readonly own: ReadonlySet<string>;
}

/** @throws ConfigProblem where something that is named is not there */
export function environmentOf(options: EnvironmentOptions): FoundEnvironment {
  const { container, before } = options;
  const all = new Map(Object.entries(before));
  const own = new Set<string>();
  const set = (name: string, value: string): void => {
    if (value.includes('\0') || name.includes('\0')) {
      const variable = JSON.stringify(name);
      throw new ConfigProblem(`the variable ${variable} has a zero byte in it, which no program can be given`);
    }
    all.set(name, value);
    own.add(name);
  };

  for (const from of arrayAt(container, 'envFrom').filter(isObject)) {
    for (const [name, value] of wholeOf(from, options)) set(name, value);
  }
  for (const variable of arrayAt(container, 'env').filter(isObject)) {
    const name = stringAt(variable, 'name') ?? '';
    const value = valueOfVariable(variable, all, options);
    if (name !== '' && value !== undefined) set(name, value);
  }
  return { all, own };
}

/** Every key of a ConfigMap or Secret. */
function wholeOf(from: JsonObject, { pod, sources }: EnvironmentOptions): [string, string][] {
  const prefix = stringAt(from, 'prefix') ?? '';
  const namespace = stringAt(pod, 'metadata', 'namespace') ?? '';
  const found: [string, string][] = [];
  for (const kind of ['configMap', 'secret'] as const) {
    const reference = objectAt(from, `${kind}Ref`);
    const data = reference === undefined ? undefined : requiredData(sources, kind, namespace, reference);
    for (const [key, value] of data ?? []) found.push([`${prefix}${key}`, value.toString()]);
  }
  return found.filter(([name]) => !name.includes('='));
}

/** Undefined where it is of something optional that is not there. */
function valueOfVariable(
  variable: JsonObject,
  known: ReadonlyMap<string, string>,
  options: EnvironmentOptions,
): string | undefined {
  const from = objectAt(variable, 'valueFrom');
  if (from === undefined) return expand(stringAt(variable, 'value') ?? '', (name) => known.get(name));

  const { pod, container, machine } = options;
  const field = objectAt(from, 'fieldRef');
  if (field !== undefined) return fieldOf(pod, stringAt(field, 'fieldPath') ?? '');
  const resource = objectAt(from, 'resourceFieldRef');
  if (resource !== undefined) {
    const other = stringAt(resource, 'containerName') ?? '';
    return resourceOf(other === '' ? container : containerNamed(pod, other), resource, machine);
  }
  for (const kind of ['configMap', 'secret'] as const) {
    const reference = objectAt(from, `${kind}KeyRef`);
    if (reference !== undefined) return valueOfKey(kind, reference, options);
  }
  const name = stringAt(variable, 'name') ?? '';
  throw new ConfigProblem(`the value of ${name} comes from what is not known here (${Object.keys(from).join(', ')})`);
}

function valueOfKey(kind: SourceKind, reference: JsonObject, { pod, sources }: EnvironmentOptions): string | undefined {
  const namespace = stringAt(pod, 'metadata', 'namespace') ?? '';
  const key = stringAt(reference, 'key') ?? '';
  const value = requiredData(sources, kind, namespace, reference)?.get(key);
  if (value !== undefined) return value.toString();
  if (reference.optional === true) return undefined;
  const of = `${kind === 'configMap' ? 'ConfigMap' : 'Secret'} ${namespace}/${stringAt(reference, 'name') ?? ''}`;
  throw new ConfigProblem(`couldn't find key ${key} in ${of}; add it, or mark it optional`);
}
