/** Timeouts and the rollout duration that the author left out. */
import { servingConfig } from '../../knative/serving/config.ts';
import { asNumber, type JsonObject, objectAt, valueAt } from '../../kubernetes/json.ts';
import { configuration, knativeService, route } from '../../kubernetes/kinds.ts';
import { placeIn, pointer } from '../../kubernetes/pointer.ts';
import type { Defaulter, Fill } from '../engine/default.ts';
import type { EffectivePolicy } from '../engine/policy.ts';
import type { ServingPolicy } from '../model/serving.ts';
import { ROLLOUT_DURATION } from '../rules/serving/rolloutDuration.ts';

export const servingDefaults: readonly Defaulter[] = [
  {
    id: 'serving/timeouts',
    kinds: [knativeService, configuration],
    fill({ template }, { policy }) {
      if (template === undefined || policy.serving === undefined) return [];
      return timeoutFills(template.spec, template.specPath, policy.serving, policy);
    },
  },
  {
    id: 'serving/rollout-duration',
    kinds: [knativeService, route],
    fill({ object }, { policy }) {
      const duration = policy.serving?.rolloutDuration?.default;
      if (duration === undefined) return [];
      const annotations = objectAt(object, 'metadata', 'annotations');
      if (ROLLOUT_DURATION.some((key) => valueAt(annotations, key) !== undefined)) return [];
      return [
        {
          path: pointer('metadata', 'annotations', ROLLOUT_DURATION[0]),
          value: duration,
          from: '/spec/serving/rolloutDuration/default',
        },
      ];
    },
  },
];

/** Zero and nothing are the same to Knative for timeoutSeconds; for the other two a written zero is the author's word. */
function timeoutFills(spec: JsonObject, specPath: string, serving: ServingPolicy, policy: EffectivePolicy): Fill[] {
  const fills: Fill[] = [];
  const fill = (field: keyof ServingPolicy, value: number, because: string | undefined) => {
    const from = `/spec/serving/${field}/default`;
    fills.push({ path: placeIn(specPath, field), value, from, ...(because === undefined ? {} : { because }) });
  };

  const authors = {
    whole: asNumber(spec.timeoutSeconds),
    start: asNumber(spec.responseStartTimeoutSeconds) ?? 0,
    idle: asNumber(spec.idleTimeoutSeconds) ?? 0,
  };
  let whole = authors.whole;
  const wholeDefault = serving.timeoutSeconds?.default;
  if (spec.timeoutSeconds === undefined && wholeDefault !== undefined) {
    const most = servingConfig(policy.knative).defaults.maxRevisionTimeoutSeconds;
    const needed = Math.min(Math.max(authors.start, authors.idle), serving.timeoutSeconds?.max ?? most);
    whole = Math.min(Math.max(wholeDefault, needed), most);
    const raised = whole > wholeDefault ? "raised to the author's other timeouts" : undefined;
    fill('timeoutSeconds', whole, whole < wholeDefault ? "kept at the cluster's max-revision-timeout-seconds" : raised);
  }

  for (const field of ['responseStartTimeoutSeconds', 'idleTimeoutSeconds'] as const) {
    const value = serving[field]?.default;
    if (value === undefined || spec[field] !== undefined) continue;
    if (whole !== undefined && whole !== 0 && whole < value) fill(field, whole, 'kept at timeoutSeconds');
    else fill(field, value, undefined);
  }
  return fills;
}
