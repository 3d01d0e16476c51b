/** Traces what kustomize built back to the file that people edit: the source, a patch, or the kustomization itself. */
import path from 'node:path';
import { isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import { keyOf } from '../../../kubernetes/kinds.ts';
import { annotationsOf, referenceTo } from '../../../kubernetes/object.ts';
import { pointer, resolve } from '../../../kubernetes/pointer.ts';
import { type ManifestDocument, readYaml } from '../../../kubernetes/yaml/read.ts';
import { ManifestResource } from '../manifests.ts';
import type { FilePlace, LostKey, Resource } from '../resource.ts';
import { hasField, type Kustomization } from './kustomization.ts';
import { patchPlace } from './patches.ts';
import type { Sources } from './sources.ts';
import { translate } from './translate.ts';

/** kustomize api/internal/utils/annotations.go, OriginAnnotationKey. */
const ORIGIN = 'config.kubernetes.io/origin';

export interface TraceContext {
  readonly root: Kustomization;
  /** The root and all that it leads to. */
  readonly chain: readonly Kustomization[];
  /** Absolute: what origins are relative to. */
  readonly base: string;
  readonly sources: Sources;
}

/** The resource of a built object; the origin annotation is taken off again. */
export function traced(built: JsonObject, context: TraceContext): Resource {
  const origin = originOf(built, context.base);
  const object = withoutOrigin(built);
  const source = findSource(object, origin, context);
  return new BuiltResource(object, source, origin, context);
}

class BuiltResource implements Resource {
  readonly object: JsonObject;
  readonly origin: string;
  readonly group: string;
  readonly #source: ManifestDocument | undefined;
  /** Absolute: the kustomization that brought the object where no manifest did. */
  readonly #maker: string;
  readonly #context: TraceContext;

  constructor(object: JsonObject, source: ManifestDocument | undefined, origin: Origin, context: TraceContext) {
    this.object = object;
    this.origin = context.root.file;
    this.group = context.root.folder;
    this.#source = source;
    this.#maker = origin.configuredIn ?? context.root.file;
    this.#context = context;
  }

  get file(): string {
    return this.#source?.file ?? this.#context.sources.name(this.#maker);
  }

  get duplicateKeys(): readonly LostKey[] {
    return this.#source === undefined ? [] : new ManifestResource(this.#source, this.origin, this.group).duplicateKeys;
  }

  locate(at: string): FilePlace {
    if (this.#source === undefined) return { file: this.file, line: 1, column: 1 };

    const inSource = translate(this.object, this.#source.object, at);
    const value = resolve(this.object, at);
    const written = resolve(this.#source.object, inSource);
    const source = new ManifestResource(this.#source, this.origin, this.group);
    // Rules say an object's name where they mean the object; that kustomize changed it tells nobody anything.
    if (value === undefined || value === written || at === '/metadata/name') return source.locate(inSource);

    const changed = this.#changedIn(at, value);
    // A mapping or list is seldom as it was written; where nothing else claims it, its source is the best guess.
    if (changed === undefined || (isObject(value) && isObject(written)) || (isArray(value) && isArray(written))) {
      return source.locate(inSource);
    }
    return changed;
  }

  /** The patch or the kustomization that gave the place its value. */
  #changedIn(at: string, value: JsonValue): FilePlace | undefined {
    const { chain, sources, root } = this.#context;
    for (const kustomization of chain) {
      const patch = patchPlace(kustomization, this.object, this.#source, at, value, sources);
      if (patch !== undefined) return patch;
      const field = transformersOf(at).find((candidate) => hasField(kustomization, candidate));
      if (field !== undefined && kustomization.document !== undefined) {
        const place = kustomization.document.locate(pointer(field), 'key');
        return { file: sources.name(kustomization.file), ...place };
      }
    }
    return { file: sources.name(root.file), line: 1, column: 1 };
  }
}

interface Origin {
  /** Absolute; undefined for generated objects and those of another repository. */
  readonly path?: string;
  /** Absolute. */
  readonly configuredIn?: string;
}

function originOf(object: JsonObject, base: string): Origin {
  const annotation = annotationsOf(object)[ORIGIN];
  if (typeof annotation !== 'string') return {};
  const value = readYaml(annotation, ORIGIN).documents[0]?.value;
  if (stringAt(value, 'repo') !== undefined) return {};

  const source = stringAt(value, 'path');
  const configuredIn = stringAt(value, 'configuredIn');
  return {
    ...(source === undefined ? {} : { path: path.resolve(base, source) }),
    ...(configuredIn === undefined ? {} : { configuredIn: path.resolve(base, configuredIn) }),
  };
}

function withoutOrigin(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return object;
  const { [ORIGIN]: origin, ...annotations } = metadata.annotations;
  if (origin === undefined) return object;
  if (Object.keys(annotations).length > 0) return { ...object, metadata: { ...metadata, annotations } };
  const { annotations: _empty, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** The source document: of the same kind, and of the name that is most of the built name. */
function findSource(
  object: JsonObject,
  origin: Origin,
  { chain, sources }: TraceContext,
): ManifestDocument | undefined {
  const files = origin.path === undefined ? filesWithout(origin, chain) : [origin.path];
  const key = keyOf(object);
  const { name } = referenceTo(object);
  let best: ManifestDocument | undefined;
  let bestLength = -1;
  for (const file of files) {
    for (const document of sources.manifests(file)) {
      if (keyOf(document.object) !== key) continue;
      const written = referenceTo(document.object).name;
      if (!name.includes(written) || written.length <= bestLength) continue;
      best = document;
      bestLength = written.length;
    }
  }
  return best;
}

/** Without an origin (an older kustomize), any of the resource files may be it; patches are not. */
function filesWithout({ configuredIn }: Origin, chain: readonly Kustomization[]): string[] {
  if (configuredIn !== undefined) return [];
  return chain.flatMap(({ files, patchFiles }) => files.filter((file) => !patchFiles.includes(file)));
}

/** The fields of a kustomization that change the place. */
function transformersOf(at: string): readonly string[] {
  if (at.endsWith('/image')) return ['images'];
  if (at === '/metadata/namespace') return ['namespace'];
  if (at.endsWith('/replicas')) return ['replicas'];
  if (at.includes('/labels/') || at.includes('/matchLabels/')) return ['labels', 'commonLabels'];
  return at.includes('/annotations/') ? ['commonAnnotations'] : [];
}
