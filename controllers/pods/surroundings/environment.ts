/** The environment of a container, from what its Pod says (k8s.io/kubernetes pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables). */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { expand } from './expand.ts';
import { containerNamed, fieldOf, type Machine, resourceOf } from './fields.ts';
import { ConfigProblem } from './problem.ts';
import { requiredData, type Sources } from './sources.ts';

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
  const { pod, container, sources, before } = options;
  const namespace = stringAt(pod, 'metadata', 'namespace') ?? '';
  const all = new Map(Object.entries(before));
  const own = new Set<string>();
  const set = (name: string, value: string): void => {
    if (value.includes('\0') || name.includes('\0')) {
      throw new ConfigProblem(
        `the variable ${JSON.stringify(name)} has a zero byte in it, which no program can be given`,
      );
    }
    all.set(name, value);
    own.add(name);
  };

  for (const from of arrayAt(container, 'envFrom')) {
    const prefix = stringAt(from, 'prefix') ?? '';
    for (const kind of ['configMap', 'secret'] as const) {
      const reference = objectAt(from, `${kind}Ref`);
      if (reference === undefined) continue;
      const data = requiredData(sources, kind, namespace, reference);
      for (const [key, value] of data ?? [])
        if (!`${prefix}${key}`.includes('=')) set(`${prefix}${key}`, value.toString());
    }
  }
  for (const variable of arrayAt(container, 'env').filter(isObject)) {
    const name = stringAt(variable, 'name') ?? '';
    const value = valueOfVariable(variable, all, options);
    if (name !== '' && value !== undefined) set(name, value);
  }
  return { all, own };
}

/** Undefined where it is of something optional that is not there. */
function valueOfVariable(
  variable: JsonObject,
  known: ReadonlyMap<string, string>,
  { pod, container, sources, machine }: EnvironmentOptions,
): string | undefined {
  const from = objectAt(variable, 'valueFrom');
  if (from === undefined) return expand(stringAt(variable, 'value') ?? '', (name) => known.get(name));

  const field = objectAt(from, 'fieldRef');
  if (field !== undefined) return fieldOf(pod, stringAt(field, 'fieldPath') ?? '');
  const resource = objectAt(from, 'resourceFieldRef');
  if (resource !== undefined) {
    const other = stringAt(resource, 'containerName') ?? '';
    return resourceOf(other === '' ? container : containerNamed(pod, other), resource, machine);
  }
  const namespace = stringAt(pod, 'metadata', 'namespace') ?? '';
  for (const kind of ['configMap', 'secret'] as const) {
    const reference = objectAt(from, `${kind}KeyRef`);
    if (reference === undefined) continue;
    const data = requiredData(sources, kind, namespace, reference);
    const key = stringAt(reference, 'key') ?? '';
    const value = data?.get(key);
    if (value !== undefined) return value.toString();
    if (reference.optional === true) return undefined;
    const of = `${kind === 'configMap' ? 'ConfigMap' : 'Secret'} ${namespace}/${stringAt(reference, 'name') ?? ''}`;
    throw new ConfigProblem(`couldn't find key ${key} in ${of}; add it, or mark it optional`);
  }
  const name = stringAt(variable, 'name') ?? '';
  throw new ConfigProblem(`the value of ${name} comes from what is not known here (${Object.keys(from).join(', ')})`);
}
