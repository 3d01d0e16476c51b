/** What is wrong with `spec.eventing.deadLetters` beyond its shape. */
import { HOUR, parseDuration } from '../../knative/duration.ts';
import { type JsonObject, stringAt, valueAt } from '../../kubernetes/json.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { LONGEST_ENVIRONMENT, sinkName } from '../model/deadLetters.ts';
import type { Contradiction } from './sanity.ts';
import { show } from './sentence.ts';

const WAY = ['eventing', 'deadLetters'];
/** SQLite's pages and what it writes ahead have to have room beside the letters. */
const LEAST_STORAGE = '64Mi';
const MOST_AGE = 87_600n * HOUR;

export function malformedDeadLetters(spec: JsonObject): Contradiction[] {
  const found: Contradiction[] = [];
  const storage = valueAt(spec, ...WAY, 'storage');
  const size = parseQuantity(storage);
  if (size !== undefined && size < (parseQuantity(LEAST_STORAGE) ?? 0n)) {
    found.push(at('storage', `is ${show(storage)}, and must be ${LEAST_STORAGE} at least`));
  }
  const age = stringAt(spec, ...WAY, 'age');
  const length = age === undefined ? undefined : parseDuration(age);
  if (length?.ok === true && length.value < HOUR) {
    found.push(at('age', `is ${show(age)}, and must be 1h at least: nobody could look at a letter before it goes`));
  }
  if (length?.ok === true && length.value > MOST_AGE) {
    found.push(at('age', `is ${show(age)}, and must be 87600h at most, which is ten years`));
  }
  return found;
}

/** Of a policy that is an environment's: its name becomes part of a Service's. */
export function tooLongForDeadLetters(name: string, spec: JsonObject): Contradiction[] {
  const isKept = valueAt(spec, ...WAY, 'keep') === true && spec.abstract !== true;
  if (!isKept || name.length <= LONGEST_ENVIRONMENT) return [];
  const message = `asks for the Service ${sinkName(name)}, whose name is longer than 63 characters; an environment that keeps dead letters has a name of ${LONGEST_ENVIRONMENT} at most`;
  return [at('keep', message)];
}

function at(field: string, what: string): Contradiction {
  const place = [...WAY, field];
  return { left: place, right: place, message: `${place.join('.')} ${what}` };
}
