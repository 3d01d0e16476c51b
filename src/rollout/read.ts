/**
 * A TrafficRollout out of its document. Everything that is wrong is told at once, each with its place; what the
 * CustomResourceDefinition refuses (overlays/base/trafficrollouts.yaml) is refused here too, since files are judged long
 * before an API server sees them.
 */
import type { JsonObject } from '../kubernetes/json.ts';
import { referenceTo } from '../kubernetes/object.ts';
import { join } from '../kubernetes/pointer.ts';
import { member, nameOf, type Part, Problems } from '../schedule/problems.ts';
import { readLength } from '../schedule/values.ts';
import type { ReadResult, Surge, TrafficRollout } from './model.ts';
import { readAnalysis } from './readAnalysis.ts';
import { readFreeze } from './readFreeze.ts';
import { readStrategy } from './readStrategy.ts';

const SPEC = ['serviceRef', 'strategy', 'analysis', 'maxSurge', 'progressDeadline', 'paused', 'freeze'];

const MINUTE = 60_000;
const DEADLINE = 10 * MINUTE;
const LEAST_DEADLINE = 1_000;
const LONGEST_DEADLINE = 24 * 60 * MINUTE;
const WHOLE: Surge = { percent: 100 };
const MOST_PODS = 1_000_000;
const MOST_PERCENT = 1_000;

/** Reads a TrafficRollout of any shape. */
export function readRollout(object: JsonObject): ReadResult {
  const problems = new Problems();
  const { namespace, name } = referenceTo(object);
  const spec = problems.part({ object, path: '' }, 'spec');
  if (spec === undefined) {
    if (member(object, 'spec') === undefined) problems.add('', 'spec is missing: serviceRef and strategy');
    return { problems: problems.list };
  }

  problems.known(spec, SPEC);
  const service = readService(spec, problems);
  const strategy = readStrategy(spec, problems);
  const rest = {
    analysis: readAnalysis(spec, problems),
    maxSurge: readSurge(spec, problems),
    progressDeadline: readDeadline(spec, problems),
    isPaused: problems.flag(spec, 'paused'),
    freeze: readFreeze(spec, problems),
  };
  if (problems.list.length > 0 || service === undefined || strategy === undefined) return { problems: problems.list };
  return { rollout: { namespace, name, service, strategy, ...rest } satisfies TrafficRollout };
}

function readService(spec: Part, problems: Problems): string | undefined {
  const reference = problems.part(spec, 'serviceRef');
  if (reference === undefined) {
    if (member(spec.object, 'serviceRef') === undefined) {
      problems.add(spec.path, 'serviceRef is missing; write serviceRef: {name: api-service}, a Knative Service');
    }
    return undefined;
  }
  problems.known(reference, ['name']);
  return problems.needed(reference, 'name', 'api-service');
}

const PERCENT = /^(\d{1,4})%$/;

/** `25%` of stable's pods, or a number of pods. */
function readSurge(spec: Part, problems: Problems): Surge {
  const value = member(spec.object, 'maxSurge');
  if (value === undefined) return WHOLE;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_PODS) return { pods: value };
  const percent = Number(PERCENT.exec(typeof value === 'string' ? value : '')?.[1] ?? 0);
  if (percent >= 1 && percent <= MOST_PERCENT) return { percent };
  problems.add(
    join(spec.path, 'maxSurge'),
    `maxSurge is ${nameOf(value)}, and should be a number of pods from 1 on, or a share of stable's as in "50%"`,
  );
  return WHOLE;
}

function readDeadline(spec: Part, problems: Problems): number {
  const length = readLength(spec, 'progressDeadline', '10m', problems) ?? DEADLINE;
  if (length >= LEAST_DEADLINE && length <= LONGEST_DEADLINE) return length;
  problems.add(
    join(spec.path, 'progressDeadline'),
    `progressDeadline is ${nameOf(spec.object.progressDeadline)}, and should be from 1s to 24h`,
  );
  return DEADLINE;
}
