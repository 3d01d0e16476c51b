/** What a container may do: its own securityContext, and the pod's where it says nothing. Shared by rules and defaults. */
import type { KnativeSettings } from '../../../knative/settings.ts';
import {
  arrayAt,
  asArray,
  asObject,
  isObject,
  type JsonObject,
  numberAt,
  stringAt,
  valueAt,
} from '../../../kubernetes/json.ts';
import { configuration, knativeService, revision } from '../../../kubernetes/kinds.ts';
import type { Container, PodTemplate } from '../../../kubernetes/podTemplate.ts';
import { join, placeIn } from '../../../kubernetes/pointer.ts';
import { rememberLast } from '../rememberLast.ts';

export interface ContainerSecurity {
  readonly container: Container;
  /** Pointer of the container's securityContext. */
  readonly path: string;
  readonly own: JsonObject;
  readonly pod: JsonObject;
  readonly podPath: string;
  /** False where something else than an object stands at the securityContext: nothing can be filled in. */
  readonly isWritable: boolean;
}

/** The containers of a pod. None on Windows, where these fields mean nothing and some are refused. */
export function containerSecurities(template: PodTemplate | undefined): readonly ContainerSecurity[] {
  return template === undefined ? [] : securitiesOf(template);
}

/** Worked out once for each template: every rule and default about containers asks. */
const securitiesOf = rememberLast(readSecurities);

function readSecurities(template: PodTemplate): ContainerSecurity[] {
  if (stringAt(template.spec, 'os', 'name') === 'windows') return [];
  const pod = asObject(template.spec.securityContext) ?? NONE;
  const podPath = placeIn(template.specPath, 'securityContext');

  return template.containers.map((container) => {
    const written = valueAt(container.value, 'securityContext') ?? NONE;
    const isWritable = isObject(written);
    return {
      container,
      path: placeIn(container.path, 'securityContext'),
      own: isWritable ? written : NONE,
      pod,
      podPath,
      isWritable,
    };
  });
}

const NONE: JsonObject = {};

/** A field of the container, or of its pod where the container leaves it out; undefined where both do. */
export function inherited({ own, pod, path, podPath }: ContainerSecurity, field: string) {
  const mine = valueAt(own, field) ?? undefined;
  if (mine !== undefined) return { value: mine, path: placeIn(path, field) };
  const inPod = valueAt(pod, field) ?? undefined;
  return inPod === undefined ? undefined : { value: inPod, path: placeIn(podPath, field) };
}

/**
 * Where to point for a field of the securityContext: at its place, or at the first on the way to it that is not written;
 * at the container where that has no securityContext at all.
 */
export function placeOf({ container, path }: ContainerSecurity, ...way: readonly string[]): string {
  let value = valueAt(container.value, 'securityContext') ?? undefined;
  if (value === undefined) return container.path;
  let place = path;
  for (const step of way) {
    place = join(place, step);
    value = valueAt(value, step) ?? undefined;
    if (value === undefined) break;
  }
  return place;
}

/** The capabilities that the container asks for, without their prefix: `CAP_NET_RAW` is `NET_RAW`. */
export function addedCapabilities({ own }: ContainerSecurity): string[] {
  const added: string[] = [];
  for (const name of arrayAt(own, 'capabilities', 'add')) {
    added.push(typeof name === 'string' && name.startsWith('CAP_') ? name.slice(4) : String(name));
  }
  return added;
}

/** A port below 1024, which only root or NET_BIND_SERVICE may open where the runtime does not say otherwise. */
export function lowPort({ container }: ContainerSecurity): number | undefined {
  for (const port of asArray(container.value.ports)) {
    const number = numberAt(port, 'containerPort');
    if (number !== undefined && number > 0 && number < 1024) return number;
  }
  return undefined;
}

export function isKnativeKind(key: string): boolean {
  return key === knativeService.key || key === configuration.key || key === revision.key;
}

/** Whether Knative lets a container ask for NET_BIND_SERVICE (knative/serving pkg/apis/serving/fieldmask.go, CapabilitiesMask). */
export function mayAddCapabilities({ features }: KnativeSettings): boolean {
  if (isOn(features['kubernetes.containerspec-addcapabilities'])) return true;
  const secure = features['secure-pod-defaults']?.toLowerCase();
  return secure === 'enabled' || secure === 'allowrootbounded';
}

/** Flags are read in any case (pkg/apis/config/features.go). */
function isOn(flag: string | undefined): boolean {
  return flag?.toLowerCase() === 'enabled';
}

/** Whether Knative passes a field on rather than refusing it. */
export function passes({ features }: KnativeSettings, feature: string): boolean {
  const flag = features[feature]?.toLowerCase();
  return flag === 'enabled' || flag === 'allowed';
}
