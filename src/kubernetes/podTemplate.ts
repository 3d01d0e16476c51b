/** The pod template inside a workload, whatever the kind calls the way to it. */
import { arrayAt, isArray, isObject, type JsonObject, objectAt, type Step } from './json.ts';
import {
  configuration,
  containerSource,
  cronJob,
  deployment,
  job,
  keyOf,
  knativeService,
  scaledJob,
  statefulSet,
} from './kinds.ts';
import { join, pointer } from './pointer.ts';

export interface PodTemplate {
  /** Pointer of the template: `/spec/template`. */
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

const WAYS: Readonly<Record<string, readonly Step[]>> = {
  [knativeService.key]: ['spec', 'template'],
  [configuration.key]: ['spec', 'template'],
  [deployment.key]: ['spec', 'template'],
  [statefulSet.key]: ['spec', 'template'],
  [job.key]: ['spec', 'template'],
  [cronJob.key]: ['spec', 'jobTemplate', 'spec', 'template'],
  [scaledJob.key]: ['spec', 'jobTargetRef', 'template'],
  [containerSource.key]: ['spec', 'template'],
};

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

/** The pod template of a workload; undefined for other kinds and where the manifest has none (a Service with traffic alone). */
export function podTemplateOf(object: JsonObject): PodTemplate | undefined {
  const way = WAYS[keyOf(object)];
  if (way === undefined) return undefined;
  const template = objectAt(object, ...way);
  if (template === undefined) return undefined;

  const path = pointer(...way);
  const metadata = objectAt(template, 'metadata') ?? {};
  const spec = objectAt(template, 'spec') ?? {};
  const specPath = join(path, 'spec');
  return {
    path,
    metadata,
    annotations: objectAt(metadata, 'annotations') ?? {},
    annotationsPath: join(path, 'metadata', 'annotations'),
    labels: objectAt(metadata, 'labels') ?? {},
    spec,
    specPath,
    containers: [...containersIn(spec, specPath, 'containers'), ...containersIn(spec, specPath, 'initContainers')],
  };
}

function containersIn(spec: JsonObject, specPath: string, field: 'containers' | 'initContainers'): Container[] {
  if (!isArray(spec[field])) return [];

  const result: Container[] = [];
  for (const [index, value] of arrayAt(spec, field).entries()) {
    if (!isObject(value)) continue;
    const name = typeof value.name === 'string' && value.name !== '' ? value.name : `container ${index + 1}`;
    result.push({ path: join(specPath, field, index), value, name, isInit: field === 'initContainers' });
  }
  return result;
}
