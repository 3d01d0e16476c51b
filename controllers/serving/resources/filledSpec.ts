/** A Service's spec with what Knative's webhook fills in, for a platform where no such webhook runs. */

import { applyKnativeDefaults } from '../../../src/knative/serving/index.ts';
import type { KnativeSettings } from '../../../src/knative/settings.ts';
import { isArray, isObject, type JsonObject, type JsonValue, objectAt, valueAt } from '../../../src/kubernetes/json.ts';
import { isOfNow } from '../read.ts';

export interface FilledSpec {
  readonly template: JsonObject;
  readonly traffic: readonly JsonObject[];
}

/**
 * What the author wrote, completed.
 *
 * What was filled in stays until the author writes something else, whatever config-defaults says by now: on a cluster the
 * webhook completes a spec when it is written, and a new value would be a new Revision.
 *
 * @param configuration the one that was made of this Service before
 */
export function filledSpec(
  service: JsonObject,
  configuration: JsonObject | undefined,
  settings: KnativeSettings,
): FilledSpec {
  const { object, added } = applyKnativeDefaults(service, settings);
  let spec = objectAt(object, 'spec') ?? {};
  // its status tells of this generation only once the Configuration has its spec
  const isMade = configuration !== undefined && isOfNow(service);
  for (const { path, value } of isMade ? added : []) {
    const steps = stepsOf(path);
    if (steps[0] !== 'template') continue;
    const now = valueAt(configuration, 'spec', ...steps);
    if (now !== undefined && typeof now === typeof value) spec = withValue(spec, steps, now);
  }
  const traffic = isArray(spec.traffic) ? spec.traffic : [];
  return { template: objectAt(spec, 'template') ?? {}, traffic: traffic.filter(isObject) };
}

/** The steps of a pointer below `/spec`. */
function stepsOf(path: string): (string | number)[] {
  return path
    .split('/')
    .slice(2)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** A copy with another value at the end of the steps, all of which lead somewhere. */
function withValue<T extends JsonValue>(root: T, steps: readonly (string | number)[], value: JsonValue): T;
function withValue(root: JsonValue, steps: readonly (string | number)[], value: JsonValue): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const below = withValue(valueAt(root, step) ?? null, rest, value);
  if (isArray(root)) return root.map((item, index) => (index === step ? below : item));
  return isObject(root) ? { ...root, [step]: below } : root;
}
