/** One object to be judged, and the way from a place in it to a place in somebody's file. */
import type { JsonObject } from '../../kubernetes/json.ts';

/** A place in a file; without a line the whole file is meant. */
export interface FilePlace {
  /** As shown to the user: relative to the working folder, `-` for standard input. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
}

export interface LostKey {
  /** To the key's value. */
  readonly pointer: string;
  readonly key: string;
  /** Of the one that is lost. */
  readonly place: FilePlace;
  /** Of the one that counts. */
  readonly kept: FilePlace;
}

export interface Resource {
  readonly object: JsonObject;
  /** The file that people edit to change the object. */
  readonly file: string;
  /** Absolute: what weir.yaml maps to an environment. A kustomization's folder for what it builds. */
  readonly origin: string;
  /** Objects of one group are applied together: a Kustomize root's, or a folder's. */
  readonly group: string;
  readonly duplicateKeys: readonly LostKey[];
  /** Where the object stands in `origin`, so that it can be changed there; absent for what Kustomize built. */
  readonly position?: { readonly document: number; readonly pointer: string };
  /** Where the value at a JSON pointer stands; its nearest existing ancestor where it is left out. */
  locate(pointer: string): FilePlace;
}

/** Input that could not be read or built. */
export interface InputProblem extends FilePlace {
  readonly message: string;
}

/** Everything that was found under the paths of a command line. */
export interface Input {
  readonly resources: readonly Resource[];
  readonly problems: readonly InputProblem[];
  /** Files that hold no Kubernetes objects at all, such as a package.json, and were passed over. */
  readonly passedOver: number;
}
