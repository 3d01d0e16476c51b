/** From a file's bytes to resources. */
import path from 'node:path';
import { isObject, stringAt } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { resolve } from '../../kubernetes/pointer.ts';
import type { InputError, ManifestDocument } from '../../kubernetes/yaml/read.ts';
import { readManifests } from '../../kubernetes/yaml/read.ts';
import type { FilePlace, InputProblem, Resource } from './resource.ts';

export interface ReadManifests {
  readonly resources: readonly Resource[];
  readonly problems: readonly InputProblem[];
  /** True where the file has no Kubernetes object in it, and does not look as if it should. */
  readonly isPassedOver: boolean;
}

interface Naming {
  /** As shown to the user. */
  readonly file: string;
  /** Absolute. */
  readonly origin: string;
  /** True where the user named the file: then what is no manifest is an error. */
  readonly isNamed: boolean;
}

/** The resources of one file. In a folder, files without any Kubernetes object are passed over. */
export function resourcesOf(bytes: Uint8Array | string, { file, origin, isNamed }: Naming): ReadManifests {
  const { documents, errors } = readManifests(bytes, file);
  const isPassedOver = !isNamed && documents.length === 0 && errors.length > 0 && errors.every(isSomethingElse);
  const group = path.dirname(origin);
  return {
    resources: documents
      .filter((document) => !isWeirsOwn(document) && !isKustomization(document))
      .map((document) => new ManifestResource(document, origin, group)),
    problems: isPassedOver ? [] : errors,
    isPassedOver,
  };
}

/** An object of a manifest as it stands in its file. */
export class ManifestResource implements Resource {
  readonly origin: string;
  readonly group: string;
  readonly #document: ManifestDocument;

  constructor(document: ManifestDocument, origin: string, group: string) {
    this.#document = document;
    this.origin = origin;
    this.group = group;
  }

  get object() {
    return this.#document.object;
  }

  get file(): string {
    return this.#document.file;
  }

  get position() {
    return { document: this.#document.index, pointer: this.#document.pointer };
  }

  get duplicateKeys() {
    const { duplicateKeys, file } = this.#document;
    if (duplicateKeys.length === 0) return [];
    return duplicateKeys.map(({ pointer, key, place, kept }) => ({
      pointer,
      key,
      place: { file, ...place },
      kept: { file, ...kept },
    }));
  }

  /** A scalar is shown by itself; a mapping or a list by its key, which often stands a line above it. */
  locate(pointer: string): FilePlace {
    const value = resolve(this.#document.object, pointer);
    const what = value === undefined || typeof value === 'object' ? 'key' : 'value';
    const { line, column } = this.#document.locate(pointer, what);
    return { file: this.#document.file, line, column };
  }
}

/** A package.json, a values file, a list of names: YAML or JSON that never was meant for Kubernetes. */
function isSomethingElse(error: InputError): boolean {
  return error.reason === 'notAnObject';
}

const WEIRS_OWN: ReadonlySet<string> = new Set(['EnvironmentPolicy', 'Configuration', 'PolicyTest']);

/** Policies and settings are what judges, not what is judged. */
function isWeirsOwn({ object }: ManifestDocument): boolean {
  if (groupOf(stringAt(object, 'apiVersion') ?? '') !== 'weir.dev') return false;
  return WEIRS_OWN.has(stringAt(object, 'kind') ?? '');
}

function isKustomization({ object }: ManifestDocument): boolean {
  return isObject(object) && groupOf(stringAt(object, 'apiVersion') ?? '') === 'kustomize.config.k8s.io';
}
