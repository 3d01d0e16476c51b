/** A story: what somebody does to Services, told to Knative's own controllers and to ours alike. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';

export interface Story {
  /** Also the name of its golden file: `named-revision`. */
  readonly name: string;
  /** What it is about, as the name of a test. */
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** What is done, as the title of a golden's step. */
  readonly what: string;
  readonly does: readonly Deed[];
}

/** Objects have no namespace: the story's is put in. */
export type Deed =
  | { readonly create: JsonObject }
  /** A JSON merge patch. */
  | { readonly patch: Target; readonly body: JsonObject }
  | { readonly delete: Target };

export interface Target {
  readonly resource: Resource;
  readonly name: string;
}
