/** weir.yaml: which paths of a repository go to which environment, where its policies are, and what images stand for. */
import path from 'node:path';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { join, pointer } from '../../kubernetes/pointer.ts';
import { readYaml, type YamlDocument } from '../../kubernetes/yaml/read.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { InputProblem } from '../input/resource.ts';
import { matchesGlob } from './glob.ts';
import { type ImageEntry, readImages } from './images.ts';

export interface Configuration {
  /** Absolute: the folder of weir.yaml, which its paths are relative to. */
  readonly folder: string;
  /** As shown to the user. */
  readonly file: string;
  /** Absolute; undefined where the file names none. */
  readonly policies: string | undefined;
  readonly environments: readonly EnvironmentPaths[];
  readonly exclude: readonly string[];
  /** Which program stands for which image, on the platform on one machine. */
  readonly images: readonly ImageEntry[];
}

export interface EnvironmentPaths {
  readonly name: string;
  readonly paths: readonly string[];
  /** Where each of the paths stands. */
  readonly places: readonly Position[];
  readonly line: number;
  readonly column: number;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The first environment of weir.yaml with a pattern for the path (absolute), or undefined. */
export function environmentOfPath(configuration: Configuration, file: string): string | undefined {
  const relative = relativeTo(configuration, file);
  const entry = configuration.environments.find(({ paths }) => paths.some((glob) => matchesGlob(glob, relative)));
  return entry?.name;
}

export function isExcludedPath(configuration: Configuration, file: string): boolean {
  const relative = relativeTo(configuration, file);
  return configuration.exclude.some((glob) => matchesGlob(glob, relative));
}

function relativeTo(configuration: Configuration, file: string): string {
  return path.relative(configuration.folder, file).split(path.sep).join('/');
}

/** What may stand in weir.yaml. */
export const TOP_FIELDS: readonly string[] = ['apiVersion', 'kind', 'policies', 'environments', 'exclude', 'images'];
const ENVIRONMENT_FIELDS = ['name', 'paths'];

/** Reads weir.yaml; every mistake in it at once, each with its place. */
export function readConfiguration(
  bytes: Uint8Array | string,
  { folder, file }: { readonly folder: string; readonly file: string },
): { readonly configuration?: Configuration; readonly problems: readonly InputProblem[] } {
  const { documents, errors } = readYaml(bytes, file);
  const [document, second] = documents;
  if (errors.length > 0) return { problems: errors };
  if (document === undefined) return { problems: [{ file, message: `${EXPECTED}; the file is empty` }] };

  const reader = new Reader(document);
  if (second !== undefined) reader.refuse('', 'a second document follows; weir.yaml holds one');
  for (const duplicate of document.duplicateKeys) {
    reader.refuse(duplicate.pointer, `"${duplicate.key}" stands twice, and only the last would count; drop one`);
  }
  const configuration = reader.read(folder);
  return reader.problems.length > 0 ? { problems: reader.problems } : { configuration, problems: [] };
}

const EXPECTED = 'weir.yaml must be a mapping with apiVersion: weir.dev/v1alpha1 and kind: Configuration';

class Reader {
  readonly problems: InputProblem[] = [];
  readonly #document: YamlDocument;

  constructor(document: YamlDocument) {
    this.#document = document;
  }

  refuse(at: string, message: string, what: 'key' | 'value' = 'value'): void {
    this.problems.push({ file: this.#document.file, ...this.#document.locate(at, what), message });
  }

  read(folder: string): Configuration {
    const { value, file } = this.#document;
    const nothing = { folder, file, policies: undefined, environments: [], exclude: [], images: [] };
    if (!isObject(value)) {
      this.refuse('', EXPECTED);
      return nothing;
    }
    this.#knows(value, '', TOP_FIELDS);
    this.#constant(value, 'apiVersion', 'weir.dev/v1alpha1');
    this.#constant(value, 'kind', 'Configuration');

    const policies = value.policies;
    if (policies !== undefined && typeof policies !== 'string') {
      this.refuse('/policies', 'policies must be the path of a folder');
    }
    return {
      ...nothing,
      policies: typeof policies === 'string' ? path.resolve(folder, policies) : undefined,
      environments: this.#environments(value.environments),
      exclude: this.#texts(value.exclude, '/exclude'),
      images: readImages(value.images, folder, (at, message, what) => this.refuse(at, message, what)),
    };
  }

  #environments(value: JsonValue | undefined): EnvironmentPaths[] {
    if (value === undefined) return [];
    if (!isArray(value)) {
      this.refuse('/environments', 'environments must be a list of {name, paths}');
      return [];
    }
    return value.map((entry, index) => this.#environment(entry, pointer('environments', index)));
  }

  #environment(value: JsonValue, at: string): EnvironmentPaths {
    const place = this.#document.locate(at);
    if (!isObject(value)) {
      this.refuse(at, 'an environment is a mapping of name and paths');
      return { name: '', paths: [], places: [], ...place };
    }
    this.#knows(value, at, ENVIRONMENT_FIELDS);
    const { name } = value;
    if (typeof name !== 'string' || name === '')
      this.refuse(join(at, 'name'), 'an environment needs a name, such as prod');
    if (value.paths === undefined)
      this.refuse(at, 'an environment needs paths, a list of patterns such as overlays/prod');
    const paths = this.#texts(value.paths, join(at, 'paths'));
    return {
      name: typeof name === 'string' ? name : '',
      paths,
      // where a path was left out for a mistake, nothing of this is used
      places: paths.map((_, index) => this.#document.locate(join(at, 'paths', index))),
      ...this.#document.locate(join(at, 'name')),
    };
  }

  #texts(value: JsonValue | undefined, at: string): string[] {
    if (value === undefined) return [];
    if (!isArray(value)) {
      this.refuse(at, 'must be a list of path patterns, such as [overlays/prod]');
      return [];
    }
    const texts: string[] = [];
    for (const [index, item] of value.entries()) {
      if (typeof item !== 'string' || item === '') this.refuse(join(at, index), 'a path pattern is a text');
      else if (item.startsWith('/') || item.split('/').includes('..')) {
        this.refuse(join(at, index), `"${item}" leads out of the folder of weir.yaml; patterns are relative to it`);
      } else texts.push(item);
    }
    return texts;
  }

  #constant(object: JsonObject, field: string, wanted: string): void {
    if (object[field] === undefined) this.refuse('', `no ${field}; write ${field}: ${wanted}`);
    else if (object[field] !== wanted) this.refuse(pointer(field), `${field} must be ${wanted}`);
  }

  #knows(object: JsonObject, at: string, fields: readonly string[]): void {
    for (const key of Object.keys(object)) {
      if (fields.includes(key)) continue;
      const hint = didYouMean(key, fields);
      this.refuse(
        join(at, key),
        `unknown field "${key}"${hint === '' ? `; there are ${fields.join(', ')}` : hint}`,
        'key',
      );
    }
  }
}
