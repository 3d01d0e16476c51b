/** The pod template inside a workload, whatever the kind calls the way to it. */
import { arrayAt, asObject, isObject, type JsonObject, objectAt, type Step } from './json.ts';
import {
  configuration,
  containerSource,
  cronJob,
  deployment,
  job,
  keyOf,
  knativeService,
  revision,
  scaledJob,
  statefulSet,
} from './kinds.ts';
import { join, placeIn, pointer } from './pointer.ts';

export interface PodTemplate {
  /** Pointer of the template: `/spec/template`; empty where the object itself is one. */
  readonly path: string;
  readonly metadata: JsonObject;
  readonly annotations: JsonObject;
  readonly annotationsPath: string;
  readonly labels: JsonObject;
  readonly spec: JsonObject;
  readonly specPath: string;
  /** Containers, then init containers. */
  readonly containers: readonly Container[];
}

export interface Container {
  /** Pointer of the container: `/spec/template/spec/containers/0`. */
  readonly path: string;
  readonly value: JsonObject;
  /** Its name, or `container 1` where the author gave none. */
  readonly name: string;
  readonly isInit: boolean;
}

/** Where a kind keeps its template: the same pointers for every object of the kind. */
interface Whereabouts {
  readonly way: readonly Step[];
  readonly path: string;
  readonly annotationsPath: string;
  readonly specPath: string;
}

const WHEREABOUTS: ReadonlyMap<string, Whereabouts> = new Map([
  [knativeService.key, whereabouts('spec', 'template')],
  [configuration.key, whereabouts('spec', 'template')],
  [deployment.key, whereabouts('spec', 'template')],
  [statefulSet.key, whereabouts('spec', 'template')],
  [job.key, whereabouts('spec', 'template')],
  [cronJob.key, whereabouts('spec', 'jobTemplate', 'spec', 'template')],
  [scaledJob.key, whereabouts('spec', 'jobTargetRef', 'template')],
  [containerSource.key, whereabouts('spec', 'template')],
  // a Revision is the template itself, with a name of its own
  [revision.key, whereabouts()],
]);

function whereabouts(...way: readonly Step[]): Whereabouts {
  const path = pointer(...way);
  return { way, path, annotationsPath: join(path, 'metadata', 'annotations'), specPath: join(path, 'spec') };
}

/** Kinds that hold a pod template. */
export const workloads = [
  knativeService,
  configuration,
  deployment,
  statefulSet,
  job,
  cronJob,
  scaledJob,
  containerSource,
] as const;

/**
 * Kinds whose pods are judged: workloads, and a Revision that somebody writes by hand. Knative makes Revisions of what is
 * judged as a workload, so that nothing is looked up among them, and nothing is filled into one.
 */
export const podHolders = [...workloads, revision] as const;

/** The template as it is written, and where: for who looks at no more, a fraction of the work. */
export function writtenTemplateOf(
  object: JsonObject,
): { readonly at: Whereabouts; readonly template: JsonObject } | undefined {
  const at = WHEREABOUTS.get(keyOf(object));
  const template = at && objectAt(object, ...at.way);
  return template && { at, template };
}

/** The pod template of a workload; undefined for other kinds and where the manifest has none (a Service with traffic alone). */
export function podTemplateOf(object: JsonObject): PodTemplate | undefined {
  const written = writtenTemplateOf(object);
  if (written === undefined) return undefined;
  const { path, annotationsPath, specPath } = written.at;
  const { template } = written;
  const metadata = asObject(template.metadata) ?? {};
  const spec = asObject(template.spec) ?? {};
  return {
    path,
    metadata,
    annotations: asObject(metadata.annotations) ?? {},
    annotationsPath,
    labels: asObject(metadata.labels) ?? {},
    spec,
    specPath,
    containers: containersOf(spec, specPath),
  };
}

function containersOf(spec: JsonObject, specPath: string): Container[] {
  const containers = containersIn(spec, specPath, 'containers');
  // Most pods have no init containers.
  if (spec.initContainers === undefined) return containers;
  return [...containers, ...containersIn(spec, specPath, 'initContainers')];
}

function containersIn(spec: JsonObject, specPath: string, field: 'containers' | 'initContainers'): Container[] {
  const values = arrayAt(spec, field);
  const result: Container[] = [];
  if (values.length === 0) return result;

  const listPath = placeIn(specPath, field);
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!isObject(value)) continue;
    const name = typeof value.name === 'string' && value.name !== '' ? value.name : `container ${index + 1}`;
    result.push({ path: placeIn(listPath, index), value, name, isInit: field === 'initContainers' });
  }
  return result;
}
