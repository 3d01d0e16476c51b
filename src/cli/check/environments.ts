/** Which environment an object goes to. */
import { stringAt } from '../../kubernetes/json.ts';
import { keyOf, namespace } from '../../kubernetes/kinds.ts';
import { labelsOf, referenceTo } from '../../kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';
import type { Resource } from '../input/resource.ts';

/**
 * Tells each object's environment: its Namespace's label in the input says it, else the path's entry in weir.yaml.
 *
 * Overlays for several clusters may each bring a Namespace of one name. So the one of the same folder or build counts
 * first, then those of plain files where they agree; what another Kustomize root builds counts last, where neither
 * says anything.
 *
 * @param ofPath what weir.yaml says of an absolute path
 */
export function environmentsOf(
  resources: readonly Resource[],
  ofPath: (origin: string) => string | undefined,
): (resource: Resource) => string | undefined {
  const labels = new NamespaceLabels(resources);
  return (resource) => {
    const { object, group, origin } = resource;
    if (keyOf(object) === namespace.key) return labelOf(resource) ?? ofPath(origin);
    const name = stringAt(object, 'metadata', 'namespace');
    if (name === undefined) return ofPath(origin);
    return labels.find(group, name) ?? labels.find(PLAIN, name) ?? ofPath(origin) ?? labels.find(BUILT, name);
  };
}

/** What all plain files say, and what all Kustomize roots say; no folder has such a name. */
const PLAIN = '';
const BUILT = '\0built';

class NamespaceLabels {
  /** By group and name; undefined where two Namespaces of the name differ. */
  readonly #byGroup = new Map<string, Map<string, string | undefined>>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      if (keyOf(resource.object) !== namespace.key) continue;
      const label = labelOf(resource);
      if (label === undefined) continue;
      const { name } = referenceTo(resource.object);
      this.#add(resource.group, name, label);
      this.#add(resource.position === undefined ? BUILT : PLAIN, name, label);
    }
  }

  find(group: string, name: string): string | undefined {
    return this.#byGroup.get(group)?.get(name);
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
