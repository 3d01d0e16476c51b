/**
 * Keys that look like autoscaling annotations and are none: Knative lets them pass without a word, and the setting is
 * lost. What people write instead of what they meant comes from config-autoscaler, whose settings have other names than
 * the annotations (knative/serving config/core/configmaps/autoscaler.yaml), from other spellings, and from other groups.
 */
import { AUTOSCALING_ANNOTATIONS, AUTOSCALING_GROUP, annotationOfKey, isAutoscalingKey } from './annotations.ts';

/** Finds the name that somebody probably meant, or undefined. */
export type Nearest = (name: string, candidates: Iterable<string>) => string | undefined;

export interface KeySuggestion {
  /** The annotation under which the same value means what was meant; undefined where none takes it as it is. */
  readonly replacement?: string;
  /** What would be right, as the end of a sentence: `did you mean "autoscaling.knative.dev/min-scale"?`. */
  readonly advice: string;
}

const PREFIX = `${AUTOSCALING_GROUP}/`;
const NO_SUGGESTION = 'Knative has no such setting, and ignores it';

interface Meaning {
  /** The annotation that takes the same value. */
  readonly annotation?: string;
  readonly advice?: string;
}

/** By name without marks and capitals. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries<Meaning>({
    // Settings of config-autoscaler that have a counterpart for one service.
    'stable-window': { annotation: 'window' },
    'pod-autoscaler-class': { annotation: 'class' },
    'container-concurrency-target-default': { annotation: 'target' },
    'container-concurrency-target-percentage': { annotation: 'target-utilization-percentage' },
    'requests-per-second-target-default': {
      advice: advised('target', 'with metric "rps"'),
    },
    'enable-scale-to-zero': {
      advice: `that is a setting of the whole cluster (config-autoscaler); to keep one service up, ${advised('min-scale', 'at 1 or more')}`,
    },
    'scale-to-zero-grace-period': {
      advice: `that is a setting of the whole cluster (config-autoscaler); for how long the last pod stays, ${advised('scale-to-zero-pod-retention-period')}`,
    },
    'scale-to-zero-threshold': {
      advice: advised('scale-to-zero-pod-retention-period', 'or "autoscaling.knative.dev/window"'),
    },
    'max-scale-limit': clusterOnly(`for one service, ${advised('max-scale')}`),
    'allow-zero-initial-scale': clusterOnly(`a service asks for it with ${advised('initial-scale', 'at 0')}`),
    'max-scale-up-rate': clusterOnly('a service cannot change it'),
    'max-scale-down-rate': clusterOnly(`to slow a service's way down, ${advised('scale-down-delay')}`),
    'activator-capacity': clusterOnly('a service cannot change it'),
    'tick-interval': { advice: 'Knative no longer has this setting: the autoscaler decides every two seconds' },

    // Fields of the revision, not annotations.
    'container-concurrency': { advice: 'that is the field spec.template.spec.containerConcurrency' },
    concurrency: {
      advice: advised(
        'target',
        'for the requests that a pod aims at, or the field spec.template.spec.containerConcurrency for a hard limit',
      ),
    },
    'concurrency-limit': { advice: 'that is the field spec.template.spec.containerConcurrency' },
    timeout: { advice: 'that is the field spec.template.spec.timeoutSeconds' },
    'timeout-seconds': { advice: 'that is the field spec.template.spec.timeoutSeconds' },
    'idle-timeout': { advice: advised('scale-to-zero-pod-retention-period', 'for how long the last pod stays') },

    // Other names for the same thing.
    min: { annotation: 'min-scale' },
    'min-replicas': { annotation: 'min-scale' },
    'min-pods': { annotation: 'min-scale' },
    'min-instances': { annotation: 'min-scale' },
    'minimum-scale': { annotation: 'min-scale' },
    max: { annotation: 'max-scale' },
    'max-replicas': { annotation: 'max-scale' },
    'max-pods': { annotation: 'max-scale' },
    'max-instances': { annotation: 'max-scale' },
    'maximum-scale': { annotation: 'max-scale' },
    'target-concurrency': { annotation: 'target' },
    'concurrency-target': { annotation: 'target' },
    'target-value': { annotation: 'target' },
    'target-rps': { advice: advised('target', 'with metric "rps"') },
    'target-utilization': { annotation: 'target-utilization-percentage' },
    'target-percentage': { annotation: 'target-utilization-percentage' },
    utilization: { annotation: 'target-utilization-percentage' },
    'burst-capacity': { annotation: 'target-burst-capacity' },
    'panic-window': { advice: advised('panic-window-percentage', 'as a share of the stable window') },
    'panic-threshold': { advice: advised('panic-threshold-percentage', 'as a percentage of the target') },
    'scale-down-period': { annotation: 'scale-down-delay' },
    'scaledown-delay': { annotation: 'scale-down-delay' },
    'cooldown-period': { annotation: 'scale-down-delay' },
    'pod-retention-period': { annotation: 'scale-to-zero-pod-retention-period' },
    'retention-period': { annotation: 'scale-to-zero-pod-retention-period' },
    'autoscaler-class': { annotation: 'class' },
    'scaling-metric': { annotation: 'metric' },
    'aggregation-algorithm': { annotation: 'metric-aggregation-algorithm' },
  }).map(([name, meaning]) => [plain(name), meaning]),
);

const NAMES: readonly string[] = AUTOSCALING_ANNOTATIONS.map(([key]) => key.slice(PREFIX.length));
const BY_PLAIN_NAME: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [plain(name), name]));

/** Names that are too common to be Knative's in another group: `example.com/class` is somebody's own. */
const COMMON_NAMES: readonly string[] = ['class', 'metric', 'target', 'window'];

/**
 * What a key was probably meant to be, or undefined where it is Knative's own or nothing of the sort.
 *
 * @param nearest finds a misspelt name among the right ones
 */
export function suggestAutoscalingKey(key: string, nearest: Nearest): KeySuggestion | undefined {
  if (annotationOfKey(key) !== undefined) return undefined;
  if (isAutoscalingKey(key)) return suggestName(key.slice(PREFIX.length), nearest);

  const slash = key.lastIndexOf('/');
  const group = key.slice(0, Math.max(slash, 0));
  const name = BY_PLAIN_NAME.get(plain(key.slice(slash + 1)));
  if (name === undefined) return undefined;
  if (nearest(group, [AUTOSCALING_GROUP]) !== undefined) return renamed(name);
  const isPlausible = group === '' || group.includes('knative');
  return isPlausible && !COMMON_NAMES.includes(name) ? renamed(name) : undefined;
}

function suggestName(written: string, nearest: Nearest): KeySuggestion {
  const sameButMarks = BY_PLAIN_NAME.get(plain(written));
  if (sameButMarks !== undefined) return renamed(sameButMarks);

  const meaning = MEANINGS.get(plain(written));
  if (meaning?.annotation !== undefined) return renamed(meaning.annotation);
  if (meaning?.advice !== undefined) return { advice: meaning.advice };

  const near = nearest(written, NAMES);
  return near === undefined ? { advice: NO_SUGGESTION } : renamed(near);
}

function renamed(name: string): KeySuggestion {
  return { replacement: PREFIX + name, advice: `did you mean "${PREFIX}${name}"?` };
}

function advised(name: string, how?: string): string {
  return how === undefined ? `use "${PREFIX}${name}"` : `use "${PREFIX}${name}" ${how}`;
}

function clusterOnly(advice: string): Meaning {
  return { advice: `that is a setting of the whole cluster (config-autoscaler); ${advice}` };
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}
