/**
 * What Knative's webhook says of autoscaling annotations: on a revision template (validateAnnotations) and on the own
 * metadata of a Service or Configuration, where they are denied (validateObjectMetadataAnnotations).
 * Order, bounds and sentences are those of knative/serving pkg/apis/autoscaling/annotation_validation.go and
 * pkg/apis/serving/metadata_validation.go, the same from 1.15 to 1.23; test/knative/reference.test.ts compares them with
 * the real thing. Unknown keys pass silently there and here.
 */
import type { JsonObject } from '../../kubernetes/json.ts';
import { formatDuration, parseDuration, SECOND } from '../duration.ts';
import type { FieldError } from '../fieldError.ts';
import { parseFloat64, parseInt32, parseInt64 } from '../goNumbers.ts';
import { quote } from '../goStrings.ts';
import {
  ACTIVATION_SCALE,
  type AnnotationKeys,
  AUTOSCALING_GROUP,
  annotationPath,
  CLASS,
  findKey,
  HPA,
  hasAutoscalingKeys,
  INITIAL_SCALE,
  isAutoscalingKey,
  KPA,
  MAX_SCALE,
  METRIC,
  METRIC_AGGREGATION_ALGORITHM,
  MIN_SCALE,
  PANIC_THRESHOLD_PERCENTAGE,
  PANIC_WINDOW_PERCENTAGE,
  SCALE_DOWN_DELAY,
  SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  TARGET,
  TARGET_BURST_CAPACITY,
  TARGET_UTILIZATION_PERCENTAGE,
  WINDOW,
} from './annotations.ts';
import {
  PANIC_WINDOW_PERCENTAGE_MAX,
  PANIC_WINDOW_PERCENTAGE_MIN,
  TARGET_MIN,
  WINDOW_MAX,
  WINDOW_MIN,
} from './bounds.ts';
import type { AutoscalerConfig } from './config.ts';

/** One error in Knative's own shape. */
export interface AnnotationError {
  readonly message: string;
  /** As Knative prints them: the first spelling of a key where it does not know which was used, sometimes words behind. */
  readonly paths: readonly string[];
  /** The annotation that stands in the object and is to be changed. */
  readonly key: string;
  /** The words that Knative hides in the path. */
  readonly reason?: string;
}

const NONE: readonly never[] = [];
const SECOND_PRECISION = 'must be specified with at most second precision';
const MAX_INT32 = 0x7fff_ffff;
const PANIC_THRESHOLD_PERCENTAGE_MIN = 110;
const PANIC_THRESHOLD_PERCENTAGE_MAX = 1000;
const AGGREGATION_ALGORITHMS: readonly string[] = ['', 'linear', 'weighted-exponential', 'weightedExponential'];

/**
 * The errors for which Knative refuses a revision template with these annotations, as findings with a place.
 *
 * @param path JSON pointer to the annotations, such as `/spec/template/metadata/annotations`
 */
export function validateAnnotations(
  annotations: JsonObject | undefined,
  path: string,
  config: AutoscalerConfig,
): readonly FieldError[] {
  if (annotations === undefined || !hasAutoscalingKeys(annotations)) return NONE;
  return annotationErrors(annotations, config).map(({ key, message, reason }) =>
    reason === undefined
      ? { path: annotationPath(path, key), message }
      : { path: annotationPath(path, key), message, details: reason },
  );
}

/** The same errors as Knative itself would put them. */
export function annotationErrors(annotations: JsonObject, config: AutoscalerConfig): AnnotationError[] {
  const errors: AnnotationError[] = [];
  checkClass(annotations, errors);
  checkScaleBounds(annotations, config, errors);
  checkFloats(annotations, errors);
  checkWindow(annotations, errors);
  checkPodRetention(annotations, errors);
  checkScaleDownDelay(annotations, errors);
  checkMetric(annotations, config, errors);
  checkAggregationAlgorithm(annotations, errors);
  checkInitialScale(annotations, config, errors);
  return errors;
}

/**
 * Autoscaling annotations on the own metadata of a Service or Configuration, each of which Knative denies. It names only
 * the metadata as the place; the pointer here leads to the annotation.
 *
 * @param path JSON pointer to the annotations, such as `/metadata/annotations`
 */
export function validateObjectMetadataAnnotations(
  annotations: JsonObject | undefined,
  path: string,
): readonly FieldError[] {
  if (annotations === undefined || !hasAutoscalingKeys(annotations)) return NONE;
  return Object.keys(annotations)
    .filter(isAutoscalingKey)
    .map((key) => ({
      path: annotationPath(path, key),
      message: `invalid key name ${quote(key)}`,
      details: 'autoscaling annotations must be put under "spec.template.metadata.annotations" to work',
    }));
}

