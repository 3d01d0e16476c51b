/**
 * The ConfigMap config-autoscaler: its data as typed values, and what Knative's webhook says of an invalid one
 * (knative/serving pkg/autoscaler/config/config.go; the same from 1.15 to 1.23).
 */
import { parseDuration, SECOND } from '../duration.ts';
import { type Parsed, parseBool, parseFloat64, parseInt32 } from '../goNumbers.ts';
import { numberError, quote, trimSpace } from '../goStrings.ts';
import { KPA } from './annotations.ts';
import { type ConfigProblem, configProblems } from './configProblems.ts';

/** Durations are bigints of nanoseconds (src/knative/duration.ts). */
export interface AutoscalerConfig {
  /** `pod-autoscaler-class`, for services without a class annotation. */
  readonly podAutoscalerClass: string;
  readonly enableScaleToZero: boolean;
  readonly allowZeroInitialScale: boolean;
  readonly initialScale: number;
  readonly minScale: number;
  /** 0 means unlimited. */
  readonly maxScale: number;
  /** The most that max-scale may be; 0 means that it may be anything. */
  readonly maxScaleLimit: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  /** `container-concurrency-target-percentage` as a fraction: 0.7 for `70` as well as for `0.7`. */
  readonly containerConcurrencyTargetFraction: number;
  readonly containerConcurrencyTargetDefault: number;
  readonly rpsTargetDefault: number;
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  readonly panicWindowPercentage: number;
  readonly panicThresholdPercentage: number;
  readonly stableWindow: bigint;
  readonly scaleDownDelay: bigint;
  readonly scaleToZeroGracePeriod: bigint;
  readonly scaleToZeroPodRetentionPeriod: bigint;
}

export const DEFAULT_AUTOSCALER_CONFIG: AutoscalerConfig = {
  podAutoscalerClass: KPA,
  enableScaleToZero: true,
  allowZeroInitialScale: false,
  initialScale: 1,
  minScale: 0,
  maxScale: 0,
  maxScaleLimit: 0,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  containerConcurrencyTargetFraction: 0.7,
  containerConcurrencyTargetDefault: 100,
  rpsTargetDefault: 200,
  targetBurstCapacity: 211,
  activatorCapacity: 100,
  panicWindowPercentage: 10,
  panicThresholdPercentage: 200,
  stableWindow: 60n * SECOND,
  scaleDownDelay: 0n,
  scaleToZeroGracePeriod: 30n * SECOND,
  scaleToZeroPodRetentionPeriod: 0n,
};

/** The share of the target that services scale on where the metric is not concurrency: no setting changes it. */
export const TARGET_UTILIZATION = 0.7;
/** The keys of config-autoscaler that Knative reads, in the order in which it does. */
export const AUTOSCALER_CONFIG_KEYS = [
  'pod-autoscaler-class',
  'enable-scale-to-zero',
  'allow-zero-initial-scale',
  'max-scale-up-rate',
  'max-scale-down-rate',
  'container-concurrency-target-percentage',
  'container-concurrency-target-default',
  'requests-per-second-target-default',
  'target-burst-capacity',
  'panic-window-percentage',
  'activator-capacity',
  'panic-threshold-percentage',
  'initial-scale',
  'min-scale',
  'max-scale',
  'max-scale-limit',
  'stable-window',
  'scale-down-delay',
  'scale-to-zero-grace-period',
  'scale-to-zero-pod-retention-period',
] as const;

export type AutoscalerConfigKey = (typeof AUTOSCALER_CONFIG_KEYS)[number];

export interface ReadAutoscalerConfig {
  /** Every value that could be read; the default for the others. */
  readonly config: AutoscalerConfig;
  /** Knative says the first of these only. */
  readonly problems: readonly ConfigProblem[];
}

