/** Resources by group, version, name and kind. */
import { equals, type JsonObject } from '../../../kubernetes/json.ts';
import type { Resource, Resources } from './resource.ts';

interface Custom {
  /** What the resources were made of. */
  readonly state: JsonObject;
  readonly resources: readonly Resource[];
}

export class ResourceIndex implements Resources {
  readonly #builtin: readonly Resource[];
  readonly #custom = new Map<string, Custom>();
  readonly #byPlural = new Map<string, Resource>();
  readonly #byKind = new Map<string, Resource>();
  readonly #byStored = new Map<string, Resource>();
  #all: readonly Resource[] = [];
  #generation = 0;

  constructor(builtin: readonly Resource[]) {
    this.#builtin = builtin;
    this.#rebuild();
  }

  get generation(): number {
    return this.#generation;
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#byPlural.get(`${group}/${version}/${plural}`);
  }

  ofKind(group: string, version: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  ofStored(storedAs: string): Resource | undefined {
    return this.#byStored.get(storedAs);
  }

  all(): readonly Resource[] {
    return this.#all;
  }

  /** Whether a built-in resource keeps its objects under this name. */
  isBuiltin(storedAs: string): boolean {
    return this.#builtin.some((resource) => resource.storedAs === storedAs);
  }

  /** @param make asked where the state is another one than before */
  set(definition: string, state: JsonObject, make: () => readonly Resource[]): void {
    const before = this.#custom.get(definition);
    if (before !== undefined && equals(before.state, state)) return;

    const resources = make();
    this.#custom.set(definition, { state, resources });
    if (resources.length > 0 || (before?.resources.length ?? 0) > 0) this.#rebuild();
  }

  delete(definition: string): void {
    const before = this.#custom.get(definition);
    this.#custom.delete(definition);
    if (before !== undefined && before.resources.length > 0) this.#rebuild();
  }

  #rebuild(): void {
    this.#all = [...this.#builtin, ...[...this.#custom.values()].flatMap(({ resources }) => resources)];
    this.#byPlural.clear();
    this.#byKind.clear();
    this.#byStored.clear();
    for (const resource of this.#all) {
      const { group, version, plural, kind, storedAs } = resource;
      setFirst(this.#byPlural, `${group}/${version}/${plural}`, resource);
      setFirst(this.#byKind, `${group}/${version}/${kind}`, resource);
      setFirst(this.#byStored, storedAs, resource);
    }
    this.#generation++;
  }
}

/** A built-in resource is never hidden by a custom one. */
function setFirst(map: Map<string, Resource>, key: string, resource: Resource): void {
  if (!map.has(key)) map.set(key, resource);
}