function find(annotations: JsonObject, keys: AnnotationKeys): { key: string; value: string } | undefined {
  const key = findKey(annotations, keys);
  const value = key === undefined ? undefined : annotations[key];
  return key === undefined || typeof value !== 'string' ? undefined : { key, value };
}

function error(key: string, message: string): AnnotationError {
  return { message, paths: [key], key };
}

function invalidValue(key: string, value: string): AnnotationError {
  return error(key, `invalid value: ${value}`);
}

function outOfBounds(
  key: string,
  value: string | number,
  lower: string | number,
  upper: string | number,
): AnnotationError {
  return error(key, `expected ${lower} <= ${value} <= ${upper}`);
}

/** Other people's classes pass, unless they claim to be Knative's. */
function checkClass(annotations: JsonObject, errors: AnnotationError[]): void {
  const found = find(annotations, CLASS);
  if (found === undefined) return;
  const { key, value } = found;
  if (value.endsWith('.knative.dev') && value !== KPA && value !== HPA) errors.push(invalidValue(key, value));
}

/** The scale, or 0 where it is absent or wrong: Knative goes on with that. */
function scaleOf(annotations: JsonObject, keys: AnnotationKeys, errors: AnnotationError[]): number {
  const found = find(annotations, keys);
  if (found === undefined) return 0;
  const parsed = parseInt32(found.value);
  if (parsed.ok && parsed.value >= 0) return parsed.value;

  const isNumber = parsed.ok || parsed.reason === 'value out of range';
  errors.push(isNumber ? outOfBounds(found.key, found.value, 0, MAX_INT32) : invalidValue(found.key, found.value));
  return 0;
}

function checkScaleBounds(annotations: JsonObject, config: AutoscalerConfig, errors: AnnotationError[]): void {
  const min = scaleOf(annotations, MIN_SCALE, errors);
  const max = scaleOf(annotations, MAX_SCALE, errors);
  const maxKey = find(annotations, MAX_SCALE)?.key;

  if (maxKey !== undefined) {
    if (max !== 0 && max < min) {
      const message = `max-scale=${max} is less than min-scale=${min}`;
      errors.push({ message, paths: [MAX_SCALE[0], MIN_SCALE[0]], key: maxKey });
    }
    checkMaxScaleLimit(maxKey, max, config.maxScaleLimit, errors);
  }
  checkActivationScale(annotations, min, max, errors);
}

function checkMaxScaleLimit(key: string, max: number, limit: number, errors: AnnotationError[]): void {
  if (limit === 0) return;
  if (max > limit) errors.push(outOfBounds(key, max, 1, limit));
  if (max === 0) errors.push(error(key, `max-scale=0 (unlimited), must be less than ${limit}`));
}

function checkActivationScale(annotations: JsonObject, min: number, max: number, errors: AnnotationError[]): void {
  const found = find(annotations, ACTIVATION_SCALE);
  if (found === undefined) return;
  const { key, value } = found;
  const parsed = parseInt32(value);
  if (!parsed.ok) {
    errors.push(invalidValue(key, value));
    return;
  }

  const activation = parsed.value;
  if (min > activation) {
    errors.push(error(key, `min-scale=${min} is greater than activation-scale=${activation}`));
  } else if (max < activation && max !== 0) {
    errors.push(error(key, `max-scale=${max} is less than activation-scale=${activation}`));
  } else if (activation < 2) {
    errors.push(error(key, `activation-scale=${activation} must be greater than 1`));
  }
}

/** NaN is a number to Go, and neither below nor above any bound: it passes, and the comparisons keep to that. */
function checkFloats(annotations: JsonObject, errors: AnnotationError[]): void {
  checkFloat(annotations, PANIC_WINDOW_PERCENTAGE, errors, (value, key, text) =>
    value < PANIC_WINDOW_PERCENTAGE_MIN || value > PANIC_WINDOW_PERCENTAGE_MAX
      ? outOfBounds(key, text, PANIC_WINDOW_PERCENTAGE_MIN, PANIC_WINDOW_PERCENTAGE_MAX)
      : undefined,
  );
  checkFloat(annotations, PANIC_THRESHOLD_PERCENTAGE, errors, (value, key, text) =>
    value < PANIC_THRESHOLD_PERCENTAGE_MIN || value > PANIC_THRESHOLD_PERCENTAGE_MAX
      ? outOfBounds(key, text, PANIC_THRESHOLD_PERCENTAGE_MIN, PANIC_THRESHOLD_PERCENTAGE_MAX)
      : undefined,
  );
  checkFloat(annotations, TARGET, errors, (value, key, text) =>
    value < TARGET_MIN ? error(key, `target ${text} should be at least ${TARGET_MIN}`) : undefined,
  );
  checkFloat(annotations, TARGET_UTILIZATION_PERCENTAGE, errors, (value, key, text) =>
    value < 1 || value > 100 ? outOfBounds(key, text, 1, 100) : undefined,
  );
  checkFloat(annotations, TARGET_BURST_CAPACITY, errors, (value, key, text) =>
    value < 0 && value !== -1 ? invalidValue(key, text) : undefined,
  );
}

