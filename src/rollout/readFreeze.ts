/** Times in which no step is taken, in the time language of schedules (src/schedule). */
import { isObject, type JsonObject, type JsonValue } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { member, type Part, type Problems } from '../schedule/problems.ts';
import { readSchedule } from '../schedule/read.ts';
import type { Freeze } from './model.ts';

const FREEZE = ['timeZone', 'holidays', 'windows'];
const WINDOW = ['name', 'start', 'end', 'duration', 'holidays', 'except', 'only'];

/** What a schedule needs and a freeze does not have. */
const TARGET: JsonObject = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'frozen' };
const SCALE: JsonObject = { minScale: 0 };

/** Reads `freeze` of a rollout's spec, or of a policy. */
export function readFreeze(owner: Part, problems: Problems, name = "the rollout's own freeze"): Freeze | undefined {
  const part = problems.part(owner, 'freeze');
  if (part === undefined) return undefined;
  problems.known(part, FREEZE);
  const before = problems.list.length;
  const items = problems.items(part, 'windows');
  if (items.length === 0) {
    problems.add(
      part.path,
      'windows are missing; write windows: [{name: friday, start: "0 12 * * 5", end: "0 6 * * 1"}]',
    );
  }
  for (const [index, item] of items.entries()) {
    if (isObject(item)) problems.known({ object: item, path: join(part.path, 'windows', index) }, WINDOW);
  }
  if (problems.list.length > before) return undefined;

  const { timeZone, holidays } = part.object;
  const { schedule, problems: found } = readSchedule({
    spec: {
      scaleTargetRef: TARGET,
      ...(member(part.object, 'timeZone') === undefined ? {} : { timeZone }),
      ...(member(part.object, 'holidays') === undefined ? {} : { holidays }),
      windows: items.map(withScale),
    },
  });
  for (const { path, message } of found ?? []) problems.add(`${part.path}${path.replace(/^\/spec/, '')}`, message);
  return schedule === undefined ? undefined : { name, schedule };
}

function withScale(window: JsonValue): JsonValue {
  return isObject(window) ? { ...window, ...SCALE } : window;
}
