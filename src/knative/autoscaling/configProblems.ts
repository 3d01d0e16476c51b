/**
 * What Knative's webhook says of the values of config-autoscaler once each could be read, in its order
 * (validate in knative/serving pkg/autoscaler/config/config.go). Comparisons are written so that NaN passes where it
 * passes there.
 */
import { formatDuration, SECOND } from '../duration.ts';
import { formatFixed, formatFloat } from '../goNumbers.ts';
import {
  PANIC_WINDOW_PERCENTAGE_MAX,
  PANIC_WINDOW_PERCENTAGE_MIN,
  TARGET_MIN,
  WINDOW_MAX,
  WINDOW_MIN,
} from './bounds.ts';
import type { AutoscalerConfig, AutoscalerConfigKey } from './config.ts';

/** Something for which Knative refuses the whole ConfigMap and keeps the one that it had. */
export interface ConfigProblem {
  readonly key: AutoscalerConfigKey;
  /** Knative's sentence, without the `failed to parse data: ` that it puts before a value that it cannot read. */
  readonly message: string;
}

/** Every problem; Knative says the first of them only. */
export function configProblems(config: AutoscalerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (key: AutoscalerConfigKey, message: string) => problems.push({ key, message });

  const grace = config.scaleToZeroGracePeriod;
  if (grace <= 0n) {
    refuse('scale-to-zero-grace-period', `scale-to-zero-grace-period must be positive, was: ${formatDuration(grace)}`);
  }
  const delay = config.scaleDownDelay;
  if (delay < 0n) {
    refuse('scale-down-delay', `scale-down-delay cannot be negative, was: ${formatDuration(delay)}`);
  } else if (!isWholeSeconds(delay)) {
    refuse(
      'scale-down-delay',
      `scale-down-delay = ${formatDuration(delay)}, must be specified with at most second precision`,
    );
  }
  const retention = config.scaleToZeroPodRetentionPeriod;
  if (retention < 0n) {
    refuse(
      'scale-to-zero-pod-retention-period',
      `scale-to-zero-pod-retention-period cannot be negative, was: ${formatDuration(retention)}`,
    );
  }
  return problems.concat(metricProblems(config), windowProblems(config), scaleProblems(config));
}

function metricProblems(config: AutoscalerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (key: AutoscalerConfigKey, message: string) => problems.push({ key, message });

  const burst = config.targetBurstCapacity;
  if (burst < 0 && burst !== -1) {
    refuse(
      'target-burst-capacity',
      `target-burst-capacity must be either non-negative or -1 (for unlimited), was: ${formatFixed(burst)}`,
    );
  }
  const share = config.containerConcurrencyTargetFraction;
  const target = share * config.containerConcurrencyTargetDefault;
  if (share <= 0 || share > 1) {
    refuse(
      'container-concurrency-target-percentage',
      `container-concurrency-target-percentage = ${formatFixed(share)} is outside of valid range of (0, 100]`,
    );
  } else if (target < TARGET_MIN) {
    refuse(
      'container-concurrency-target-default',
      `container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of ${formatFloat(target)}, can't be less than ${TARGET_MIN}`,
    );
  }
  if (config.rpsTargetDefault < TARGET_MIN) {
    refuse(
      'requests-per-second-target-default',
      `requests-per-second-target-default must be at least ${TARGET_MIN}, was: ${formatFloat(config.rpsTargetDefault)}`,
    );
  }
  if (config.activatorCapacity < 1) {
    refuse('activator-capacity', `activator-capacity = ${formatFloat(config.activatorCapacity)}, must be at least 1`);
  }
  if (config.maxScaleUpRate <= 1) {
    refuse('max-scale-up-rate', `max-scale-up-rate = ${formatFloat(config.maxScaleUpRate)}, must be greater than 1.0`);
  }
  if (config.maxScaleDownRate <= 1) {
    refuse(
      'max-scale-down-rate',
      `max-scale-down-rate = ${formatFloat(config.maxScaleDownRate)}, must be greater than 1.0`,
    );
  }
  return problems;
}

function windowProblems(config: AutoscalerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (key: AutoscalerConfigKey, message: string) => problems.push({ key, message });

  const window = config.stableWindow;
  if (window < WINDOW_MIN || window > WINDOW_MAX) {
    refuse(
      'stable-window',
      `stable-window = ${formatDuration(window)}, must be in [${formatDuration(WINDOW_MIN)}; ${formatDuration(WINDOW_MAX)}] range`,
    );
  } else if (!isWholeSeconds(window)) {
    refuse(
      'stable-window',
      `stable-window = ${formatDuration(window)}, must be specified with at most second precision`,
    );
  }
  const panic = config.panicWindowPercentage;
  if (panic < PANIC_WINDOW_PERCENTAGE_MIN || panic > PANIC_WINDOW_PERCENTAGE_MAX) {
    refuse(
      'panic-window-percentage',
      `panic-window-percentage = ${formatFloat(panic)}, must be in [${PANIC_WINDOW_PERCENTAGE_MIN}, ${PANIC_WINDOW_PERCENTAGE_MAX}] interval`,
    );
  }
  return problems;
}

function scaleProblems(config: AutoscalerConfig): ConfigProblem[] {
  const { initialScale, minScale, maxScale, maxScaleLimit } = config;
  const problems: ConfigProblem[] = [];
  const refuse = (key: AutoscalerConfigKey, message: string) => problems.push({ key, message });

  if (initialScale < 0 || (initialScale === 0 && !config.allowZeroInitialScale)) {
    refuse(
      'initial-scale',
      `initial-scale = ${initialScale}, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)`,
    );
  }
  if (minScale < 0) refuse('min-scale', `min-scale = ${minScale}, must be at least 0`);

  const smallestMaxScale = maxScaleLimit > 0 ? 1 : 0;
  if (maxScale < smallestMaxScale || (maxScaleLimit > 0 && maxScale > maxScaleLimit)) {
    refuse(
      'max-scale',
      `max-scale = ${maxScale}, must be in [${smallestMaxScale}, max-scale-limit(${maxScaleLimit})] range`,
    );
  }
  if (maxScaleLimit < 0) refuse('max-scale-limit', `max-scale-limit = ${maxScaleLimit}, must be at least 0`);
  if (minScale > maxScale && maxScale > 0) {
    refuse('min-scale', `min-scale (${minScale}) must be less than max-scale (${maxScale})`);
  }
  return problems;
}

const LONGEST = (1n << 63n) - 1n;

/** Go compares a duration with its own rounding, which cannot move the longest of all. */
function isWholeSeconds(nanoseconds: bigint): boolean {
  return nanoseconds % SECOND === 0n || nanoseconds === LONGEST;
}
