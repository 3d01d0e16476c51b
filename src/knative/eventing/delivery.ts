/** What a delivery may say: knative/eventing pkg/apis/duck/v1/delivery_types.go, the same from 1.19 to 1.23. */
import { isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import { parsePeriod } from '../period.ts';
import { type ReferenceOptions, validateOptionalDestination } from './destination.ts';
import { type EventingFeatures, isEnabled } from './features.ts';
import { disallowed, invalid } from './fieldErrors.ts';

const POLICIES = new Set<JsonValue | undefined>(['linear', 'exponential']);
const FORMATS = new Set<JsonValue | undefined>(['json', 'binary']);

export function validateDelivery(
  delivery: JsonValue | undefined,
  path: string,
  features: EventingFeatures,
  options: ReferenceOptions = {},
): FieldError[] {
  if (!isObject(delivery)) return [];
  const errors = validateOptionalDestination(delivery.deadLetterSink, join(path, 'deadLetterSink'), options);

  const { retry, backoffPolicy, backoffDelay, format } = delivery;
  if (typeof retry === 'number' && retry < 0) errors.push(invalid(join(path, 'retry'), retry));
  if (typeof backoffPolicy === 'string' && !POLICIES.has(backoffPolicy)) {
    errors.push(invalid(join(path, 'backoffPolicy'), backoffPolicy));
  }
  if (typeof backoffDelay === 'string' && !parsePeriod(backoffDelay).ok) {
    errors.push(invalid(join(path, 'backoffDelay'), backoffDelay));
  }
  if (typeof format === 'string' && !FORMATS.has(format)) errors.push(invalid(join(path, 'format'), format));
  return [...errors, ...validateExperiments(delivery, path, features)];
}

/** Fields that stand behind a feature: timeout's is on as shipped, retryAfterMax's is off. */
function validateExperiments(delivery: JsonObject, path: string, features: EventingFeatures): FieldError[] {
  const errors: FieldError[] = [];
  const { timeout, retryAfterMax } = delivery;
  if (typeof timeout === 'string') {
    const period = parsePeriod(timeout);
    if (!isEnabled(features, 'delivery-timeout')) errors.push(disallowed(join(path, 'timeout')));
    else if (!period.ok || period.isZero) errors.push(invalid(join(path, 'timeout'), timeout));
  }
  if (typeof retryAfterMax === 'string') {
    const period = parsePeriod(retryAfterMax);
    if (!isEnabled(features, 'delivery-retryafter')) errors.push(disallowed(join(path, 'retryAfterMax')));
    else if (!period.ok || period.isNegative) errors.push(invalid(join(path, 'retryAfterMax'), retryAfterMax));
  }
  return errors;
}