function checkFloat(
  annotations: JsonObject,
  keys: AnnotationKeys,
  errors: AnnotationError[],
  judge: (value: number, key: string, text: string) => AnnotationError | undefined,
): void {
  const found = find(annotations, keys);
  if (found === undefined) return;
  const parsed = parseFloat64(found.value);
  const problem = parsed.ok ? judge(parsed.value, found.key, found.value) : invalidValue(found.key, found.value);
  if (problem !== undefined) errors.push(problem);
}

function checkWindow(annotations: JsonObject, errors: AnnotationError[]): void {
  checkDuration(annotations, WINDOW, WINDOW_MIN, true, errors);
}

function checkPodRetention(annotations: JsonObject, errors: AnnotationError[]): void {
  checkDuration(annotations, SCALE_TO_ZERO_POD_RETENTION_PERIOD, 0n, false, errors);
}

function checkScaleDownDelay(annotations: JsonObject, errors: AnnotationError[]): void {
  checkDuration(annotations, SCALE_DOWN_DELAY, 0n, true, errors);
}

function checkDuration(
  annotations: JsonObject,
  keys: AnnotationKeys,
  min: bigint,
  wholeSeconds: boolean,
  errors: AnnotationError[],
): void {
  const found = find(annotations, keys);
  if (found === undefined) return;
  const { key, value } = found;
  const parsed = parseDuration(value);
  if (!parsed.ok) {
    errors.push(invalidValue(key, value));
  } else if (parsed.value < min || parsed.value > WINDOW_MAX) {
    errors.push(outOfBounds(key, value, formatDuration(min), formatDuration(WINDOW_MAX)));
  } else if (wholeSeconds && parsed.value % SECOND !== 0n) {
    errors.push(error(key, SECOND_PRECISION));
  }
}

/** The class decides which metrics there are: without an annotation it is config-autoscaler's. */
function checkMetric(annotations: JsonObject, config: AutoscalerConfig, errors: AnnotationError[]): void {
  const found = find(annotations, METRIC);
  if (found === undefined) return;
  const { key, value } = found;
  const autoscaler = find(annotations, CLASS)?.value ?? config.podAutoscalerClass;
  if (autoscaler === KPA && value !== 'concurrency' && value !== 'rps') errors.push(invalidValue(key, value));
  if (autoscaler === HPA && value === '') errors.push(invalidValue(key, value));
}

/** Looked at only where the class annotation itself says KPA: the cluster's default class does not count here. */
function checkAggregationAlgorithm(annotations: JsonObject, errors: AnnotationError[]): void {
  if (find(annotations, CLASS)?.value !== KPA) return;
  const found = find(annotations, METRIC_AGGREGATION_ALGORITHM);
  if (found === undefined || AGGREGATION_ALGORITHMS.includes(found.value)) return;
  errors.push(invalidValue(found.key, found.value));
}

/** Knative says why behind the key, inside the path. */
function checkInitialScale(annotations: JsonObject, config: AutoscalerConfig, errors: AnnotationError[]): void {
  const found = find(annotations, INITIAL_SCALE);
  if (found === undefined) return;
  const { key, value } = found;
  const parsed = parseInt64(value);
  if (!parsed.ok) {
    errors.push(invalidValue(key, value));
    return;
  }

  const reason = initialScaleProblem(parsed.value, config);
  if (reason === undefined) return;
  const name = key.slice(AUTOSCALING_GROUP.length + 1);
  errors.push({ message: `invalid value: ${value}`, paths: [key + reason], key, reason: name + reason });
}

function initialScaleProblem(scale: bigint, config: AutoscalerConfig): string | undefined {
  if (scale < 0n) return ' must be greater than 0';
  if (scale === 0n && !config.allowZeroInitialScale) return '=0 not allowed by cluster';
  return undefined;
}
