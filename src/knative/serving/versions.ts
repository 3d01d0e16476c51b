/**
 * What older versions of Knative Serving do not have yet. Validation follows 1.23 (v0.50.0); a policy whose
 * `knative.version` is older is held to what that version knows: the branches release-1.15 to release-1.23 of
 * knative/serving, compared in pkg/apis (fieldmask.go, k8s_validation.go, revision_defaults.go, config/features.go),
 * pkg/autoscaler/config and config/core/300-resources.
 *
 * Not here, although it differs: a probe's terminationGracePeriodSeconds, which fieldmask.go lets through since 1.21,
 * but which the schema of no version keeps; and what the schema of 1.15 and 1.16 requires (a port's containerPort, a
 * gRPC probe's port), which Knative's defaulting webhook writes before the schema is looked at.
 */
import type { FieldError } from '../fieldError.ts';
import type { Feature } from './config.ts';

/** Minor versions of 1 that Weir knows, oldest first. */
export const OLDEST_MINOR = 15;
export const NEWEST_MINOR = 23;

/** The versions that a policy may name. */
export const KNOWN_VERSIONS: readonly string[] = Array.from(
  { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
  (_, index) => `1.${OLDEST_MINOR + index}`,
);

/** The first version whose templates' annotations of networking.knative.dev are looked at. */
export const NETWORKING_ANNOTATIONS_SINCE = 21;

/** The first version in which `secure-pod-defaults: AllowRootBounded` means anything. */
export const ALLOW_ROOT_BOUNDED_SINCE = 20;

/** The first version that keeps a container's own `runAsNonRoot` where `secure-pod-defaults: Enabled` sets it to true. */
export const OWN_NON_ROOT_KEPT_SINCE = 20;

/** The first version in which a container may say `privileged: false`, which is what holds anyway. */
export const NOT_PRIVILEGED_SINCE = 17;

/** The first version that looks at startup probes, whoever has them; before, only Kubernetes does. */
export const STARTUP_PROBES_SINCE = 23;

interface Newcomer {
  readonly feature: Feature;
  /** The field that the feature opens. */
  readonly field: string;
  /** The first minor version that has it. */
  readonly since: number;
}

const NEWCOMERS: readonly Newcomer[] = [
  { feature: 'hostIPC', field: 'hostIPC', since: 16 },
  { feature: 'hostPID', field: 'hostPID', since: 16 },
  { feature: 'hostNetwork', field: 'hostNetwork', since: 16 },
  { feature: 'volumesHostPath', field: 'hostPath', since: 17 },
  { feature: 'volumesCSI', field: 'csi', since: 18 },
  { feature: 'volumesMountPropagation', field: 'mountPropagation', since: 18 },
  { feature: 'volumesImage', field: 'image', since: 19 },
  { feature: 'volumesEphemeral', field: 'ephemeral', since: 23 },
];

const SINCE: ReadonlyMap<Feature, number> = new Map(NEWCOMERS.map(({ feature, since }) => [feature, since]));
const BY_FIELD: ReadonlyMap<string, number> = new Map(NEWCOMERS.map(({ field, since }) => [field, since]));

/** `23` of `1.23`; the newest where the text is no version that Weir knows. */
export function minorOf(version: string): number {
  return KNOWN_VERSIONS.includes(version) ? Number(version.slice('1.'.length)) : NEWEST_MINOR;
}

/** Whether the version has the feature: a flag for it in config-features means nothing before. */
export function hasFeature(minor: number, feature: Feature): boolean {
  return minor >= (SINCE.get(feature) ?? OLDEST_MINOR);
}

/** Why a field is refused that a later version takes. */
export function lacks(minor: number, field: string, since: number): string {
  return `Knative 1.${minor}, which spec.knative.version names, has no ${field}; 1.${since} does`;
}

/** Says of each refused field that came later than the cluster's version that this is why. */
export function explainByVersion(errors: readonly FieldError[], minor: number): FieldError[] {
  const explained: FieldError[] = [];
  for (const error of errors) {
    const field = error.path.slice(error.path.lastIndexOf('/') + 1);
    const since = BY_FIELD.get(field);
    const isNewcomer = since !== undefined && minor < since && !/\/(c|initC)ontainers\/\d+\/image$/.test(error.path);
    explained.push(
      isNewcomer
        ? {
            ...error,
            details: lacks(minor, field, since),
          }
        : error,
    );
  }
  return explained;
}