/** Reads config-autoscaler's data. Keys that Knative does not know mean nothing to it, nor do they here. */
export function readAutoscalerConfig(data: Readonly<Record<string, string>>): ReadAutoscalerConfig {
  const reader = new DataReader(data);
  const defaults = DEFAULT_AUTOSCALER_CONFIG;

  // In Knative's order, which decides what it complains about first.
  const config = {
    podAutoscalerClass: reader.text('pod-autoscaler-class', defaults.podAutoscalerClass),
    enableScaleToZero: reader.bool('enable-scale-to-zero', defaults.enableScaleToZero),
    allowZeroInitialScale: reader.bool('allow-zero-initial-scale', defaults.allowZeroInitialScale),
    maxScaleUpRate: reader.float('max-scale-up-rate', defaults.maxScaleUpRate),
    maxScaleDownRate: reader.float('max-scale-down-rate', defaults.maxScaleDownRate),
    containerConcurrencyTargetFraction: fraction(
      reader.float('container-concurrency-target-percentage', defaults.containerConcurrencyTargetFraction),
    ),
    containerConcurrencyTargetDefault: reader.float(
      'container-concurrency-target-default',
      defaults.containerConcurrencyTargetDefault,
    ),
    rpsTargetDefault: reader.float('requests-per-second-target-default', defaults.rpsTargetDefault),
    targetBurstCapacity: reader.float('target-burst-capacity', defaults.targetBurstCapacity),
    panicWindowPercentage: reader.float('panic-window-percentage', defaults.panicWindowPercentage),
    activatorCapacity: reader.float('activator-capacity', defaults.activatorCapacity),
    panicThresholdPercentage: reader.float('panic-threshold-percentage', defaults.panicThresholdPercentage),
    initialScale: reader.int32('initial-scale', defaults.initialScale),
    minScale: reader.int32('min-scale', defaults.minScale),
    maxScale: reader.int32('max-scale', defaults.maxScale),
    maxScaleLimit: reader.int32('max-scale-limit', defaults.maxScaleLimit),
    stableWindow: reader.duration('stable-window', defaults.stableWindow),
    scaleDownDelay: reader.duration('scale-down-delay', defaults.scaleDownDelay),
    scaleToZeroGracePeriod: reader.duration('scale-to-zero-grace-period', defaults.scaleToZeroGracePeriod),
    scaleToZeroPodRetentionPeriod: reader.duration(
      'scale-to-zero-pod-retention-period',
      defaults.scaleToZeroPodRetentionPeriod,
    ),
  };

  // A value that stands in for one that could not be read must not be blamed for its neighbours.
  if (reader.problems.length > 0) return { config, problems: reader.problems };
  return { config, problems: configProblems(config) };
}

const READ = new WeakMap<Readonly<Record<string, string>>, AutoscalerConfig>();

/** The config of a settings object's data, read once for each: `autoscalerConfigOf(settings.autoscaler)`. */
export function autoscalerConfigOf(data: Readonly<Record<string, string>>): AutoscalerConfig {
  const known = READ.get(data);
  if (known !== undefined) return known;
  const { config } = readAutoscalerConfig(data);
  READ.set(data, config);
  return config;
}

/** 70 and 0.7 are the same: up to 1 it is a fraction already. */
function fraction(value: number): number {
  return value > 1 ? value / 100 : value;
}

/** knative.dev/pkg configmap/parser: how each type is read, and what is said where it cannot be. */
class DataReader {
  readonly problems: ConfigProblem[] = [];
  readonly #data: Readonly<Record<string, unknown>>;

  constructor(data: Readonly<Record<string, unknown>>) {
    this.#data = data;
  }

  text(key: AutoscalerConfigKey, fallback: string): string {
    const raw = this.#raw(key);
    return raw === undefined ? fallback : trimSpace(raw);
  }

  bool(key: AutoscalerConfigKey, fallback: boolean): boolean {
    return this.#number(key, 'ParseBool', parseBool, fallback);
  }

  float(key: AutoscalerConfigKey, fallback: number): number {
    return this.#number(key, 'ParseFloat', parseFloat64, fallback);
  }

  int32(key: AutoscalerConfigKey, fallback: number): number {
    return this.#number(key, 'ParseInt', parseInt32, fallback);
  }

  duration(key: AutoscalerConfigKey, fallback: bigint): bigint {
    const raw = this.#raw(key);
    if (raw === undefined) return fallback;
    const parsed = parseDuration(raw);
    if (parsed.ok) return parsed.value;
    this.#refuse(key, parsed.reason);
    return fallback;
  }

  #number<T>(
    key: AutoscalerConfigKey,
    func: 'ParseBool' | 'ParseFloat' | 'ParseInt',
    parse: (text: string) => Parsed<T>,
    fallback: T,
  ): T {
    const raw = this.#raw(key);
    if (raw === undefined) return fallback;
    const parsed = parse(raw);
    if (parsed.ok) return parsed.value;
    this.#refuse(key, numberError(func, raw, parsed.reason));
    return fallback;
  }

  #raw(key: AutoscalerConfigKey): string | undefined {
    const value = Object.hasOwn(this.#data, key) ? this.#data[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  }

  #refuse(key: AutoscalerConfigKey, reason: string): void {
    this.problems.push({ key, message: `failed to parse ${quote(key)}: ${reason}` });
  }
}
