/** Values that a schedule's document holds in more than one place: scales, moments, lengths of time. */
import { join } from '../kubernetes/pointer.ts';
import { parseLength } from './duration.ts';
import type { Scale } from './model.ts';
import { member, nameOf, type Part, type Problems } from './problems.ts';

export const SCALE: readonly string[] = ['minScale', 'maxScale', 'target'];

/** Where the API server's CustomResourceDefinition draws the line. */
const MOST_SCALE = 1_000_000;

/** The member that holds a scale, perhaps beside other fields. */
export function readScalePart(
  spec: Part,
  key: string,
  fields: readonly string[],
  problems: Problems,
): { readonly scale: Scale; readonly part: Part } | undefined {
  const part = problems.part(spec, key);
  if (part === undefined) return undefined;
  problems.known(part, fields);
  return { scale: readScale(part, key, problems), part };
}

/** The values of a window, of the default or of an override. */
export function readScale(part: Part, title: string, problems: Problems): Scale {
  const scale: { minScale?: number; maxScale?: number; target?: number } = {};
  if (SCALE.every((key) => member(part.object, key) === undefined)) {
    problems.add(part.path, `${title} sets nothing; write minScale, maxScale or target`);
  }
  const minScale = problems.integer(part, 'minScale', 0, MOST_SCALE);
  const maxScale = problems.integer(part, 'maxScale', 0, MOST_SCALE);
  if (minScale !== undefined) scale.minScale = minScale;
  if (maxScale !== undefined) scale.maxScale = maxScale;
  const target = member(part.object, 'target');
  if (typeof target === 'number' && target >= LEAST_TARGET && target <= MOST_SCALE) scale.target = target;
  else if (target !== undefined) {
    problems.add(
      join(part.path, 'target'),
      `target is ${nameOf(target)}, and should be a number from ${LEAST_TARGET} on: requests, or requests a second, for each pod`,
    );
  }
  // Knative's 0 is no bound
  if (minScale !== undefined && maxScale !== undefined && maxScale !== 0 && minScale > maxScale) {
    problems.add(join(part.path, 'minScale'), `minScale is ${minScale}, above maxScale ${maxScale} beside it`);
  }
  return scale;
}

/** knative/serving pkg/apis/autoscaling/register.go, TargetMin. */
const LEAST_TARGET = 0.01;

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** A moment of RFC 3339. */
export function readMoment(part: Part, key: string, problems: Problems): Date | undefined {
  const example = '"2026-12-01T18:00:00Z"';
  const text = problems.text(part, key, example);
  if (text === undefined) return undefined;
  const date = new Date(MOMENT.test(text) ? text : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  problems.add(join(part.path, key), `${key} is ${nameOf(text)}, and should be a moment as in ${example}`);
  return undefined;
}

/** Milliseconds of `10h`; undefined where nothing is written, or something else. */
export function readLength(part: Part, key: string, example: string, problems: Problems): number | undefined {
  const text = problems.text(part, key, example);
  if (text === undefined) return undefined;
  const length = parseLength(text);
  if (length === undefined) {
    problems.add(join(part.path, key), `${key} is ${nameOf(text)}, and should be a length of time as in ${example}`);
  }
  return length;
}
