/** Which environment an object goes to. */
import { stringAt } from '../../kubernetes/json.ts';
import { keyOf, namespace } from '../../kubernetes/kinds.ts';
import { labelsOf, referenceTo } from '../../kubernetes/object.ts';
import type { Resource } from '../input/resource.ts';

/** The label by which a namespace is in an environment. */
export const ENVIRONMENT_LABEL = 'weir.dev/environment';

/**
 * Tells each object's environment: its Namespace's label in the input says it, else the path's entry in weir.yaml.
 * Two overlays may both bring a Namespace of one name, so the one of the same group counts first; one elsewhere counts
 * where all of that name agree.
 *
 * @param ofPath what weir.yaml says of an absolute path
 */
export function environmentsOf(
  resources: readonly Resource[],
  ofPath: (origin: string) => string | undefined,
): (resource: Resource) => string | undefined {
  const labels = new NamespaceLabels(resources);
  return (resource) => {
    const { object } = resource;
    if (keyOf(object) === namespace.key) return labelOf(resource) ?? ofPath(resource.origin);
    const name = stringAt(object, 'metadata', 'namespace');
    const labelled = name === undefined ? undefined : labels.find(resource.group, name);
    return labelled ?? ofPath(resource.origin);
  };
}

class NamespaceLabels {
  /** By group and name; the empty group holds what all groups agree on, undefined where they differ. */
  readonly #byGroup = new Map<string, Map<string, string | undefined>>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      if (keyOf(resource.object) !== namespace.key) continue;
      const label = labelOf(resource);
      if (label === undefined) continue;
      const { name } = referenceTo(resource.object);
      this.#add(resource.group, name, label);
      this.#add('', name, label);
    }
  }

  find(group: string, name: string): string | undefined {
    return this.#byGroup.get(group)?.get(name) ?? this.#byGroup.get('')?.get(name);
  }

  #add(group: string, name: string, label: string): void {
    const names = this.#byGroup.get(group) ?? new Map<string, string | undefined>();
    this.#byGroup.set(group, names);
    names.set(name, names.has(name) && names.get(name) !== label ? undefined : label);
  }
}

function labelOf({ object }: Resource): string | undefined {
  const label = labelsOf(object)[ENVIRONMENT_LABEL];
  return typeof label === 'string' && label !== '' ? label : undefined;
}
