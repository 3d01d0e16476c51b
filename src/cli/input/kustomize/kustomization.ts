/**
 * A kustomization file as far as Weir needs it: which other folders and files it uses. Names of fields as in
 * kubernetes-sigs/kustomize api/types/kustomization.go.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { arrayAt, isObject, type JsonValue, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { readYaml, type YamlDocument } from '../../../kubernetes/yaml/read.ts';
import { readRegularFile } from '../readFile.ts';
import { KUSTOMIZATION_FILES } from '../walk.ts';

export interface Kustomization {
  /** Absolute. */
  readonly folder: string;
  /** Absolute. */
  readonly file: string;
  /** A Component is never built by itself. */
  readonly isComponent: boolean;
  /** Absolute paths of the folders of other kustomizations. */
  readonly folders: readonly string[];
  /** Absolute paths of files: resources, patches, what generators read. */
  readonly files: readonly string[];
  /** The subset of files that hold patches. */
  readonly patchFiles: readonly string[];
  /** Undefined where the file cannot be read; kustomize says why. */
  readonly document: YamlDocument | undefined;
}

export function readKustomization(folder: string): Kustomization | undefined {
  const name = KUSTOMIZATION_FILES.find((candidate) => existsSync(path.join(folder, candidate)));
  if (name === undefined) return undefined;

  const file = path.join(folder, name);
  const content = readRegularFile(file);
  const document = 'bytes' in content ? readYaml(content.bytes, file).documents[0] : undefined;
  const references = new References(folder);
  if (document !== undefined) references.read(document.value);
  return {
    folder,
    file,
    isComponent: stringAt(document?.value, 'kind') === 'Component',
    folders: references.folders,
    files: references.files,
    patchFiles: references.patchFiles,
    document,
  };
}

/** Fields that list paths; a patch may stand in the list itself instead. */
const PATH_LISTS = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'generators',
  'transformers',
  'validators',
];

class References {
  readonly folders: string[] = [];
  readonly files: string[] = [];
  readonly patchFiles: string[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(value: JsonValue): void {
    for (const field of PATH_LISTS) {
      for (const item of arrayAt(value, field)) this.#add(item);
    }
    for (const item of arrayAt(value, 'patchesStrategicMerge')) this.#addPatch(item);
    for (const field of ['patches', 'patchesJson6902']) {
      for (const item of arrayAt(value, field)) this.#addPatch(stringAt(item, 'path'));
    }
    for (const item of arrayAt(value, 'replacements')) this.#add(stringAt(item, 'path'));
    this.#add(stringAt(value, 'openapi', 'path'));
    for (const field of ['configMapGenerator', 'secretGenerator']) {
      for (const item of arrayAt(value, field)) this.#addGenerator(item);
    }
    for (const item of arrayAt(value, 'helmCharts')) {
      this.#add(stringAt(item, 'valuesFile'));
      for (const file of arrayAt(item, 'additionalValuesFiles')) this.#add(file);
    }
  }

  /** `files` may say `key=path`. */
  #addGenerator(item: JsonValue): void {
    if (!isObject(item)) return;
    for (const file of arrayAt(item, 'files')) {
      if (typeof file === 'string') this.#add(file.slice(file.indexOf('=') + 1));
    }
    for (const file of arrayAt(item, 'envs')) this.#add(file);
    this.#add(stringAt(item, 'env'));
  }

  #addPatch(item: JsonValue | undefined): void {
    const file = this.#add(item);
    if (file !== undefined) this.patchFiles.push(file);
  }

  /** Takes the path of what is there; a URL, or a patch in the list itself, is no file. */
  #add(item: JsonValue | undefined): string | undefined {
    if (typeof item !== 'string' || item === '' || item.includes('\n')) return undefined;
    const full = path.resolve(this.#folder, item);
    const stats = statSync(full, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isDirectory()) {
      this.folders.push(full);
      return undefined;
    }
    this.files.push(full);
    return full;
  }
}

/** The kustomization of a folder and all that it leads to, itself first. */
export function chainOf(folder: string, known: ReadonlyMap<string, Kustomization>): Kustomization[] {
  const chain: Kustomization[] = [];
  const waiting = [folder];
  const seen = new Set<string>();
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const kustomization = known.get(next);
    if (kustomization === undefined || seen.has(next)) continue;
    seen.add(next);
    chain.push(kustomization);
    waiting.push(...kustomization.folders);
  }
  return chain;
}

/** True where the kustomization writes the field itself. */
export function hasField({ document }: Kustomization, field: string): boolean {
  return objectAt(document?.value) !== undefined && Object.hasOwn(objectAt(document?.value) ?? {}, field);
}
